"""Free ports on loopback that no outgoing connection is given: so they are free later, too."""

import random
import socket
from collections.abc import Iterator
from itertools import islice

_PORTS = range(10_000, 32_000)
"""Linux gives 32,768 and above to outgoing connections."""


def free_ports() -> Iterator[int]:
    """Each port that is free when it is asked for, once, in rising order from anywhere in the range."""
    start = random.randrange(len(_PORTS))  # noqa: S311 -- no secret
    return filter(_is_free, (*_PORTS[start:], *_PORTS[:start]))


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
