"""The hard rules, one case a line, in both directions."""

from typing import Any

import pytest

from services.matcher.core.rules import NEVER_PARTED, is_excluded, last_parted_at

from .tickets import ticket

Wish = dict[str, Any]

STRICT = {"languages": ("en",), "strict_language": True}

CASES: list[tuple[str, Wish, Wish, bool]] = [
    ("two strangers", {}, {}, False),
    ("one device", {"device": 7}, {"device": 7}, True),
    ("one device where tabs meet", {"device": 7, "tabs_meet": True}, {"device": 7, "tabs_meet": True}, False),
    ("one device where only one tab would", {"device": 7, "tabs_meet": True}, {"device": 7}, True),
    ("two devices", {"device": 7}, {"device": 8}, False),
    ("a device and an unknown one", {"device": 7}, {}, False),
    ("a block", {"blocked": frozenset({2})}, {}, True),
    ("a block of somebody else", {"blocked": frozenset({3})}, {}, False),
    ("a block of the device", {"blocked": frozenset({3, 7})}, {"device": 7}, True),
    ("a block of another device", {"blocked": frozenset({3, 7})}, {"device": 8}, False),
    ("a block, and an unknown device", {"blocked": frozenset({3, 7})}, {}, False),
    ("an avoided country", {"avoid_countries": frozenset({"DE"})}, {"country": "DE"}, True),
    ("another country", {"avoid_countries": frozenset({"DE"})}, {"country": "FR"}, False),
    ("an unknown country is not avoided", {"avoid_countries": frozenset({"DE"})}, {}, False),
    ("other languages", {"languages": ("en",)}, {"languages": ("de",)}, False),
    (
        "strict, other languages",
        {"languages": ("en",), "strict_language": True},
        {"languages": ("de",)},
        True,
    ),
    ("strict, none named", STRICT, {}, True),
    (
        "strict, one shared",
        {"languages": ("en",), "strict_language": True},
        {"languages": ("de", "en")},
        False,
    ),
]


@pytest.mark.parametrize(
    ("one", "other", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_is_excluded(one: Wish, other: Wish, expected: bool) -> None:
    assert is_excluded(ticket(1, **one), ticket(2, **other)) is expected
    assert is_excluded(ticket(2, **other), ticket(1, **one)) is expected


def test_nobody_meets_themselves() -> None:
    assert is_excluded(ticket(1, interests=frozenset("a")), ticket(1))


def test_either_memory_counts_and_the_later_wins() -> None:
    forgetful = ticket(1)
    assert last_parted_at(forgetful, ticket(2)) == NEVER_PARTED
    assert last_parted_at(forgetful, ticket(2, partners={1: 40.0})) == 40.0
    assert last_parted_at(ticket(2, partners={1: 40.0}), forgetful) == 40.0
    assert last_parted_at(ticket(1, partners={2: 50.0}), ticket(2, partners={1: 40.0})) == 50.0
