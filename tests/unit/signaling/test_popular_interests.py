"""Tests of which popular interests are shown, whatever matchers and gateways send."""

import dataclasses

import pytest

from services.signaling.config import Config
from services.signaling.core.messages import Find
from services.signaling.core.wishes import normalize
from services.signaling.shell.stats.cluster_stats import ClusterStats
from services.signaling.shell.stats.popular_interests import (
    MAX_SHOWN,
    PopularInterests,
    may_be_shown,
    spellings_of,
)

WALL = 1_740_000_000.0


def counted(**networks: int) -> list[tuple[str, int]]:
    return list(networks.items())


# --- what everybody may read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "interest",
    [
        "chess",
        "c++",
        "c#",
        "rock 'n' roll",
        "d&d",
        "80s",
        "formula 1",
        "küche",
        "हिंदी",
        "日本語",
        "موسيقى",
        "live-rpg",
    ],
)
def test_an_interest_may_be_shown(interest: str) -> None:
    assert may_be_shown(interest)


@pytest.mark.parametrize(
    "contact",
    [
        "evil.example", "http://x", "t me/joe", "@joe", "joe@example", "joe_99", "add me: joe", "0151 2345",
        "call 12345", "٠١٢٣٤", "٥٥٥٥٥ call", "5551", "", " ", "+++", "<b>x</b>", "a\u202eb", "a\u200bb",
        "a\nb", "👍", "x" * 33, "z\u0351\u036b\u0343", "evil。example", "a\u2060b",
    ],
)  # fmt: skip
def test_contact_data_and_deceptive_text_are_never_shown(contact: str) -> None:
    assert not may_be_shown(contact)


def test_an_offer_has_the_spellings_of_interests_that_may_be_shown() -> None:
    typed = ["CAF\u00c9", "evil.example", "  The  Bees ", "@joe", "\u202echess\u200b"]
    wish = normalize(Find("text", interests=typed))
    assert wish.interests == ("cafe", "evil.example", "the bees", "@joe", "chess")
    assert spellings_of(wish) == ("café", "", "the bees", "", "chess")
    assert spellings_of(normalize(Find("text"))) == ()


# --- the whole -------------------------------------------------------------------------------------


def test_replicas_add_up_and_rare_interests_are_not_shown() -> None:
    whole = PopularInterests(5)
    whole.update("one", counted(chess=3, bees=4, tea=9))
    whole.update("two", counted(chess=2, tea=1))
    assert whole.top() == ["tea", "chess"]
    whole.remove("two")
    whole.remove("three")
    assert whole.top() == ["tea"]


def test_nothing_is_shown_when_it_is_switched_off() -> None:
    whole = PopularInterests(0)
    whole.update("one", counted(chess=9))
    assert whole.top() == []


def test_the_counts_of_a_replica_hold_until_it_sends_new_ones() -> None:
    whole = PopularInterests(1)
    whole.update("one", counted(chess=1))
    whole.update("one", counted(bees=1))
    assert whole.top() == ["bees"]
    whole.update("one", [])
    assert whole.top() == []


def test_spellings_of_two_replicas_count_as_one_interest() -> None:
    whole = PopularInterests(5)
    whole.update("one", [("cafe", 2)])
    whole.update("two", [("café", 3)])
    assert whole.top() == ["café"]


def test_twelve_interests_are_shown_in_order() -> None:
    whole = PopularInterests(1)
    names = [chr(97 + number) * 3 for number in range(20)]
    whole.update("one", [(name, 1) for name in reversed(names)])
    assert whole.top() == names[:MAX_SHOWN]


def test_interests_with_an_excluded_word_are_not_shown() -> None:
    whole = PopularInterests(1, ["Telegram", "tea"])
    whole.update("one", [(name, 9) for name in ("télégram", "my telegram joe", "teapots", "tea")])
    assert whole.top() == ["teapots"]


def test_text_that_is_no_interest_is_never_shown() -> None:
    whole = PopularInterests(1)
    whole.update("one", [(name, 2**31) for name in ("evil.example", "<b>", "CHESS", "a\u202eb", "bees")])
    assert whole.top() == ["bees"]


def test_the_cluster_status_has_the_popular_interests() -> None:
    popular = PopularInterests(1)
    popular.update("one", counted(chess=1))
    assert ClusterStats(popular).status(0.0, WALL, complete=True).popular == ["chess"]
    assert ClusterStats().status(0.0, WALL, complete=True).popular == []


def test_no_excluded_word_is_part_of_others_by_default() -> None:
    never = next(field.default for field in dataclasses.fields(Config) if field.name == "popular_never")
    assert isinstance(never, tuple)
    whole = PopularInterests(1, never)
    whole.update("one", [(name, 9) for name in ("essex", "sex education", "kickboxing", "snapper fishing")])
    assert whole.top() == ["essex", "kickboxing", "snapper fishing"]
