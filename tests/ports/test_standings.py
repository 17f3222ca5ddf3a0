"""Tests of the port `Standings`: in memory, and with a real reports service."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from math import inf
from pathlib import Path

import pytest

from protos import reports_pb2 as pb
from services.contract.ids import TokenId, VisitorId, random_id
from services.reports.shell.standings import POLL_INTERVAL
from services.signaling.shell.adapters.reports_client import ReportsClient
from services.signaling.shell.adapters.standings_watcher import StandingsWatcher

from ..databases import new_sqlite
from ..in_memory.ports import FakeStandings
from ..integration.reports_service import APPEALS, NO_NATS, ReportsReplica, reports_service
from ..servers import free_port
from ..timing import scaled, until

LEVELS = {
    "good": pb.LEVEL_GOOD,
    "watched": pb.LEVEL_WATCHED,
    "restricted": pb.LEVEL_RESTRICTED,
    "banned": pb.LEVEL_BANNED,
}


Decide = Callable[[VisitorId, str, int], Awaitable[object]]


class MovableClock:
    """Wall time that can be moved forward."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class WatchedStandings:
    """Standings under test, the losses they reported, and a way to decide."""

    def __init__(
        self,
        standings: FakeStandings | StandingsWatcher,
        clock: MovableClock,
        decide: Decide,
    ) -> None:
        self.standings = standings
        self.clock = clock
        self.decide = decide
        self.losses: list[VisitorId] = []
        standings.start(lambda visitor, _: self.losses.append(visitor))


def visitor() -> VisitorId:
    return VisitorId(random_id())


@asynccontextmanager
async def in_memory() -> AsyncIterator[WatchedStandings]:
    clock = MovableClock()
    standings = FakeStandings(clock)

    async def decide(who: VisitorId, level: str, seconds: int) -> None:
        standings.decide(who, level, seconds or inf)

    yield WatchedStandings(standings, clock, decide)


@asynccontextmanager
async def watching(address: str, decide: Decide) -> AsyncIterator[WatchedStandings]:
    clock, client = MovableClock(), ReportsClient(address)
    standings = StandingsWatcher(client.stub, APPEALS, clock)
    try:
        yield WatchedStandings(standings, clock, decide)
    finally:
        await standings.stop()
        await client.stop()


def deciding(replica: ReportsReplica) -> Decide:
    async def decide(who: VisitorId, level: str, seconds: int) -> pb.VisitorStanding:
        return await replica.decide(who, LEVELS[level], seconds)

    return decide


@pytest.fixture(params=["memory", "grpc"])
async def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WatchedStandings]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            yield await stack.enter_async_context(in_memory())
            return
        replica = await stack.enter_async_context(reports_service(new_sqlite(tmp_path), NO_NATS))
        made = await stack.enter_async_context(watching(replica.address, deciding(replica)))
        await until(lambda: made.standings.known)
        yield made


async def test_a_ban_has_its_reason(gateway: WatchedStandings) -> None:
    bad, good = visitor(), visitor()
    assert gateway.standings.ban(bad, 0) is None
    await gateway.decide(bad, "banned", 0)
    await until(lambda: gateway.losses)
    assert gateway.losses == [bad]
    notice = gateway.standings.ban(bad, 0)
    assert notice is not None
    assert (notice.rule, notice.automated) == ("nudity", False)
    assert notice.decision
    if isinstance(gateway.standings, StandingsWatcher):
        told = APPEALS.open(notice.appeal)
        assert (told.decision, told.visitor) == (notice.decision, bad), "it is good for this visitor alone"
    assert gateway.standings.ban(good, 0) is None


async def test_a_lifted_ban_no_longer_counts(gateway: WatchedStandings) -> None:
    who = visitor()
    await gateway.decide(who, "banned", 0)
    await until(lambda: gateway.standings.ban(who, 0))
    await gateway.decide(who, "good", 0)
    await until(lambda: gateway.standings.ban(who, 0) is None)
    assert gateway.losses == [who]


