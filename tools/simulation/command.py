"""The command `zufall simulate`: runs the simulation that the options describe and prints the results."""

from collections.abc import Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

import click
import msgspec

from services.runtime.progress import CommandProgress

from . import options, plot
from .crowd_model import CrowdModel
from .results import PopulationStats, SimulationResult
from .simulation import RandomStreams, Simulation
from .table import conclusions, table


class SimulationRun(msgspec.Struct, frozen=True):
    """The results of one run. `without` names the parts that its wishes left out."""

    without: Sequence[str]
    present: float
    """The average number of visitors. It is below the number asked for where many give up."""
    populations: Sequence[PopulationStats]


class SimulationReport(msgspec.Struct, frozen=True):
    """The document that `--json` prints: the settings as understood, one or two runs, and the conclusions."""

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
        results = [_run(parsed, crowd, without) for without in variants]
        report = _report(parsed, variants, results)
        click.echo(msgspec.json.encode(report) if parsed.json else _text(report))
        if parsed.picture:
            titles = [_title(parsed, without) for without in variants]
            plot.draw(parsed.picture, results, titles, parsed.patience)
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
    streams = RandomStreams(*(Random(seed) for seed in seeds))  # noqa: S311 -- it repeats, and hides nothing
    simulation = Simulation(
        options.behaviour(parsed), crowd, options.stages(parsed), streams, without, options.limits(parsed)
    )
    progress = CommandProgress(_title(parsed, without))
    try:
        return simulation.run(progress)
    finally:
        progress.clear()


def _report(
    parsed: SimpleNamespace, variants: Sequence[Sequence[str]], results: Sequence[SimulationResult]
) -> SimulationReport:
    runs = [
        SimulationRun(without, round(result.present, 1), result.populations)
        for without, result in zip(variants, results, strict=True)
    ]
    sentences = conclusions([run.populations for run in runs], parsed.without or (), parsed.patience)
    return SimulationReport(options.settings(parsed), runs, list(sentences))


def _title(parsed: SimpleNamespace, without: Sequence[str]) -> str:
    return f"without {', '.join(without)}" if without else f"{parsed.visitors:,} visitors, all wishes"


def _text(report: SimulationReport) -> str:
    first, *second = report.runs
    minutes = report.settings["minutes"]
    wanted = report.settings["visitors"]
    fewer = f" ({wanted:,} if nobody gave up)" if first.present < 0.9 * wanted else ""
    lines = [f"{first.present:,.1f} visitors present on average{fewer}, over {minutes:g} virtual minutes."]
    if second:
        lines.append(f"Each column shows the wishes as they are → without {', '.join(second[0].without)}.")
    lines += [
        "p50, p90, p99: the seconds within which 50, 90, 99 % of all searches end in a match (– is never).",
        "language, interest, country: the share of matches in which both have one in common.",
        "",
        table([run.populations for run in report.runs]),
        "",
        *report.conclusions,
    ]
    return "\n".join(lines)
