"""A history, read as encounters: who was matched with whom, when they met, and when they parted."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.swarm.checker.match_views import Matches


@dataclass(frozen=True, slots=True)
class Encounter:
    """A match of which both were told, be it that one of them skipped it."""

    match: str
    visitors: tuple[str, str]
    met: float
    """The first of the two was told at this time."""
    parted: float
    """The first of the two had left at this time."""


def read_encounters(matches: Matches) -> Iterator[Encounter]:
    """Return encounters in no order. A match that only one side was told of is none."""
    for match in {**matches.sides, **matches.skipped}:
        times = {side.visitor: (side.met, side.left) for side in matches.sides.get(match, ())}
        times |= {visitor: (at, at) for visitor, at in matches.skipped.get(match, {}).items()}
        if len(times) == 2:
            one, other = times
            met, parted = (min(moments) for moments in zip(*times.values(), strict=True))
            yield Encounter(match, (one, other), met, parted)
