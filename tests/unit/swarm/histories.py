"""Builds histories of two visitors, `ann` and `bob`."""

from collections.abc import Sequence
from typing import cast

from msgspec import Struct

from bench.swarm import events
from bench.swarm.checker import Bounds, Row, Violation, check
from bench.swarm.events import Event

BOUNDS = Bounds()

Part = Struct | Sequence[Struct]
"""One event or several. In a list that a test writes down, mypy sees only their base class."""


def came(at: float, visitor: str, resumed: str = "", gateway: str = "g1", partner_here: bool = True) -> Event:
    return events.Came(at, visitor, f"http://{gateway}", gateway, f"id of {visitor}", resumed, partner_here)


def searches(at: float, *visitors: str, mode: str = "video") -> list[Event]:
    return [events.Searches(at, visitor, mode) for visitor in visitors]


def meet(at: float, match: str = "m", visitors: Sequence[str] = ("ann", "bob")) -> list[Event]:
    return [events.Met(at, visitor, match, polite=not n) for n, visitor in enumerate(visitors)]


def part(at: float, match: str = "m", leaver: str = "ann", left: str = "bob") -> list[Event]:
    return [events.Pressed(at, leaver, match), events.MatchEnded(at + 0.01, left, match, "next")]


def said(at: float, number: int, visitor: str = "ann", match: str = "m") -> Event:
    return events.Said(at, visitor, match, number)


def heard(at: float, number: int, of: str = "ann", visitor: str = "bob", match: str = "m") -> Event:
    return events.Heard(at, visitor, match, of, match, number)


def acknowledged(at: float, number: int, visitor: str = "ann", match: str = "m") -> Event:
    return events.Acknowledged(at, visitor, match, number)


def strike(
    at: float, fault: str, target: str, sudden: bool = False, number: int = 1, origin: str = ""
) -> Event:
    return events.Struck(at, number, fault, target, sudden, origin)


def judge(*parts: Part, until: float = 100.0, rows: Sequence[Row] | None = None) -> list[Violation]:
    """Return the violations in a history that has these events sorted by time and ends at `until`."""
    happened: list[Event] = []
    for one in parts:
        happened += cast(Sequence[Event], [one] if isinstance(one, Struct) else one)
    happened.sort(key=lambda event: event.at)
    return check([*happened, events.Finished(until)], BOUNDS, rows)


def invariants(violations: Sequence[Violation]) -> list[int]:
    return [violation.invariant for violation in violations]


def both_came(at: float = 0.0) -> list[Event]:
    return [came(at, "ann"), came(at, "bob", gateway="g2")]
