"""The results for people: a line for each population, and below it what it comes to."""

from collections.abc import Callable, Iterator, Sequence

from .results import FEW, Figures, slowness

NEVER = "–"
_SELDOM = 0.0005
"""A share that shows as 0.0 %."""
_LONG = 0.5
"""Seconds of waiting that somebody notices."""
_SHORT = 0.05
"""Seconds that show as 0.0: a multiple of it says nothing."""

_COLUMNS: Sequence[tuple[str, Callable[[Figures], str]]] = (
    ("p50", lambda one: seconds(one.wait_p50)),
    ("p90", lambda one: seconds(one.wait_p90)),
    ("p99", lambda one: seconds(one.wait_p99)),
    ("unmatched", lambda one: percent(one.unmatched)),
    ("met nobody", lambda one: percent(one.met_nobody)),
    ("repeats", lambda one: percent(one.repeats)),
    ("language", lambda one: percent(one.shared_language)),
    ("interest", lambda one: percent(one.shared_interest)),
    ("country", lambda one: percent(one.shared_country)),
    ("a minute", lambda one: f"{one.matches_per_minute:,.1f}"),
)


def table(runs: Sequence[Sequence[Figures]]) -> str:
    """Aligned columns; two runs stand side by side in each, the first and what became of it."""
    placed = any(one.shared_country for run in runs for one in run)
    columns = [column for column in _COLUMNS if placed or column[0] != "country"]
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


def conclusions(runs: Sequence[Sequence[Figures]], without: Sequence[str], patience: float) -> Iterator[str]:
    """Sentences: who pays most, who finds nobody, and what the second run changed."""
    everybody, *others = runs[0]
    if not everybody.searches:
        yield "Nobody came in this time: simulate more visitors or more minutes."
        return
    told = [one for one in others if one.searches >= FEW]
    worst = max(told, key=slowness, default=everybody)
    yield _slowest(everybody, worst, patience)
    if everybody.unmatched and everybody.unmatched >= _SELDOM:
        yield f"{percent(everybody.unmatched)} of all searches end after {patience:g} s without a match."
    if everybody.repeats and everybody.repeats >= _SELDOM:
        yield f"{percent(everybody.repeats)} of all matches are with somebody met before."
    if len(runs) > 1:
        after = {one.name: one for one in runs[1]}
        for one in dict.fromkeys((everybody.name, worst.name)):
            before = next(figures for figures in runs[0] if figures.name == one)
            yield f"Without {' and '.join(without)}, “{one}” has {_changes(before, after[one], without)}."


def _slowest(everybody: Figures, worst: Figures, patience: float) -> str:
    if worst.wait_p50 is None:
        return (
            f"“{worst.name}”: only {percent(worst.matched)} of the searches find somebody "
            f"within the patience of {patience:g} s."
        )
    if everybody.wait_p50 is None or worst.wait_p50 < max(_LONG, 2 * everybody.wait_p50):
        return f"Nobody waits much longer than everybody, who wait {seconds(everybody.wait_p50)} s at p50."
    told = f"“{worst.name}” waits {seconds(worst.wait_p50)} s at p50"
    if everybody.wait_p50 < _SHORT:
        return f"{told}, everybody {seconds(everybody.wait_p50)} s."
    times = worst.wait_p50 / everybody.wait_p50
    return f"{told}, {times:.0f} times as long as everybody ({seconds(everybody.wait_p50)} s)."


def _changes(before: Figures, after: Figures, without: Sequence[str]) -> str:
    pairs = [
        ("p50", _within(after.wait_p50), _within(before.wait_p50)),
        ("p99", _within(after.wait_p99), _within(before.wait_p99)),
        ("unmatched", percent(after.unmatched), percent(before.unmatched)),
    ]
    if "interests" in without:
        pairs.append(("shared interests", percent(after.shared_interest), percent(before.shared_interest)))
    if "languages" in without or "strict" in without:
        pairs.append(("shared languages", percent(after.shared_language), percent(before.shared_language)))
    if "nearby" in without or "avoid" in without:
        pairs.append(("shared countries", percent(after.shared_country), percent(before.shared_country)))
    told = [f"{what} {new} instead of {old}" for what, new, old in pairs if new != old]
    return ", ".join(told) or "the same figures"


def _within(value: float | None) -> str:
    return "never" if value is None else f"{seconds(value)} s"


def seconds(value: float | None) -> str:
    return NEVER if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def percent(value: float | None) -> str:
    return NEVER if value is None else f"{value * 100:.0f} %" if value in (0, 1) else f"{value * 100:.1f} %"


def _cell(texts: Sequence[str]) -> str:
    return " → ".join(texts) if len(set(texts)) > 1 else texts[0]
