"""Invariant 7: every report is acknowledged and stored, once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.disturbances import Disturbances
from bench.swarm.checker.violations import Violation


@dataclass(frozen=True, slots=True)
class Row:
    """A report as the database has it; `reporter` is the visitor's id."""

    report: str
    match: str
    reporter: str


def check_acknowledged(history: Iterable[events.Event]) -> Iterator[Violation]:
    """Check that a report that is filed again keeps its id."""
    known: dict[tuple[str, str], str] = {}
    for event in history:
        if isinstance(event, events.Filed):
            former = known.setdefault((event.visitor, event.match), event.report)
            if former != event.report:
                what = f"one report of {event.visitor} is counted twice, as {former} and {event.report}"
                yield Violation(7, event.at, what, (event.visitor,), (event.match,))


def check_answered(
    history: Iterable[events.Event], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """Check that every report is acknowledged in the end. None is refused, because all passes are honest."""
    waiting: dict[tuple[str, str], float] = {}
    for event in history:
        match event:
            case events.Filing():
                waiting[event.visitor, event.match] = event.at
            case events.Dismissed():
                waiting.pop((event.visitor, event.match), None)
                what = f"the report of {event.visitor} was refused: {event.code}"
                yield Violation(7, event.at, what, (event.visitor,), (event.match,))
            case events.Filed():
                since = waiting.pop((event.visitor, event.match), event.at)
                yield from _slow(event.visitor, event.match, since, event.at, disturbances, bounds)
    for (visitor, match), since in waiting.items():
        yield from _slow(visitor, match, since, disturbances.end, disturbances, bounds)


def _slow(
    visitor: str, match: str, since: float, until: float, disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """Check that a report took not too long. It may go to any gateway, so a fault of any is an excuse."""
    limit = bounds.filed + bounds.margin
    if disturbances.overdue(since, until, limit, "reports"):
        what = f"the report of {visitor} was not acknowledged for {until - since:.1f} s"
        yield Violation(7, disturbances.deadline(since, limit, "reports"), what, (visitor,), (match,))


def check_stored(history: Iterable[events.Event], rows: Iterable[Row]) -> Iterator[Violation]:
    """`rows` are read after the end."""
    stored = {row.report: row for row in rows}
    twice = Counter((row.match, row.reporter) for row in stored.values())
    ids: dict[str, str] = {}
    filing: set[tuple[str, str]] = set()
    end = 0.0
    for event in history:
        end = event.at
        match event:
            case events.Came():
                ids[event.visitor] = event.id
            case events.Filing():
                filing.add((event.match, ids[event.visitor]))
            case events.Filed():
                row = stored.get(event.report)
                if row is None or (row.match, row.reporter) != (event.match, ids[event.visitor]):
                    what = f"report {event.report} of {event.visitor} was acknowledged and is not stored"
                    yield Violation(7, event.at, what, (event.visitor,), (event.match,))
    for (match, reporter), count in twice.items():
        if count > 1 or (match, reporter) not in filing:
            what = f"{count} reports about match {match} by {reporter} are stored, who filed " + (
                "one" if (match, reporter) in filing else "none"
            )
            yield Violation(7, end, what, (), (match,))
