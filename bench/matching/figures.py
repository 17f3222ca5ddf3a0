"""Measured figures with the bars of the design, as a table and as one JSON line."""

import operator
from collections.abc import Callable, Iterable, Sequence
from statistics import median

import msgspec

_COMPARE: dict[str, Callable[[float, float], bool]] = {"≥": operator.ge, "≤": operator.le}


class Bar(msgspec.Struct, frozen=True):
    """The bar for a figure: at least (≥) or at most (≤) `limit`."""

    sign: str
    limit: float

    def met_by(self, value: float) -> bool:
        return _COMPARE[self.sign](value, self.limit)


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measured value. It is the median of `rounds` if there are several."""

    part: str
    name: str
    value: float
    unit: str
    bar: Bar | None = None
    rounds: tuple[float, ...] = ()

    @property
    def met(self) -> bool | None:
        """Whether the bar is met, or None without a bar."""
        return None if self.bar is None else self.bar.met_by(self.value)


def over_rounds(part: str, name: str, rounds: Sequence[float], unit: str, bar: Bar | None = None) -> Figure:
    """Return the median of the rounds."""
    return Figure(part, name, median(rounds), unit, bar, tuple(rounds) if len(rounds) > 1 else ())


def ratios(
    part: str, name: str, ones: Sequence[float], others: Sequence[float], bar: Bar | None = None
) -> Figure:
    """Return the median of the ratios within each round of one thing to another."""
    return over_rounds(part, name, [one / other for one, other in zip(ones, others, strict=True)], "", bar)


def at_least(limit: float) -> Bar:
    return Bar("≥", limit)


def at_most(limit: float) -> Bar:
    return Bar("≤", limit)


def table(figures: Sequence[Figure]) -> str:
    """Return all figures as text, with a heading for each part."""
    width = max((len(figure.name) for figure in figures), default=0)
    lines: list[str] = []
    part = ""
    for figure in figures:
        if figure.part != part:
            part = figure.part
            lines += ["", part]
        lines.append(_line(figure, width))
    return "\n".join(lines)


def _line(figure: Figure, width: int) -> str:
    value = f"{_number(figure.value)} {figure.unit}".rstrip()
    spread = f"({_number(min(figure.rounds))}–{_number(max(figure.rounds))})" if figure.rounds else ""
    bar = "" if figure.bar is None else f"{figure.bar.sign} {_number(figure.bar.limit)}"
    verdict = {None: "", True: "met", False: "MISSED"}[figure.met]
    return f"  {figure.name:<{width}}{value:>14} {spread:<19}{bar:>10} {verdict}".rstrip()


def _number(value: float) -> str:
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def summary(figures: Iterable[Figure]) -> bytes:
    """Return one JSON object on one line."""
    listed = [{**msgspec.to_builtins(figure), "met": figure.met} for figure in figures]
    return msgspec.json.encode({"figures": listed})
