"""Invariant 6: a line comes from the partner of the very match it is shown in, in order, once, and comes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.clock import Clock
from bench.swarm.checker.sides import Matches, Side
from bench.swarm.checker.violations import Violation

LOST_LINES = "partner_away"
"""The code of the error that says: this line is not kept for a partner who is away."""


class Lines:
    """What was said and heard, by match and speaker."""

    def __init__(self, history: Iterable[events.Event]) -> None:
        self.said: dict[tuple[str, str], list[events.Said]] = defaultdict(list)
        self.heard: dict[tuple[str, str], list[events.Heard]] = defaultdict(list)
        self.refused: dict[str, list[float]] = defaultdict(list)
        for event in history:
            match event:
                case events.Said(again=False):
                    self.said[event.match, event.visitor].append(event)
                case events.Heard():
                    self.heard[event.match, event.visitor].append(event)
                case events.Refused(code=code) if code == LOST_LINES:
                    self.refused[event.visitor].append(event.at)

    def excused(self, speaker: Side) -> int:
        """How many lines the speaker was told are not kept."""
        return sum(speaker.met <= at <= speaker.left for at in self.refused[speaker.visitor])


def check_lines(
    matches: Matches, history: Iterable[events.Event], clock: Clock, bounds: Bounds
) -> Iterator[Violation]:
    lines = Lines(history)
    for (match, visitor), heard in lines.heard.items():
        yield from _check_heard(matches, match, visitor, heard, clock, bounds)
        yield from _check_repeats(match, visitor, heard)
    for one, other in matches.pairs():
        for speaker, listener in ((one, other), (other, one)):
            yield from _check_order(lines, speaker, listener)
            yield from _check_arrival(lines, speaker, listener, clock, bounds)


def _check_heard(
    matches: Matches, match: str, visitor: str, heard: list[events.Heard], clock: Clock, bounds: Bounds
) -> Iterator[Violation]:
    """Repeats, too: a page hides only what it knows, so a stray line may look like one.

    A match that was passed over is left at that very moment.
    """
    sides = {side.visitor: side for side in matches.sides.get(match, ())}
    mine = sides.get(visitor)
    left = mine.left if mine else matches.passed.get(match, {}).get(visitor)
    for line in heard:
        if left is None:
            what = f"{visitor} heard a line in a match they never were in"
        elif line.said_in != match or line.of == visitor or line.of not in sides:
            what = f"{visitor} heard in {match} what {line.of} said in {line.said_in}"
        elif mine and mine.how.startswith("ended") and line.at > left:
            what = f"{visitor} heard a line after the match had ended"
        elif clock.overdue(left, line.at, bounds.agree + bounds.margin, "calls", (visitor,)):
            what = f"{visitor} heard a line {line.at - left:.1f} s after they had left the match"
        else:
            continue
        yield Violation(6, line.at, what, (visitor, line.of), (match,))


def _check_repeats(match: str, visitor: str, heard: list[events.Heard]) -> Iterator[Violation]:
    """What a page hides as a repeat it has shown before."""
    shown: set[tuple[str, str, int]] = set()
    for line in heard:
        key = (line.of, line.said_in, line.number)
        if line.again and key not in shown:
            what = f"{visitor} was not shown line {line.number} of {line.of}, as if it were a repeat"
            yield Violation(6, line.at, what, (visitor, line.of), (match,))
        shown.add(key)


def _check_order(lines: Lines, speaker: Side, listener: Side) -> Iterator[Violation]:
    """Numbers rise. A gap is a line that can no longer come."""
    last, missing = 0, 0
    for line in lines.heard.get((speaker.match, listener.visitor), ()):
        if line.again or line.of != speaker.visitor:
            continue
        what = ""
        if line.number <= last:
            what = f"heard line {line.number} of {speaker.visitor} after line {last}"
        elif line.number > last + 1:
            missing += line.number - last - 1
            if missing > lines.excused(speaker):
                what = f"heard line {line.number} of {speaker.visitor}, but not line {last + 1} before it"
        if what:
            names = (listener.visitor, speaker.visitor)
            yield Violation(6, line.at, f"{listener.visitor} {what}", names, (speaker.match,))
        last = max(last, line.number)


def _check_arrival(
    lines: Lines, speaker: Side, listener: Side, clock: Clock, bounds: Bounds
) -> Iterator[Violation]:
    """What was said long before the end of a match that ended in peace was heard."""
    end = min(speaker.left, listener.left, clock.end)
    limit = bounds.delivered + bounds.margin
    beliefs = [*speaker.beliefs, *listener.beliefs]
    unrest = max((belief.at for belief in beliefs if belief.at < end), default=end)
    settled = max(unrest, clock.calm_since(end, "calls", (speaker.visitor, listener.visitor)))
    if end - settled < limit or not _both_there(speaker, listener, settled):
        return
    said = {line.number: line for line in lines.said.get((speaker.match, speaker.visitor), ())}
    heard = {line.number for line in lines.heard.get((speaker.match, listener.visitor), ())}
    last = max(heard, default=0)
    late = [one for number, one in said.items() if number > last and one.at < end - limit]
    if len(late) > lines.excused(speaker):
        names = (speaker.visitor, listener.visitor)
        what = f"{names[1]} never heard line {late[0].number} of {names[0]}"
        yield Violation(6, late[0].at, what, names, (speaker.match,))


def _both_there(one: Side, other: Side, at: float) -> bool:
    return all(side.at(at).here == "in" and side.at(at).partner_here for side in (one, other))
