"""Matcher replicas without gateways, and a server that only echoes, with the CPU time they use."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench.processes import Servers
from services.local.plan import HUGE_PAGES
from services.local.ports import first_in_a_row, free_ports


class GrpcServers:
    """Running servers. `addresses` is the list that gateways get."""

    def __init__(self, servers: Servers, addresses: tuple[str, ...]) -> None:
        self._servers = servers
        self.addresses = addresses

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all servers since their start, in steps of 10 ms."""
        self._servers.check_alive()
        return sum(self._servers.cpu_seconds().values())


def matchers(
    number: int, environment: Mapping[str, str] | None = None
) -> AbstractContextManager[GrpcServers]:
    """Start this many replicas, and yield them when they listen."""
    return _started("services.matcher", number, environment or {})


def echo() -> AbstractContextManager[GrpcServers]:
    """Start a server that echoes (`echo.py`), and yield it when it listens."""
    return _started("bench.matching.echo", 1, {})


@contextmanager
def _started(module: str, number: int, environment: Mapping[str, str]) -> Iterator[GrpcServers]:
    first = first_in_a_row(2 * number, free_ports())
    ports = range(first, first + number)
    with tempfile.TemporaryDirectory(prefix="zufall-bench-") as folder:
        servers = Servers(Path(folder) / "servers.log")
        try:
            for port in ports:
                own = {
                    "ZUFALL_LISTEN": f"127.0.0.1:{port}",
                    "ZUFALL_ADMIN_LISTEN": f"127.0.0.1:{port + number}",
                    **HUGE_PAGES,
                }
                servers.start([sys.executable, "-m", module], own | dict(environment))
            for port in ports:
                servers.wait_for_port(port)
            yield GrpcServers(servers, tuple(f"127.0.0.1:{port}" for port in ports))
        finally:
            servers.stop()
