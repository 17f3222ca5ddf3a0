"""Figures and ratios are computed as docs/benchmarks.md says."""

from array import array

import msgspec
import pytest

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
        visitors=10,
    )


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
    assert results().ratio("paced", "cluster") == 0.5
    assert results().ratio("paced", "single") is None


def test_the_summary_is_one_line_of_json() -> None:
    line = summary(results())
    assert b"\n" not in line
    assert msgspec.json.decode(line)["ratios"] == {"paced": {"cluster": 0.5, "single": None}}


def test_the_table_names_what_it_compares() -> None:
    text = table(results())
    assert "0.50 (0.40–3.00)" in text
    assert "Zufall needs 0.50 × the CPU of Socket.IO: 2 processes" in text
