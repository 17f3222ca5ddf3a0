"""Something must be seen at all: a history in which nothing happens is not one in which nothing is wrong."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bench.client.reconnect import STAY_AWAY
from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.violations import Violation
from services.contract.errors import CloseCode

EXPELLED = STAY_AWAY | {CloseCode.TOKEN_REFUSED}
"""Close codes that end a visitor."""


@dataclass(slots=True)
class Calm:
    """The visitors who were there in a calm, who met somebody in it, and who heard a line."""

    since: float
    until: float = 0.0
    there: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)


def check_activity(history: Iterable[events.Event], bounds: Bounds) -> Iterator[Violation]:
    """Check that most visitors meet and hear somebody in each calm of at least 1 s."""
    for calm in read_calms(history):
        if calm.until - calm.since < 1:
            continue
        for share, who, what in [
            (bounds.sociable, calm.met, "met anybody"),
            (bounds.talkative, calm.heard, "heard a line"),
        ]:
            if not calm.there or len(who) < share * len(calm.there):
                found = (
                    f"in the calm from {calm.since:.1f} on {len(who)} of {len(calm.there)} visitors {what}"
                )
                yield Violation(4, calm.until, found)


def read_calms(history: Iterable[events.Event]) -> Iterator[Calm]:
    online: set[str] = set()
    calm: Calm | None = None
    at = 0.0
    for event in history:
        at = event.at
        match event:
            case events.Came():
                online.add(event.visitor)
            case events.Lost() | events.Gone():
                online.discard(event.visitor)
            case events.Calmed():
                calm = Calm(event.at)
            case events.Struck() if calm:
                yield _over(calm, at, online)
                calm = None
            case events.Met() if calm:
                calm.met.add(event.visitor)
            case events.Heard() if calm:
                calm.heard.add(event.visitor)
    if calm:
        yield _over(calm, at, online)


def _over(calm: Calm, at: float, online: set[str]) -> Calm:
    calm.until = at
    calm.there = online | calm.met | calm.heard
    return calm


def check_expulsions(history: Iterable[events.Event]) -> Iterator[Violation]:
    """Check that nobody is told to stay away without nonsense, a ban or a second page.

    Simulated visitors do none of these, but close their page. Each dial has a higher epoch than the one
    before, and each hello shows the memory that a gateway gave: neither is refused, whatever is done to
    gateways and their clocks.
    """
    for event in history:
        if isinstance(event, events.Gone) and event.code in EXPELLED and not event.left:
            what = f"{event.visitor} was thrown out with {event.code}"
            yield Violation(4, event.at, what, (event.visitor,))
        elif isinstance(event, events.ErrorReceived) and event.code in WRONG:
            what = f"{event.visitor} was told {event.code}"
            yield Violation(4, event.at, what, (event.visitor,))


WRONG = frozenset(
    (
        "bad_frame",
        "banned",
        "invalid_request",
        "memory_refused",
        "pass_refused",
        "stale_epoch",
        "token_refused",
        "too_fast",
    )
)
"""Codes of errors that say that the visitor did something which simulated ones do not do."""
