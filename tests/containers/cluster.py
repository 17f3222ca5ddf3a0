"""A whole installation in containers, with a cluster of three NATS servers. Faults can strike every part."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from docker.models.containers import Container
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from bench.swarm.checker import Row

from ..faults.logs import unforeseen
from ..faults.nemesis import Heal
from ..faults.plan import STAGE_AGES
from ..faults.schedule import Fault, Shape
from ..servers import free_port
from ..timing import scaled
from .conftest import PORTS, service

NATS_SERVERS = ("nats-1", "nats-2", "nats-3")
NATS_CONFIG = Path(__file__).parent / "nats.conf"
_ON_NATS = re.compile(r"^zufall_(?:reports_)?nats_connected 1\.0$", re.MULTILINE)
MODULES = {"gateway": "signaling", "matcher": "matcher", "reports": "reports"}


@dataclass(frozen=True)
class ContainerCluster:
    """A running installation. Containers have the same names in faults and on the network."""

    network: Network
    containers: Mapping[str, DockerContainer]
    ports: Mapping[str, tuple[int, int]]
    """For each service, the port that it serves on and its admin port, both on this machine."""
    postgres: PostgresContainer

    @property
    def origins(self) -> dict[str, str]:
        return {
            name: f"http://127.0.0.1:{port}"
            for name, (port, _) in self.ports.items()
            if name.startswith("gateway")
        }

    async def strike(self, fault: Fault) -> Heal:
        """Apply a fault. A cut takes the container off the network, as if its cable were pulled."""
        container = self.containers[fault.target].get_wrapped_container()
        do, undo = {
            "kill": (container.kill, container.start),
            "terminate": (lambda: container.stop(timeout=30), container.start),
            "pause": (container.pause, container.unpause),
            "cut": (lambda: self._unplug(container), lambda: self._plug(container, fault.target)),
        }[fault.kind]
        await asyncio.to_thread(do)

        async def heal() -> None:
            await asyncio.to_thread(undo)
            if fault.target in self.ports:
                await self._until_ready(fault.target)

        return heal

    def _unplug(self, container: Container) -> None:
        self._docker_network().disconnect(container)

    def _plug(self, container: Container, name: str) -> None:
        self._docker_network().connect(container, aliases=[name])

    def _docker_network(self) -> Any:
        client = self.containers["reports"].get_docker_client().client
        return client.networks.get(self.network.id)

    async def until_ready(self) -> None:
        """Wait until all are ready, and reports, which serves without NATS too, is connected to a server."""
        await asyncio.gather(*map(self._until_ready, self.ports))
        await self._until_answered("reports", "metrics", _ON_NATS)

    async def _until_ready(self, name: str) -> None:
        await self._until_answered(name, "readyz", re.compile(""))

    async def _until_answered(self, name: str, path: str, pattern: re.Pattern[str]) -> None:
        url = f"http://127.0.0.1:{self.ports[name][1]}/{path}"
        async with asyncio.timeout(scaled(60)), aiohttp.ClientSession() as http:
            while True:
                with suppress(aiohttp.ClientError, OSError):
                    async with http.get(url) as answer:
                        if answer.status == 200 and pattern.search(await answer.text()):
                            return
                await asyncio.sleep(0.1)

    def memory(self) -> dict[str, tuple[int, int]]:
        """Return nothing, because the engine answers too slowly. Runs on plain processes measure memory."""
        return {}

    async def rows(self) -> list[Row]:
        connection = await asyncpg.connect(self.postgres.get_connection_url())
        try:
            found = await connection.fetch("SELECT id, match, reporter FROM reports")
        finally:
            await connection.close()
        return [Row(row["id"], row["match"], row["reporter"]) for row in found]

    def unforeseen(self) -> list[str]:
        return unforeseen({name: b"".join(self.containers[name].get_logs()).decode() for name in self.ports})


@contextmanager
def container_cluster(image: str, shape: Shape) -> Iterator[ContainerCluster]:
    """Start a cluster, which is not ready yet."""
    with ExitStack() as stack:
        network = stack.enter_context(Network())
        postgres = PostgresContainer(
            "postgres:17", username="zufall", password="secret", dbname="zufall", driver=None
        )
        stack.enter_context(postgres.with_network(network).with_network_aliases("postgres"))
        names = [name for kind in MODULES for name in shape.services(kind)]
        ports = {name: (free_port(), free_port()) for name in names}
        environment = {
            "ZUFALL_NATS": ",".join(f"nats://{name}:4222" for name in NATS_SERVERS),
            "ZUFALL_MATCHERS": ",".join(f"{name}:7010" for name in shape.services("matcher")),
            "ZUFALL_ORIGINS": ",".join(
                f"http://127.0.0.1:{ports[name][0]}" for name in shape.services("gateway")
            ),
            "ZUFALL_STAGE_AGES": STAGE_AGES,
        }
        containers = {name: _nats(network, name) for name in NATS_SERVERS}
        containers |= {name: _service(image, network, name, ports[name], environment) for name in names}
        _start(stack, list(containers.values()))
        yield ContainerCluster(network, {**containers, "postgres": postgres}, ports, postgres)


def _nats(network: Network, name: str) -> DockerContainer:
    server = DockerContainer("nats:2-alpine", command="nats-server -c /nats.conf").with_network(network)
    return server.with_network_aliases(name).with_volume_mapping(str(NATS_CONFIG), "/nats.conf")


def _service(
    image: str, network: Network, name: str, ports: tuple[int, int], environment: Mapping[str, str]
) -> DockerContainer:
    """Build a container that keeps its ports on this machine when it starts again."""
    module = MODULES[name.partition("-")[0]]
    container = service(image, module, network).with_network_aliases(name)
    container.ports.clear()
    for inside, outside in zip(PORTS[module], ports, strict=True):
        container.with_bind_ports(inside, outside)
    for variable, value in environment.items():
        container.with_env(variable, value)
    container._wait_strategy = None  # all are waited for together
    return container


def _start(stack: ExitStack, containers: Sequence[DockerContainer]) -> None:
    """Start all containers at the same time, because one after the other takes too long."""
    with ThreadPoolExecutor(len(containers)) as threads:
        for started in threads.map(DockerContainer.start, containers):
            stack.callback(started.stop)
