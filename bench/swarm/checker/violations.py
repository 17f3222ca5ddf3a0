"""A violation, as a person reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.swarm import events

AROUND = 10
"""Events that are shown with a violation: half of them from the life of its matches, wherever that was."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A violation of one of the design's invariants at one time, with its visitors and matches."""

    invariant: int
    at: float
    what: str
    visitors: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.at:9.3f}  invariant {self.invariant}: {self.what}"

    def explain(self, history: Sequence[events.Event]) -> str:
        """Itself, with the events around it that concern the same visitors, matches or servers."""

        def near(event: events.Event) -> float:
            return abs(event.at - self.at)

        mine = sorted(filter(self._of_its_matches, history), key=near)[: AROUND // 2]
        others = [event for event in history if event not in mine and self._concerns(event)]
        shown = [*mine, *sorted(others, key=near)[: AROUND - len(mine)]]
        lines = [(event.at, f"    {events.say(event)}") for event in shown]
        return "\n".join(line for _, line in sorted([*lines, (self.at, f"  > {self}")]))

    def _of_its_matches(self, event: events.Event) -> bool:
        if isinstance(event, events.Heard | events.Said) and self.invariant != 6:
            return False  # they would hide everything else
        return getattr(event, "match", "") in self.matches

    def _concerns(self, event: events.Event) -> bool:
        if isinstance(event, events.Struck | events.Healed):
            return True
        if isinstance(event, events.Heard | events.Said):
            return False
        return getattr(event, "visitor", "") in self.visitors
