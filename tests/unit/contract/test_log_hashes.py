"""Hashes in logs join the lines of services with one key ring, and tell nothing to others."""

from services.contract.ids import random_id
from services.contract.keys import new_key, parse_ring
from services.contract.log_hashes import LogHasher

RING = parse_ring(new_key())


def test_services_with_one_ring_write_the_same_short_hash() -> None:
    match = random_id()
    written = LogHasher(RING).hash(match)
    assert LogHasher(RING).hash(match) == written
    assert len(written) == 10
    assert int(written, 16) >= 0


def test_another_id_or_another_key_makes_another_hash() -> None:
    ids = [random_id() for _ in range(1000)]
    hasher = LogHasher(RING)
    assert len({hasher.hash(id) for id in ids}) == 1000
    assert LogHasher(parse_ring(new_key())).hash(ids[0]) != hasher.hash(ids[0])


def test_the_first_key_of_the_ring_hashes() -> None:
    newer = (*parse_ring(new_key()), *RING)
    assert LogHasher(newer).hash("id") == LogHasher(newer[:1]).hash("id") != LogHasher(RING).hash("id")
