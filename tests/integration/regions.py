"""Runs two regions as real processes: two NATS clusters that are joined by gateways, and what one link cuts.

Each region has a NATS server, a matcher and a gateway. The one reports service is in the second region. All
that one region says to the other passes proxies.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from services.contract.keys import new_key

from ..proxy import Proxy
from ..servers import NatsServer, free_port
from ..timing import until
from ..visitor import ORIGIN
from .cluster import Service

STAGE_AGES = "1,3,4"
"""A ticket accepts another region after three seconds. No pool is thin, however few visitors there are."""

_NATS_CONFIG = """\
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitor}"
server_name: {name}
ping_interval: "1s"
ping_max: 2
gateway {{
  name: {name}
  listen: "127.0.0.1:{gateway}"
  advertise: "{advertised}"
  gateways: [{{name: {other}, url: "nats://{others}"}}]
}}
"""
"""A cluster of one server. It notices within three seconds that another cluster says nothing."""


class JoinedNatsServer(NatsServer):
    """A NATS server that is a cluster of its own. Other clusters reach it through the proxy `entrance`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._gateway_port = free_port()
        self.entrance = Proxy(self._gateway_port)

    def join(self, other: "JoinedNatsServer", folder: Path) -> None:
        """Write the configuration with which it joins the other cluster from its next start on."""
        config = folder / f"nats-{self.name}.conf"
        config.write_text(
            _NATS_CONFIG.format(
                port=self.port,
                monitor=self._monitor,
                name=self.name,
                gateway=self._gateway_port,
                advertised=self.entrance.address,
                other=other.name,
                others=other.entrance.address,
            )
        )
        self._arguments = ["--config", str(config)]


@dataclass(frozen=True)
class Region:
    """The processes of one region."""

    name: str
    nats: JoinedNatsServer
    matcher: Service
    gateway: Service

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def services(self) -> tuple[Service, ...]:
        return self.matcher, self.gateway

    async def start(self) -> None:
        await self.nats.start()
        for service in self.services:
            await service.start()

    async def kill(self) -> None:
        """Kill all at once, as when the data centre loses its power."""
        await asyncio.gather(self.nats.kill(), *(service.kill() for service in self.services))

    async def sees(self, regions: int) -> bool:
        """Tell whether it knows the gateways and matchers of this many regions, and no more."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/api/status") as answer:
            gateways = (await answer.json())["gateways"]
        names = ("zufall_gateway_matchers", "zufall_nats_connected", "zufall_gateway_standings_known")
        seen = [gateways, *[await self.gateway.metric(name) for name in names]]
        return seen == [regions, regions, 1, 1]


@dataclass(frozen=True)
class TwoRegions:
    """Two regions that run, and the link between them."""

    eu: Region
    us: Region
    reports: Service
    link: tuple[Proxy, ...]

    @property
    def regions(self) -> tuple[Region, Region]:
        return self.eu, self.us

    @property
    def services(self) -> tuple[Service, ...]:
        return (self.reports, *self.us.services, *self.eu.services)

    def cut(self) -> None:
        """Lose all bytes between the regions. Connections stay open."""
        for proxy in self.link:
            proxy.swallow("there", "back")

    async def heal(self) -> None:
        for proxy in self.link:
            await proxy.heal()

    async def until_all_see(self, regions: int) -> None:
        for region in self.regions:

            async def sees(region: Region = region) -> bool:
                return await region.sees(regions)

            await until(sees, 30, pause=0.05)

    async def repair(self) -> None:
        """End every fault, start what is dead, and wait until both regions know of each other."""
        await self.heal()
        for region in self.regions:
            if not region.gateway.running:
                await region.start()
        await asyncio.gather(*(service.until_ready() for service in self.services))
        await self.until_all_see(2)


@asynccontextmanager
async def two_regions(folder: Path) -> AsyncIterator[TwoRegions]:
    """Run both regions. Fail if a process logs an unforeseen error."""
    made = _plan(folder)
    for proxy in made.link:
        await proxy.open()
    try:
        await made.us.nats.start()
        await made.reports.start()
        await made.eu.start()
        for service in made.us.services:
            await service.start()
        await made.repair()
        yield made
    finally:
        for proxy in made.link:
            await proxy.cut()
        await asyncio.gather(*(service.stop() for service in made.services))
        for region in made.regions:
            await region.nats.stop()
    for service in made.services:
        assert "Traceback" not in service.log.read_text(), service.log.read_text()


def _plan(folder: Path) -> TwoRegions:
    eu, us = JoinedNatsServer("eu"), JoinedNatsServer("us")
    eu.join(us, folder)
    us.join(eu, folder)
    environment = {
        "ZUFALL_TOKEN_KEYS": new_key(),
        "ZUFALL_PASS_KEYS": new_key(),
        "ZUFALL_CONSOLE_KEYS": new_key(),
        "ZUFALL_MODERATOR_TOKEN": new_key(),
        "ZUFALL_DATABASE": f"sqlite+aiosqlite:///{folder}/reports.db",
        "ZUFALL_ORIGINS": ORIGIN,
        "ZUFALL_STAGE_AGES": STAGE_AGES,
        "ZUFALL_THIN_MARKET": "0",
        "ZUFALL_TINY_MARKET": "0",
        "ZUFALL_PROOF_OF_WORK": "on",
        "ZUFALL_WORK_LEAST": "2",
        "ZUFALL_WORK_MOST": "64",
    }
    reports = Service("reports", environment | {"ZUFALL_NATS": us.url}, folder)
    matchers = {
        nats.name: Service("matcher", environment, folder, f"matcher-{nats.name}") for nats in (eu, us)
    }
    to_eu, to_us = Proxy(matchers["eu"].port), Proxy(matchers["us"].port)
    to_reports = Proxy(reports.port)

    def region(nats: JoinedNatsServer, others: str, reports: str) -> Region:
        matcher = matchers[nats.name]
        edge: Mapping[str, str] = environment | {
            "ZUFALL_REGION": nats.name,
            "ZUFALL_NATS": nats.url,
            "ZUFALL_MATCHERS": f"{matcher.address},{others}",
            "ZUFALL_REPORTS": reports,
        }
        return Region(nats.name, nats, matcher, Service("signaling", edge, folder, f"gateway-{nats.name}"))

    return TwoRegions(
        region(eu, to_us.address, to_reports.address),
        region(us, to_eu.address, reports.address),
        reports,
        (eu.entrance, us.entrance, to_eu, to_us, to_reports),
    )
