"""A history, read as matches: what each side believed of itself and of its partner, and when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from bench.swarm import events
from bench.swarm.checker.violations import Violation

Here = Literal["in", "broken", "left", "gone"]
"""A visitor is in the match, or in it without a socket, or left it or knows of its end, or is gone."""


@dataclass(frozen=True, slots=True)
class Belief:
    """Says whether, from `at` on, one is in the match and thinks that the partner is there."""

    at: float
    here: Here
    partner_here: bool


@dataclass(slots=True)
class MatchView:
    """One visitor in one match."""

    visitor: str
    match: str
    beliefs: list[Belief]
    left: float = float("inf")
    how: str = ""

    @property
    def met(self) -> float:
        return self.beliefs[0].at

    def at(self, time: float) -> Belief:
        """Return the belief right after `time`."""
        current = Belief(0.0, "left", partner_here=False)
        for belief in self.beliefs:
            if belief.at > time:
                break
            current = belief
        return current

    def change(self, at: float, here: Here | None = None, partner_here: bool | None = None) -> None:
        last = self.beliefs[-1]
        self.beliefs.append(
            Belief(
                at,
                last.here if here is None else here,
                last.partner_here if partner_here is None else partner_here,
            )
        )

    def leave(self, at: float, how: str) -> None:
        self.change(at, "gone" if how == "gone" else "left")
        self.left, self.how = at, how


@dataclass(slots=True)
class Matches:
    """All facts in a history about who was with whom."""

    sides: dict[str, list[MatchView]] = field(default_factory=dict)
    """The sides of each match, in the order in which they met."""
    skipped: dict[str, dict[str, float]] = field(default_factory=dict)
    """For each match the visitors who took back the search before the gateway knew it, and when."""
    violations: list[Violation] = field(default_factory=list)

    def told(self, match: str) -> set[str]:
        """Return everybody who was matched in it, even if they skipped it."""
        return {side.visitor for side in self.sides.get(match, ())} | set(self.skipped.get(match, ()))

    def pairs(self) -> Iterable[tuple[MatchView, MatchView]]:
        """Yield both sides of each match that two visitors saw."""
        for sides in self.sides.values():
            if len(sides) == 2 and sides[0].visitor != sides[1].visitor:
                yield sides[0], sides[1]


def read_matches(history: Iterable[events.Event]) -> Matches:
    reader = _Reader()
    for event in history:
        reader.take(event)
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found = Matches()
        self._current: dict[str, MatchView] = {}

    def take(self, event: events.Event) -> None:
        match event:
            case events.Met():
                self._meet(event)
            case events.Skipped():
                self.found.skipped.setdefault(event.match, {})[event.visitor] = event.at
            case events.Came():
                self._come(event)
            case events.Lost():
                self._change(event, here="broken")
            case events.Away() | events.Back():
                if event.match == self._match_of(event.visitor):
                    self._change(event, partner_here=isinstance(event, events.Back))
            case events.MatchEnded():
                if event.match == self._match_of(event.visitor):
                    self._leave(event, f"ended {event.reason}")
            case events.Pressed() | events.Stopped():
                self._leave(event, "next" if isinstance(event, events.Pressed) else "stop")
            case events.Gone():
                self._leave(event, "gone")

    def _meet(self, event: events.Met) -> None:
        former = self._current.get(event.visitor)
        if former is not None:
            self._wrong(event.at, f"{event.visitor} is matched while still in {former.match}", former, event)
            self._leave(event, "matched again")
        side = MatchView(event.visitor, event.match, [Belief(event.at, "in", partner_here=True)])
        self.found.sides.setdefault(event.match, []).append(side)
        self._current[event.visitor] = side

    def _come(self, event: events.Came) -> None:
        side = self._current.get(event.visitor)
        if side is not None and event.resumed == side.match:
            side.change(event.at, "in", event.partner_here)
        elif side is not None:
            self._leave(event, "not resumed")
        if event.resumed and (side is None or side.match != event.resumed):
            what = f"{event.visitor} resumed {event.resumed}, which was not theirs"
            self._wrong(event.at, what, side, event)

    def _match_of(self, visitor: str) -> str:
        side = self._current.get(visitor)
        return side.match if side else ""

    def _change(
        self, event: events.OfVisitor, here: Here | None = None, partner_here: bool | None = None
    ) -> None:
        side = self._current.get(event.visitor)
        if side is not None:
            side.change(event.at, here, partner_here)

    def _leave(self, event: events.OfVisitor, how: str) -> None:
        side = self._current.pop(event.visitor, None)
        if side is not None:
            side.leave(event.at, how)

    def _wrong(self, at: float, what: str, side: MatchView | None, event: events.OfVisitor) -> None:
        matches = (side.match if side else "", getattr(event, "match", "") or getattr(event, "resumed", ""))
        self.found.violations.append(Violation(1, at, what, (event.visitor,), matches))
