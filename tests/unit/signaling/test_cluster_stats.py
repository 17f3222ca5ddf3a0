"""The status of the cluster, from heartbeats in any order, doubled, late or missing."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import GatewayId
from services.contract.presence import (
    WAIT_BUCKETS,
    Heartbeat,
    HistoryReply,
    MinuteCounts,
    ModeCounts,
    wait_bucket,
)
from services.signaling.shell.stats.cluster_stats import ClusterStats, ClusterStatus, PeopleByMode
from services.signaling.shell.stats.minute_counters import MINUTES, MinuteCounters
from services.signaling.shell.stats.wait_histogram import WaitHistogram

RUNNING = 29_000_000
WALL = RUNNING * 60 + 30.0
HERE, THERE = GatewayId("here"), GatewayId("there")


def minute(number: int = RUNNING, sides: int = 0, visitor_ms: int = 0, repeats: int = 0) -> MinuteCounts:
    waits = [0] * WAIT_BUCKETS
    waits[wait_bucket(0.1)] = sides
    return MinuteCounts(number, sides, visitor_ms, repeats, tuple(waits))


def heartbeat(
    gateway: GatewayId = HERE, number: int = 1, online: int = 0, *minutes: MinuteCounts
) -> Heartbeat:
    return Heartbeat(gateway, number, online, online // 2, list(minutes))


def status(stats: ClusterStats, now: float = 0.0, wall: float = WALL) -> ClusterStatus:
    return stats.status(now, wall, complete=True)


def test_the_status_without_gateways_is_empty() -> None:
    shown = status(ClusterStats())
    assert (shown.online, shown.waiting, shown.gateways, shown.hour) == (0, 0, 0, [])
    assert (shown.wait.p50, shown.wait.p99, shown.repeats, shown.matches_per_minute) == (None, None, None, 0)


def test_gateways_add_up_and_two_sides_are_one_match() -> None:
    stats = ClusterStats()
    stats.add_heartbeat(
        heartbeat(HERE, 1, 10, minute(sides=5, repeats=2), minute(RUNNING - 1, 8, 90_000)), 0, WALL
    )
    stats.add_heartbeat(heartbeat(THERE, 1, 4, minute(sides=3), minute(RUNNING - 1, 2, 30_000)), 0, WALL)
    shown = status(stats)
    assert (shown.online, shown.waiting, shown.gateways) == (14, 7, 2)
    assert shown.repeats == pytest.approx(2 / 18, abs=1e-4)
    assert shown.matches_per_minute == 2.0  # nine in four minutes and a half
    assert shown.wait.p50 == shown.wait.p99 == pytest.approx(0.1, rel=0.125)
    before, now = shown.hour
    assert (before.minute, before.matches, before.online) == ("2025-02-19T21:19:00Z", 5, 2.0)
    assert (now.minute, now.matches, now.online) == ("2025-02-19T21:20:00Z", 4, 14)
    assert (before.repeats, now.repeats) == (0, 0.25)


def test_people_are_counted_by_mode_at_all_gateways_that_say_it() -> None:
    stats = ClusterStats()
    for name, modes in (("here", ModeCounts(2, 0, 3)), ("there", ModeCounts(5, 1, 1)), ("old", None)):
        beat = heartbeat(GatewayId(name), 1, 9)
        stats.add_heartbeat(beat if modes is None else msgspec.structs.replace(beat, modes=modes), 0, WALL)
    assert status(stats).people == PeopleByMode(video=7, audio=1, text=4)
    assert status(stats, now=60).people == PeopleByMode(0, 0, 0)


def test_a_repeated_heartbeat_counts_once() -> None:
    stats = ClusterStats()
    for number in range(1, 10):
        for _ in range(2):
            stats.add_heartbeat(heartbeat(HERE, number, 2, minute(sides=2 * number)), 0, WALL)
            (now,) = status(stats).hour
            assert (status(stats).online, now.matches) == (2, number)


def test_a_gateway_counts_until_it_is_silent_for_four_seconds() -> None:
    stats = ClusterStats()
    stats.add_heartbeat(heartbeat(HERE, 1, 10, minute(sides=2)), 100.0, WALL)
    assert status(stats, 104.0).online == 10
    assert (status(stats, 104.1).online, status(stats, 104.1).gateways) == (0, 0)
    assert status(stats, 104.1).hour[0].matches == 1, "what it counted stays true"


def test_a_gateway_that_leaves_is_gone_at_once_and_a_late_heartbeat_does_not_bring_it_back() -> None:
    stats = ClusterStats()
    stats.add_heartbeat(heartbeat(HERE, 1, 10), 100.0, WALL)
    stats.add_heartbeat(msgspec.structs.replace(heartbeat(HERE, 3, 10), leaving=True), 101.0, WALL)
    stats.add_heartbeat(heartbeat(HERE, 2, 10), 101.1, WALL)
    assert (status(stats, 101.2).online, status(stats, 101.2).gateways) == (0, 0)


def test_a_late_heartbeat_changes_only_its_minutes() -> None:
    stats = ClusterStats()
    stats.add_heartbeat(heartbeat(HERE, 5, 10), 100.0, WALL)
    stats.add_heartbeat(heartbeat(HERE, 4, 99, minute(RUNNING - 3, 6)), 104.0, WALL)
    assert status(stats, 104.0).online == 10
    assert status(stats, 104.1).online == 0, "nor that it lives now"
    assert [one.matches for one in status(stats, 104.1).hour] == [3]


def test_the_last_hour_is_kept_without_unknown_minutes() -> None:
    stats = ClusterStats()
    for number in (RUNNING - 500, RUNNING - 60, RUNNING - 59, RUNNING - 10, RUNNING, RUNNING + 400):
        stats.merge_history(HistoryReply(HERE, [minute(number, 2)]), WALL)
    assert [one.minute[11:16] for one in status(stats).hour] == ["20:21", "21:10", "21:20"]
    assert status(stats, wall=WALL + 60 * 55).hour[0].minute[11:16] == "21:20"
    stats.merge_history(HistoryReply(HERE, [minute(RUNNING + 300)]), WALL + 300 * 60)
    assert [len(past.minutes) for past in stats.history()] == [1]


def test_the_current_numbers_are_of_the_last_five_minutes() -> None:
    stats = ClusterStats()
    stats.merge_history(HistoryReply(HERE, [minute(RUNNING - 5, 100, 0, 100)]), WALL)
    assert status(stats).matches_per_minute == 0
    assert status(stats).repeats is None
    assert status(stats).hour[0].repeats == 1


@given(st.lists(st.floats(0.001, 500), min_size=1), st.sampled_from([0.5, 0.99]))
def test_quantiles_are_at_most_an_eighth_off(waited: list[float], share: float) -> None:
    waits, counts = WaitHistogram(), [0] * WAIT_BUCKETS
    for one in waited:
        counts[wait_bucket(one)] += 1
    waits.add(counts)
    exact = next(one for place, one in enumerate(sorted(waited), 1) if place >= share * len(waited))
    assert waits.quantile(share) == pytest.approx(exact, rel=0.126)


def heartbeats_of_three_gateways(seed: int) -> list[Heartbeat]:
    """Return the heartbeats of three gateways over some minutes."""
    chance, heartbeats = random.Random(seed), list[Heartbeat]()
    for name in ("here", "there", "elsewhere"):
        counters = MinuteCounters()
        for number in range(1, 60):
            wall = WALL - 60 * 10 + number * 10
            counters.count_presence(chance.randrange(50), 1, wall)
            for _ in range(chance.randrange(4)):
                counters.count_match(chance.expovariate(1), chance.random() < 0.1, wall)
            online = chance.randrange(50)
            heartbeats.append(
                Heartbeat(GatewayId(name), number, online, online // 3, counters.recent(wall, number))
            )
    return heartbeats


@given(st.integers(0, 5), st.randoms(use_true_random=False), st.integers(0, 100))
def test_order_and_repetition_of_heartbeats_do_not_matter(
    seed: int, chance: random.Random, again: int
) -> None:
    heartbeats = heartbeats_of_three_gateways(seed)
    straight, shuffled = ClusterStats(), ClusterStats()
    for each in heartbeats:
        straight.add_heartbeat(each, 0, WALL)
    disorder = heartbeats + chance.choices(heartbeats, k=again)
    chance.shuffle(disorder)
    for each in disorder:
        shuffled.add_heartbeat(each, 0, WALL)
    assert status(shuffled) == status(straight)


@given(st.integers(0, 5), st.randoms(use_true_random=False))
def test_most_heartbeats_may_be_lost(seed: int, chance: random.Random) -> None:
    """The last heartbeats of a minute repeat its counts, so one of them is enough."""
    heartbeats = heartbeats_of_three_gateways(seed)
    last_of_minute = [each for each in heartbeats if each.number % 6 in (1, 2)]
    stats, holed = ClusterStats(), ClusterStats()
    for each in heartbeats:
        stats.add_heartbeat(each, 0, WALL)
    for each in [*(one for one in heartbeats if chance.random() < 0.2), *last_of_minute, *heartbeats[58::59]]:
        holed.add_heartbeat(each, 0, WALL)
    assert status(holed) == status(stats)


def test_a_new_gateway_that_gets_the_history_knows_the_hour() -> None:
    old, new = ClusterStats(), ClusterStats()
    for each in heartbeats_of_three_gateways(1):
        old.add_heartbeat(each, 0, WALL)
    for past in old.history():
        new.merge_history(past, WALL)
    assert status(new).hour[:-1] == status(old).hour[:-1]
    assert status(new).wait == status(old).wait


def test_invented_gateways_cannot_fill_the_memory() -> None:
    stats = ClusterStats(max_gateways=50)
    for number in range(500):
        minutes = [minute(RUNNING - back, 2) for back in range(-100, 100)]
        stats.add_heartbeat(heartbeat(GatewayId(f"made up {number}"), 1, 1, *minutes), 0, WALL)
    assert status(stats).gateways == 50
    known = list(stats.history())
    assert len(known) == 50
    assert {len(past.minutes) for past in known} == {MINUTES + 2}


def test_silent_gateways_make_room_for_others() -> None:
    stats = ClusterStats(max_gateways=3)
    for number in range(5):
        stats.add_heartbeat(heartbeat(GatewayId(f"made up {number}"), 1, 1), 0, WALL)
    stats.add_heartbeat(heartbeat(HERE, 1, 7), 5, WALL)
    assert (status(stats, 5).online, status(stats, 5).gateways) == (7, 1)


def test_known_gateways_count_while_invented_ones_fill_the_room() -> None:
    stats = ClusterStats(max_gateways=2)
    stats.add_heartbeat(heartbeat(HERE, 1, 1, minute(sides=2)), 0, WALL)
    for number in range(10):
        stats.add_heartbeat(heartbeat(GatewayId(f"made up {number}"), 1, 0, minute()), 0, WALL)
    stats.add_heartbeat(heartbeat(HERE, 2, 7, minute(sides=4)), 1, WALL)
    assert (status(stats).online, status(stats).hour[0].matches) == (7, 2)


def test_a_gateway_beyond_the_limit_is_ignored() -> None:
    stats = ClusterStats(max_gateways=2)
    for place, name in enumerate(("here", "there", "made up", "and more")):
        stats.add_heartbeat(heartbeat(GatewayId(name), 1, 1, minute(RUNNING - place, 2)), 0, WALL)
    assert [past.gateway for past in stats.history()] == ["here", "there"]


def test_the_last_history_reply_is_marked() -> None:
    stats = ClusterStats()
    assert list(stats.history()) == []
    for name in ("here", "there", "elsewhere"):
        stats.add_heartbeat(heartbeat(GatewayId(name), 1, 1, minute(RUNNING - 1), minute()), 0, WALL)
    assert [past.last for past in stats.history()] == [False, False, True]
