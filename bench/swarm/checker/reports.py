"""Invariants 7 and 8: every acknowledged report is stored, once; no process grows without bound."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.violations import Violation


@dataclass(frozen=True, slots=True)
class Row:
    """A report as the database has it; `reporter` is the visitor's id."""

    report: str
    match: str
    reporter: str


def check_acknowledged(history: Iterable[events.Event]) -> Iterator[Violation]:
    """The same report, filed again, has the same number."""
    known: dict[tuple[str, str], str] = {}
    for event in history:
        if isinstance(event, events.Filed):
            former = known.setdefault((event.visitor, event.match), event.report)
            if former != event.report:
                what = f"one report of {event.visitor} is counted twice, as {former} and {event.report}"
                yield Violation(7, event.at, what, (event.visitor,), (event.match,))


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


def check_memory(history: Iterable[events.Event], bounds: Bounds) -> Iterator[Violation]:
    """8: the resident memory of each process stays below a ceiling."""
    most: dict[str, events.Measured] = {}
    for event in history:
        if isinstance(event, events.Measured) and event.bytes > bounds.memory_bytes:
            most[event.process] = max(event, most.get(event.process, event), key=lambda one: one.bytes)
    for event in most.values():
        yield Violation(8, event.at, f"{event.process} holds {event.bytes / 2**20:.0f} MiB")
