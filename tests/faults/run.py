"""One run: an installation, a swarm, a nemesis, a calm after each storm, and the judgement."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.swarm.checker import Bounds, Violation, check
from bench.swarm.events import Event, Measured
from bench.swarm.person import Habits
from bench.swarm.swarm import Swarm, swarm

from ..databases import Postgres
from ..timing import FACTOR
from .installation import WIDEST_AGE, Installation, installed
from .nemesis import Nemesis
from .recovery import Recovery, read_recovery
from .schedule import Card, Fault, Pace, Shape, deck, schedule

BOUNDS = Bounds(widest_age=WIDEST_AGE, margin=1.5 * FACTOR)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. In the calm after each storm all must agree, meet and talk."""

    seed: object
    storms: int = 1
    storm: float = 20.0
    calm: float = 20.0
    visitors: int = 60
    shape: Shape = field(default_factory=Shape)
    pace: Pace = field(default_factory=Pace)
    cards: Sequence[Card] | None = None
    """All, unless they are given."""
    gateway_program: str = ""
    habits: Habits = field(default_factory=Habits)
    bounds: Bounds = BOUNDS

    def faults(self) -> list[list[Fault]]:
        """Of each storm."""
        storms: list[list[Fault]] = []
        for number in range(1, self.storms + 1):
            first = 1 + sum(map(len, storms))
            cards = self.cards if self.cards is not None else deck(self.shape)
            storms.append(schedule(f"{self.seed}/{number}", self.storm, cards, self.pace, first))
        return storms


@dataclass(frozen=True, slots=True)
class Outcome:
    history: Sequence[Event]
    violations: Sequence[Violation]
    unforeseen: Sequence[str]
    """Errors in logs."""
    recovery: Recovery

    def explain(self, most: int = 10) -> str:
        """Empty when all is well."""
        shown = [violation.explain(self.history) for violation in self.violations[:most]]
        if len(self.violations) > most:
            shown.append(f"and {len(self.violations) - most} more violations")
        return "\n\n".join([*shown, *self.unforeseen])


async def run(plan: Plan, folder: Path, server: Postgres, say: Callable[[str], None] = print) -> Outcome:
    """Takes the storms, the calms, and some ten seconds to start and to end."""
    async with installed(folder, server, plan.shape, plan.gateway_program) as of:
        async with swarm(list(of.origins.values()), plan.visitors, plan.seed, plan.habits) as running:
            await _weather(plan, of, running, say)
        rows = await of.rows()
        history = running.history.events
        recovery = read_recovery(history, of.origins)
        return Outcome(history, check(history, plan.bounds, rows), of.unforeseen(), recovery)


async def _weather(plan: Plan, of: Installation, running: Swarm, say: Callable[[str], None]) -> None:
    measuring = asyncio.create_task(_measure(of, running))
    nemesis = Nemesis(of, running.history, say)
    try:
        await asyncio.sleep(WARM_UP)
        for faults in plan.faults():
            await nemesis.perform(faults)
            say(f"{running.history.now:7.1f}  calm")
            await asyncio.sleep(plan.calm)
        await running.until_filed(10)
    finally:
        measuring.cancel()


WARM_UP = 2.0
"""Seconds in which the first visitors meet."""


async def _measure(of: Installation, running: Swarm) -> None:
    while True:
        with suppress(psutil.NoSuchProcess):  # it died between two looks
            for name, bytes_ in of.memory().items():
                running.history.record(Measured(running.history.now, name, bytes_))
        await asyncio.sleep(2)
