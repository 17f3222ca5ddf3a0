"""A history, read as searches: from when until when each visitor looked for somebody, and how it ended."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.swarm import events


@dataclass(frozen=True, slots=True)
class Search:
    """One uninterrupted search of a visitor."""

    visitor: str
    mode: str
    since: float
    until: float
    met: bool = False
    broken_off: bool = False
    """The socket was lost."""


def read_searches(history: Iterable[events.Event], end: float) -> Iterator[Search]:
    """Return the searches in the order in which they ended."""
    running: dict[str, events.Searches] = {}
    for event in history:
        match event:
            case events.Searches() | events.Met() | events.Stopped() | events.Lost() | events.Gone():
                began = running.pop(event.visitor, None)
                if began:
                    met, lost = isinstance(event, events.Met), isinstance(event, events.Lost | events.Gone)
                    yield Search(event.visitor, began.mode, began.at, event.at, met, lost)
                if isinstance(event, events.Searches):
                    running[event.visitor] = event
    for began in running.values():
        yield Search(began.visitor, began.mode, began.at, end)
