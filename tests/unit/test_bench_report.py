"""Figures and ratios are computed as docs/benchmarks.md says."""

from array import array

import msgspec
import pytest

from bench.drops.outcome import DropOutcome
from bench.prices import CPUS, DOLLARS_PER_HOUR, cpu_hours_per_million, dollars
from bench.report import Results, figures, summary, table
from bench.tally import Tally, percentile
from bench.workload import Stretch, Workload


def stretch(cpu: float, sessions: int = 1000) -> Stretch:
    tally = Tally(
        frames=30 * sessions,
        completed=sessions,
        ended=sessions + 1,
        match_latency=array("d", [0.001, 0.002, 0.003]),
        relay_latency=array("d", [0.0005]),
    )
    return Stretch(
        tally, seconds=2.0, cpu_by_process={"gateway": cpu * 3 / 4, "matcher": cpu / 4}, client_cpu=0.1
    )


def results() -> Results:
    return Results(
        workloads=[Workload("paced", 500)],
        stretches={
            "paced": {
                "zufall": [stretch(0.4), stretch(0.5), stretch(3.0)],
                "cluster": [stretch(1.0), stretch(1.0), stretch(6.0)],
            }
        },
        memory_mib={"zufall": 1.0},
    )


def scaling(*costs: float) -> Results:
    """Return one round with 1, 2 and 4 gateways at these costs."""
    lines = {f"gateways-{n}": [stretch(cost)] for n, cost in zip((1, 2, 4), costs, strict=True)}
    return Results([Workload("scaling", 500)], {"scaling": lines}, {})


def test_percentile_is_nearest_rank() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([7.0], 0.99) == 7
    assert percentile([], 0.5) == 0


def test_figures_are_medians_over_rounds() -> None:
    one = figures(results().stretches["paced"]["zufall"])
    assert (one.cpu_min, one.cpu_median, one.cpu_max) == (0.4, 0.5, 3.0)
    assert one.sessions_per_second == 500
    assert one.frames_per_session == 30
    assert one.match_p50 == pytest.approx(2)


def test_the_ratio_compares_neighbouring_rounds() -> None:
    """A noisy third round slowed both sides, so it does not move the ratio."""
    ((pair, ratio),) = results().ratios("paced")
    assert (pair.ours, pair.baseline, ratio) == ("zufall", "cluster", 0.5)


def test_the_summary_is_one_line_of_json() -> None:
    outcome = DropOutcome(said=["1 1", "1 2"], heard=["1 1"], absences=[0.5])
    line = summary([results(), scaling(1.0, 1.2, 1.3)], {"drops": {"stock": outcome}}, visitors=10)
    assert b"\n" not in line
    told = msgspec.json.decode(line)
    assert told["ratios"] == {
        "paced": {"zufall / cluster": 0.5},
        "scaling": {"gateways-2 / gateways-1": 1.2, "gateways-4 / gateways-1": 1.3},
    }
    assert told["drops"]["drops"]["stock"]["lost"] == 1


def test_the_table_names_what_it_compares() -> None:
    text = table(results())
    assert "0.50 (0.40–3.00)" in text
    assert "NATS: 0.50 × the CPU of Socket.IO: 2 lean processes, Redis (bar ≤ 0.6: met)" in text


def test_scaling_is_compared_with_one_gateway() -> None:
    text = table(scaling(1.0, 1.25, 1.26))
    assert "2 gateways, matcher, reports, NATS: 1.25 × the CPU of Zufall: 1 gateway" in text
    assert text.count("(bar ≤ 1.25: met)") == 1
    assert text.count("(bar ≤ 1.25: MISSED)") == 1


def test_a_million_sessions_have_a_price() -> None:
    """1.8 CPU seconds for 1,000 are 1,800 for a million, which is half an hour."""
    assert cpu_hours_per_million(1.8) == pytest.approx(0.5)
    assert dollars(10.0) == pytest.approx(10 * DOLLARS_PER_HOUR / CPUS)
    lines = {"zufall": [stretch(1.8)]}
    text = table(Results([Workload("paced", 500)], {"paced": lines}, {}))
    assert f"0.50 CPU-hours, ${dollars(0.5):.3f}" in text
    text = table(Results([Workload("closed", None)], {"closed": lines}, {}))
    assert "CPU-hours" not in text, "a server that is full has no room for a busy minute"
