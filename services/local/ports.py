"""Free ports on loopback, outside the range of outgoing connections, so that they stay free."""

import random
import socket
from collections.abc import Iterator, Sequence
from itertools import islice

_PORTS = range(10_000, 21_000)
"""Linux gives outgoing connections the ports from 32,768 on, and the tests use those in between."""


def free_ports(among: Sequence[int] = _PORTS) -> Iterator[int]:
    """Yield each free port once, in order, from a random start. A port is probed when it is asked for."""
    start = random.randrange(len(among))  # noqa: S311 -- no secret
    return filter(_is_free, (*among[start:], *among[:start]))


def first_in_a_row(count: int, ports: Iterator[int]) -> int:
    """Return the first of `count` consecutive ports among `ports`."""
    while True:
        row = list(islice(ports, count))
        if row[-1] - row[0] == count - 1:
            return row[0]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
