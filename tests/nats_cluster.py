"""The cluster of nats-servers of `k8s/base`, as processes of this machine whose wires can be cut."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import permutations
from pathlib import Path

from services.contract import identities

from .certificates import Certificates
from .proxy import Proxy
from .servers import NATS_SERVER, NatsServer, free_port
from .timing import until

CONFIG = Path(__file__).parents[1] / "k8s" / "base" / "nats.conf"
NAMES = tuple(host.partition(".")[0] for host in identities.NATS_HOSTS)
_HERE = "localhost"
"""The host of every server here, which its certificate names, too."""
_ROUTES = 4
"""Connections between two servers: three that share the accounts, and one for the account of the system."""


class ClusteredNatsServer(NatsServer):
    """One server of a cluster. `url` and `port` lead to it without a proxy."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        super().__init__()
        self._environment |= {**environment, "POD_NAME": name}
        self.name = name
        self.route_port = free_port()

    def configure(self, certificates: Path, folder: Path, routes: Mapping[str, int]) -> None:
        """Write its configuration: that of Kubernetes with the addresses of this machine.

        `routes` are the ports on which it reaches each server. It gives the others no address of its own, so
        there is no way past the proxies.
        """
        text = CONFIG.read_text().replace("/run/certificates", str(certificates))
        ports = {4222: self.port, 8222: self._monitor, 6222: self.route_port}
        for port, here in ports.items():
            text = text.replace(f"0.0.0.0:{port}", f"127.0.0.1:{here}")
        for host, name in zip(identities.NATS_HOSTS, NAMES, strict=True):
            text = text.replace(f"nats://{host}:6222", f"nats://{_HERE}:{routes[name]}")
        self.config = folder / f"{self.name}.conf"
        self.config.write_text(
            text.replace("no_advertise: true", 'no_advertise: true\n  advertise: "127.0.0.1:1"')
        )
        self._arguments = ["--config", str(self.config)]

    async def signal(self, command: str) -> None:
        """Run the command with which Kubernetes and operators signal a server."""
        process = await asyncio.create_subprocess_exec(NATS_SERVER, "--signal", f"{command}={self.pid}")
        assert await process.wait() == 0

    async def terminate(self) -> None:
        """Stop as Kubernetes stops a pod: with the command that comes first, and then with SIGTERM.

        The server obeys the command a moment after it has ended. Kubernetes is slower than that.
        """
        await self.signal("ldm")
        await until(self._refuses)
        await self.stop(45, signal.SIGTERM)

    async def _refuses(self) -> bool:
        """Return whether it takes no more clients."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionError:
            return True
        writer.close()
        return False

    async def peers(self) -> int:
        """Return the number of servers to which it has all its connections."""
        names = [route["remote_name"] for route in (await self.page("routez"))["routes"]]
        return sum(names.count(name) >= _ROUTES for name in NAMES)


class NatsServers:
    """Three servers. Each client has a proxy to each of them, and each server one to each other one."""

    def __init__(
        self, certificates: Certificates, clients: Iterable[str], environment: Mapping[str, str]
    ) -> None:
        certificates.replace("nats", identities.NATS, _HERE)
        self.servers = {name: ClusteredNatsServer(name, environment) for name in NAMES}
        self._wires = {
            (client, name): Proxy(server.port) for client in clients for name, server in self.servers.items()
        }
        self._routes = {
            (one, other): Proxy(self.servers[other].route_port) for one, other in permutations(NAMES, 2)
        }
        for name, server in self.servers.items():
            routes = {other: wire.port for (one, other), wire in self._routes.items() if one == name}
            own = {name: server.route_port}
            server.configure(certificates.folder / "nats", certificates.folder, routes | own)

    def urls(self, client: str) -> list[str]:
        """Return the addresses that a client is given, none if it is not known."""
        return [f"nats://{wire.address}" for (one, _), wire in self._wires.items() if one == client]

    def wires(self, name: str) -> list[Proxy]:
        """Return all wires of one server."""
        return [wire for ends, wire in [*self._wires.items(), *self._routes.items()] if name in ends]

    async def move(self, client: str, name: str) -> None:
        """Bring a client to this server, by letting it reach no other one for a moment."""
        others = [self._wires[client, other] for other in NAMES if other != name]
        for wire in others:
            await wire.cut()
        await until(lambda: self._wires[client, name].used)
        for wire in others:
            await wire.open()

    async def start(self) -> None:
        for wire in [*self._wires.values(), *self._routes.values()]:
            await wire.open()
        await asyncio.gather(*(server.start() for server in self.servers.values()))
        await self.until_whole()

    async def until_whole(self) -> None:
        """Wait until every server is connected to both others."""

        async def is_whole() -> bool:
            peers = await asyncio.gather(*(server.peers() for server in self.servers.values()))
            return all(count == len(NAMES) - 1 for count in peers)

        await until(is_whole, seconds=30, pause=0.05)

    async def stop(self) -> None:
        for server in self.servers.values():
            await server.stop()
        for wire in [*self._wires.values(), *self._routes.values()]:
            await wire.cut()


@asynccontextmanager
async def nats_cluster(
    certificates: Certificates, clients: Iterable[str] = (), **environment: str
) -> AsyncIterator[NatsServers]:
    """Run a cluster whose servers are connected. Their certificate is a new one."""
    cluster = NatsServers(certificates, clients, environment)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(cluster.stop)
        await cluster.start()
        yield cluster
