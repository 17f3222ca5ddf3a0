"""Free ports on loopback that no outgoing connection is given: so they are free later, too."""

import random
import socket
from collections.abc import Iterator, Sequence
from itertools import islice

_PORTS = range(10_000, 21_000)
"""Linux gives 32,768 and above to outgoing connections; tests take theirs between."""


def free_ports(among: Sequence[int] = _PORTS) -> Iterator[int]:
    """Each port that is free when it is asked for, once, in order from anywhere among them."""
    start = random.randrange(len(among))  # noqa: S311 -- no secret
    return filter(_is_free, (*among[start:], *among[:start]))


def first_in_a_row(count: int, ports: Iterator[int]) -> int:
    """The first of the next `count` neighbours among `ports`."""
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