async def test_a_ban_ends_with_its_time(gateway: WatchedStandings) -> None:
    who = visitor()
    await gateway.decide(who, "banned", 3600)
    await until(lambda: gateway.standings.ban(who, 0))
    gateway.clock.ahead = 3500
    assert gateway.standings.ban(who, 0) is not None
    gateway.clock.ahead = 3700
    assert gateway.standings.ban(who, 0) is None


async def test_restricted_visitors_are_not_banned(gateway: WatchedStandings) -> None:
    apart, watched = visitor(), visitor()
    await gateway.decide(watched, "watched", 0)
    await gateway.decide(apart, "restricted", 60)
    await until(lambda: gateway.standings.restricted(apart, 0))
    assert not gateway.standings.restricted(watched, 0)
    assert gateway.standings.watched(watched, 0)
    assert not gateway.standings.watched(apart, 0)
    assert gateway.standings.ban(apart, 0) is gateway.standings.ban(watched, 0) is None
    assert gateway.losses == [apart]
    gateway.clock.ahead = 61
    assert not gateway.standings.restricted(apart, 0)


async def test_the_last_decision_counts(gateway: WatchedStandings) -> None:
    who = visitor()
    for level in ("banned", "good", "restricted", "watched", "banned"):
        await gateway.decide(who, level, 0)
    await until(lambda: gateway.standings.ban(who, 0))
    assert not gateway.standings.restricted(who, 0)


# --- the real ones ---------------------------------------------------------------------------------


async def nothing(*_: object) -> None:
    """Stand in for `Decide` in tests without decisions."""


def announcement(
    who: VisitorId, sequence: int, level: pb.Level = pb.LEVEL_BANNED, until_ms: int = 0, device: int = 0
) -> bytes:
    standing = pb.VisitorStanding(
        visitor=who,
        level=level,
        sequence=sequence,
        until_ms=until_ms,
        rule="spam",
        decision=f"{sequence}",
        device=device,
    )
    return pb.StandingsBatch(standings=[standing]).SerializeToString()


@pytest.fixture
async def alone() -> AsyncIterator[tuple[StandingsWatcher, list[VisitorId]]]:
    """Provides standings whose reports service is away."""
    async with watching(f"127.0.0.1:{free_port()}", nothing) as gateway:
        assert isinstance(gateway.standings, StandingsWatcher)
        yield gateway.standings, gateway.losses


Alone = tuple[StandingsWatcher, list[VisitorId]]


async def test_an_announcement_counts_without_the_service(alone: Alone) -> None:
    standings, losses = alone
    who = visitor()
    standings.on_announcement(announcement(who, 1, until_ms=4_102_444_800_000))
    assert losses == [who]
    notice = standings.ban(who, 0)
    assert notice is not None
    assert (notice.rule, notice.until) == ("spam", "2100-01-01T00:00:00Z")
    assert not standings.known


async def test_an_announced_revocation_counts_without_the_service_until_it_ends(alone: Alone) -> None:
    standings, _ = alone
    now = int(time.time() * 1000)
    ended, revoked = (
        pb.RevokedToken(token=random_id(), until_ms=now + milliseconds) for milliseconds in (-1, 60_000)
    )
    standings.on_announcement(pb.StandingsBatch(revoked=[ended, revoked]).SerializeToString())
    held = [standings.revoked.hold([TokenId(one.token)]) for one in (ended, revoked)]
    assert held == [False, True]


async def test_an_earlier_decision_that_comes_late_changes_nothing(alone: Alone) -> None:
    standings, losses = alone
    who = visitor()
    standings.on_announcement(announcement(who, 7, pb.LEVEL_GOOD))
    standings.on_announcement(announcement(who, 6))
    assert standings.ban(who, 0) is None
    standings.on_announcement(announcement(who, 8))
    standings.on_announcement(announcement(who, 8))
    assert standings.ban(who, 0) is not None
    assert losses == [who], "heard twice, told once"


