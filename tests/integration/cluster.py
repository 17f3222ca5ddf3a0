"""Runs two gateways and all that they need as real processes, which can be stopped and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from services.contract.keys import new_key

from ..servers import NatsServer, free_port, nats_server, stop
from ..timing import scaled, until
from ..visitor import ORIGIN


class Service:
    """Runs `python -m services.<module>` on ports that stay the same. `log` is the file of its log.

    `program` is run instead, when it is given.
    """

    def __init__(
        self,
        module: str,
        environment: Mapping[str, str],
        folder: Path,
        name: str = "",
        program: str = "",
    ) -> None:
        self.name = name or module
        self.port = free_port()
        self.admin = f"http://127.0.0.1:{free_port()}"
        self.url = f"http://127.0.0.1:{self.port}"
        self.console = f"http://127.0.0.1:{free_port()}"
        self.address = f"127.0.0.1:{self.port}"
        self.log = folder / f"{self.name}.log"
        self._program = program or f"services.{module}"
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("ZUFALL_")},
            "ZUFALL_LOGS": "text",
            **environment,
            "ZUFALL_LISTEN": self.address,
            "ZUFALL_ADMIN_LISTEN": self.admin.removeprefix("http://"),
            "ZUFALL_CONSOLE_LISTEN": self.console.removeprefix("http://"),
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The process, once it was started."""
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process. It may not serve before `until_ready` returns."""
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._program, env=self._environment, stderr=log
            )

    def change(self, **settings: str) -> None:
        """Set variables from the next start on."""
        self._environment |= settings

    async def stop(self, seconds: float = 5, how: int = signal.SIGINT) -> None:
        """Stop the process: with SIGINT at once, with SIGTERM after a drain."""
        if self._process is not None:
            await stop(self._process, seconds, how)

    def send(self, number: int) -> None:
        """Send a signal to the process."""
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self, seconds: float) -> None:
        """Wait until the process has ended by itself."""
        assert self._process is not None
        async with asyncio.timeout(scaled(seconds)):
            await self._process.wait()

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def readiness(self) -> str:
        """Return the text of `/readyz`, or a text that says that nothing answers."""
        try:
            async with aiohttp.ClientSession() as http, http.get(f"{self.admin}/readyz") as answer:
                return (await answer.text()).strip()
        except aiohttp.ClientConnectionError:
            return "it does not answer"

    async def until_ready(self, words: str = "ok", seconds: float = 15) -> None:
        """Wait until `/readyz` says `words`. Raises if the process ends first or the time is over."""
        async with asyncio.timeout(scaled(seconds)):
            while words not in await self.readiness():
                assert self.running, self.log.read_text()
                await asyncio.sleep(0.02)

    async def metrics(self) -> str:
        """Return all metrics as Prometheus text."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.admin}/metrics") as answer:
            return await answer.text()

    async def metric(self, name: str, **labels: str) -> float:
        """Return the present value of a metric, 0 if nothing was counted yet."""
        text = await self.metrics()
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return sum(one.value for one in samples if one.name == name and one.labels == labels)


@dataclass(frozen=True)
class Cluster:
    """A cluster whose services run and are ready."""

    environment: Mapping[str, str]
    nats: NatsServer
    matchers: tuple[Service, ...]
    reports: Service
    gateways: tuple[Service, Service]

    @property
    def matcher(self) -> Service:
        """The first matcher, which is the only one by default."""
        return self.matchers[0]

    @property
    def services(self) -> tuple[Service, ...]:
        return (*self.matchers, self.reports, *self.gateways)

    @property
    def urls(self) -> tuple[str, str]:
        first, second = self.gateways
        return first.url, second.url

    async def until_ready(self) -> None:
        """Wait until all serve, and each gateway has what it needs. That is no part of `/readyz` later."""
        await asyncio.gather(*(service.until_ready() for service in self.services))
        await asyncio.gather(*map(self._until_connected, self.gateways))

    async def _until_connected(self, gateway: Service) -> None:
        whole = {
            "zufall_nats_connected": 1,
            "zufall_gateway_matchers": len(self.matchers),
            "zufall_gateway_standings_known": 1,
        }

        async def is_connected() -> bool:
            return {name: await gateway.metric(name) for name in whole} == whole

        await until(is_connected, pause=0.02)

    async def command(self, *words: str, **changed: str) -> tuple[int, str]:
        """Run `zufall …` as this cluster's operator. Return its status and its output."""
        environment = {"ZUFALL_REPORTS": self.reports.address, **self.environment, **changed}
        process = await asyncio.create_subprocess_exec(
            Path(sys.prefix) / "bin" / "zufall",
            *words,
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(scaled(20)):
            said, _ = await process.communicate()
        return process.returncode or 0, said.decode()


@asynccontextmanager
async def running_cluster(folder: Path, *, matchers: int = 1, **settings: str) -> AsyncIterator[Cluster]:
    """Run a cluster with its own keys and database. Fail if a process logs an unforeseen error."""
    async with nats_server() as nats:
        cluster = _plan(folder, nats, matchers, settings)
        try:
            for service in cluster.services:
                await service.start()
            await cluster.until_ready()
            yield cluster
        finally:
            await asyncio.gather(*(service.stop() for service in reversed(cluster.services)))
        for service in cluster.services:
            assert "Traceback" not in service.log.read_text(), service.log.read_text()


@asynccontextmanager
async def another_gateway(cluster: Cluster, folder: Path, **settings: str) -> AsyncIterator[Service]:
    """Run one more gateway of the cluster, with settings of its own."""
    environment = {
        **cluster.environment,
        "ZUFALL_MATCHERS": cluster.matcher.address,
        "ZUFALL_REPORTS": cluster.reports.address,
        **settings,
    }
    gateway = Service("signaling", environment, folder, "gateway-3")
    await gateway.start()
    try:
        await gateway.until_ready()
        yield gateway
    finally:
        await gateway.stop()


def _plan(folder: Path, nats: NatsServer, matchers: int, settings: Mapping[str, str]) -> Cluster:
    environment = {
        "ZUFALL_NATS": nats.url,
        "ZUFALL_TOKEN_KEYS": new_key(),
        "ZUFALL_PASS_KEYS": new_key(),
        "ZUFALL_CONSOLE_KEYS": new_key(),
        "ZUFALL_MODERATOR_TOKEN": new_key(),
        "ZUFALL_DATABASE": f"sqlite+aiosqlite:///{folder}/reports.db",
        "ZUFALL_ORIGINS": ORIGIN,
        "ZUFALL_STAGE_AGES": "0.1,0.2,0.4",  # at any number of tickets nobody waits long
        "ZUFALL_PROOF_OF_WORK": "on",
        "ZUFALL_WORK_LEAST": "2",  # a token takes little time, also after the bans of other tests
        "ZUFALL_WORK_MOST": "64",
        **settings,
    }
    replicas = tuple(
        Service("matcher", environment, folder, f"matcher-{number}") for number in range(1, matchers + 1)
    )
    reports = Service("reports", environment, folder)
    addresses = ",".join(replica.address for replica in replicas)
    edge = {**environment, "ZUFALL_MATCHERS": addresses, "ZUFALL_REPORTS": reports.address}
    first, second = (Service("signaling", edge, folder, f"gateway-{number}") for number in (1, 2))
    return Cluster(environment, nats, replicas, reports, (first, second))
