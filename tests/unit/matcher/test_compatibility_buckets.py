"""A place for many: whoever looks passes by all whom it may not meet, and tombstones stay few."""

from itertools import chain
from typing import Any

import pytest

from services.matcher.core.compatibility_buckets import CompatibilityBuckets
from services.matcher.core.rules import compatibility_class, is_excluded, may_meet
from services.matcher.core.ticket_queue import QueuedTicket
from services.matcher.core.tickets import Ticket

from .tickets import ticket

DE, FR = frozenset({"DE"}), frozenset({"FR"})


def place(*tickets: Ticket) -> CompatibilityBuckets:
    return CompatibilityBuckets(*(QueuedTicket(each, 3) for each in tickets))


def found(kinds: CompatibilityBuckets, looking: Ticket) -> list[int]:
    return [entry.ticket.visitor_key for entry in chain.from_iterable(kinds.candidates(looking))]


def test_of_each_kind_that_may_be_met_those_who_wait_longest_come_first() -> None:
    kinds = place(
        ticket(1, 2.0, country="DE"),
        ticket(2, 5.0, country="FR"),
        ticket(3, 3.0, country="GB", avoid_countries=DE),
        ticket(4, 1.0, country="DE"),
        ticket(5, 4.0, country="FR"),
    )
    assert found(kinds, ticket(9, country="DE", avoid_countries=FR)) == [4, 1]
    assert found(kinds, ticket(9)) == [4, 1, 5, 2, 3]


WISHES: list[dict[str, Any]] = [
    {},
    {"languages": ("en",)},
    {"languages": ("en", "de"), "strict_language": True},
    {"country": "DE"},
    {"country": "FR", "avoid_countries": DE},
    {"country": "DE", "avoid_countries": DE},
    {"avoid_countries": frozenset({"DE", "FR"}), "languages": ("en",), "strict_language": True},
]


@pytest.mark.parametrize("mine", WISHES)
@pytest.mark.parametrize("theirs", WISHES)
def test_a_kind_is_passed_by_exactly_where_the_rules_refuse_it(
    mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    """All who speak share English here, as those do who stand where one looks."""
    one, other = ticket(1, **mine), ticket(2, **theirs)
    if one.strict_language and not other.languages:
        return  # those stand elsewhere
    assert may_meet(one, compatibility_class(other)) is not is_excluded(one, other)


def test_whoever_comes_to_a_place_that_was_found_empty_needs_no_queue() -> None:
    kinds, anybody = place(ticket(1), ticket(2, country="DE")), ticket(9)
    entries = kinds.few_candidates(anybody)
    assert entries is not None
    assert [entry.ticket.visitor_key for entry in entries] == [1, 2]
    entries[0].waiting = False
    assert kinds.few_candidates(anybody) == entries[1:]
    assert kinds.few_candidates(ticket(9, avoid_countries=DE)) == entries[1:], (
        "a quick scan refuses them itself"
    )
    assert kinds.waiting
    entries[1].waiting = False
    assert kinds.is_empty
    assert kinds.few_candidates(anybody) == []
    assert not kinds.waiting


def test_few_are_those_of_the_kinds_that_fit_however_many_the_others_are() -> None:
    crowd = [ticket(key, country="DE", avoid_countries=DE) for key in range(100)]
    kinds = place(*crowd, *(ticket(key, country="DE") for key in range(100, 116)))
    few = kinds.few_candidates(ticket(999, country="DE"))
    assert few is not None
    assert [entry.ticket.visitor_key for entry in few] == list(range(100, 116))
    kinds.add(QueuedTicket(ticket(116, country="DE"), 3))
    assert kinds.few_candidates(ticket(999, country="DE")) is None
    many = place(*(ticket(key, avoid_countries=frozenset({str(key)})) for key in range(17)))
    assert many.few_candidates(ticket(999)) is None


def test_nothing_grows_though_each_who_comes_is_of_another_kind() -> None:
    kinds = place(*(ticket(key, country="DE") for key in range(10)))
    for number in range(5000):
        entry = QueuedTicket(ticket(100 + number, avoid_countries=frozenset({str(number)})), 3)
        kinds.add(entry)
        entry.waiting = False
        assert len(kinds._queues) <= kinds.kept <= 2 * 10 + 8
    assert len(list(chain.from_iterable(kinds.candidates(ticket(9))))) == 10
    assert kinds.is_overgrown(0)
    kinds.prune(0)
    assert kinds.kept == 10
