"""Starts an installation with some gateways, and measures what events and standing still cost there."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import msgspec
import uvloop

from bench.client.http import fetch_token
from bench.products import Product, start_zufall
from services.signaling.core.messages import Searching

from .events import MessagesByEvent, Pairs
from .nats_deliveries import NatsMonitoring
from .scripted_visitor import ScriptedVisitor

CONFIRMATION_SECONDS = 3.0
CONFIRMATION = "a match in progress, each side, 3 s"

PARTS = {"services.signaling": "a gateway", "nats-server": "NATS", "services.matcher": "the matcher"}
"""The processes whose CPU is measured, with their names for people."""

NO_FORMER_PARTNERS = {"ZUFALL_THIN_MARKET": "0", "ZUFALL_TINY_MARKET": "0"}
"""Without these, two visitors who are alone would meet each other again at once."""


class InstallationCosts(msgspec.Struct, frozen=True):
    """The costs with one number of gateways."""

    gateways: int
    messages: Mapping[str, float]
    """The mean number of messages that NATS delivers for each event, without heartbeats."""
    heartbeats: float
    """Heartbeats that NATS delivers in a second."""
    cpu: Mapping[str, float]
    """CPU milliseconds a second of each part, while each gateway has two visitors in matches."""


def measure(gateways: int, repetitions: int, seconds: float) -> InstallationCosts:
    """Repeat every event, then let matches stand for some seconds."""
    with tempfile.TemporaryDirectory(prefix="zufall-bench-") as folder:
        _tell(f"starting {gateways} gateways")
        product = start_zufall(Path(folder), gateways, environment=NO_FORMER_PARTNERS)
        try:
            nats = _nats_monitoring(product, Path(folder) / "zufall" / "run.json")
            return uvloop.run(_measure(product, nats, repetitions, seconds))
        finally:
            product.servers.stop()


def _nats_monitoring(product: Product, addresses: Path) -> str:
    """Wait until the installation is ready, and return the address of NATS's counters."""
    while not addresses.exists():
        product.servers.check_alive()
        time.sleep(0.05)
    return str(msgspec.json.decode(addresses.read_bytes())["nats_monitoring"])


async def _measure(product: Product, nats: str, repetitions: int, seconds: float) -> InstallationCosts:
    async with aiohttp.ClientSession() as http:
        monitoring = NatsMonitoring(http, nats)
        while (await monitoring.read()).listeners < len(product.origins):
            product.servers.check_alive()
            await asyncio.sleep(0.05)
        return await _measure_ready(http, product, monitoring, repetitions, seconds)


async def _measure_ready(
    http: aiohttp.ClientSession,
    product: Product,
    monitoring: NatsMonitoring,
    repetitions: int,
    seconds: float,
) -> InstallationCosts:
    gateways = len(product.origins)
    events = MessagesByEvent(monitoring)
    pairs = Pairs(http, product.origins, events)
    for turn in range(repetitions):
        _tell(f"{gateways} gateways: events, {turn + 1} of {repetitions}")
        await pairs.live()
    messages = events.means()
    matches = [await pairs.meet() for _ in product.origins]
    searcher = ScriptedVisitor(await fetch_token(http, product.origins[0]))
    await searcher.dial(product.origins[0])
    _tell(f"{gateways} gateways: {len(matches)} matches in progress for {seconds:.0f} s")
    began, before, cpu_before = time.perf_counter(), await monitoring.read(), _cpu_by_part(product)
    while time.perf_counter() < began + seconds:
        await _search_for_a_second(searcher)
    lasted, after, cpu_after = time.perf_counter() - began, await monitoring.read(), _cpu_by_part(product)
    product.servers.check_alive()
    confirmations = (after.others - before.others) / (2 * len(matches)) / lasted * CONFIRMATION_SECONDS
    return InstallationCosts(
        gateways,
        {**messages, CONFIRMATION: confirmations},
        (after.heartbeats - before.heartbeats) / lasted,
        {part: 1000 * (cpu_after[part] - cpu_before[part]) / lasted for part in cpu_after},
    )


async def _search_for_a_second(searcher: ScriptedVisitor) -> None:
    """Change the number of those who wait, which the matcher tells every gateway once a second."""
    await searcher.find()
    await searcher.hear(Searching)
    await asyncio.sleep(0.5)
    await searcher.stop()
    await asyncio.sleep(0.5)


def _cpu_by_part(product: Product) -> dict[str, float]:
    """Return the mean CPU seconds of the processes of each part since their start."""
    processes = product.servers.cpu_seconds().items()
    seconds = {
        part: [used for name, used in processes if name.startswith(program)]
        for program, part in PARTS.items()
    }
    return {part: sum(used) / len(used) for part, used in seconds.items()}


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
