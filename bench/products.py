"""The servers under test: Zufall, and two that do the same work with Socket.IO."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.dialects import Dialect, SocketIoDialect, ZufallDialect
from bench.load_generator import Fits
from bench.processes import MissingPartError, Servers, program
from services.local.ports import first_in_a_row, free_ports
from services.signaling.core.messages import Find

PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Product:
    """Running servers and where visitors enter them."""

    name: str
    dialect: Dialect
    servers: Servers
    origins: tuple[str, ...]
    fits: Fits


def start_zufall(
    folder: Path, gateways: int = 2, matchers: int = 1, environment: Mapping[str, str] | None = None
) -> Product:
    """Gateways, matcher, reports and NATS, as `zufall run` starts them."""
    port = first_in_a_row(gateways + 1, free_ports())
    servers = Servers(folder / "zufall.log")
    choices = {
        "--gateways": str(gateways),
        "--port": str(port),
        "--matchers": str(matchers),
        "--limits": "off",
        "--data": str(folder / "zufall"),
    }
    servers.start([sys.executable, "-m", "services.cli", "run", *flatten(choices)], environment)
    return _ready(
        "zufall", ZufallDialect(), servers, list(range(port + 1, port + gateways + 1)), share_interests
    )


def start_cluster(folder: Path) -> Product:
    """Start two Socket.IO processes with the Redis adapter and a Redis list as their queue."""
    node, redis = _node(), program("redis-server", "the Socket.IO cluster")
    _install_peers()
    port = first_in_a_row(3, free_ports())
    servers = Servers(folder / "cluster.log")
    choices = {
        "--bind": "127.0.0.1",
        "--port": str(port),
        "--save": "",
        "--appendonly": "no",
        "--dir": str(folder),
    }
    servers.start([redis, *flatten(choices)])
    servers.wait_for_port(port)
    for own in (port + 1, port + 2):
        servers.start([node, str(PEERS / "cluster.js"), str(own), str(port)])
    return _ready("cluster", SocketIoDialect(), servers, [port + 1, port + 2], anyone)


def start_single(folder: Path) -> Product:
    """Start one Socket.IO process with its queue in memory."""
    node = _node()
    _install_peers()
    port = first_in_a_row(1, free_ports())
    servers = Servers(folder / "single.log")
    servers.start([node, str(PEERS / "single.js"), str(port)])
    return _ready("single", SocketIoDialect(), servers, [port], anyone)


STARTERS: dict[str, Callable[[Path], Product]] = {
    "zufall": start_zufall,
    "cluster": start_cluster,
    "single": start_single,
}


def share_interests(one: Find, other: Find) -> bool:
    """Zufall pairs at once who share an interest or have none; others wait for their search to widen."""
    return not (one.interests or other.interests) or not set(one.interests).isdisjoint(other.interests)


def anyone(_one: Find, _other: Find) -> bool:
    """Return whether two wishes fit: always, because the Socket.IO servers pair in the order of arrival."""
    return True


def flatten(choices: dict[str, str]) -> list[str]:
    """`{"--port": "1"}` as `["--port", "1"]`."""
    return [word for pair in choices.items() for word in pair]


def _ready(name: str, dialect: Dialect, servers: Servers, ports: list[int], fits: Fits) -> Product:
    try:
        for port in ports:
            servers.wait_for_port(port, timeout=60)
    except BaseException:
        servers.stop()
        raise
    return Product(name, dialect, servers, tuple(f"http://127.0.0.1:{port}" for port in ports), fits)


def _node() -> str:
    return program("node", "the comparison with Socket.IO")


def _install_peers() -> None:
    if (PEERS / "node_modules" / ".package-lock.json").exists():
        return
    npm = program("npm", "the comparison with Socket.IO")
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=PEERS,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MissingPartError(f"npm could not install the Socket.IO servers: {done.stderr.strip()[-300:]}")
