"""Statistics from counts, the table, its conclusions and the plot."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from tools.simulation import plot
from tools.simulation.results import PopulationStats, SearchCounts, SimulationResult
from tools.simulation.table import conclusions, percent, table


def tally(waits: list[float], unmatched: int = 0) -> SearchCounts:
    counted = SearchCounts()
    counted.waits.extend(waits)
    counted.unmatched = unmatched
    counted.visitors = len(waits) + unmatched
    counted.met_nobody = unmatched
    return counted


def outcome(**tallies: SearchCounts) -> SimulationResult:
    return SimulationResult(100.0, 10.0, tallies)


def figures(waits: list[float], unmatched: int = 0) -> PopulationStats:
    return outcome(everybody=tally(waits, unmatched)).populations[0]


def test_percentiles_are_of_all_searches() -> None:
    one = figures([float(wait) for wait in range(90, 0, -1)], unmatched=10)
    assert (one.searches, one.matched, one.unmatched, one.met_nobody) == (100, 0.9, 0.1, 0.1)
    assert (one.wait_p50, one.wait_p90, one.wait_p99) == (50, 90, None)
    assert one.wait_mean == 45.5
    assert one.matches_per_minute == 9


def test_a_population_without_visitors_has_no_figures() -> None:
    one = figures([])
    assert (one.visitors, one.searches, one.matches_per_minute) == (0, 0, 0)
    told = (one.matched, one.unmatched, one.met_nobody, one.wait_mean, one.wait_p50, one.repeats)
    assert told == (None,) * 6


def test_counts_add_up() -> None:
    both = tally([1.0, 2.0], 1)
    both.repeats = 1
    both.add(tally([3.0]))
    assert (both.visitors, both.unmatched, both.repeats, list(both.waits)) == (4, 1, 1, [1.0, 2.0, 3.0])


def named(slow: float) -> list[PopulationStats]:
    return outcome(
        everybody=tally([0.5] * 100), **{"speaks cy": tally([slow] * 40), "few": tally([50.0] * 3)}
    ).populations


def test_the_table_is_aligned_and_compares_what_differs() -> None:
    lines = table([named(14.9), named(2.0)]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split()[:4] == ["visitors", "p50", "p90", "p99"]
    assert "14.9 → 2.0" in lines[2]
    assert "→" not in lines[1]


def test_a_missing_value_is_a_dash() -> None:
    assert table([[figures([], 5)]]).splitlines()[1].split()[:6] == ["everybody", "5", "–", "–", "–", "100"]


def test_the_conclusions_name_the_population_that_waits_longer() -> None:
    assert list(conclusions([named(14.9)], (), 60.0)) == [
        "“speaks cy” fares worst: p50 14.9 s, p99 14.9 s, unmatched 0 % "
        "(everybody: p50 0.5 s, p99 0.5 s, unmatched 0 %)."
    ]
    assert list(conclusions([named(0.6)], (), 60.0)) == [
        "Nobody fares much worse than everybody: p50 0.5 s, p99 0.5 s, unmatched 0 %."
    ]


@pytest.mark.parametrize(
    ("waits", "unmatched"),
    [([2.0] * 40, 0), ([0.0] * 39 + [9.0], 0), ([0.0] * 39, 1)],
    ids=["half of them wait", "one in forty waits", "one in forty finds nobody"],
)
def test_a_population_that_fares_worse_in_any_way_is_named(waits: list[float], unmatched: int) -> None:
    told = outcome(everybody=tally([0.0] * 1000), other=tally(waits, unmatched)).populations
    assert next(conclusions([told], (), 60.0)).startswith("“other” fares worst: ")


def test_the_conclusions_count_searches_without_a_match() -> None:
    lonely = outcome(
        everybody=tally([0.0] * 100, 30), **{"speaks cy": tally([1.0] * 10, 30), "other": tally([9.0] * 40)}
    ).populations
    assert list(conclusions([lonely], (), 60.0)) == [
        "“speaks cy” fares worst: p50 never, p99 never, unmatched 75.0 % "
        "(everybody: p50 0.0 s, p99 never, unmatched 23.1 %).",
        "23.1 % of all searches end without a match after 60 s.",
    ]


def test_the_conclusions_compare_two_runs() -> None:
    *_, everybody, worst = conclusions([named(14.9), named(2.0)], ("strict", "interests"), 60.0)
    assert everybody == "Without strict and interests, “everybody” has the same figures."
    assert worst == (
        "Without strict and interests, “speaks cy” has "
        "p50 2.0 s instead of 14.9 s, p99 2.0 s instead of 14.9 s."
    )


def test_the_conclusions_compare_runs_for_those_who_had_the_wish() -> None:
    before, after = named(14.9), named(14.9)
    *_, wished, _ = conclusions(
        [
            [*before, *outcome(**{"strict language": tally([4.0] * 99, 1)}).populations],
            [*after, *outcome(**{"strict language": tally([4.0] * 99 + [4.04])}).populations],
        ],
        ("strict",),
        60.0,
    )
    assert wished == "Without strict, “strict language” has unmatched 0 % instead of 1.0 %."


def test_small_differences_are_left_out() -> None:
    before, after = (
        outcome(everybody=tally([0.5] * 9999, 1)).populations,
        outcome(everybody=tally([0.53] * 10_000)).populations,
    )
    *_, everybody = conclusions([before, after], ("strict",), 60.0)
    assert everybody == "Without strict, “everybody” has the same figures."


@pytest.mark.parametrize(
    ("share", "shown"),
    [(None, "–"), (0, "0 %"), (0.0004, "<0.1 %"), (0.0006, "0.1 %"), (0.9996, ">99.9 %"), (1, "100 %")],
)
def test_only_exact_shares_are_shown_as_nothing_or_all(share: float | None, shown: str) -> None:
    assert percent(share) == shown


def test_the_conclusions_say_when_nobody_came() -> None:
    assert list(conclusions([[figures([])]], (), 60.0)) == [
        "Nobody came in this time. Simulate more visitors or more minutes."
    ]


def drawn(file: Path) -> Path:
    one = outcome(everybody=tally([0.01, 0.5, 3.0] * 20, 5), **{"speaks cy": tally([20.0] * 30, 20)})
    plot.check(file)
    plot.draw(file, [one, one], ["as they wish", "without strict"], 60.0)
    return file


def test_a_png_for_print(tmp_path: Path) -> None:
    with Image.open(drawn(tmp_path / "waits.PNG")) as image:
        assert image.width >= 1200
        assert len(set(image.convert("RGB").get_flattened_data())) > 50


def test_an_svg_that_repeats(tmp_path: Path) -> None:
    once, again = drawn(tmp_path / "waits.svg"), drawn(tmp_path / "again.svg")
    assert once.read_bytes() == again.read_bytes()
    assert ElementTree.parse(once).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 -- our own file
    assert "speaks cy" in once.read_text()


def test_a_curve_is_the_share_that_is_matched_by_then() -> None:
    times, shares = plot.steps([0.05, 0.1, 1.0, 4.0], 8, 60.0)
    assert list(zip(times, shares, strict=True)) == [(0.1, 25.0), (1.0, 37.5), (4.0, 50.0), (60.0, 50.0)]


def test_a_long_curve_keeps_few_points() -> None:
    times, shares = plot.steps([0.1 + number / 1000 for number in range(50_000)], 50_000, 60.0)
    assert len(times) < 400
    assert shares[-1] == 100


def test_a_picture_of_nobody(tmp_path: Path) -> None:
    plot.draw(tmp_path / "none.svg", [outcome(everybody=tally([]))], ["nobody"], 60.0)
    assert (tmp_path / "none.svg").exists()


@pytest.mark.parametrize(
    ("name", "said"), [("waits.gif", "a .png or .svg file"), ("none/waits.svg", "there is no folder")]
)
def test_problems_with_a_plot_are_told_before_the_run(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(plot.PlotError, match=said):
        plot.check(tmp_path / name)


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "taken.svg").mkdir()
    with pytest.raises(plot.PlotError, match=r"cannot write .*directory"):
        drawn(tmp_path / "taken.svg")


def test_without_matplotlib_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(plot.PlotError, match=r"-r requirements/pictures\.txt"):
        plot.check(tmp_path / "waits.png")
