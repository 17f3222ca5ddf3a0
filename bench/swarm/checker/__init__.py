"""Judges a history against the design's invariants. Pure: the same history has the same violations."""

from collections.abc import Collection, Iterable, Sequence

from bench.swarm.checker.activity import check_activity, check_expulsions
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.cross_match_frames import check_cross_match_frames
from bench.swarm.checker.disturbances import read_disturbances
from bench.swarm.checker.false_departures import check_false_departures
from bench.swarm.checker.lines import check_lines
from bench.swarm.checker.match_views import read_matches
from bench.swarm.checker.memory import check_memory
from bench.swarm.checker.partners import check_agreement, check_company, check_identity
from bench.swarm.checker.repeats import check_blocks, check_remembered, check_repeats
from bench.swarm.checker.reports import Row, check_acknowledged, check_answered, check_stored
from bench.swarm.checker.searches import read_searches
from bench.swarm.checker.violations import Violation
from bench.swarm.checker.waits import check_returns, check_waits
from bench.swarm.events import Event, Unreadable

__all__ = ["Bounds", "Row", "Violation", "check"]


def check(
    history: Sequence[Event],
    bounds: Bounds | None = None,
    rows: Iterable[Row] | None = None,
    processes: Collection[str] = (),
) -> list[Violation]:
    """Return all violations, the earliest first. `rows` are the stored reports, if they can be read.

    The memory of all `processes` must be known.

    A history that is not finished ends with its last event: what may still come is no violation.
    """
    bounds = bounds or Bounds()
    disturbances = read_disturbances(history)
    matches = read_matches(history)
    searches = list(read_searches(history, disturbances.end))
    found = [
        *matches.violations,
        *check_company(matches),
        *check_identity(history),
        *check_agreement(matches, searches, disturbances, bounds),
        *check_false_departures(matches, history, disturbances, bounds),
        *check_repeats(matches, history, bounds),
        *check_blocks(matches, history),
        *check_remembered(history, disturbances, bounds),
        *check_lines(matches, history, disturbances, bounds),
        *check_cross_match_frames(history, disturbances, bounds),
        *check_waits(searches, matches, history, disturbances, bounds),
        *check_returns(history, disturbances, bounds),
        *check_expulsions(history),
        *check_activity(history, bounds),
        *check_acknowledged(history),
        *check_answered(history, disturbances, bounds),
        *(check_stored(history, rows) if rows is not None else ()),
        *check_memory(history, bounds, processes),
        *(
            Violation(6, event.at, f"{event.visitor} cannot read {event.frame}", (event.visitor,))
            for event in history
            if isinstance(event, Unreadable)
        ),
    ]
    return sorted(found, key=lambda violation: violation.at)
