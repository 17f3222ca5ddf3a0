"""How a `find` becomes a wish that can be compared with others."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.signaling.messages import Find
from services.signaling.wishes import Wish, fold


def interests(*tags: str) -> tuple[str, ...]:
    return fold(Find("video", interests=list(tags))).interests


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Music", "mUSIC"),
        ("  board   games ", "Board Games"),
        ("board\tgames", "board\u00a0games"),
        ("Straße", "STRASSE"),
        ("ｍｕｓｉｃ", "music"),
        ("ﬁlm", "film"),
        ("café", "cafe\u0301"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ΐ", "ΐ".upper()),
        ("①", "1"),
    ],
)
def test_tags_that_look_the_same_are_equal(one: str, other: str) -> None:
    assert interests(one) == interests(other)


@pytest.mark.parametrize(("one", "other"), [("music", "musik"), ("a b", "ab"), ("cafe", "café")])
def test_tags_that_differ_stay_different(one: str, other: str) -> None:
    assert interests(one) != interests(other)


def test_tags_are_kept_once_in_order_and_empty_ones_not_at_all() -> None:
    assert interests("b", "A", "B", "   ", "\u3000", "a") == ("b", "a")


def test_languages_are_primary_subtags_and_countries_capital() -> None:
    find = Find("text", languages=["de-AT", "EN", "de", "zh-Hant"], avoid_countries=["at", "AT", "ch"])
    assert fold(find) == Wish("text", (), ("de", "en", "zh"), False, ("AT", "CH"), False)


def test_a_bare_find_wishes_nothing() -> None:
    assert fold(Find("audio", strict_language=True)) == Wish("audio", (), (), True, (), False)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=32), max_size=10))
def test_folding_what_is_folded_changes_nothing(tags: list[str]) -> None:
    folded = interests(*tags)
    assert interests(*folded) == folded
    assert all(0 < len(tag) <= 640 for tag in folded), "what the matcher takes"
