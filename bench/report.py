"""Prints measurements as a table for people and one JSON line for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import msgspec

from bench import prices
from bench.drops.outcome import DropOutcomes
from bench.drops.report import drop_figures
from bench.tally import percentile
from bench.workload import Stretch, Workload


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two lines of a table, and by workload the most that `ours` may cost, as a multiple of `baseline`."""

    ours: str
    baseline: str
    bars: Mapping[str, float] = field(default_factory=dict)


COMPARISONS = (
    Comparison("zufall", "cluster", {"paced": 0.6, "closed": 0.9}),
    Comparison("zufall", "stock"),
    Comparison("zufall", "single", {"paced": 1.5}),
    Comparison("gateways-2", "gateways-1", {"scaling": 1.25}),
    Comparison("gateways-4", "gateways-1", {"scaling": 1.25}),
)

NAMES = {
    "zufall": "Zufall: 2 gateways, matcher, reports, NATS",
    "bundled": "Zufall, candidates bundled as its page does",
    "cluster": "Socket.IO: 2 lean processes, Redis",
    "stock": "Socket.IO: 2 stock processes, Redis",
    "single": "Socket.IO: 1 process, queue in memory",
    "gateways-1": "Zufall: 1 gateway, matcher, reports, NATS",
    "gateways-2": "Zufall: 2 gateways, matcher, reports, NATS",
    "gateways-4": "Zufall: 4 gateways, matcher, reports, NATS",
}


class ProductFigures(msgspec.Struct, frozen=True):
    """All rounds of one product under one workload. CPU is in seconds for 1,000 sessions, latencies in ms."""

    cpu_median: float
    cpu_by_process: dict[str, float]
    cpu_min: float
    cpu_max: float
    client_cpu_median: float
    sessions_per_second: float
    sessions: int
    frames_per_session: float
    cpu_hours_per_million: float
    match_p50: float
    match_p99: float
    relay_p50: float
    relay_p99: float
    missed_presses: int
    faults: int


@dataclass(frozen=True, slots=True)
class Results:
    """The stretches of every product, by workload name and product name, in the order of the rounds."""

    workloads: Sequence[Workload]
    stretches: dict[str, dict[str, list[Stretch]]]
    memory_mib: dict[str, float]

    def ratios(self, workload: str) -> list[tuple[Comparison, float]]:
        """Return what ours costs for a session, divided by what the baseline costs, for each pair.

        It is the median over the rounds: each is compared with the same round of the other.
        """
        rounds = self.stretches[workload]
        return [
            (pair, round(median(_ratios(rounds[pair.ours], rounds[pair.baseline])), 3))
            for pair in COMPARISONS
            if rounds.get(pair.ours) and rounds.get(pair.baseline)
        ]


def _ratios(ours: Sequence[Stretch], baseline: Sequence[Stretch]) -> list[float]:
    return [a.cpu_per_thousand / b.cpu_per_thousand for a, b in zip(ours, baseline, strict=True)]


def figures(rounds: Sequence[Stretch]) -> ProductFigures:
    """Medians and extremes over the rounds; latencies over all their samples."""
    cpu = [one.cpu_per_thousand for one in rounds]
    sessions = sum(one.tally.sessions for one in rounds)
    match = [1000 * sample for one in rounds for sample in one.tally.match_latency]
    relay = [1000 * sample for one in rounds for sample in one.tally.relay_latency]
    return ProductFigures(
        cpu_median=round(median(cpu), 4),
        cpu_hours_per_million=round(prices.cpu_hours_per_million(median(cpu)), 3),
        cpu_by_process={name: round(cost, 4) for name, cost in _by_process(rounds, sessions).items()},
        cpu_min=round(min(cpu), 4),
        cpu_max=round(max(cpu), 4),
        client_cpu_median=round(
            median(1000 * one.client_cpu / max(1, one.tally.sessions) for one in rounds), 4
        ),
        sessions_per_second=round(median(one.rate for one in rounds), 1),
        sessions=sessions,
        frames_per_session=round(sum(one.tally.frames for one in rounds) / max(1, sessions), 2),
        match_p50=round(percentile(match, 0.5), 2),
        match_p99=round(percentile(match, 0.99), 2),
        relay_p50=round(percentile(relay, 0.5), 2),
        relay_p99=round(percentile(relay, 0.99), 2),
        missed_presses=sum(one.tally.missed_presses for one in rounds),
        faults=sum(len(one.tally.faults) for one in rounds),
    )


