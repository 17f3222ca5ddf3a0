"""Invariant 6: what the partner says in a match is heard in order, once and in time, and the writer knows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from bench.client.delivery import ALL_REPEATED_INTERVAL, REPEAT_DELAYS
from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.disturbances import Disturbances
from bench.swarm.checker.match_views import Matches, MatchView
from bench.swarm.checker.violations import Violation


@dataclass(slots=True)
class Fate:
    """The times at which a line was said first, was heard, and was known to its writer as heard."""

    number: int
    said: float
    heard: float = inf
    known: float = inf


Fates = dict[int, Fate]
"""Each fate is found by the number of its line."""


def check_lines(
    matches: Matches, history: Sequence[events.Event], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    yield from _check_sources(matches, history)
    yield from _check_order(history)
    yield from _check_copies(history)
    yield from _check_acknowledgements(history)
    fates = _read_fates(history)
    for one, other in matches.pairs():
        for speaker, listener in ((one, other), (other, one)):
            lines = fates.get((speaker.match, speaker.visitor), {})
            yield from _check_arrival(lines, speaker, listener, disturbances, bounds)


def _check_sources(matches: Matches, history: Iterable[events.Event]) -> Iterator[Violation]:
    """Check that the partner said each line that comes, in that match, even if the page drops it."""
    for line in history:
        if not isinstance(line, events.Heard | events.Ignored):
            continue
        if line.said_in != line.match or line.of not in matches.told(line.match) - {line.visitor}:
            what = f"{line.visitor} heard in {line.match} what {line.of} said in {line.said_in}"
            yield Violation(6, line.at, what, (line.visitor, line.of), (line.match,))


def _check_order(history: Iterable[events.Event]) -> Iterator[Violation]:
    """Check that the numbers that a page takes are 1, 2, 3 …, without a gap or a repeat."""
    last: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in history:
        if isinstance(line, events.Heard):
            direction = (line.match, line.visitor, line.of)
            if line.number != last[direction] + 1:
                what = f"{line.visitor} heard line {line.number} of {line.of} after line {last[direction]}"
                yield Violation(6, line.at, what, (line.visitor, line.of), (line.match,))
            last[direction] = line.number


def _check_copies(history: Iterable[events.Event]) -> Iterator[Violation]:
    """Check that a line comes no more often than its writer's page sent it, for gateways repeat nothing."""
    copies: Counter[tuple[str, str, int]] = Counter()
    for event in history:
        match event:
            case events.Said(held=False):
                copies[event.match, event.visitor, event.number] += 1
            case events.Heard() | events.Ignored():
                line = (event.said_in, event.of, event.number)
                copies[line] -= 1
                if copies[line] < 0:
                    what = f"line {event.number} of {event.of} came once more than it was said"
                    yield Violation(6, event.at, what, (event.visitor, event.of), (event.match,))


def _check_acknowledgements(history: Iterable[events.Event]) -> Iterator[Violation]:
    """Check that a line that its writer's page sees acknowledged has been heard."""
    heard: dict[tuple[str, str], int] = {}
    for event in history:
        match event:
            case events.Heard():
                heard[event.said_in, event.of] = event.number
            case events.Acknowledged() if event.number > heard.get((event.match, event.visitor), 0):
                what = f"line {event.number} of {event.visitor} was acknowledged, which nobody had heard"
                yield Violation(6, event.at, what, (event.visitor,), (event.match,))


def _read_fates(history: Iterable[events.Event]) -> dict[tuple[str, str], Fates]:
    """Return the fates by match and writer."""
    fates: dict[tuple[str, str], Fates] = defaultdict(dict)
    for event in history:
        match event:
            case events.Said(again=False):
                fates[event.match, event.visitor][event.number] = Fate(event.number, event.at)
            case events.Heard():
                fate = fates[event.match, event.of].get(event.number)
                if fate:
                    fate.heard = min(fate.heard, event.at)
            case events.Acknowledged():
                for number, fate in fates[event.match, event.visitor].items():
                    if number <= event.number:
                        fate.known = min(fate.known, event.at)
    return fates


def _check_arrival(
    lines: Fates, speaker: MatchView, listener: MatchView, disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """While both are there, know it, and nothing is done to their gateways, lines arrive, and so do answers.

    A client that learns that the partner is back repeats all lines at once, or the oldest after a pause where
    it has just done so. After a fault that nobody was told of it repeats the oldest line at its time: the
    delays double, so none is longer than the fault and the first of them.
    """
    repeated = set(_full_repeats(speaker))
    for began, ended, reunion in _quiet(speaker, listener, disturbances):
        under_way = [line.said for line in lines.values() if line.said < began < line.known]
        pause = min(bounds.repeat, began - min(under_way, default=began) + REPEAT_DELAYS[0])
        if reunion in repeated or not under_way:
            pause = 0.0
        elif reunion is not None:
            pause = reunion - began + ALL_REPEATED_INTERVAL
        for line in lines.values():
            deadline = max(line.said, began + pause) + bounds.delivered + bounds.margin
            if line.said < ended and deadline < min(line.known, ended):
                yield _late(line, speaker, listener, deadline)
                return


def _late(line: Fate, speaker: MatchView, listener: MatchView, deadline: float) -> Violation:
    names = (speaker.visitor, listener.visitor)
    after = f"{deadline - line.said:.1f} s after it was said"
    if line.heard > deadline:
        what = f"{names[1]} had not heard line {line.number} of {names[0]} {after}"
    else:
        what = f"{names[0]} did not know that {names[1]} had line {line.number}, {after}"
    return Violation(6, deadline, what, names, (speaker.match,))


def _full_repeats(speaker: MatchView) -> Iterator[float]:
    """Yield when the speaker's client repeated all lines: at a reunion, but no more often than allowed."""
    yield speaker.met  # there was nothing to repeat
    last = -inf
    for belief in speaker.beliefs[1:]:
        if belief.here == "in" and belief.partner_here and belief.at >= last + ALL_REPEATED_INTERVAL:
            last = belief.at
            yield last


def _quiet(
    speaker: MatchView, listener: MatchView, disturbances: Disturbances
) -> Iterator[tuple[float, float, float | None]]:
    """Yield when a quiet time begins and ends, and when just before the speaker learned of the listener."""
    faults = list(disturbances.disturbances_of("calls", (speaker.visitor, listener.visitor)))
    apart = 0.0
    for began, ended in _together(speaker, listener, disturbances.end):
        learned = [belief.at for belief in speaker.beliefs if apart <= belief.at <= began]
        since, reunion = began, max(learned, default=None)
        apart = ended
        for struck, healed in faults:
            if healed < since or struck > ended:
                continue
            if since < struck:
                yield since, struck, reunion
            since, reunion = healed, None
        if since < ended:
            yield since, ended, reunion


def _together(one: MatchView, other: MatchView, end: float) -> Iterator[tuple[float, float]]:
    """Yield from when until when both are in the match and believe the other there."""
    since = inf
    for at in sorted({belief.at for belief in (*one.beliefs, *other.beliefs)}):
        beliefs = (one.at(at), other.at(at))
        if all(belief.here == "in" and belief.partner_here for belief in beliefs):
            since = min(since, at)
        elif since < inf:
            yield since, at
            since = inf
    if since < end:
        yield since, end
