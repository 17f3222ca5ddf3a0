"""An installation on the three NATS servers of Kubernetes, in which faults strike these servers."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.contract.identities import COMMON_GATEWAY
from services.contract.keys import new_key

from ..certificates import Certificates
from ..databases import new_sqlite
from ..integration.cluster import Service
from ..nats_cluster import NatsCluster, nats_cluster
from ..timing import until
from .nemesis import Heal
from .plan import STAGE_AGES
from .schedule import Fault, Shape

KEYS = ("ZUFALL_TOKEN_KEYS", "ZUFALL_PASS_KEYS", "ZUFALL_CONSOLE_KEYS", "ZUFALL_MODERATOR_TOKEN")


@dataclass(frozen=True)
class ClusteredInstallation:
    """Services with certificates that know all three servers, as on Kubernetes."""

    nats: NatsCluster
    gateways: Mapping[str, Service]
    others: Mapping[str, Service]

    @property
    def origins(self) -> dict[str, str]:
        return {name: gateway.url for name, gateway in self.gateways.items()}

    async def strike(self, fault: Fault) -> Heal:
        """Strike a server of NATS. A cut loses all that is on its wires, and nobody is told."""
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
        users = [*self.gateways.values(), self.others["reports"]]
        await asyncio.gather(*(until_on_nats(service) for service in users))


async def until_on_nats(service: Service) -> None:
    async def is_on_nats() -> bool:
        return await service.metric("zufall_nats_connected") == 1

    await until(is_on_nats, pause=0.05)


@asynccontextmanager
async def clustered(folder: Path) -> AsyncIterator[ClusteredInstallation]:
    """Run two gateways, a matcher and reports, which are ready."""
    certificates = Certificates(folder / "certificates", [COMMON_GATEWAY])
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(nats_cluster(certificates))
        made = _plan(folder, nats, certificates)
        services = [*made.others.values(), *made.gateways.values()]
        for service in services:
            await service.start()
            stack.push_async_callback(service.stop)
        await asyncio.gather(*(service.until_ready(seconds=30) for service in services))
        await made.until_ready()
        yield made


def _plan(folder: Path, nats: NatsCluster, certificates: Certificates) -> ClusteredInstallation:
    shared = {name: new_key() for name in KEYS} | {
        "ZUFALL_NATS": ",".join(nats.urls),
        "ZUFALL_STAGE_AGES": STAGE_AGES,
        "ZUFALL_DATABASE": new_sqlite(folder),
    }

    def service(module: str, name: str, certificate: str, **own: str) -> Service:
        own["ZUFALL_CERTIFICATES"] = str(certificates.folder / certificate)
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
        for name in Shape(gateways=2).services("gateway")
    }
    for gateway in gateways.values():
        gateway.change(ZUFALL_ORIGINS=",".join(one.url for one in gateways.values()))
    return ClusteredInstallation(nats, gateways, {"matcher": matcher, "reports": reports})