def _by_process(rounds: Sequence[Stretch], sessions: int) -> dict[str, float]:
    names = {name for one in rounds for name in one.cpu_by_process}
    totals = {name: sum(one.cpu_by_process.get(name, 0.0) for one in rounds) for name in names}
    ranked = sorted(totals.items(), key=lambda item: -item[1])
    return {name: 1000 * total / max(1, sessions) for name, total in ranked}


def table(results: Results) -> str:
    """Return the whole table, with a heading for each workload."""
    return "\n".join(line for workload in results.workloads for line in _section(results, workload))


def _section(results: Results, workload: Workload) -> list[str]:
    how = f"{workload.rate:.0f} sessions/s" if workload.rate else "as fast as it goes"
    lines = [
        "",
        f"{workload.name}: {how}",
        _line("", "CPU s / 1,000 sessions", "sessions/s", "match ms", "relay ms", "frames"),
        _line("", "median (min–max)", "", "p50 / p99", "p50 / p99", "/session"),
    ]
    for name, rounds in results.stretches[workload.name].items():
        lines.append(_row(NAMES[name], figures(rounds)))
    lines += [f"  {_sentence(pair, workload.name, ratio)}" for pair, ratio in results.ratios(workload.name)]
    if ours := results.stretches[workload.name].get("zufall"):
        parts = figures(ours).cpu_by_process.items()
        lines.append(
            "  Zufall's processes: "
            + ", ".join(f"{name} {cost:.2f}" for name, cost in parts if cost >= 0.005)
        )
    if workload.name == "paced":
        lines += _prices(results.stretches[workload.name])
    return lines


def _sentence(pair: Comparison, workload: str, ratio: float) -> str:
    said = f"{NAMES[pair.ours]}: {ratio:.2f} × the CPU of {NAMES[pair.baseline]}"
    bar = pair.bars.get(workload)
    return said if bar is None else f"{said} (bar ≤ {bar:g}: {'met' if ratio <= bar else 'MISSED'})"


def _prices(stretches: Mapping[str, Sequence[Stretch]]) -> list[str]:
    """Return what a million sessions cost, at the CPU of each product's median round."""
    lines = [f"  A million sessions, signaling only, without TURN and traffic ({prices.PRICE_LIST}):"]
    for name, rounds in stretches.items():
        hours = prices.cpu_hours_per_million(figures(rounds).cpu_median)
        lines.append(f"    {NAMES[name]:<52}{hours:.2f} CPU-hours, ${prices.dollars(hours):.3f}")
    return lines


def _row(name: str, one: ProductFigures) -> str:
    cpu = f"{one.cpu_median:.2f} ({one.cpu_min:.2f}–{one.cpu_max:.2f})"
    match = f"{one.match_p50:.1f} / {one.match_p99:.1f}"
    relay = f"{one.relay_p50:.1f} / {one.relay_p99:.1f}"
    rate, frames = f"{one.sessions_per_second:.0f}", f"{one.frames_per_session:.1f}"
    return _line(name, cpu, rate, match, relay, frames)


def _line(name: str, cpu: str, rate: str, match: str, relay: str, frames: str) -> str:
    return f"  {name:<48}{cpu:>24}{rate:>12}{match:>15}{relay:>15}{frames:>9}"


def summary(parts: Sequence[Results], outcomes: DropOutcomes, visitors: int) -> bytes:
    """Return one JSON object with the ratios first, then all figures."""
    return msgspec.json.encode(
        {
            "ratios": {
                workload.name: {
                    f"{pair.ours} / {pair.baseline}": ratio for pair, ratio in part.ratios(workload.name)
                }
                for part in parts
                for workload in part.workloads
            },
            "visitors": visitors,
            "memory_mib": {name: memory for part in parts for name, memory in part.memory_mib.items()},
            "figures": {
                workload: {name: figures(rounds) for name, rounds in products.items()}
                for part in parts
                for workload, products in part.stretches.items()
            },
            "drops": {
                plan: {name: drop_figures(outcome) for name, outcome in products.items()}
                for plan, products in outcomes.items()
            },
        }
    )
