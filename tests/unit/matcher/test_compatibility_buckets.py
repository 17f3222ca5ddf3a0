"""Many tickets under one key: a search skips excluded classes, and tombstones stay few."""

from itertools import chain
from typing import Any

import pytest

from services.matcher.core.compatibility_buckets import CompatibilityBuckets
from services.matcher.core.rules import compatibility_class, is_excluded, may_meet
from services.matcher.core.ticket_queue import QueuedTicket
from services.matcher.core.tickets import Ticket

from .tickets import ticket

DE, FR = frozenset({"DE"}), frozenset({"FR"})


def make_buckets(*tickets: Ticket) -> CompatibilityBuckets:
    return CompatibilityBuckets(*(QueuedTicket(each, 3) for each in tickets))


def found(buckets: CompatibilityBuckets, looking: Ticket) -> list[int]:
    return [entry.ticket.visitor_key for entry in chain.from_iterable(buckets.candidates(looking))]


def test_each_compatible_class_comes_with_the_longest_wait_first() -> None:
    buckets = make_buckets(
        ticket(1, 2.0, country="DE"),
        ticket(2, 5.0, country="FR"),
        ticket(3, 3.0, country="GB", avoid_countries=DE),
        ticket(4, 1.0, country="DE"),
        ticket(5, 4.0, country="FR"),
    )
    assert found(buckets, ticket(9, country="DE", avoid_countries=FR)) == [4, 1]
    assert found(buckets, ticket(9)) == [4, 1, 5, 2, 3]


WISHES: list[dict[str, Any]] = [
    {},
    {"languages": ("en",)},
    {"languages": ("en", "de"), "strict_language": True},
    {"country": "DE"},
    {"country": "FR", "avoid_countries": DE},
    {"country": "DE", "avoid_countries": DE},
    {"guest": True},
    {"avoid_countries": frozenset({"DE", "FR"}), "languages": ("en",), "strict_language": True},
]


@pytest.mark.parametrize("mine", WISHES)
@pytest.mark.parametrize("theirs", WISHES)
def test_a_class_is_skipped_exactly_where_the_rules_exclude_it(
    mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    """Every wish with languages shares English, as tickets under one key share a language."""
    one, other = ticket(1, **mine), ticket(2, **theirs)
    if one.strict_language and not other.languages:
        return  # those stand elsewhere
    assert may_meet(one, compatibility_class(other)) is not is_excluded(one, other)


def test_buckets_that_were_found_empty_can_be_replaced() -> None:
    buckets, anybody = make_buckets(ticket(1), ticket(2, country="DE")), ticket(9)
    entries = buckets.few_candidates(anybody)
    assert entries is not None
    assert [entry.ticket.visitor_key for entry in entries] == [1, 2]
    entries[0].waiting = False
    assert buckets.few_candidates(anybody) == entries[1:]
    assert buckets.few_candidates(ticket(9, avoid_countries=DE)) == entries[1:], (
        "a quick scan refuses them itself"
    )
    assert buckets.waiting
    entries[1].waiting = False
    assert buckets.is_empty
    assert buckets.few_candidates(anybody) == []
    assert not buckets.waiting


def test_few_candidates_counts_only_compatible_classes() -> None:
    crowd = [ticket(key, country="DE", avoid_countries=DE) for key in range(100)]
    buckets = make_buckets(*crowd, *(ticket(key, country="DE") for key in range(100, 116)))
    few = buckets.few_candidates(ticket(999, country="DE"))
    assert few is not None
    assert [entry.ticket.visitor_key for entry in few] == list(range(100, 116))
    buckets.add(QueuedTicket(ticket(116, country="DE"), 3))
    assert buckets.few_candidates(ticket(999, country="DE")) is None
    many = make_buckets(*(ticket(key, avoid_countries=frozenset({str(key)})) for key in range(17)))
    assert many.few_candidates(ticket(999)) is None


def test_memory_does_not_grow_when_each_new_ticket_has_another_class() -> None:
    buckets = make_buckets(*(ticket(key, country="DE") for key in range(10)))
    for number in range(5000):
        entry = QueuedTicket(ticket(100 + number, avoid_countries=frozenset({str(number)})), 3)
        buckets.add(entry)
        entry.waiting = False
        assert len(buckets._queues) <= buckets.kept <= 2 * 10 + 8
    assert len(list(chain.from_iterable(buckets.candidates(ticket(9))))) == 10
    assert buckets.is_overgrown(0)
    buckets.prune(0)
    assert buckets.kept == 10
