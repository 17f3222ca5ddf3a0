"""Runs a swarm and a nemesis on an installation, with a calm after each storm, and judges the history."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from traceback import format_exception
from typing import Protocol, TypeVar

from bench.swarm.checker import Row, Violation, check
from bench.swarm.events import Event, Measured
from bench.swarm.history import History
from bench.swarm.swarm import Swarm, swarm

from .nemesis import Nemesis, Victim
from .plan import Plan
from .recovery import Recovery, read_recovery, shortfalls

Result = TypeVar("Result")


class FaultyInstallation(Victim, Protocol):
    """An installation that visitors use and that the end of a run checks."""

    def memory(self) -> Mapping[str, tuple[int, int]]:
        """Return the id and the resident bytes of each process, if they can be known."""
        ...

    async def rows(self) -> Sequence[Row]:
        """Return the stored reports."""
        ...

    def unforeseen(self) -> Sequence[str]:
        """Return log lines that no process should ever write."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    history: Sequence[Event]
    violations: Sequence[Violation]
    unforeseen: Sequence[str]
    """Log lines that no process should ever write."""
    recovery: Recovery
    problems: Sequence[str] = ()
    """Reasons why the run broke off, and shortfalls."""

    def explain(self, most: int = 10) -> str:
        """Return an explanation of all problems, which is empty if there are none."""
        shown = [violation.explain(self.history) for violation in self.violations[:most]]
        if len(self.violations) > most:
            shown.append(f"and {len(self.violations) - most} more violations")
        return "\n\n".join([*self.problems, *shown, *self.unforeseen])


async def run(plan: Plan, of: FaultyInstallation, say: Callable[[str], None] = print) -> Outcome:
    """Run a plan, which takes the storms, the calms and some more seconds.

    A run that breaks down is judged, too, because the history explains best why it did.
    """
    history = History()
    broken = await _result_of(_watch(plan, of, history, say))
    rows = await _result_of(of.rows())
    problems = [_told(one) for one in (broken, rows) if isinstance(one, BaseException)]
    stored = None if isinstance(rows, BaseException) else rows
    processes = set(of.memory()) if plan.measured else ()
    violations = check(history.events, plan.bounds, stored, processes)
    recovery = read_recovery(history.events, of.origins)
    problems += shortfalls(recovery, plan.bars)
    return Outcome(history.events, violations, of.unforeseen(), recovery, problems)


async def _result_of(work: Awaitable[Result]) -> Result | BaseException:
    """Return the result, or the error."""
    (result,) = await asyncio.gather(work, return_exceptions=True)
    return result


def _told(problem: BaseException) -> str:
    return "the run broke down:\n" + "".join(format_exception(problem))


async def _watch(plan: Plan, of: FaultyInstallation, history: History, say: Callable[[str], None]) -> None:
    origins = list(of.origins.values())
    async with (
        swarm(origins, plan.visitors, plan.seed, plan.habits, history) as running,
        asyncio.TaskGroup() as group,
    ):
        measuring = group.create_task(_measure(of, running))
        await _weather(plan, of, running, say)
        measuring.cancel()


async def _weather(plan: Plan, of: FaultyInstallation, running: Swarm, say: Callable[[str], None]) -> None:
    nemesis = Nemesis(of, running.history, say)
    await asyncio.sleep(plan.warm_up)
    for faults in plan.faults():
        await nemesis.perform(faults)
        say(f"{running.history.now:7.1f}  calm")
        await asyncio.sleep(plan.calm)
    await running.until_filed(plan.bounds.filed + plan.bounds.margin)


async def _measure(of: FaultyInstallation, running: Swarm) -> None:
    while True:
        for name, (pid, bytes_) in of.memory().items():
            running.history.record(Measured(running.history.now, name, bytes_, pid))
        await asyncio.sleep(2)
