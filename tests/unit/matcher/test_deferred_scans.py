"""Scans that take more than one turn go on, and hopeless ones keep nobody waiting."""

import pytest

from services.matcher.core.partner_scan import INCONCLUSIVE, quick_scan
from services.matcher.core.stages import INTEREST, Stages
from services.matcher.core.ticket_index import TicketIndex
from services.matcher.core.ticket_queue import QueuedTicket
from services.matcher.core.waiting_room import SCAN_SIZE, SCANS_PER_TURN, WaitingRoom

from .rooms import BUSY, likes, make_room, offer, pairs, run, speaks
from .tickets import ticket


def test_a_scan_that_paused_goes_on() -> None:
    """A hundred tickets of different classes do not fit, and one behind them does."""
    room = make_room()
    for visitor in range(100):
        avoided = frozenset({"DE", "FR", f"{visitor}"})
        room.offer([ticket(visitor, 0.0, country="DE", avoid_countries=avoided)], 0.0)
    room.offer([ticket(100, 0.1, country="DE", avoid_countries=frozenset({"DE"}))], 0.1)
    room.offer([ticket(101, 0.2, country="FR")], 0.2)
    assert not room._pairings
    assert offer(room, 0.2) == [{100, 101}]


@pytest.mark.parametrize("languages", [("en",), ("de",), ()])
@pytest.mark.parametrize("since", [-20.0, 5.9])
def test_many_tickets_of_one_excluded_class_are_skipped_at_once(
    languages: tuple[str, ...], since: float
) -> None:
    """Ten thousand visitors who avoid their own country delay nobody."""
    room = make_room(Stages())
    avoiding = {"country": "DE", "avoid_countries": frozenset({"DE"}), "languages": ("en",)}
    for visitor in range(10_000):
        room.offer([ticket(visitor, -20.0, strict_language=visitor % 2 == 0, **avoiding)], 0.0)
    assert run(room, 0.0, 5.0) == []
    one, other = (ticket(visitor, since, country="DE", languages=languages) for visitor in (-1, -2))
    assert offer(room, 6.0, one, other) == [{-1, -2}]


class CountingSet(frozenset[str]):
    """Avoided countries that count how often any of them was looked up."""

    lookups = 0

    def __contains__(self, country: object) -> bool:
        CountingSet.lookups += 1
        return super().__contains__(country)


PER_STEP = 2
"""Lookups when two tickets are compared or when a class is skipped."""


@pytest.mark.parametrize("waiting", [1000, 3000])
@pytest.mark.parametrize("alike", [True, False])
def test_two_meet_soon_behind_thousands_who_may_not_meet_each_other(waiting: int, alike: bool) -> None:
    """A replica under load advances every 20 ms: they meet in the second turn, and each turn is short."""
    room = make_room(Stages())
    for visitor in range(waiting):
        also = "" if alike else f"{visitor}"
        room.offer([speaks(visitor, "DE", avoid_countries=CountingSet({"DE", also}))], 0.0)
    assert pairs(room, 0.0) == []
    CountingSet.lookups = 0
    for visitor in (waiting, waiting + 1):
        room.offer([speaks(visitor, "DE", avoid_countries=CountingSet())], 1.0)
    assert 0 < CountingSet.lookups <= 2 * 2 * SCAN_SIZE * PER_STEP, "a quick scan and a scan each"
    found = []
    for now in (1.02, 1.04):
        CountingSet.lookups = 0
        found += pairs(room, now)
        assert CountingSet.lookups <= SCANS_PER_TURN * SCAN_SIZE * PER_STEP
    assert found == [{waiting, waiting + 1}]


def test_the_oldest_scans_end_though_newcomers_are_too_many() -> None:
    room = make_room()
    for visitor in range(6000):
        room.offer([speaks(visitor, "DE", avoid_countries=frozenset({"DE", f"{visitor}"}))], visitor / 3000)
        if visitor % 60 == 0:
            room.advance(visitor / 3000)
    assert len(room._scans) > 1000
    assert room._scans._scans[0].entry.ticket.visitor_key > 100


def test_a_scan_whose_ticket_widens_goes_on_at_the_wider_stage() -> None:
    """Two thousand who share the language do not fit. One behind them speaks another and does."""
    room = WaitingRoom(BUSY, scans_per_turn=30)
    german = {"country": "DE"}
    for visitor in range(2000):
        avoided = frozenset({"DE", "FR", f"{visitor}"})
        room.offer([ticket(visitor, -20.0, languages=("en",), avoid_countries=avoided, **german)], 0.0)
    fits = ticket(2000, -16.0, languages=("de",), avoid_countries=frozenset({"DE"}), **german)
    assert offer(room, 0.0, fits) == []
    assert run(room, 0.0, 1.0) == []
    assert offer(room, 4.9, ticket(2001, 0.0, languages=("en",), country="FR")) == []
    assert pairs(room, 4.95) == []
    assert [pair for _, pair in run(room, 5.1, 5.5)] == [{2000, 2001}]


def test_a_quick_scan_compares_no_more_than_its_size() -> None:
    index = TicketIndex()
    for visitor in range(5):
        index.insert(QueuedTicket(likes(visitor, f"i{visitor}"), INTEREST))
    newcomer = likes(9, *(f"i{visitor}" for visitor in range(5)), since=1.0)
    assert quick_scan(newcomer, INTEREST, index, 4) is INCONCLUSIVE
    assert isinstance(quick_scan(newcomer, INTEREST, index, 5), QueuedTicket)


def test_newcomers_do_not_take_over_each_others_turns() -> None:
    """Each scan takes many turns, and in each turn another newcomer arrives."""
    room = WaitingRoom(BUSY, scans_per_turn=20)
    for visitor in range(3000):
        room.offer([speaks(visitor, "DE", avoid_countries=frozenset({"DE", f"{visitor}"}))], -20.0)
    run(room, 0.0, 5.0)
    came, found = 3000, 0
    for turn in range(200):
        room.offer([speaks(came, "DE", since=6 + turn / 50)], 6 + turn / 50)
        found += len(pairs(room, 6 + turn / 50))
        came += 1
    assert found >= 10


def test_a_ticket_offered_again_is_found_by_an_interest_though_both_have_widened() -> None:
    room = make_room()
    assert offer(room, 10.0, likes(1, "a", since=10.0)) == []
    assert offer(room, 10.0, likes(2, "a", since=7.0)) == [{1, 2}]


def test_somebody_new_behind_many_is_preferred_to_a_former_partner() -> None:
    room = make_room()
    room.offer([ticket(1, -90.0, partners={3: -70.0})], 0.0)
    for visitor in range(10, 60):
        room.offer([ticket(visitor, -80.0, blocked=frozenset(range(100)))], 0.0)
    assert run(room, 0.0, 1.0) == []
    room.offer([ticket(2, -30.0, blocked=frozenset({1}))], 1.0)
    room.offer([ticket(3, -20.0, blocked=frozenset(range(10, 60)))], 1.0)
    assert [pair for _, pair in run(room, 1.0, 2.0)] == [{2, 3}]


def test_tickets_that_left_delay_no_widening() -> None:
    room = make_room()
    for visitor in range(800):
        gone = likes(visitor, f"i{visitor}")
        room.offer([gone], 0.0)
        room.advance(0.0)
        room.withdraw(gone.gateway, gone.number)
    for visitor in range(2000, 2200):
        room.offer([likes(visitor, f"i{visitor}", language=f"l{visitor}")], 0.0)
    room.advance(0.0)
    assert len(room._widening) == 1000
    assert len(room.advance(2.01).stage_changes) == 200
