"""Computes which matcher replica owns each lane of a pool. Gateways that see the same replicas agree."""

from collections.abc import Iterable
from hashlib import blake2b

OVERFLOW_AFTER = 1.0
"""Seconds after which a ticket that found nobody in a side lane moves to lane 0, where all meet."""


def lane_owners(pool: str, lanes: int, replicas: Iterable[str]) -> list[str]:
    """Return the owner of each lane from 0, or an empty list if there is no replica.

    Each lane takes the replica of the highest random weight (rendezvous hashing) that owns no lower lane yet,
    so the lanes of a pool are spread over all replicas. The owner of lane 0 does not depend on `lanes`.
    """
    chosen: list[str] = []
    all_replicas = set(replicas)
    unused: set[str] = set()
    for lane in range(lanes if all_replicas else 0):
        unused = unused or all_replicas.copy()
        chosen.append(max(unused, key=lambda replica: (_weight(pool, lane, replica), replica)))
        unused.remove(chosen[-1])
    return chosen


def _weight(pool: str, lane: int, replica: str) -> bytes:
    return blake2b(f"{pool}/{lane}/{replica}".encode(), digest_size=8).digest()
