"""Every gateway names the same owner, owners are spread, and few lanes move when a replica goes."""

from collections import Counter

from services.contract.lanes import owner

REPLICAS = [f"10.0.0.{number}:7010" for number in range(4)]
LANES = [(pool, lane) for pool in ("video/everyone", "text/restricted") for lane in range(1000)]


def test_the_order_of_the_replicas_does_not_matter() -> None:
    for pool, lane in LANES[:50]:
        assert owner(pool, lane, REPLICAS) == owner(pool, lane, reversed(REPLICAS))


def test_nobody_owns_a_lane_when_there_is_no_replica() -> None:
    assert owner("video/everyone", 0, []) is None


def test_lanes_are_spread() -> None:
    owned = Counter(owner(pool, lane, REPLICAS) for pool, lane in LANES)
    assert all(400 < count < 600 for count in owned.values())


def test_only_the_lanes_of_a_lost_replica_move() -> None:
    left = REPLICAS[1:]
    for pool, lane in LANES:
        before = owner(pool, lane, REPLICAS)
        if before != REPLICAS[0]:
            assert owner(pool, lane, left) == before
