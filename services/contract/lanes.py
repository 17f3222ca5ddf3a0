"""Which matcher replica owns a lane of a pool: gateways that see the same replicas name the same one."""

from collections.abc import Iterable
from hashlib import blake2b


def owner(pool: str, lane: int, replicas: Iterable[str]) -> str | None:
    """The replica of the highest random weight (rendezvous hashing); None when there is no replica.

    When a replica comes or goes, only lanes that it owns move.
    """
    return max(replicas, key=lambda replica: (_weight(pool, lane, replica), replica), default=None)


def _weight(pool: str, lane: int, replica: str) -> bytes:
    return blake2b(f"{pool}/{lane}/{replica}".encode(), digest_size=8).digest()
