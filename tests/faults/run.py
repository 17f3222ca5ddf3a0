"""One run on an installation: a swarm, a nemesis, a calm after each storm, and the judgement."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import psutil

from bench.swarm.checker import Bounds, Row, Violation, check
from bench.swarm.events import Event, Measured
from bench.swarm.person import Habits
from bench.swarm.swarm import Swarm, swarm

from ..timing import FACTOR
from .nemesis import Nemesis, Victim
from .recovery import Recovery, read_recovery
from .schedule import Card, Fault, Pace, Shape, deck, schedule

STAGE_AGES = "0.5,1,2"
"""Of the matchers: so nobody should wait for long."""
BOUNDS = Bounds(widest_age=2.0, margin=1.5 * FACTOR)


class Installation(Victim, Protocol):
    """What visitors come to, and what is asked of it in the end."""

    def memory(self) -> Mapping[str, int]:
        """Resident bytes of each process, where that can be known."""
        ...

    async def rows(self) -> Sequence[Row]:
        """The reports as they are stored."""
        ...

    def unforeseen(self) -> Sequence[str]:
        """Errors in logs that no process should ever say."""
        ...


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


async def run(plan: Plan, of: Installation, say: Callable[[str], None] = print) -> Outcome:
    """Takes the storms, the calms, and some seconds more."""
    async with swarm(list(of.origins.values()), plan.visitors, plan.seed, plan.habits) as running:
        await _weather(plan, of, running, say)
    history = running.history.events
    violations = check(history, plan.bounds, await of.rows())
    return Outcome(history, violations, of.unforeseen(), read_recovery(history, of.origins))


async def _weather(plan: Plan, of: Installation, running: Swarm, say: Callable[[str], None]) -> None:
    measuring = asyncio.create_task(_measure(of, running))
    nemesis = Nemesis(of, running.history, say)
    try:
        await asyncio.sleep(WARM_UP)
        for faults in plan.faults():
            await nemesis.perform(faults)
            say(f"{running.history.now:7.1f}  calm")
            await asyncio.sleep(plan.calm)
        await running.until_filed(plan.bounds.filed + plan.bounds.margin)
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
