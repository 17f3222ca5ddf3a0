"""The servers under test: Zufall, and those that do the same work with Socket.IO."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
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
    folder: Path,
    gateways: int = 2,
    matchers: int = 1,
    environment: Mapping[str, str] | None = None,
    name: str = "zufall",
) -> Product:
    """Gateways, matcher, reports and NATS, as `zufall run` starts them."""
    port = first_in_a_row(gateways + 1, free_ports())
    servers = Servers(folder / f"{name}.log")
    choices = {
        "--gateways": str(gateways),
        "--port": str(port),
        "--matchers": str(matchers),
        "--limits": "off",
        "--data": str(folder / name),
    }
    servers.start([sys.executable, "-m", "services.cli", "run", *flatten(choices)], environment)
    ports = list(range(port + 1, port + gateways + 1))
    return _ready(name, ZufallDialect(), servers, ports, share_interests)


def start_cluster(folder: Path) -> Product:
    """Start two lean Socket.IO processes with the Redis adapter and a Redis list as their queue."""
    return _start_socket_io(folder, "cluster", "cluster.js", processes=2)


def start_stock(folder: Path) -> Product:
    """Start two Socket.IO processes as the documentation of the Redis adapter does, with the same queue."""
    return _start_socket_io(folder, "stock", "stock.js", processes=2)


def start_single(folder: Path) -> Product:
    """Start one Socket.IO process with its queue in memory."""
    return _start_socket_io(folder, "single", "single.js", processes=1)


def start_chat(folder: Path) -> Product:
    """Start two Socket.IO processes with the Redis adapter, where each conversation is a room."""
    return _start_socket_io(folder, "stock", "chat.js", processes=2)


def start_recovering_chat(folder: Path) -> Product:
    """Start one Socket.IO process with connection state recovery, where each conversation is a room."""
    return _start_socket_io(folder, "recovery", "chat.js", processes=1)


Starter = Callable[[Path], Product]

STARTERS: dict[str, Starter] = {
    "zufall": start_zufall,
    "cluster": start_cluster,
    "stock": start_stock,
    "single": start_single,
}
"""The products that meet in the same run."""

CHATS: dict[str, Starter] = {
    "zufall": start_zufall,
    "stock": start_chat,
    "recovery": start_recovering_chat,
}
"""The products where visitors talk while connections are cut."""

SCALES: dict[str, Starter] = {
    name: partial(start_zufall, gateways=gateways, name=name)
    for name, gateways in (("gateways-1", 1), ("gateways-2", 2), ("gateways-4", 4))
}
"""Zufall with more and more gateways."""


@contextmanager
def running(starters: Iterable[Starter], folder: Path) -> Iterator[list[Product]]:
    """Start products together and stop them at the end. What cannot run on this machine is left out."""
    with ExitStack() as stack:
        products = []
        for start in starters:
            try:
                product = start(folder)
            except MissingPartError as missing:
                print(f"{missing}.", flush=True)
                continue
            stack.callback(product.servers.stop)
            products.append(product)
        yield products


def share_interests(one: Find, other: Find) -> bool:
    """Zufall pairs at once who share an interest or have none; others wait for their search to widen."""
    return not (one.interests or other.interests) or not set(one.interests).isdisjoint(other.interests)


def anyone(_one: Find, _other: Find) -> bool:
    """Return whether two wishes fit: always, because the Socket.IO servers pair in the order of arrival."""
    return True


def flatten(choices: dict[str, str]) -> list[str]:
    """`{"--port": "1"}` as `["--port", "1"]`."""
    return [word for pair in choices.items() for word in pair]


def _start_socket_io(folder: Path, name: str, script: str, processes: int) -> Product:
    """Start the Node processes of a product; several share a Redis server."""
    node = program("node", "the comparison with Socket.IO")
    redis = program("redis-server", "a pair of Socket.IO processes") if processes > 1 else ""
    _install_peers()
    redis_port = first_in_a_row(processes + 1, free_ports())
    ports = list(range(redis_port + 1, redis_port + 1 + processes))
    servers = Servers(folder / f"{name}.log")
    if redis:
        choices = {
            "--bind": "127.0.0.1",
            "--port": str(redis_port),
            "--save": "",
            "--appendonly": "no",
            "--dir": str(folder),
        }
        servers.start([redis, *flatten(choices)])
        servers.wait_for_port(redis_port)
    for port in ports:
        servers.start([node, str(PEERS / script), str(port), *([str(redis_port)] if redis else [])])
    return _ready(name, SocketIoDialect(), servers, ports, anyone)


def _ready(name: str, dialect: Dialect, servers: Servers, ports: list[int], fits: Fits) -> Product:
    try:
        for port in ports:
            servers.wait_for_port(port, timeout=60)
    except BaseException:
        servers.stop()
        raise
    return Product(name, dialect, servers, tuple(f"http://127.0.0.1:{port}" for port in ports), fits)


def _install_peers() -> None:
    installed = PEERS / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= (PEERS / "package-lock.json").stat().st_mtime:
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
