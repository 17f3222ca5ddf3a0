"""`zufall simulate`: runs what the options say and prints it."""

import sys
from collections.abc import Mapping, Sequence
from random import Random
from time import monotonic
from types import SimpleNamespace
from typing import Any

import click
import msgspec

from . import options, plot
from .crowd_model import CrowdModel
from .results import PopulationStats, SimulationResult
from .simulation import RandomStreams, Simulation
from .table import conclusions, table

_QUIET = 1.0
"""Seconds of real time after which progress is shown."""


class SimulationRun(msgspec.Struct, frozen=True):
    """One run of the crowd; `without` names the parts of the wishes that it left out."""

    without: Sequence[str]
    present: float
    """Visitors present on average: fewer than asked for where many give up."""
    populations: Sequence[PopulationStats]


class SimulationReport(msgspec.Struct, frozen=True):
    """What `--json` prints: the settings as they were understood, one or two runs, and the sentences."""

    settings: Mapping[str, Any]
    runs: Sequence[SimulationRun]
    conclusions: Sequence[str]


def _simulate(**chosen: Any) -> None:
    parsed = SimpleNamespace(**chosen)
    try:
        crowd = options.crowd(parsed)
        if parsed.picture:
            plot.check(parsed.picture)
        variants: list[Sequence[str]] = [(), parsed.without] if parsed.without else [()]
        outcomes = [_run(parsed, crowd, without) for without in variants]
        document = _document(parsed, variants, outcomes)
        click.echo(msgspec.json.encode(document) if parsed.json else _text(document))
        if parsed.picture:
            titles = [_title(parsed, without) for without in variants]
            plot.draw(parsed.picture, outcomes, titles, parsed.patience)
    except (ValueError, plot.PlotError) as error:
        raise click.UsageError(str(error)) from None


simulate = options.GroupedCommand(
    options.groups(),
    name="simulate",
    callback=_simulate,
    help="Play a crowd through the real waiting room in virtual time, and show who waits how long.",
    epilog=options.EXAMPLE,
    options_metavar="[OPTION]…",
)


def _run(parsed: SimpleNamespace, crowd: CrowdModel, without: Sequence[str]) -> SimulationResult:
    seeds = [f"{parsed.seed} {part}" for part in ("arrivals", "profiles", "talks")]
    chances = RandomStreams(*(Random(seed) for seed in seeds))  # noqa: S311 -- chance that repeats, not secrets
    simulation = Simulation(options.behaviour(parsed), crowd, options.stages(parsed), chances, without)
    progress = _Progress(_title(parsed, without))
    try:
        return simulation.run(progress)
    finally:
        progress.clear()


def _document(
    parsed: SimpleNamespace, variants: Sequence[Sequence[str]], outcomes: Sequence[SimulationResult]
) -> SimulationReport:
    runs = [
        SimulationRun(without, round(outcome.present, 1), outcome.figures)
        for without, outcome in zip(variants, outcomes, strict=True)
    ]
    sentences = conclusions([run.populations for run in runs], parsed.without or (), parsed.patience)
    return SimulationReport(options.settings(parsed), runs, list(sentences))


def _title(parsed: SimpleNamespace, without: Sequence[str]) -> str:
    return f"without {', '.join(without)}" if without else f"{parsed.visitors:,} visitors, as they wish"


def _text(document: SimulationReport) -> str:
    first, *second = document.runs
    minutes = document.settings["minutes"]
    wanted = document.settings["visitors"]
    fewer = f" ({wanted:,} if nobody gave up)" if first.present < 0.9 * wanted else ""
    lines = [f"{first.present:,.1f} visitors present on average{fewer}, over {minutes:g} virtual minutes."]
    if second:
        lines.append(f"Each figure: as wished for → without {', '.join(second[0].without)}.")
    lines += [
        "p50, p90, p99: seconds within which so many of all searches are matched (– never).",
        "language, interest, country: matches that have one in common. a minute: matches.",
        "",
        table([run.populations for run in document.runs]),
        "",
        *document.conclusions,
    ]
    return "\n".join(lines)


class _Progress:
    """A line on a terminal's stderr that is gone at the end."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = monotonic() + _QUIET if sys.stderr.isatty() else float("inf")
        self._shown = False

    def __call__(self, done: float) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + 0.2
            self._shown = True
            sys.stderr.write(f"\r{self._what}: {done * 100:3.0f} %")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
