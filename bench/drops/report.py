"""Prints what became of the lines as a table, and returns the same for programs."""

from collections.abc import Iterable
from statistics import median

import msgspec

from bench.drops.outcome import DropOutcome, DropOutcomes
from bench.drops.plan import DropPlan

DROP_NAMES = {
    "zufall": "Zufall: 2 gateways, matcher, reports, NATS",
    "stock": "Socket.IO: 2 processes, Redis adapter, rooms",
    "recovery": "Socket.IO: 1 process, connection state recovery",
}


class DropFigures(msgspec.Struct, frozen=True):
    """Counts of lines and cuts. `away` is from a cut to the return; times are in seconds."""

    cuts: int
    said: int
    once: int
    lost: int
    repeated: int
    missing: int
    away_median: float
    away_longest: float
    server_cpu: float
    faults: int


def drop_figures(outcome: DropOutcome) -> DropFigures:
    return DropFigures(
        cuts=outcome.cuts,
        said=len(outcome.said),
        once=outcome.once,
        lost=outcome.lost,
        repeated=outcome.repeated,
        missing=outcome.missing,
        away_median=round(median(outcome.absences), 3) if outcome.absences else 0.0,
        away_longest=round(max(outcome.absences, default=0.0), 3),
        server_cpu=round(outcome.server_cpu, 3),
        faults=len(outcome.faults),
    )


def drop_table(plans: Iterable[DropPlan], outcomes: DropOutcomes) -> str:
    """Return a section for each plan."""
    return "\n".join(line for plan in plans for line in _section(plan, outcomes))


def _section(plan: DropPlan, outcomes: DropOutcomes) -> list[str]:
    lines = [
        "",
        f"{plan.name}: {plan.title}",
        _line("", "cuts", "lines said", "heard once", "lost", "twice", "away s", "server"),
        _line("", "", "", "", "", "or more", "p50 / longest", "CPU s"),
    ]
    for name, outcome in outcomes[plan.name].items():
        lines.append(_row(DROP_NAMES[name], drop_figures(outcome)))
    return lines


def _row(name: str, one: DropFigures) -> str:
    lost = f"{one.lost:,} ({one.lost / one.said:.2%})" if one.said else "0"
    away = f"{one.away_median:.2f} / {one.away_longest:.2f}"
    away += f", {one.missing} never back" if one.missing else ""
    counts = (f"{count:,}" for count in (one.cuts, one.said, one.once))
    return _line(name, *counts, lost, f"{one.repeated:,}", away, f"{one.server_cpu:.1f}")


def _line(name: str, *cells: str) -> str:
    widths = (8, 12, 12, 16, 9, 16, 9)
    return f"  {name:<48}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