async def test_a_decision_binds_all_visitors_of_the_device(alone: Alone) -> None:
    standings, _ = alone
    first, second, device = visitor(), visitor(), 2**64 - 1
    standings.on_announcement(announcement(first, 1, device=device))
    standings.on_announcement(announcement(second, 2, pb.LEVEL_RESTRICTED, device=device))
    for who in (first, second, visitor()):
        notice = standings.ban(who, device)
        assert notice is not None
        told = APPEALS.open(notice.appeal)
        assert (told.decision, told.visitor) == ("1", first), "an appeal is against that decision"
    assert standings.ban(second, 0) is standings.ban(visitor(), 7) is standings.ban(visitor(), 0) is None
    standings.on_announcement(announcement(first, 3, pb.LEVEL_GOOD, device=device))
    assert standings.ban(first, device) is standings.ban(visitor(), device) is None
    assert standings.restricted(first, device), "as the other visitor is"


@pytest.mark.parametrize("garbage", [b"\xff", b"garbage", announcement(VisitorId("v"), 1)[:-3]])
async def test_an_unreadable_announcement_changes_nothing(alone: Alone, garbage: bytes) -> None:
    standings, losses = alone
    standings.on_announcement(garbage)
    assert losses == []
    standings.on_announcement(announcement(who := visitor(), 2))
    assert losses == [who]


async def test_earlier_bans_are_known_from_the_start(tmp_path: Path) -> None:
    async with reports_service(new_sqlite(tmp_path), NO_NATS) as replica:
        banned, lifted, over = (visitor() for _ in range(3))
        await replica.decide(banned, pb.LEVEL_BANNED)
        await replica.decide(lifted, pb.LEVEL_BANNED)
        await replica.decide(lifted, pb.LEVEL_GOOD)
        await replica.decide(over, pb.LEVEL_BANNED, seconds=1)
        await asyncio.sleep(1 + scaled(2 * POLL_INTERVAL))  # it has expired, and the service has read that
        async with watching(replica.address, nothing) as gateway:
            assert not gateway.standings.known
            await until(lambda: gateway.standings.known)
            assert [gateway.standings.ban(who, 0) is not None for who in (banned, lifted, over)] == [
                True,
                False,
                False,
            ]
            assert gateway.losses == [banned]


async def test_a_large_snapshot_is_whole(tmp_path: Path) -> None:
    async with reports_service(new_sqlite(tmp_path), NO_NATS) as replica:
        everybody = {visitor() for _ in range(520)}
        for who in everybody:
            await replica.decide(who, pb.LEVEL_BANNED)
        async with watching(replica.address, nothing) as gateway:
            await until(lambda: gateway.standings.known)
            assert set(gateway.losses) == everybody


async def test_decisions_during_an_outage_are_caught_up_with(tmp_path: Path) -> None:
    database = new_sqlite(tmp_path)
    kept, lifted, new = (visitor() for _ in range(3))
    async with AsyncExitStack() as stack:
        async with reports_service(database, NO_NATS) as first:
            gateway = await stack.enter_async_context(watching(first.address, nothing))
            await first.decide(kept, pb.LEVEL_BANNED)
            await first.decide(lifted, pb.LEVEL_BANNED)
            await until(lambda: gateway.standings.ban(lifted, 0))
        assert gateway.standings.ban(kept, 0) is not None, "what was known last goes on to count"
        async with reports_service(database, NO_NATS) as elsewhere:
            await elsewhere.decide(lifted, pb.LEVEL_GOOD)
            await elsewhere.decide(new, pb.LEVEL_BANNED)
        port = int(first.address.partition(":")[2])
        async with reports_service(database, NO_NATS, port):
            await until(lambda: gateway.standings.ban(new, 0))
            assert gateway.standings.ban(kept, 0) is not None
            assert gateway.standings.ban(lifted, 0) is None, "nobody announced it, and it counts"
