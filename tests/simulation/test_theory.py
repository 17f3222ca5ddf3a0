"""The simulation against theory."""

from functools import cache
from statistics import fmean

import pytest

from services.contract.limits import REMATCH_COOLDOWN
from services.matcher.core.stages import Stages
from tools.simulation.crowd_model import PARTS, CrowdModel, ZipfInterests

from ..timing import long
from .plays import play, simulation

ANYBODY = CrowdModel()
MIXED = CrowdModel(
    languages={("en",): 0.5, ("de",): 0.2, ("cy", "en"): 0.02},
    strict=0.3,
    interests=ZipfInterests(50, 3, 0.6),
    countries={"DE": 0.3, "GB": 0.3},
    avoid={"DE": 0.2, "GB": 0.1},
    nearby=0.3,
)


@pytest.mark.parametrize("visitors", [long(30), 60, long(1200)])
def test_the_mean_wait_of_strangers_without_wishes_is_half_the_time_between_two(visitors: int) -> None:
    """Every second visitor finds one who has waited for 1/λ on average, so the mean wait × 2λ is 1."""
    duration = 20_000 * 60 / visitors
    figures = play(ANYBODY, visitors=visitors, stay=0.0, patience=3600.0, duration=duration)["everybody"]
    rate = figures.searches / duration
    assert figures.searches == pytest.approx(20_000, rel=0.03)
    assert figures.wait_mean is not None
    assert figures.wait_mean * 2 * rate == pytest.approx(1, rel=0.04)  # four standard errors


@pytest.mark.long
def test_half_of_them_do_not_wait_at_all() -> None:
    figures = play(ANYBODY, visitors=600, stay=0.0, patience=3600.0)["everybody"]
    assert figures.wait_p50 is not None
    assert figures.wait_p50 < 0.01
    assert figures.wait_p90 == pytest.approx(0.161, rel=0.1)  # -ln(0.2)/λ of the other half


def test_as_many_visitors_are_present_as_configured() -> None:
    outcome = simulation(ANYBODY, visitors=1000).run()
    assert outcome.present == pytest.approx(1000, rel=0.06)


def test_the_patient_in_a_large_crowd_are_all_matched() -> None:
    figures = play(MIXED, visitors=500, patience=3600.0)
    assert figures["everybody"].unmatched == 0
    assert figures["everybody"].matched == 1
    assert figures["everybody"].met_nobody == 0


def test_a_lone_speaker_with_strict_language_is_never_matched() -> None:
    crowd = CrowdModel(languages={("cy",): 0.002, ("en",): 0.9}, strict=0.5)
    lone = play(crowd, seed=6)["speaks cy, strict"]
    assert (lone.visitors, lone.searches) == (1, 1), "the seed has one such visitor"
    assert (lone.unmatched, lone.met_nobody, lone.wait_p50, lone.wait_mean) == (1, 1, None, None)


def test_a_visitor_whom_everybody_avoids_meets_nobody() -> None:
    avoided = play(CrowdModel(countries={"DE": 0.002}, avoid={"DE": 1.0}), seed=9)["from DE"]
    assert (avoided.visitors, avoided.unmatched) == (1, 1)


def test_the_few_meet_again_but_never_within_a_minute() -> None:
    figures = play(ANYBODY, visitors=5, talk=5.0, duration=7200.0, patience=3 * REMATCH_COOLDOWN)["everybody"]
    assert figures.repeats is not None
    assert figures.repeats > 0.3
    assert figures.repeats_within_minute == 0


def test_many_who_press_next_all_the_time_do_not_meet_again_within_a_minute() -> None:
    figures = play(ANYBODY, visitors=150, talk=0.3, warm_up=20.0, duration=70.0)["everybody"]
    assert figures.searches > 15_000
    assert figures.repeats is not None
    assert figures.repeats > 0
    assert figures.repeats_within_minute == 0


def test_a_wish_widens_on_time_though_nobody_comes() -> None:
    """Two visitors of different languages meet as soon as the later one accepts anyone."""
    crowd = CrowdModel(languages={(f"l{letter}",): 0.05 for letter in "abcdefghijklmnopqrst"})
    outcome = simulation(
        crowd, visitors=6, stay=0.0, patience=600.0, duration=40_000.0, stages=Stages((2.0, 5.0, 15.0), 0, 0)
    ).run()
    on_time = sum(5.0 <= wait <= 5.06 for wait in outcome.waits["everybody"])
    assert on_time > 0.3 * len(outcome.waits["everybody"])


@pytest.mark.long
def test_restricted_visitors_wait_for_each_other() -> None:
    figures = play(CrowdModel(restricted=0.02), visitors=200, stay=0.0, patience=3600.0, duration=18_000.0)
    rate = figures["restricted"].searches / 18_000.0
    assert figures["restricted"].wait_mean is not None
    assert figures["restricted"].wait_mean * 2 * rate == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize("part", sorted({*PARTS} - {"nearby"}))  # which adds to those who will do at first
@pytest.mark.parametrize("visitors", [60, long(250)])
def test_leaving_a_filter_out_makes_nobody_wait_longer_at_p50(part: str, visitors: int) -> None:
    assert p50(visitors, part) <= p50(visitors) * 1.1 + 0.02


@cache
def p50(visitors: int, *without: str) -> float:
    """Return the mean of several runs, because the meetings of few visitors in one run are chance."""
    waits = [play(MIXED, seed, without, visitors=visitors)["everybody"].wait_p50 for seed in range(4)]
    return fmean(wait for wait in waits if wait is not None)


@pytest.mark.long
def test_a_nearby_wish_brings_visitors_of_one_country_together() -> None:
    crowd = CrowdModel(interests=ZipfInterests(50, 3, 1.0), countries={"DE": 0.3, "GB": 0.3}, nearby=1.0)
    wished, left_out = (
        play(crowd, without=without, visitors=1000)["everybody"] for without in ((), ("nearby",))
    )
    assert wished.shared_country is not None
    assert left_out.shared_country is not None
    assert left_out.shared_country == pytest.approx(0.18, abs=0.03)  # 0.3² + 0.3²
    assert wished.shared_country > 1.3 * left_out.shared_country


def test_the_second_run_has_the_same_visitors() -> None:
    before = play(MIXED, patience=600.0)
    after = play(MIXED, without=PARTS, patience=600.0)
    assert before["speaks cy"].visitors == pytest.approx(after["speaks cy"].visitors, abs=2)
    assert before["from DE"].visitors == pytest.approx(after["from DE"].visitors, rel=0.05)
    assert after["everybody"].wait_p50 == pytest.approx(0, abs=0.05)


def test_a_seed_repeats_the_run() -> None:
    assert play(MIXED, seed=7) == play(MIXED, seed=7)
    assert play(MIXED, seed=7) != play(MIXED, seed=8)
