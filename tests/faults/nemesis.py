"""Does to an installation what a schedule says, tells the history, and makes good again."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Sequence

from bench.swarm.events import Healed, Struck
from bench.swarm.history import History

from ..integration.cluster import Service
from ..proxy import Proxy, Way
from ..servers import NatsServer
from ..timing import scaled
from .installation import Installation
from .schedule import CENTRAL, Fault

Heal = Callable[[], Awaitable[None]]

WAYS: dict[str, tuple[Way, ...]] = {"there": ("there",), "back": ("back",), "both ways": ("there", "back")}


class Nemesis:
    """Of one installation. `say` gets a line for each thing done."""

    def __init__(self, of: Installation, history: History, say: Callable[[str], None] = lambda _: None):
        self._of = of
        self._history = history
        self._say = say

    async def perform(self, faults: Sequence[Fault]) -> None:
        """Returns when the last fault is healed and every service is ready."""
        began = self._history.now
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                group.create_task(self._one(fault, began))
        await self._of.until_ready(scaled(30))

    async def _one(self, fault: Fault, began: float) -> None:
        await asyncio.sleep(began + fault.at - self._history.now)
        struck = Struck(self._history.now, fault.number, fault.kind, fault.target, fault.sudden)
        self._history.record(struck)
        self._say(f"{self._history.now:7.1f}  {fault}")
        heal = await self._strike(fault)
        await asyncio.sleep(struck.at + fault.lasts - self._history.now)
        await heal()
        self._history.record(Healed(self._history.now, fault.number))

    async def _strike(self, fault: Fault) -> Heal:
        """Begins it; returns what ends it."""
        if "~" in fault.target:
            return await _strike_link(self._of.links[fault.target], fault)
        if fault.kind == "jump":
            return self._jump(fault)
        if fault.target == CENTRAL:
            return await _strike_process(self._of.nats, fault)
        return await _strike_process(self._of.services[fault.target], fault)

    def _jump(self, fault: Fault) -> Heal:
        clock = self._of.clocks[fault.target]
        clock.jump(3600 * int(fault.detail.removesuffix(" h")))

        async def back() -> None:
            clock.jump(0)

        return back


async def _strike_process(process: Service | NatsServer, fault: Fault) -> Heal:
    if fault.kind == "pause":
        process.send(signal.SIGSTOP)

        async def go_on() -> None:
            process.send(signal.SIGCONT)

        return go_on

    async def start() -> None:
        await process.start()
        if isinstance(process, Service):
            await process.until_ready(seconds=60)

    await (process.kill() if fault.kind == "kill" else process.stop(GOODBYE, signal.SIGTERM))
    return start


GOODBYE = 30.0
"""Seconds in which a service that is asked to end has ended."""


async def _strike_link(link: Proxy, fault: Fault) -> Heal:
    randomness = random.Random(fault.number)
    if fault.kind == "cut":
        await link.cut()
    elif fault.kind == "swallow":
        link.swallow(*WAYS[fault.detail])
    else:
        most = float(fault.detail.removeprefix("up to ").removesuffix(" ms")) / 1000
        link.delay(lambda: randomness.uniform(0, most))
    return link.heal
