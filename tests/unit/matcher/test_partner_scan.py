"""Properties of the search for one partner: it finds the best one, and a quick scan finds the same one."""

from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from services.contract.ids import GatewayId
from services.matcher.core.partner_scan import INCONCLUSIVE, PartnerScan, SearchedIndex, quick_scan
from services.matcher.core.ticket_index import TicketIndex
from services.matcher.core.ticket_queue import QueuedTicket
from services.matcher.core.tickets import Ticket

from .model import best_partners, may_meet_now
from .tickets import ticket

pytestmark = pytest.mark.no_cover

NOW = 1000.0
COOLDOWN = 60.0
MANY = 10_000
"""More steps than any of these scans takes."""

EACH_OTHER = frozenset(range(1, 9))
"""Most of those who wait block each other, so that many wait at once. The seeker is visitor 0."""

former_partners = st.dictionaries(st.integers(0, 8), st.sampled_from([NOW - 90, NOW - 30]), max_size=2)
wishes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "since": st.sampled_from([NOW - 3, NOW - 2, NOW - 1]),
        "interests": st.frozensets(st.sampled_from("abc"), max_size=3),
        "languages": st.sampled_from([("en",), ("de",), ("fr",), ("en", "de"), ()]),
        "strict_language": st.sampled_from([False, False, False, True]),
        "country": st.sampled_from(["", "", "DE", "FR"]),
        "nearby": st.sampled_from([False, False, False, True]),
        "avoid_countries": st.sampled_from(
            [frozenset[str](), frozenset[str](), frozenset[str](), frozenset({"DE"})]
        ),
        "blocked": st.sampled_from([EACH_OTHER, EACH_OTHER, EACH_OTHER, frozenset({0, 1}), frozenset[int]()]),
        "partners": st.one_of(st.just({}), st.just({}), former_partners),
    }
)
stages = st.sampled_from([0, 1, 2, 2, 3])
thorough = settings(max_examples=500, deadline=None)


def make_ticket(visitor: int, wish: dict[str, Any]) -> Ticket:
    strict = wish["strict_language"] and bool(wish["languages"])
    return ticket(visitor, gateway=GatewayId("one"), **(wish | {"strict_language": strict}))


def seeking(wish: dict[str, Any], stage: int) -> QueuedTicket:
    return QueuedTicket(make_ticket(0, wish | {"blocked": frozenset[int]()}), stage)


def index_of(waiting: list[tuple[dict[str, Any], int]]) -> tuple[TicketIndex, list[QueuedTicket]]:
    """File tickets that wait at these stages. Tickets that would have been paired by now are left out."""
    index, entries = TicketIndex(), list[QueuedTicket]()
    for visitor, (wish, stage) in enumerate(waiting, start=1):
        entry = QueuedTicket(make_ticket(visitor, wish), stage)
        if not any(may_meet_now(entry, other, NOW, COOLDOWN) for other in entries):
            entries.append(entry)
            index.insert(entry)
    return index, entries


waiting_tickets = st.lists(st.tuples(wishes, stages), max_size=8)

A_PLAYER = {
    "since": NOW - 3,
    "interests": frozenset("a"),
    "languages": ("en",),
    "strict_language": False,
    "country": "DE",
    "nearby": False,
    "avoid_countries": frozenset[str](),
    "blocked": EACH_OTHER,
    "partners": {},
}


@thorough
@given(waiting=waiting_tickets, wish=wishes, stage=stages)
@example(waiting=[(A_PLAYER, 0), (A_PLAYER, 0), (A_PLAYER | {"nearby": True}, 0)], wish=A_PLAYER, stage=0)
def test_a_scan_finds_the_best_score_and_then_the_longest_wait(
    waiting: list[tuple[dict[str, Any], int]], wish: dict[str, Any], stage: int
) -> None:
    index, entries = index_of(waiting)
    seeker = seeking(wish, stage)
    found = PartnerScan(seeker, [SearchedIndex((index,))], NOW, COOLDOWN, MANY).resume()
    best = best_partners(seeker, entries, NOW, COOLDOWN)
    assert found in best if best else found is None


@thorough
@given(waiting=waiting_tickets, wish=wishes, stage=stages)
def test_a_quick_scan_finds_what_a_whole_scan_finds(
    waiting: list[tuple[dict[str, Any], int]], wish: dict[str, Any], stage: int
) -> None:
    index, entries = index_of(waiting)
    seeker = seeking(wish, stage)
    found = quick_scan(seeker.ticket, stage, index, MANY)
    assume(found is not INCONCLUSIVE)
    best = best_partners(seeker, entries, NOW, COOLDOWN)
    assert found in best if best else found is None


@thorough
@given(waiting=waiting_tickets, wish=wishes, stage=stages, size=st.integers(1, 5))
def test_a_scan_that_pauses_finds_somebody_whenever_anybody_fits(
    waiting: list[tuple[dict[str, Any], int]], wish: dict[str, Any], stage: int, size: int
) -> None:
    index, entries = index_of(waiting)
    seeker = seeking(wish, stage)
    scan = PartnerScan(seeker, [SearchedIndex((index,))], NOW, COOLDOWN, size)
    found = None
    while not scan.is_finished:
        found = scan.resume()
    fitting = [entry for entry in entries if may_meet_now(seeker, entry, NOW, COOLDOWN)]
    assert found in fitting if fitting else found is None
