"""Plots the waits of the populations: the share of searches matched within a time. Needs matplotlib."""

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .results import FEW, SimulationResult, severity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg")
_FIRST = 0.1
"""Seconds at which the time axis begins. People do not notice a shorter wait."""

_POINTS = 300
"""Points of one curve, which are enough to make it look smooth."""

_MOST = 8
_COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A7A7A")
"""The colours of Okabe and Ito, which colour-blind people can tell apart. The line styles differ, too."""
_LINES: Sequence[str | tuple[int, tuple[int, ...]]] = (
    "-", "--", "-.", ":", (0, (8, 2)), (0, (3, 1, 1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)),
)  # fmt: skip
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 300, 1200, 3600, 14400, 86400)


class PlotError(Exception):
    """The plot cannot be drawn. The message says why in one sentence."""


def check(file: Path) -> None:
    """Raise `PlotError` for every problem that can be known before the simulation runs."""
    if file.suffix.lower() not in SUFFIXES:
        raise PlotError(f"a picture is a .png or .svg file, not {file.name!r}")
    if not file.absolute().parent.is_dir():
        raise PlotError(f"there is no folder {str(file.parent)!r} for the picture")
    try:
        import matplotlib  # noqa: F401 -- this only checks that it is installed
    except ImportError:
        raise PlotError(
            "drawing needs matplotlib: pip install --require-hashes -r requirements/pictures.txt "
            "(with .venv/bin/pip after `make run`; the image has none)"
        ) from None


def draw(file: Path, results: Sequence[SimulationResult], titles: Sequence[str], patience: float) -> None:
    """Draw one panel for each result. Raises `PlotError` if the file cannot be written."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    names = _chosen(results[0])
    figure = Figure(figsize=(2 + 5 * len(results), 4.5), dpi=150, layout=ConstrainedLayoutEngine(w_pad=0.1))
    panels = figure.subplots(1, len(results), sharey=True, squeeze=False)[0]
    for panel, result, title in zip(panels, results, titles, strict=True):
        _curves(panel, result, names, patience)
        panel.set_title(title)
    panels[0].set_ylabel("searches matched by then (%)")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    metadata = {"Date": None} if file.suffix.lower() == ".svg" else {}  # the same run is the same file
    try:
        with matplotlib.rc_context({"svg.hashsalt": "zufall"}):
            figure.savefig(file, metadata=metadata)
    except OSError as error:
        raise PlotError(f"cannot write {str(file)!r}: {error.strerror or error}") from error


def _chosen(result: SimulationResult) -> list[str]:
    """Return the names of everybody and of the populations that wait longest, in the order of the table."""
    everybody, *others = result.populations
    told = [one for one in others if one.visitors >= FEW]
    told.sort(key=severity, reverse=True)
    kept = {everybody.name, *(one.name for one in told[: _MOST - 1])}
    return [one.name for one in result.populations if one.name in kept and one.searches]


def _curves(panel: "Axes", result: SimulationResult, names: Sequence[str], patience: float) -> None:
    last = max(patience, 10 * _FIRST)
    searches = {one.name: one.searches for one in result.populations}
    for name, colour, line in zip(names, _COLOURS, _LINES, strict=False):
        times, shares = steps(result.waits[name], searches[name], last)
        panel.plot(
            times, shares, color=colour, linestyle=line, label=name, drawstyle="steps-post", linewidth=1.6
        )
    panel.set_xscale("log")
    panel.set_xlim(_FIRST, last)
    panel.set_ylim(0, 101)
    ticks = [tick for tick in _TICKS if tick <= last]
    panel.set_xticks(ticks, [f"≤ {tick:g}" if tick == _FIRST else f"{tick:g}" for tick in ticks])
    panel.set_xticks([], minor=True)
    panel.set_xlabel("seconds of waiting")
    panel.grid(color="#dddddd", linewidth=0.6)


def steps(waits: Sequence[float], searches: int, last: float) -> tuple[list[float], list[float]]:
    """Return times up to `last` and the percentage of searches matched by each, from sorted `waits`."""
    at_once = bisect_right(waits, _FIRST)
    counts = [*range(at_once, len(waits), max(1, len(waits) // _POINTS)), len(waits)]
    times = [_FIRST, *(waits[count - 1] for count in counts[1:]), last]
    return times, [100 * count / max(1, searches) for count in (*counts, counts[-1])]
