"""Lets a crowd press Next in one measured stretch, as fast as it can or at a given rate."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from bench.load_generator import LoadGenerator
from bench.tally import Tally

SETTLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Workload:
    """`rate` presses a second, each of which begins one session; none: closed loop."""

    name: str
    rate: float | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One round of one product under one workload; times in seconds."""

    tally: Tally
    seconds: float
    cpu_by_process: dict[str, float]
    client_cpu: float

    @property
    def server_cpu(self) -> float:
        """The CPU time of all processes together."""
        return sum(self.cpu_by_process.values())

    @property
    def cpu_per_thousand(self) -> float:
        """CPU seconds of all server processes for 1,000 complete sessions."""
        return 1000 * self.server_cpu / self.tally.sessions if self.tally.sessions else float("inf")

    @property
    def rate(self) -> float:
        """Complete sessions a second."""
        return self.tally.sessions / self.seconds


async def meet(generator: LoadGenerator, seconds: float = 20) -> None:
    """Let everybody press Start, and wait until nearly all talk. Raises `TimeoutError`."""
    for visitor in generator.visitors:
        visitor.find()
        await asyncio.sleep(0.001)
    deadline = perf_counter() + seconds
    # A few may wait for each other's interests or for someone they have not just met.
    while len(generator.finished) < 0.9 * len(generator.visitors) // 2:
        if perf_counter() > deadline:
            met = f"{2 * len(generator.finished)} of {len(generator.visitors)} visitors"
            raise TimeoutError(f"only {met} met within {seconds:.0f} s ({generator.tally.faults[:3]})")
        await asyncio.sleep(0.02)


async def run(
    generator: LoadGenerator, workload: Workload, seconds: float, server_cpu: Callable[[], dict[str, float]]
) -> Stretch:
    """Measure from rest to rest, so that every session that was begun is paid for and none by another."""
    generator.tally = Tally()
    cpu, own, start = server_cpu(), time.process_time(), perf_counter()
    if workload.rate is None:
        await _press_at_once(generator, seconds)
    else:
        await _press_at(generator, workload.rate, seconds)
    pressed_for = perf_counter() - start
    await settle(generator)
    spent = {process: total - cpu.get(process, 0.0) for process, total in server_cpu().items()}
    return Stretch(generator.tally, pressed_for, spent, time.process_time() - own)


async def settle(generator: LoadGenerator) -> None:
    """Wait until no session is under way; what is not finished by then is a fault."""
    deadline = perf_counter() + SETTLE_SECONDS
    while generator.unfinished and perf_counter() < deadline:  # noqa: ASYNC110 # an event would cost each session
        await asyncio.sleep(0.01)
    if generator.unfinished:
        generator.fault(f"{generator.unfinished} sessions miss frames after {SETTLE_SECONDS:.0f} s")


async def _press_at_once(generator: LoadGenerator, seconds: float) -> None:
    waiting, generator.on_complete = generator.on_complete, generator.press
    while generator.finished:
        generator.press(generator.finished.popleft())
    await asyncio.sleep(seconds)
    generator.on_complete = waiting


async def _press_at(generator: LoadGenerator, rate: float, seconds: float) -> None:
    start = perf_counter()
    for pressed in range(int(seconds * rate)):
        # Due times are fixed from the start, so a slow server is not spared the presses it delays.
        await asyncio.sleep(start + pressed / rate - perf_counter())
        if generator.finished:
            generator.press(generator.finished.popleft())
        else:
            generator.tally.missed_presses += 1
    await asyncio.sleep(start + seconds - perf_counter())
