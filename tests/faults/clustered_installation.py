"""An installation on the three NATS servers of Kubernetes, in which faults strike these servers."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.contract.identities import COMMON_GATEWAY
from services.contract.keys import new_key

from ..certificates import Certificates
from ..databases import new_sqlite
from ..integration.cluster import Service
from ..nats_cluster import NAMES, NatsServers, nats_cluster
from ..timing import until
from .nemesis import Heal
from .plan import STAGE_AGES
from .schedule import Fault, Shape

GATEWAYS = Shape(gateways=2).services("gateway")
KEYS = ("ZUFALL_TOKEN_KEYS", "ZUFALL_PASS_KEYS", "ZUFALL_CONSOLE_KEYS", "ZUFALL_MODERATOR_TOKEN")


@dataclass(frozen=True)
class ClusteredInstallation:
    """Services with certificates that know all three servers, as on Kubernetes."""

    nats: NatsServers
    gateways: Mapping[str, Service]
    others: Mapping[str, Service]

    @property
    def origins(self) -> dict[str, str]:
        return {name: gateway.url for name, gateway in self.gateways.items()}

    @property
    def clients(self) -> dict[str, Service]:
        """The services that use NATS, by name."""
        return {**self.gateways, "reports": self.others["reports"]}

    async def strike(self, fault: Fault) -> Heal:
        """Strike a server that a gateway and reports use. It comes back when both have found another one."""
        first, second = self.gateways
        await self._gather(fault.target, second)
        before = {name: await reconnects(self.clients[name]) for name in (first, "reports")}
        undo = await self._strike(fault)

        async def heal() -> None:
            for name, count in before.items():
                await until(partial(is_connected, self.clients[name], count + 1), pause=0.05)
            await undo()

        return heal

    async def _gather(self, name: str, but: str) -> None:
        """Bring all clients but one to this server, and that one to another server."""
        for client in self.clients:
            await self.nats.move(client, NAMES[NAMES.index(name) - 1] if client == but else name)
        await self.until_ready()

    async def _strike(self, fault: Fault) -> Heal:
        """Do it. A cut loses all that is on the server's wires, and nobody is told."""
        server = self.nats.servers[fault.target]
        match fault.kind:
            case "kill":
                await server.kill()
                return server.start
            case "terminate":
                await server.terminate()
                return server.start
            case "pause":
                server.send(signal.SIGSTOP)

                async def go_on() -> None:
                    server.send(signal.SIGCONT)

                return go_on
        assert fault.kind == "cut"
        wires = self.nats.wires(fault.target)
        for wire in wires:
            wire.swallow("there", "back")

        async def heal() -> None:
            await asyncio.gather(*(wire.heal() for wire in wires))

        return heal

    async def until_ready(self) -> None:
        """Wait until all servers are connected, and all that use NATS are connected to one of them."""
        await self.nats.until_whole()
        for client in self.clients.values():
            await until(partial(is_connected, client), pause=0.05)


async def reconnects(service: Service) -> float:
    return await service.metric("zufall_nats_reconnects_total")


async def is_connected(service: Service, least: float = 0) -> bool:
    """Tell whether it is connected to NATS, and connected again at least so often."""
    return await reconnects(service) >= least and await service.metric("zufall_nats_connected") == 1


@asynccontextmanager
async def clustered(folder: Path) -> AsyncIterator[ClusteredInstallation]:
    """Run two gateways, a matcher and reports, which are ready."""
    certificates = Certificates(folder / "certificates", [COMMON_GATEWAY])
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(nats_cluster(certificates, [*GATEWAYS, "reports"]))
        made = _plan(folder, nats, certificates)
        services = [*made.others.values(), *made.gateways.values()]
        for service in services:
            await service.start()
            stack.push_async_callback(service.stop)
        await asyncio.gather(*(service.until_ready(seconds=30) for service in services))
        await made.until_ready()
        yield made


def _plan(folder: Path, nats: NatsServers, certificates: Certificates) -> ClusteredInstallation:
    shared = {name: new_key() for name in KEYS} | {
        "ZUFALL_STAGE_AGES": STAGE_AGES,
        "ZUFALL_DATABASE": new_sqlite(folder),
    }

    def service(module: str, name: str, certificate: str, **own: str) -> Service:
        own["ZUFALL_CERTIFICATES"] = str(certificates.folder / certificate)
        own["ZUFALL_NATS"] = ",".join(nats.urls(name))
        return Service(module, {**shared, **own}, folder, name)

    matcher = service("matcher", "matcher", "matcher")
    reports = service("reports", "reports", "reports")
    gateways = {
        name: service(
            "signaling",
            name,
            COMMON_GATEWAY,
            ZUFALL_MATCHERS=matcher.address,
            ZUFALL_REPORTS=reports.address,
        )
        for name in GATEWAYS
    }
    for gateway in gateways.values():
        gateway.change(ZUFALL_ORIGINS=",".join(one.url for one in gateways.values()))
    return ClusteredInstallation(nats, gateways, {"matcher": matcher, "reports": reports})
