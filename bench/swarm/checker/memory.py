"""Invariant 8: no process grows without bound."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.violations import Violation

YOUNG = 10.0
"""Seconds in which a process loads what it needs."""


def check_memory(
    history: Iterable[events.Event], bounds: Bounds, processes: Collection[str]
) -> Iterator[Violation]:
    """Check that each process holds, and later adds, less than a ceiling. All `processes` are known."""
    lives: dict[tuple[str, int], list[events.Measured]] = defaultdict(list)
    end = 0.0
    for event in history:
        end = event.at
        if isinstance(event, events.Measured):
            lives[event.process, event.pid].append(event)
    for missing in sorted(set(processes) - {process for process, _ in lives}):
        yield Violation(8, end, f"nobody knows what {missing} holds")
    for samples in lives.values():
        yield from _check_life(samples, bounds)


def _check_life(samples: list[events.Measured], bounds: Bounds) -> Iterator[Violation]:
    most = max(samples, key=lambda one: one.bytes)
    if most.bytes > bounds.memory_bytes:
        yield Violation(8, most.at, f"{most.process} holds {_mib(most.bytes)}")
    grown = [one for one in samples if one.at >= samples[0].at + YOUNG]
    if grown and grown[-1].bytes - grown[0].bytes > bounds.growth_bytes:
        seconds = grown[-1].at - grown[0].at
        what = f"grew by {_mib(grown[-1].bytes - grown[0].bytes)} in {seconds:.0f} s"
        yield Violation(8, grown[-1].at, f"{grown[0].process} {what}")


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"
