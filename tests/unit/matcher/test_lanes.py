"""The advised number of lanes, by rate and over time."""

import pytest

from services.matcher.core.lanes import LaneAdvisor
from services.matcher.core.tickets import POOLS, Pool, pool_of_room

VIDEO, TEXT = POOLS[1, 0], POOLS[3, 0]


def rush(advisor: LaneAdvisor, tickets: int, now: float, lanes: int = 1, pool: Pool = VIDEO) -> int:
    """Return the advice after a second with this many tickets in one of `lanes`, or 0 without any."""
    for _ in range(tickets):
        advisor.count(pool, lanes)
    return advisor.advice(now).get(pool, 0)


@pytest.mark.parametrize(("tickets", "lanes"), [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2), (1000, 10)])
def test_a_lane_for_each_hundred_a_second(tickets: int, lanes: int) -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.advice(10.0)
    assert rush(advisor, tickets, 11.0) == lanes


def test_other_pools_are_left_alone() -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.advice(10.0)
    rush(advisor, 500, 11.0)
    assert advisor.advice(11.5)[TEXT] == 1


def test_every_lane_estimates_the_whole_pool() -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.advice(10.0)
    assert rush(advisor, 100, 11.0, lanes=4) == 4


def test_tickets_that_were_not_spread_do_not_count() -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.advice(10.0)
    assert rush(advisor, 1000, 11.0, lanes=0) == 1


def test_a_gateway_that_exaggerates_does_not_cost_more_than_64_lanes() -> None:
    advisor = LaneAdvisor(lane_rate=1)
    advisor.advice(10.0)
    assert rush(advisor, 100, 11.0, lanes=2**32 - 1) == 64


def test_lanes_are_given_up_after_ten_calm_seconds_and_not_before() -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.advice(10.0)
    rush(advisor, 300, 11.0)
    assert [rush(advisor, 10, 12.0 + second) for second in range(10)] == [3] * 9 + [1]
    assert not advisor.is_spreading


def test_a_long_silence_is_calm() -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.advice(10.0)
    rush(advisor, 300, 11.0)
    assert advisor.is_spreading
    assert advisor.advice(60.0)[VIDEO] == 1


def test_a_new_replica_does_not_call_a_busy_pool_quiet() -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.count(VIDEO, 1)
    assert advisor.advice(10.0) == {}
    for _ in range(300):
        advisor.count(VIDEO, 1)
    assert advisor.advice(10.9) == {}
    assert advisor.advice(11.0)[VIDEO] == 3
    assert not LaneAdvisor(lane_rate=100).is_spreading


def test_a_room_is_advised_while_it_has_more_than_one_lane_and_once_when_it_has_no_more() -> None:
    advisor, room = LaneAdvisor(lane_rate=100), pool_of_room(VIDEO, "p:event")
    advisor.advice(10.0)
    assert rush(advisor, 100, 11.0, pool=room) == 0
    assert rush(advisor, 300, 12.0, pool=room) == 3
    assert [rush(advisor, 10, 13.0 + second, pool=room) for second in range(11)] == [3] * 9 + [1, 0]
    assert not advisor.is_spreading


def test_quiet_rooms_are_forgotten_with_each_window() -> None:
    advisor = LaneAdvisor(lane_rate=100)
    advisor.advice(10.0)
    for number in range(1000):
        advisor.count(pool_of_room(VIDEO, f"m:{number}"), 1)
    assert advisor.advice(11.0).keys() == set(POOLS.values())
    assert advisor._counts.keys() == advisor._needs.keys() == set(POOLS.values())
