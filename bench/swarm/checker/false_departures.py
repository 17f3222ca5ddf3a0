"""Invariant 5, the other way round: nobody who is there is taken for gone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.disturbances import Disturbances
from bench.swarm.checker.match_views import Matches, MatchView
from bench.swarm.checker.violations import Violation
from bench.swarm.recording_client import REWIND_SECONDS

Stretch = tuple[float, float]
"""The beginning and the end of a stretch of time, in seconds."""


def check_false_departures(
    matches: Matches, history: Iterable[events.Event], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """Check that nobody is told of an absence or a departure that was none.

    A NATS that hangs is no reason to believe in either, nor is what is done to other gateways than those of
    the two, nor a wire on which all arrives later.
    """
    acts = _Acts(history)
    for sides in matches.pairs():
        for side, partner in (sides, sides[::-1]):
            yield from _check_away(side, partner, disturbances, bounds)
            yield from _check_lost(side, partner, acts, disturbances, bounds)
        yield from _check_left(sides, acts)


class _Acts:
    """The acts that a gateway answers with `ended`, as if the other had left."""

    def __init__(self, history: Iterable[events.Event]) -> None:
        self._asked: dict[str, list[float]] = defaultdict(list)
        self._blocked: set[tuple[str, str]] = set()
        for event in history:
            if isinstance(event, events.Asked):
                self._asked[event.visitor].append(event.at)
            elif isinstance(event, events.Blocked):
                self._blocked.add((event.visitor, event.match))

    def went_back(self, visitor: str, left: float) -> bool:
        """Return whether they may have gone back to somebody else when they left."""
        return any(left - REWIND_SECONDS <= at <= left for at in self._asked[visitor])

    def departed(self, side: MatchView) -> bool:
        """Return whether this side left by what its visitor did."""
        match side.how:
            case "ended next":
                return self.went_back(side.visitor, side.left)
            case "ended blocked":
                return (side.visitor, side.match) in self._blocked
            case _:
                return not side.how.startswith("ended")


def _check_left(sides: tuple[MatchView, MatchView], acts: _Acts) -> Iterator[Violation]:
    """Check that one of two who are told that the other left did leave, or rewound to somebody else."""
    if not {side.how for side in sides} <= {"ended next", "ended stop"}:
        return
    left = max(side.left for side in sides)
    names = (sides[0].visitor, sides[1].visitor)
    if not any(acts.went_back(name, left) for name in names):
        what = f"{names[0]} and {names[1]} were both told that the other had left"
        yield Violation(5, left, what, names, (sides[0].match,))


def _check_away(
    side: MatchView, partner: MatchView, disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """`partner_away` is right while the partner's socket is gone, or their gateway cannot be heard.

    It may be on its way for as long as telling takes.
    """
    names = (side.visitor, partner.visitor)
    limit = bounds.told + bounds.margin
    reasons = [*_absences(partner), *disturbances.disturbances_of("presence", names)]
    if partner.left < inf:
        reasons.append((partner.left, inf))
    before = side.beliefs[0]
    for belief in side.beliefs[1:]:
        told = before.here == belief.here == "in" and before.partner_here and not belief.partner_here
        before = belief
        if told and not any(
            began <= belief.at + bounds.margin
            and not disturbances.overdue(ended, belief.at, limit, "calls", names)
            for began, ended in reasons
        ):
            what = f"{names[0]} was told that {names[1]} is away, who was there all the time"
            yield Violation(5, belief.at, what, names, (side.match,))


def _check_lost(
    side: MatchView, partner: MatchView, acts: _Acts, disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """Check `ended lost`, which is right when the partner left or the two were apart for the whole grace.

    A partner who said hello without going on with the match has left, too.
    """
    if side.how != "ended lost":
        return
    left = partner.left <= side.left + bounds.margin and acts.departed(partner)
    if not left and not _apart(side, partner, disturbances, bounds):
        names = (side.visitor, partner.visitor)
        what = f"{names[0]} was told that {names[1]} is lost, who was not away for the whole grace"
        yield Violation(5, side.left, what, names, (side.match,))


def _apart(side: MatchView, partner: MatchView, disturbances: Disturbances, bounds: Bounds) -> bool:
    """Return whether lost sockets and faults kept them apart for the grace until `side` was told.

    A NATS that hangs keeps only those apart of whom one comes back meanwhile.
    """
    names = (side.visitor, partner.visitor)
    absences = [(began, ended + bounds.agree) for one in (side, partner) for began, ended in _absences(one)]
    deaf, hanging = (
        [(began, healed + bounds.told) for began, healed in disturbances.disturbances_of(topic, names)]
        for topic in ("presence", "calls")
    )
    since, until = side.left - bounds.grace + bounds.margin, side.left - bounds.margin
    return any(
        began <= since and until <= ended and any(began <= one <= ended for one, _ in (*absences, *deaf))
        for began, ended in _joined([*absences, *deaf, *hanging])
    )


def _absences(side: MatchView) -> Iterator[Stretch]:
    """Yield from when until when the socket was gone."""
    since = inf
    for belief in side.beliefs:
        if belief.here in ("broken", "gone"):
            since = min(since, belief.at)
        elif since < inf:
            yield since, belief.at if belief.here == "in" else inf
            since = inf
    if since < inf:
        yield since, inf


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches that overlap are one."""
    began, ended = inf, -inf
    for since, until in sorted(stretches):
        if since > ended:
            if began < inf:
                yield began, ended
            began = since
        ended = max(ended, until)
    if began < inf:
        yield began, ended
