"""A search for cases is parsed once, and nothing that is not understood is passed over."""

import pytest

from services.contract.errors import InvalidRequest
from services.contract.ids import CaseId
from services.reports.core.case_search import (
    CaseCursor,
    CaseFilter,
    CaseOrder,
    CaseSearch,
    CaseState,
    DayRange,
    parse_case_search,
    parse_cursor,
)
from services.reports.core.records import DAY_MS, Level, Reason
from services.reports.core.review import QueueGroup
from services.reports.shell.storage.cases import GROUPS


def test_without_parameters_it_finds_the_queue() -> None:
    assert parse_case_search({}) == CaseSearch()
    assert parse_case_search({"reason": ""}) == CaseSearch(), "an empty field restricts nothing"
    assert QueueGroup.FLOOD not in CaseFilter().groups


def test_each_parameter_is_read() -> None:
    search = parse_case_search(
        {
            "state": "decided",
            "visitor": "abc_-9",
            "network": "3f09ab",
            "reason": "self_harm",
            "score": "50-100",
            "standing": "good",
            "level": "banned",
            "pictures": "1",
            "language": "de",
            "mode": "text",
            "country": "CH",
            "second_look": "1",
            "handed": "ann",
            "mentions": "bob",
            "opened_from": "1970-01-02",
            "opened_to": "1970-01-02",
            "limit": "7",
        }
    )
    wanted = search.filter
    assert (wanted.state, search.order, search.limit) == (CaseState.DECIDED, CaseOrder.DECIDED, 7)
    assert (wanted.visitor, wanted.network, wanted.score) == ("abc_-9", b"\x3f\x09\xab", (0.5, 1.0))
    assert (wanted.reason, wanted.standing, wanted.level) == (Reason.SELF_HARM, Level.GOOD, Level.BANNED)
    assert (wanted.pictures, wanted.brigade) == (True, False)
    assert (wanted.language, wanted.mode, wanted.country) == ("de", "text", "CH")
    assert (wanted.second_look, wanted.handed, wanted.escalated, wanted.mentions) == (
        True,
        "ann",
        False,
        "bob",
    )
    assert wanted.opened == DayRange(DAY_MS, 2 * DAY_MS), "both days are meant"
    assert parse_case_search({"group": "minor,flood"}).filter.groups == {QueueGroup.MINOR, QueueGroup.FLOOD}
    assert parse_case_search({"group": "all"}).filter.groups == frozenset(QueueGroup)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "closed"),
        ("reson", "spam"),
        ("reason", "bad"),
        ("visitor", "a b"),
        ("network", "xyz"),
        ("network", "3f0"),
        ("network", "00" * 9),
        ("score", "90-10"),
        ("score", "0-101"),
        ("text", "x" * 201),
        ("text", "\0"),
        ("pictures", "yes"),
        ("language", "de,en"),
        ("language", "%"),
        ("mode", "phone"),
        ("country", "de"),
        ("escalated", "ann"),
        ("opened_from", "2026-02-30"),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "１"),
        ("after", "1~2"),
        ("after", "nan~2~a"),
        ("after", "1~9223372036854775808~a"),
        ("id", "a,,b"),
    ],
)
def test_what_is_not_understood_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_case_search({name: value})


@pytest.mark.parametrize("urgency", [0.0, -2e9, 1e9 + 1 / 3, 20_000.123456789012])
def test_a_place_is_written_without_a_loss(urgency: float) -> None:
    place = CaseCursor(urgency, 1_700_000_000_000, CaseId("-_a"))
    assert parse_cursor(str(place)) == place


def test_every_group_of_the_queue_can_be_searched_for() -> None:
    assert GROUPS.keys() == set(QueueGroup)
