"""A `find` is normalized to a wish that can be compared with others."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.limits import MAX_TAG_LENGTH
from services.signaling.core.messages import Find
from services.signaling.core.wishes import Wish, normalize


def interests(*tags: str) -> tuple[str, ...]:
    return normalize(Find("video", interests=list(tags))).interests


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
        ("café", "CAFE"),
        ("Ångström", "angstrom"),
        ("Tiếng Việt", "tieng viet"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("Σίσυφος", "σισυφος"),
        ("Ёлка", "елка"),
        ("İstanbul", "istanbul"),
        ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
        ("m\u0301u\u0308s\u0327i\u0316c\u036f", "music"),
        ("ΐ", "ΐ".upper()),
        ("①", "1"),
        ("❤️", "❤"),
        ("⚽️", "⚽\ufe0e"),
        ("מוזיקה\u200f", "מוזיקה"),
        ("می\u200cخواهم", "میخواهم"),
        ("mu\u00adsic\x00", "\u202emusic\u200b"),
    ],
)
def test_tags_that_look_the_same_are_equal(one: str, other: str) -> None:
    assert interests(one) == interests(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("music", "musik"),
        ("a b", "ab"),
        ("か", "が"),
        ("は", "ぱ"),
        ("कल", "कला"),
        ("ക", "കി"),
        ("ปา", "ป่า"),
        ("שלום", "שָׁלוֹם"),
        ("كتب", "كُتُب"),
        ("한", "하"),
        ("🏳", "🏳️‍🌈"),
    ],
)
def test_tags_that_differ_stay_different(one: str, other: str) -> None:
    assert interests(one) != interests(other)


def test_tags_are_kept_once_in_order_and_empty_ones_not_at_all() -> None:
    assert interests(
        "b", "A", "B", "Á", "   ", "\u3000", "\u0301", " \u0308 ", "\u200b", "\x00", "\u3164", "a"
    ) == ("b", "a")


def test_a_visitor_is_shown_interests_as_they_typed_them() -> None:
    wish = normalize(Find("text", interests=["Café", "CAFE", " Große  Hunde", "go", "a,b"]))
    assert wish.interests == ("cafe", "grosse hunde", "go", "a,b")
    assert wish.as_typed(("go", "grosse hunde", "cafe")) == ("go", "Große Hunde", "Café")
    assert wish.hint_as_typed("interests:cafe,go") == "interests:Café,go"
    assert wish.hint_as_typed("interests") == "interests"
    assert wish.hint_as_typed("languages:go,cafe") == "languages:go,cafe"


def test_languages_become_primary_subtags_and_countries_upper_case() -> None:
    find = Find("text", languages=["de-AT", "EN", "de", "zh-Hant"], avoid_countries=["at", "AT", "ch"])
    assert normalize(find) == Wish("text", (), ("de", "en", "zh"), False, ("AT", "CH"), False, ())


def test_a_find_without_fields_is_an_empty_wish() -> None:
    assert normalize(Find("audio", strict_language=True)) == Wish("audio", (), (), True, (), False, ())


letters = st.characters(exclude_categories=["Cs"])
tangled = st.sampled_from("aAıİßﬁμΐᾳᾼ\u0345\u0301\u0327\u3099か각ᄀ\u1161ｶﾞ\ufdfa①Å \u00a0")
tags = st.text(letters | tangled, max_size=32)
accents = (
    st.integers(0x300, 0x36F).filter(lambda point: point != 0x345).map(chr)
)  # a subscript iota is a letter


@given(st.lists(tags, max_size=10))
def test_normalizing_twice_changes_nothing(typed: list[str]) -> None:
    folded = interests(*typed)
    assert interests(*folded) == folded
    assert all(0 < len(tag) <= MAX_TAG_LENGTH for tag in folded)


@given(tags, accents, st.integers(0, 32))
def test_a_tag_typed_another_way_is_the_same(tag: str, accent: str, place: int) -> None:
    variants = [
        tag.casefold(),
        *(unicodedata.normalize(form, tag) for form in ("NFC", "NFD", "NFKC", "NFKD")),
        unicodedata.normalize("NFD", tag)[:place] + accent + unicodedata.normalize("NFD", tag)[place:],
        f" {tag}\u3000",
    ]
    assert {interests(variant) for variant in variants} == {interests(tag)}


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=32))
def test_wide_letters_equal_narrow_ones(tag: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in tag)
    assert interests(wide) == interests(tag) == interests(tag.swapcase())


@pytest.mark.no_cover
def test_every_character_normalizes_once_and_stays_within_the_matchers_limit() -> None:
    """The test takes every character that is assigned, and neither private nor a surrogate."""
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) not in ("Cn", "Co", "Cs"):
            folded = interests(chr(point))
            assert interests(*folded) == folded
            assert all(len(tag) <= MAX_TAG_LENGTH for tag in interests(32 * chr(point))), hex(point)


def test_tags_are_cut_to_what_the_matcher_accepts() -> None:
    (cut,) = interests(32 * "\ufdfa")  # a ligature of eighteen letters
    assert len(cut) == MAX_TAG_LENGTH
