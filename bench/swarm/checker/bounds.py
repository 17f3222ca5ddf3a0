"""How long things may take, and which times do not count because something was being done to the servers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.swarm.events import Event, Finished, Healed, Struck


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds, as the design promises them; `margin` is added to each for a machine that is busy."""

    agree: float = 2.0
    told: float = 5.0
    """Until a partner hears that the other's socket, or gateway, is gone."""
    grace: float = 15.0
    parted: float = 60.0
    widest_age: float = 15.0
    """Of a search that is content with anybody: the matcher's last stage."""
    sweep: float = 1.0
    delivered: float = 3.0
    back: float = 20.0
    """Until who lost their socket is welcomed again: more than the longest pause between two tries."""
    margin: float = 1.0
    memory_bytes: int = 300 * 1024 * 1024
    """Of any one process."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When the history ends, and from when until when something was done to the servers."""

    end: float
    disturbances: Sequence[tuple[float, float]] = field(default=())

    def deadline(self, since: float, limit: float) -> float:
        """What began at `since` and may take `limit` is over then; every disturbance starts it afresh."""
        deadline = since + limit
        for began, healed in self.disturbances:
            if since <= healed and began <= deadline:
                deadline = max(deadline, healed + limit)
        return deadline

    def overdue(self, since: float, until: float, limit: float) -> bool:
        """Whether what went on from `since` to `until` took too long."""
        return until > self.deadline(since, limit) and self.end > self.deadline(since, limit)

    def calm_since(self, at: float) -> float:
        """When the last disturbance before `at` was over; `at` itself within one."""
        last = 0.0
        for began, healed in self.disturbances:
            if began <= at:
                last = max(last, min(healed, at))
        return last


def read_clock(history: Iterable[Event]) -> Clock:
    """A sudden fault is over at once; its repair is one more disturbance, for a moment."""
    end, spans, open_faults = 0.0, [], {}
    for event in history:
        end = event.at
        if isinstance(event, Struck):
            if event.sudden:
                spans.append((event.at, event.at))
            open_faults[event.number] = event
        elif isinstance(event, Healed):
            struck = open_faults.pop(event.number, None)
            lasting = struck is not None and not struck.sudden
            spans.append((struck.at if struck and lasting else event.at, event.at))
        elif isinstance(event, Finished):
            break
    spans += [(one.at, end) for one in open_faults.values() if not one.sudden]
    return Clock(end, sorted(spans))
