"""All gateways compute the same owners, which are spread, and a lost replica moves few lanes."""

from collections import Counter

import pytest

from services.contract.lanes import lane_owners

REPLICAS = [f"replica-{number}" for number in range(4)]
POOLS = [f"pool-{number}" for number in range(1000)]


@pytest.mark.parametrize("lanes", [1, 3, 9])
def test_the_order_of_the_replicas_does_not_matter(lanes: int) -> None:
    for pool in POOLS[:50]:
        assert lane_owners(pool, lanes, REPLICAS) == lane_owners(pool, lanes, reversed(REPLICAS))


def test_nobody_owns_a_lane_when_there_is_no_replica() -> None:
    assert lane_owners("pool", 3, []) == []


@pytest.mark.parametrize("lane", range(4))
def test_each_lane_is_spread_over_the_replicas(lane: int) -> None:
    owned = Counter(lane_owners(pool, 4, REPLICAS)[lane] for pool in POOLS)
    assert all(200 < owned[replica] < 300 for replica in REPLICAS)


def test_the_lanes_of_a_pool_have_different_owners_as_far_as_there_are_replicas() -> None:
    for pool in POOLS[:50]:
        assert set(lane_owners(pool, 4, REPLICAS)) == set(REPLICAS)
        assert set(Counter(lane_owners(pool, 9, REPLICAS)).values()) == {2, 3}


def test_more_lanes_change_no_lower_one() -> None:
    """Gateways with different advice agree on the lanes that both have, above all on lane 0."""
    for pool in POOLS[:50]:
        assert lane_owners(pool, 2, REPLICAS) == lane_owners(pool, 7, REPLICAS)[:2]


def test_lane_0_moves_only_when_its_owner_is_lost() -> None:
    for pool in POOLS:
        (before,) = lane_owners(pool, 1, REPLICAS)
        if before != REPLICAS[0]:
            assert lane_owners(pool, 1, REPLICAS[1:]) == [before]
