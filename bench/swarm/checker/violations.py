"""What is wrong, as a person reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.swarm import events

AROUND = 10
"""Events that are shown with a violation."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Of one of the design's invariants, at one time, concerning some visitors and some matches."""

    invariant: int
    at: float
    what: str
    visitors: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.at:9.3f}  invariant {self.invariant}: {self.what}"

    def explain(self, history: Sequence[events.Event]) -> str:
        """Itself, with the events around it that concern the same visitors, matches or servers."""
        mine = [event for event in history if self._concerns(event)]
        before = [event for event in mine if event.at <= self.at][-AROUND + 2 :]
        after = [event for event in mine if event.at > self.at][: AROUND - len(before)]
        lines = [f"    {events.say(event)}" for event in before]
        lines.append(f"  > {self}")
        return "\n".join([*lines, *(f"    {events.say(event)}" for event in after)])

    def _concerns(self, event: events.Event) -> bool:
        if isinstance(event, events.Struck | events.Healed):
            return abs(event.at - self.at) < 30
        if isinstance(event, events.Heard | events.Said) and self.invariant != 6:
            return False  # they would hide everything else
        return getattr(event, "visitor", "") in self.visitors or getattr(event, "match", "") in self.matches
