"""Invariants 1, 2 and 5: one partner, and the same for both; never oneself; no ghost."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.disturbances import Disturbances
from bench.swarm.checker.half_seen_matches import HalfSeenMatches
from bench.swarm.checker.match_views import Belief, Matches, MatchView
from bench.swarm.checker.searches import Search
from bench.swarm.checker.violations import Violation

NEVER = MatchView("anybody", "", [Belief(0.0, "left", partner_here=False)])
GONE = MatchView("anybody", "", [Belief(0.0, "gone", partner_here=False)])
"""Other sides of which nothing is known."""

Trouble = Literal["alone", "ghost", "unaware", "waiting"]


def check_company(matches: Matches) -> Iterator[Violation]:
    """1: no third in a match. 2: never oneself."""
    for match, sides in matches.sides.items():
        visitors = [side.visitor for side in sides]
        different = tuple(dict.fromkeys(visitors))
        if len(different) < len(visitors):
            yield Violation(2, sides[-1].met, f"{visitors[-1]} met themselves", different, (match,))
        if len(different) > 2:
            what = f"{', '.join(different)} are all in one match"
            yield Violation(1, sides[-1].met, what, different, (match,))


def check_identity(history: Iterable[events.Event]) -> Iterator[Violation]:
    """2: to be kept from oneself one must be known as the same, and as nobody else, on every gateway."""
    ids: dict[str, str] = {}
    visitors: dict[str, str] = {}
    for event in history:
        if not isinstance(event, events.Came):
            continue
        if ids.setdefault(event.visitor, event.id) != event.id:
            what = f"{event.visitor} came back as another, {event.id}"
            yield Violation(2, event.at, what, (event.visitor,))
        first = visitors.setdefault(event.id, event.visitor)
        if first != event.visitor:
            what = f"{first} and {event.visitor} are both known as {event.id}"
            yield Violation(2, event.at, what, (first, event.visitor))


def check_agreement(
    matches: Matches, searches: Sequence[Search], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """1: partners agree. 5: who is left behind is told, and set free after the grace.

    A match whose `accept` crossed with the loss of the other's socket is seen by one alone: then one of those
    who lost it while they searched for the same is gone for them. Only a fault at a gateway of the two gives
    them more time; that one of them moves gives none.
    """
    unseen = HalfSeenMatches(searches, matches, bounds)
    for sides in matches.sides.values():
        for side in sides[:2]:
            other = next((one for one in sides[:2] if one is not side), None)
            lost = unseen.partners(side) if other is None else set()
            names = {side.visitor, *(lost or {other.visitor if other else NEVER.visitor})}
            yield from _check_side(side, other or (GONE if lost else NEVER), names, disturbances, bounds)


def _check_side(
    side: MatchView, other: MatchView, names: Collection[str], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """`names` are those whose gateways matter."""
    for trouble, since, until in _troubles(side, other, disturbances.end):
        limit, again = _limit(trouble, other, bounds) + bounds.margin, bounds.agree_again + bounds.margin
        if disturbances.overdue(since, until, limit, "calls", names, again):
            invariant, what = _words(trouble, side.visitor, other.visitor)
            lasted = f"{what}, for {until - since:.1f} s from {since:.3f} on"
            at = disturbances.deadline(since, limit, "calls", names, again)
            yield Violation(invariant, at, lasted, (side.visitor, other.visitor), (side.match,))


def _troubles(side: MatchView, other: MatchView, end: float) -> Iterator[tuple[Trouble, float, float]]:
    """Yield each stretch of time in which the two do not agree, as seen by `side`."""
    changes = [*side.beliefs, *other.beliefs]
    trouble: Trouble | None = None
    since = 0.0
    for moment in sorted({belief.at for belief in changes if belief.at >= side.met}):
        now = _trouble(side.at(moment), other.at(moment))
        if now != trouble:
            if trouble:
                yield trouble, since, moment
            trouble, since = now, moment
    if trouble:
        yield trouble, since, end


def _trouble(mine: Belief, theirs: Belief) -> Trouble | None:
    if mine.here != "in":
        return None
    if not mine.partner_here:
        return "unaware" if theirs.here == "in" else "waiting"
    if theirs.here == "left":
        return "alone"
    return None if theirs.here == "in" else "ghost"


def _limit(trouble: Trouble, other: MatchView, bounds: Bounds) -> float:
    match trouble:
        case "alone" if other is NEVER:
            return bounds.answered
        case "alone" | "unaware":
            return bounds.agree
        case "ghost":
            return bounds.told
        case "waiting":
            return bounds.grace + bounds.agree


def _words(trouble: Trouble, visitor: str, other: str) -> tuple[int, str]:
    match trouble:
        case "alone":
            return 1, f"{visitor} is in a match that {other} is not in"
        case "unaware":
            return 1, f"{visitor} believes that {other} is away, who is there"
        case "ghost":
            return 5, f"{visitor} was not told that {other} is gone"
        case "waiting":
            return 5, f"{visitor} still waits for {other} after the grace"
