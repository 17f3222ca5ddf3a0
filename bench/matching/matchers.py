"""Matcher replicas without gateways, and the CPU time they use."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.processes import Servers
from services.local.plan import HUGE_PAGES
from services.local.ports import first_in_a_row, free_ports


class Matchers:
    """Running replicas. `addresses` is the list that gateways get."""

    def __init__(self, servers: Servers, addresses: tuple[str, ...]) -> None:
        self._servers = servers
        self.addresses = addresses

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all replicas since their start, in steps of 10 ms."""
        self._servers.check_alive()
        return sum(self._servers.cpu_seconds().values())


@contextmanager
def matchers(number: int, environment: Mapping[str, str] | None = None) -> Iterator[Matchers]:
    """Start this many replicas, and yield them when they listen."""
    first = first_in_a_row(2 * number, free_ports())
    ports = range(first, first + number)
    with tempfile.TemporaryDirectory(prefix="zufall-bench-") as folder:
        servers = Servers(Path(folder) / "matchers.log")
        try:
            for port in ports:
                own = {
                    "ZUFALL_LISTEN": f"127.0.0.1:{port}",
                    "ZUFALL_ADMIN_LISTEN": f"127.0.0.1:{port + number}",
                    **HUGE_PAGES,
                }
                servers.start([sys.executable, "-m", "services.matcher"], own | dict(environment or {}))
            for port in ports:
                servers.wait_for_port(port)
            yield Matchers(servers, tuple(f"127.0.0.1:{port}" for port in ports))
        finally:
            servers.stop()
