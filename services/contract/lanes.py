"""Which matcher replica owns a lane of a pool: gateways that see the same replicas name the same one."""

from collections.abc import Iterable
from hashlib import blake2b

OVERFLOW_AFTER = 1.0
"""Seconds after which a ticket that found nobody in a side lane waits in lane 0, where all meet."""


def lane_owners(pool: str, lanes: int, replicas: Iterable[str]) -> list[str]:
    """The owner of each lane from 0; empty when there is no replica.

    Each lane takes the replica of the highest random weight (rendezvous hashing) that owns no lower lane yet:
    so the lanes of a pool are spread as far as there are replicas. Lane 0 has the same owner however many.
    """
    chosen: list[str] = []
    everybody = set(replicas)
    left: set[str] = set()
    for lane in range(lanes if everybody else 0):
        left = left or everybody.copy()
        chosen.append(max(left, key=lambda replica: (_weight(pool, lane, replica), replica)))
        left.remove(chosen[-1])
    return chosen


def _weight(pool: str, lane: int, replica: str) -> bytes:
    return blake2b(f"{pool}/{lane}/{replica}".encode(), digest_size=8).digest()
