"""A whole installation of real processes, with a proxy on every connection so that faults reach all parts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from bench.swarm.checker import Row
from services.contract.keys import new_key

from ..databases import Postgres
from ..integration.cluster import Service
from ..proxy import Proxy
from ..servers import NatsServer, nats_server
from .logs import unforeseen
from .nemesis import Heal
from .plan import STAGE_AGES
from .schedule import CENTRAL, Fault, Shape
from .strikes import strike_clock, strike_link, strike_process
from .wall_clock import FakedWallClock


@dataclass(frozen=True)
class ProxiedInstallation:
    """An installation whose services run and are ready."""

    shape: Shape
    nats: NatsServer
    services: Mapping[str, Service]
    links: Mapping[str, Proxy]
    clocks: Mapping[str, FakedWallClock]
    database: str
    """The address of the database without a proxy."""

    @property
    def origins(self) -> dict[str, str]:
        """The origin of each gateway, by name."""
        return {name: self.services[name].url for name in self.shape.services("gateway")}

    async def strike(self, fault: Fault) -> Heal:
        if fault.target in self.links:
            return await strike_link(self.links[fault.target], fault)
        if fault.kind == "jump":
            return await strike_clock(self.clocks[fault.target], self.services[fault.target], fault)
        return await strike_process(self._process(fault.target), fault)

    def _process(self, name: str) -> Service | NatsServer:
        return self.nats if name == CENTRAL else self.services[name]

    async def until_ready(self) -> None:
        await asyncio.gather(*(service.until_ready(seconds=30) for service in self.services.values()))

    def memory(self) -> dict[str, tuple[int, int]]:
        """Return the id and the resident bytes of each process that runs."""
        found = {}
        for name, pid in {name: one.pid for name, one in self.services.items() if one.running}.items():
            with suppress(psutil.NoSuchProcess):  # it dies just now
                found[name] = pid, psutil.Process(pid).memory_info().rss
        return found

    async def rows(self) -> list[Row]:
        """Return the stored reports."""
        connection = await asyncpg.connect(self.database.replace("postgresql+asyncpg", "postgresql"))
        try:
            found = await connection.fetch("SELECT id, match, reporter FROM reports")
        finally:
            await connection.close()
        return [Row(row["id"], row["match"], row["reporter"]) for row in found]

    def unforeseen(self) -> list[str]:
        """Return log lines that no process should ever write."""
        return unforeseen({name: service.log.read_text() for name, service in self.services.items()})


@asynccontextmanager
async def installed(
    folder: Path,
    server: Postgres,
    shape: Shape,
    gateway_program: str = "",
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[ProxiedInstallation]:
    """Run an installation, with `gateway_program` as every gateway if given. All services get `settings`."""
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(nats_server())
        database = await server.new_database()
        made = _plan(folder, nats, server.port, database, shape, gateway_program, settings or {})
        for proxy in made.links.values():
            await proxy.open()
            stack.push_async_callback(proxy.cut)
        for service in made.services.values():
            await service.start()
            stack.push_async_callback(service.stop)
        await made.until_ready()
        yield made


def _plan(
    folder: Path,
    nats: NatsServer,
    postgres_port: int,
    database: str,
    shape: Shape,
    gateway_program: str,
    settings: Mapping[str, str],
) -> ProxiedInstallation:
    keys = ("ZUFALL_TOKEN_KEYS", "ZUFALL_PASS_KEYS", "ZUFALL_CONSOLE_KEYS", "ZUFALL_MODERATOR_TOKEN")
    shared = {name: new_key() for name in keys} | {"ZUFALL_STAGE_AGES": STAGE_AGES, "ZUFALL_NATS": nats.url}
    shared |= settings
    clocks: dict[str, FakedWallClock] = {}
    links: dict[str, Proxy] = {}

    def service(module: str, name: str, own: Mapping[str, str], program: str = "") -> Service:
        clocks[name] = FakedWallClock(folder / f"{name}.clock")
        return Service(module, {**shared, **clocks[name].environment, **own}, folder, name, program)

    def link(name: str, port: int) -> str:
        links[name] = Proxy(port)
        return links[name].address

    matchers = [service("matcher", name, {}) for name in shape.services("matcher")]
    wire = link("reports~database", postgres_port)
    reached = database.replace(f"127.0.0.1:{postgres_port}", wire)
    reports = service("reports", "reports", {"ZUFALL_DATABASE": reached})
    gateways = []
    for name in shape.services("gateway"):
        replicas = [link(f"{name}~{matcher.name}", matcher.port) for matcher in matchers]
        own = {
            "ZUFALL_NATS": "nats://" + link(f"{name}~nats", nats.port),
            "ZUFALL_MATCHERS": ",".join(replicas),
            "ZUFALL_REPORTS": reports.address,
        }
        gateways.append(service("signaling", name, own, gateway_program))
    for gateway in gateways:
        gateway.change(ZUFALL_ORIGINS=",".join(one.url for one in gateways))
    every = {one.name: one for one in (*matchers, reports, *gateways)}
    return ProxiedInstallation(shape, nats, every, links, clocks, database)
