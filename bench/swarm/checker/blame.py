"""Invariant 5, the other way round: who is there all the time is not taken for gone."""

from collections.abc import Iterator
from typing import Literal

from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.clock import Clock
from bench.swarm.checker.sides import Matches, Side
from bench.swarm.checker.violations import Violation

STALE = 30.0
"""Seconds after which nothing of a broken socket is on its way any more: longer than NATS hangs."""

Blame = tuple[float, Literal["away", "lost"]]


def check_blame(matches: Matches, clock: Clock, bounds: Bounds) -> Iterator[Violation]:
    """NATS that hangs is no reason, nor is what is done to other gateways than those of the two."""
    for one, other in matches.pairs():
        for side, partner in ((one, other), (other, one)):
            for at, what in _blames(side):
                if _there_all_the_time(side, partner, at, clock, bounds):
                    names = (side.visitor, partner.visitor)
                    told = f"{names[0]} was told that {names[1]} is {what}, who was there all the time"
                    yield Violation(5, at, told, names, (side.match,))


def _blames(side: Side) -> Iterator[Blame]:
    """When this side was told that the partner is not there."""
    before = side.beliefs[0]
    for belief in side.beliefs[1:]:
        if before.here == belief.here == "in" and before.partner_here and not belief.partner_here:
            yield belief.at, "away"
        before = belief
    if side.how == "ended lost":
        yield side.left, "lost"


def _there_all_the_time(side: Side, partner: Side, at: float, clock: Clock, bounds: Bounds) -> bool:
    """Both sockets held, and nothing was done to either of their gateways."""
    since = max(side.met, partner.met, at - STALE)
    for one in (side, partner):
        if one.left <= at and one.how != "ended lost":
            return False
        soon = at + bounds.margin  # a browser may learn of its own end after its partner was told of it
        if any(one.at(moment).here in ("broken", "gone") for moment in _moments(one, since, soon)):
            return False
    names = (side.visitor, partner.visitor)
    return not clock.disturbed(since - bounds.told, at, "presence", names)


def _moments(side: Side, since: float, until: float) -> Iterator[float]:
    yield since
    yield from (belief.at for belief in side.beliefs if since < belief.at <= until)
