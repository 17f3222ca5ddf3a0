"""Shows a replay: a table with a line for each level, sentences below it, and the cases that differ."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median

from ...core.policy_replay import (
    AutomaticAction,
    CaseDifference,
    PolicyOutcome,
    PolicyReplay,
    ReplayCase,
    ReviewOutcome,
)
from ...core.records import Dismissal, Level

_LEVELS = [level for level in Level if level is not Level.GOOD]
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def table(replay: PolicyReplay) -> str:
    """Return a table of how often each level followed, and what people made of it."""
    lines = [["", "actions", *(one.value for one in ReviewOutcome)]]
    for level in _LEVELS:
        counts = (_counts(outcome, level) for outcome in (replay.before, replay.after))
        lines.append([level.name.lower(), *map(_cell, *counts)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    )


def conclusions(replay: PolicyReplay) -> Iterator[str]:
    """Yield sentences: how many cases differ, which policy acts first, and whom both miss."""
    before, after = replay.before, replay.after
    differ = f"{len(replay.differences)} of {replay.cases} cases differ"
    yield f"{differ} between {before.policy} and {after.policy}."
    only_before = sum(not one.after for one in replay.differences)
    only_after = sum(not one.before for one in replay.differences)
    if only_before or only_after:
        yield f"Only {before.policy} acts in {only_before} of them, only {after.policy} in {only_after}."
    for seconds, word in ((replay.sooner, "sooner"), (replay.later, "later")):
        if seconds:
            length = format_duration(median(seconds))
            yield f"{after.policy} acts {word} in {len(seconds)}, by {length} (median)."
    if before.missed or after.missed:
        missed = _cell(before.missed, after.missed)
        visitors = "visitor" if missed == "1" else "visitors"
        yield f"A person acted where the policy had done nothing: {missed} {visitors}."


def differences(replay: PolicyReplay) -> Iterator[str]:
    """Yield a line for each case that differs."""
    for one in replay.differences:
        yield f"{one.case.visitor}: {_describe_both(one)}; {_describe_decided(one.case)}"


def format_duration(seconds: float) -> str:
    """Format it in the largest unit of which there is at least one."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


def _counts(outcome: PolicyOutcome, level: Level) -> list[int]:
    counts = [outcome.actions.get((level, one), 0) for one in ReviewOutcome]
    return [sum(counts), *counts]


def _describe_decided(case: ReplayCase) -> str:
    if case.decided is None:
        return "nobody has decided"
    said = f"a person decided {case.decided.name.lower()}"
    if case.decided is Level.GOOD and case.dismissal is not Dismissal.UNFOUNDED:
        return f"{said} ({case.dismissal.name.lower().replace('_', ' ')})"
    return said


def _describe_both(case: CaseDifference) -> str:
    """Describe both sides, with their exact times if nothing else tells them apart."""
    for describe in (_describe, _describe_exactly):
        before, after = _describe_all(case.before, describe), _describe_all(case.after, describe)
        if before != after:
            break
    return f"{before} → {after}"


def _describe_all(taken: Sequence[AutomaticAction], describe: Callable[[AutomaticAction], str]) -> str:
    return ", then ".join(map(describe, taken)) or "nothing"


def _describe(action: AutomaticAction) -> str:
    length = format_duration((action.until - action.at) / 1000)
    return f"{action.level.name.lower()} for {length} from {_moment(action.at)} ({action.rule.name.lower()})"


def _describe_exactly(action: AutomaticAction) -> str:
    at, until = (_moment(time, "milliseconds") for time in (action.at, action.until))
    return f"{action.level.name.lower()} from {at} until {until} ({action.rule.name.lower()})"


def _moment(time: int, exactness: str = "minutes") -> str:
    moment = datetime.fromtimestamp(time / 1000, UTC).replace(tzinfo=None)
    return moment.isoformat(" ", timespec=exactness)


def _cell(before: int, after: int) -> str:
    return f"{before:,} → {after:,}" if before != after else f"{before:,}"
