"""Strikes processes, wires and wall clocks of this machine, and undoes each strike."""

import random
import signal

from ..integration.cluster import Service
from ..proxy import Proxy, Way
from ..servers import NatsServer
from ..timing import scaled
from .nemesis import Heal
from .schedule import Fault
from .wall_clock import FakedWallClock, until_off

GOODBYE = 30.0
"""Seconds in which a service that is asked to end has ended."""
WAYS: dict[str, tuple[Way, ...]] = {"there": ("there",), "back": ("back",), "both ways": ("there", "back")}


async def strike_process(process: Service | NatsServer, fault: Fault) -> Heal:
    if fault.kind == "pause":
        process.send(signal.SIGSTOP)

        async def go_on() -> None:
            process.send(signal.SIGCONT)

        return go_on

    async def start() -> None:
        await process.start()
        if isinstance(process, Service):
            await process.until_ready(seconds=scaled(60))

    await (process.kill() if fault.kind == "kill" else process.stop(GOODBYE, signal.SIGTERM))
    return start


async def strike_link(link: Proxy, fault: Fault) -> Heal:
    randomness = random.Random(fault.seed)
    if fault.kind == "cut":
        await link.cut()
    elif fault.kind == "swallow":
        link.swallow(*WAYS[fault.detail])
    else:
        most = float(fault.detail.removeprefix("up to ").removesuffix(" ms")) / 1000
        link.delay(lambda: randomness.uniform(0, most))
    return link.heal


async def strike_clock(clock: FakedWallClock, service: Service, fault: Fault) -> Heal:
    seconds = 3600 * int(fault.detail.removesuffix(" h"))

    async def back() -> None:
        clock.jump(0)
        await until_off(service.admin, 0)

    clock.jump(seconds)
    await until_off(service.admin, seconds)
    return back
