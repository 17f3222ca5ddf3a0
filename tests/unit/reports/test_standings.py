"""Tests that the cache never tells anything older than what it told, in whatever order decisions come."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import replace

from prometheus_client import REGISTRY

from services.contract.errors import Unavailable
from services.contract.ids import DecisionId, TokenId, VisitorId
from services.reports.core.audit_chain import AuditEvent
from services.reports.core.records import Decision, Level, RevokedToken
from services.reports.shell.standings import StandingsCache, StandingsPoller

from ...ports.memory_report_store import MemoryReportStore
from ...timing import until

A, B = VisitorId("a"), VisitorId("b")


def decision(sequence: int, visitor: VisitorId = A, level: Level = Level.BANNED, until: int = 0) -> Decision:
    return Decision(
        id=DecisionId(str(sequence)),
        visitor=visitor,
        level=level,
        rule="nudity",
        reason="",
        automated=False,
        made_at=0,
        until=until,
        sequence=sequence,
    )


def told(cache: StandingsCache, *batches: Iterable[Decision]) -> list[int]:
    """Return the sequences that a watcher receives."""
    with cache.watching() as changes:
        for batch in batches:
            cache.apply(batch)
        heard = [changes.get_nowait() for _ in range(changes.qsize())]
    return [made.sequence for made in heard if isinstance(made, Decision)]


def test_a_watcher_hears_what_is_new_and_nothing_twice() -> None:
    assert told(StandingsCache(), [decision(1)], [decision(1), decision(2, B)]) == [1, 2]


def test_of_several_decisions_about_a_visitor_only_the_last_is_told() -> None:
    """A ban that was lifted before anybody heard of it closes no socket."""
    assert told(StandingsCache(), [decision(1), decision(2, level=Level.GOOD)]) == [2]


def test_a_decision_that_arrives_late_is_not_told() -> None:
    cache = StandingsCache()
    cache.apply([decision(2, level=Level.GOOD)])
    cache.mark_complete(1, now=0)
    assert told(cache, [decision(1)]) == []
    assert cache.standing(A, 0, 0) is None


def test_an_ended_standing_is_forgotten_once_no_older_decision_can_come() -> None:
    cache = StandingsCache()
    cache.apply([decision(1, level=Level.GOOD), decision(2, B, until=50)])
    cache.mark_complete(2, now=49)
    assert [made.sequence for made in cache.standings(49)] == [2]
    cache.mark_complete(2, now=50)
    assert told(cache, [decision(1), decision(2, B)]) == [1, 2]


def test_a_snapshot_holds_a_lift_that_is_later_than_what_it_tells_in_full() -> None:
    """A gateway that knows only the ban, and is not told of the lift, would hear no more of it."""
    cache = StandingsCache()
    cache.apply([decision(1), decision(2, B)])
    cache.mark_complete(2, now=0)
    cache.apply([decision(3, level=Level.GOOD)])
    sequence, made = cache.snapshot(0)
    assert (sequence, sorted(one.sequence for one in made)) == (2, [2, 3])
    cache.mark_complete(3, now=0)
    sequence, made = cache.snapshot(0)
    assert (sequence, [one.sequence for one in made]) == (3, [2])


def test_another_decision_with_a_known_sequence_is_a_contradiction() -> None:
    cache = StandingsCache()
    cache.apply([decision(1), decision(2, B)])
    assert not cache.contradicts([decision(1), decision(2, B), decision(3)])
    assert cache.contradicts([replace(decision(2), id=DecisionId("another"))])
    cache.mark_complete(2, now=0)
    assert not cache.contradicts([replace(decision(2), id=DecisionId("another"))]), "that is for the follower"


def test_to_begin_anew_forgets_all_and_ends_every_watch() -> None:
    cache = StandingsCache()
    cache.apply([decision(7)])
    with cache.watching() as changes:
        cache.reset()
        assert changes.get_nowait() is None
    assert cache.snapshot(0) == (0, [])
    assert told(cache, [decision(3)]) == [3]


def test_a_standing_ends_when_it_is_said_to() -> None:
    cache = StandingsCache()
    cache.apply([decision(1, until=1_000), decision(2, B)])
    assert [made.visitor for made in cache.standings(999)] == [A, B]
    assert [made.visitor for made in cache.standings(1_000)] == [B]
    assert cache.standing(A, 0, 1_000) is None
    assert cache.standing(B, 0, 10**15) is not None


def test_a_watcher_that_falls_behind_is_ended_and_others_are_not() -> None:
    cache = StandingsCache()
    with cache.watching() as slow, cache.watching() as quick:
        for sequence in range(1, 10_002):
            cache.apply([decision(sequence)])
            quick.get_nowait()
        cache.apply([decision(10_002)])
        assert slow.qsize() == 10_001
        assert [slow.get_nowait() for _ in range(10_001)][-1] is None
        assert quick.get_nowait() == decision(10_002)


def test_closing_ends_every_watch_also_one_that_begins_later() -> None:
    cache = StandingsCache()
    with cache.watching() as before:
        cache.close()
        assert before.get_nowait() is None
    with cache.watching() as after:
        assert after.get_nowait() is None


def test_any_order_and_repetition_ends_with_the_last_decision() -> None:
    generator = random.Random(1)
    for _ in range(200):
        levels = [generator.choice(list(Level)) for _ in range(6)]
        made = [decision(n, generator.choice((A, B)), level) for n, level in enumerate(levels, 1)]
        heard = made + generator.choices(made, k=4)
        generator.shuffle(heard)
        cache = StandingsCache()
        for single in heard:
            cache.apply([single])
        last = {single.visitor: single for single in made}
        assert {single.visitor: single for single in cache.standings(0)} == {
            visitor: single for visitor, single in last.items() if single.holds(0)
        }


def test_a_revoked_token_is_told_once_and_kept_until_it_is_of_no_use() -> None:
    cache = StandingsCache()
    token, later = RevokedToken(TokenId("t"), 50), RevokedToken(TokenId("t"), 70)
    with cache.watching() as changes:
        for batch in ([token], [token], [later]):
            cache.revoke(batch)
        assert [changes.get_nowait() for _ in range(changes.qsize())] == [token]
    cache.reset()
    assert cache.revoked() == [token], "a database that went back makes no token good again"
    cache.mark_complete(0, now=49)
    assert cache.revoked() == [token]
    cache.mark_complete(0, now=50)
    assert cache.revoked() == []


class BreakableStore(MemoryReportStore):
    """A store that a test takes away."""

    away = False

    async def decisions_after(self, sequence: int) -> list[Decision]:
        if self.away:
            raise Unavailable("the database does not answer")
        return await super().decisions_after(sequence)


class NoRevocations:
    """Nobody revokes a token."""

    async def revoke(self, token: RevokedToken, event: AuditEvent) -> None:
        raise AssertionError("nobody revokes a token here")

    async def revoked(self, now: int) -> list[RevokedToken]:
        return []


async def test_a_database_that_is_away_is_shown_until_it_answers_again() -> None:
    store = BreakableStore()
    poller = StandingsPoller(store, NoRevocations(), StandingsCache(), lambda: 0, interval=0.001)
    await poller.load()
    assert REGISTRY.get_sample_value("zufall_database_up") == 1
    task = asyncio.create_task(poller.run())
    for away, up in ((True, 0), (False, 1)):
        store.away = away
        await until(lambda up=up: REGISTRY.get_sample_value("zufall_database_up") == up)  # type: ignore[misc]
    task.cancel()
