"""Invariant 6: nobody hears anything of a match that is not theirs, or is theirs no more, or not wanted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.disturbances import Disturbances
from bench.swarm.checker.violations import Violation

OVER = float("-inf")
"""Stands for the time of leaving a match whose frames cannot arrive any more.

The gateway ended it, or a new socket did not resume it.
"""

Told = events.MatchEnded | events.Away | events.Back | events.Heard | events.Ignored | events.Acknowledged


class _Known:
    """The matches of one visitor."""

    def __init__(self) -> None:
        self.present = ""
        self.left: dict[str, float] = {}
        """The former ones, and when they were left."""
        self.turned = 0.0
        """They last came, or took back a search, at this time."""

    def leave(self, at: float) -> None:
        if self.present:
            self.left[self.present] = at
        self.present = ""

    def take(self, event: events.OfVisitor) -> None:
        if isinstance(event, events.Came | events.Searches | events.Pressed | events.Stopped):
            self.turned = event.at
        match event:
            case events.Met():
                self.leave(event.at)
                self.present = event.match
            case events.Skipped():
                self.left[event.match] = event.at
            case events.Came():
                if event.resumed != self.present:
                    self.leave(event.at)
                self.left = dict.fromkeys(self.left, OVER)
            case events.Pressed() | events.Stopped():
                self.leave(event.at)
            case events.MatchEnded():
                self.present = "" if event.match == self.present else self.present
                self.left[event.match] = OVER


def check_cross_match_frames(
    history: Iterable[events.Event], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """Check that a frame that crossed with a `next` or `stop` comes soon after it, and on that socket."""
    limit = bounds.agree + bounds.margin
    everybody: dict[str, _Known] = defaultdict(_Known)
    for event in history:
        if not isinstance(event, events.OfVisitor):
            continue
        known = everybody[event.visitor]
        if isinstance(event, Told) and event.match != known.present:
            yield from _check(event, known.left, disturbances, limit)
        elif isinstance(event, events.Skipped):
            yield from _check_skipped(event, known.turned, disturbances, limit)
        elif isinstance(event, events.Offered) and event.match not in (known.present, *known.left):
            yield _cross_match_frame(event, "which was never theirs")
        known.take(event)


def _check(
    event: Told, left: dict[str, float], disturbances: Disturbances, limit: float
) -> Iterator[Violation]:
    since = left.get(event.match)
    if since is None:
        yield _cross_match_frame(event, "which was never theirs")
    elif since == OVER:
        yield _cross_match_frame(event, "which they knew to be over")
    elif disturbances.overdue(since, event.at, limit, "calls", (event.visitor,)):
        yield _cross_match_frame(event, f"which they had left {event.at - since:.1f} s before")


def _check_skipped(
    event: events.Skipped, since: float, disturbances: Disturbances, limit: float
) -> Iterator[Violation]:
    if disturbances.overdue(since, event.at, limit, "calls", (event.visitor,)):
        long = f"{event.at - since:.1f} s after they had stopped searching"
        what = f"{event.visitor} was matched in {event.match}, {long}"
        yield Violation(6, event.at, what, (event.visitor,), (event.match,))


def _cross_match_frame(event: Told | events.Offered, why: str) -> Violation:
    kind = type(event).__name__.lower()
    what = f"{event.visitor} got word ({kind}) of {event.match}, {why}"
    return Violation(6, event.at, what, (event.visitor,), (event.match,))
