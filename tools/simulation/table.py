"""The results as text: a table with a line for each population, and conclusions in sentences."""

from collections.abc import Callable, Iterator, Sequence

from .results import FEW, PopulationStats, severity

NEVER = "–"
_SELDOM = 0.0005
"""The smallest share that is worth a sentence, and the smallest difference of shares that is shown."""
_SHORT = 0.05
"""Seconds. A smaller difference of waits is not shown."""
_LONG = 0.5
"""Seconds of waiting that a visitor notices."""
_MORE = 0.01
"""A population that stays unmatched this much more often fares worse."""

_WHOSE = {"strict": "strict language", "interests": "with interests", "nearby": "nearby"}
"""For each part of a wish the population that states it."""

_COLUMNS: Sequence[tuple[str, Callable[[PopulationStats], str]]] = (
    ("p50", lambda one: seconds(one.wait_p50)),
    ("p90", lambda one: seconds(one.wait_p90)),
    ("p99", lambda one: seconds(one.wait_p99)),
    ("unmatched", lambda one: percent(one.unmatched)),
    ("met nobody", lambda one: percent(one.met_nobody)),
    ("repeats", lambda one: percent(one.repeats)),
    ("language", lambda one: percent(one.shared_language)),
    ("interest", lambda one: percent(one.shared_interest)),
    ("country", lambda one: percent(one.shared_country)),
    ("region", lambda one: percent(one.shared_region)),
    ("bots", lambda one: percent(one.with_bots)),
    ("matches/min", lambda one: f"{one.matches_per_minute:,.1f}"),
)


def table(runs: Sequence[Sequence[PopulationStats]]) -> str:
    """Return aligned columns. Where there are two runs, each cell shows both."""
    all_stats = [one for run in runs for one in run]
    shown = {
        "country": any(one.shared_country for one in all_stats),
        "region": any(one.shared_region for one in all_stats),
        "bots": any(one.with_bots for one in all_stats),
    }
    left_out = {title for title, is_shown in shown.items() if not is_shown}
    columns = [column for column in _COLUMNS if column[0] not in left_out]
    lines = [["", "visitors", *(title for title, _ in columns)]]
    for versions in zip(*runs, strict=True):
        first = versions[0]
        cells = (_cell([show(one) for one in versions]) for _, show in columns)
        lines.append([first.name, f"{first.visitors:,}", *cells])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    )


def conclusions(
    runs: Sequence[Sequence[PopulationStats]], without: Sequence[str], patience: float
) -> Iterator[str]:
    """Yield sentences: who fares worst, how many find nobody, and what the second run changed for whom."""
    everybody, *others = runs[0]
    if not everybody.searches:
        yield "Nobody came in this time. Simulate more visitors or more minutes."
        return
    told = [one for one in others if one.visitors >= FEW]
    worst = max(told, key=severity, default=everybody)
    if _fares_worse(worst, everybody):
        yield f"“{worst.name}” fares worst: {_waits(worst)} (everybody: {_waits(everybody)})."
    else:
        yield f"Nobody fares much worse than everybody: {_waits(everybody)}."
    if everybody.unmatched and everybody.unmatched >= _SELDOM:
        yield f"{percent(everybody.unmatched)} of all searches end without a match after {patience:g} s."
    if everybody.repeats and everybody.repeats >= _SELDOM:
        yield f"{percent(everybody.repeats)} of all matches are with a former partner."
    if len(runs) > 1:
        wished = [one for one in told if one.name in {_WHOSE.get(part) for part in without}]
        after = {one.name: one for one in runs[1]}
        for one in dict.fromkeys((everybody.name, *(one.name for one in wished), worst.name)):
            before = next(stats for stats in runs[0] if stats.name == one)
            yield f"Without {' and '.join(without)}, “{one}” has {_changes(before, after[one], without)}."


def _fares_worse(one: PopulationStats, everybody: PopulationStats) -> bool:
    waits = ((one.wait_p50, everybody.wait_p50), (one.wait_p99, everybody.wait_p99))
    longer = any(
        usual is not None and (wait is None or wait >= max(_LONG, 2 * usual)) for wait, usual in waits
    )
    return longer or (one.unmatched or 0.0) - (everybody.unmatched or 0.0) >= _MORE


def _waits(one: PopulationStats) -> str:
    return f"p50 {_within(one.wait_p50)}, p99 {_within(one.wait_p99)}, unmatched {percent(one.unmatched)}"


def _changes(before: PopulationStats, after: PopulationStats, without: Sequence[str]) -> str:
    """Return the differences that are large enough to notice."""
    told = [
        *_change("p50", after.wait_p50, before.wait_p50, _SHORT, _within),
        *_change("p99", after.wait_p99, before.wait_p99, _SHORT, _within),
        *_change("unmatched", after.unmatched, before.unmatched, _SELDOM, percent),
    ]
    if "interests" in without:
        told += _change("shared interests", after.shared_interest, before.shared_interest, _SELDOM, percent)
    if "languages" in without or "strict" in without:
        told += _change("shared languages", after.shared_language, before.shared_language, _SELDOM, percent)
    if "nearby" in without or "avoid" in without:
        told += _change("shared countries", after.shared_country, before.shared_country, _SELDOM, percent)
    if "regions" in without:
        told += _change("shared regions", after.shared_region, before.shared_region, _SELDOM, percent)
    return ", ".join(told) or "the same figures"


def _change(
    what: str, new: float | None, old: float | None, least: float, show: Callable[[float | None], str]
) -> Iterator[str]:
    slight = new is not None and old is not None and abs(new - old) < least
    if not slight and show(new) != show(old):
        yield f"{what} {show(new)} instead of {show(old)}"


def _within(value: float | None) -> str:
    return "never" if value is None else f"{seconds(value)} s"


def seconds(value: float | None) -> str:
    return NEVER if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def percent(value: float | None) -> str:
    """Format a share. Only exactly nothing is shown as 0 %, and only exactly all as 100 %."""
    if value is None:
        return NEVER
    if value in (0, 1):
        return f"{value * 100:.0f} %"
    if value < _SELDOM:
        return "<0.1 %"
    return f"{value * 100:.1f} %" if value <= 1 - _SELDOM else ">99.9 %"


def _cell(texts: Sequence[str]) -> str:
    return " → ".join(texts) if len(set(texts)) > 1 else texts[0]
