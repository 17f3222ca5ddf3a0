"""Looks that one turn is too short for: they go on, and what is hopeless keeps nobody waiting."""

import pytest

from services.matcher.core import rules
from services.matcher.core.partner_scan import INCONCLUSIVE, quick_scan
from services.matcher.core.stages import INTEREST, Stages
from services.matcher.core.ticket_index import TicketIndex
from services.matcher.core.ticket_queue import WaitingTicket
from services.matcher.core.tickets import Ticket
from services.matcher.core.waiting_room import SCAN, STEPS, WaitingRoom

from .rooms import BUSY, likes, make_room, met, offer, run, speaks
from .tickets import ticket


def test_a_look_that_was_cut_short_goes_on() -> None:
    """Behind a hundred who do not fit, each in a way of its own, stands one who does."""
    room = make_room()
    for visitor in range(100):
        avoided = frozenset({"DE", "FR", f"{visitor}"})
        room.offer(ticket(visitor, 0.0, country="DE", avoid_countries=avoided), 0.0)
    room.offer(ticket(100, 0.1, country="DE", avoid_countries=frozenset({"DE"})), 0.1)
    room.offer(ticket(101, 0.2, country="FR"), 0.2)
    assert not room._pairings
    assert offer(room, 0.2) == [{100, 101}]


@pytest.mark.parametrize("languages", [("en",), ("de",), ()])
@pytest.mark.parametrize("since", [-20.0, 5.9])
def test_a_crowd_that_may_not_be_met_for_one_reason_is_passed_at_once(
    languages: tuple[str, ...], since: float
) -> None:
    """Ten thousand who avoid their own country are in nobody's way."""
    room = make_room(Stages())
    avoiding = {"country": "DE", "avoid_countries": frozenset({"DE"}), "languages": ("en",)}
    for visitor in range(10_000):
        room.offer(ticket(visitor, -20.0, strict_language=visitor % 2 == 0, **avoiding), 0.0)
    assert run(room, 0.0, 5.0) == []
    one, other = (ticket(visitor, since, country="DE", languages=languages) for visitor in (-1, -2))
    assert offer(room, 6.0, one, other) == [{-1, -2}]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """Who looked, once for each ticket that they were compared with and each kind that they passed by."""
    done: list[Ticket] = []

    def is_excluded(one: Ticket, other: Ticket) -> bool:
        done.append(one)
        return rules.is_excluded(one, other)

    def may_meet(ticket: Ticket, kind: rules.CompatibilityClass) -> bool:
        done.append(ticket)
        return rules.may_meet(ticket, kind)

    monkeypatch.setattr("services.matcher.core.partner_scan.is_excluded", is_excluded)
    monkeypatch.setattr("services.matcher.core.compatibility_buckets.may_meet", may_meet)
    return done


@pytest.mark.parametrize("waiting", [1000, 3000])
@pytest.mark.parametrize("alike", [True, False])
def test_two_meet_soon_behind_thousands_who_may_not_meet_each_other(
    waiting: int, alike: bool, work: list[Ticket]
) -> None:
    """In a replica under load, which advances every 20 ms: in the second turn at most, each of them short."""
    room = make_room(Stages())
    for visitor in range(waiting):
        also = "" if alike else f"{visitor}"
        room.offer(speaks(visitor, "DE", avoid_countries=frozenset({"DE", also})), 0.0)
    assert room.advance(0.0) == []
    work.clear()
    room.offer(speaks(waiting, "DE"), 1.0)
    room.offer(speaks(waiting + 1, "DE"), 1.0)
    assert len(work) <= 2 * 2 * SCAN, "a quick_scan and a look each"
    found = []
    for now in (1.02, 1.04):
        work.clear()
        found += room.advance(now)
        room.stage_changes(now)
        assert len(work) <= STEPS * SCAN
    assert met(found) == [{waiting, waiting + 1}]


def test_the_oldest_looks_end_though_more_newcomers_come_than_can_be_served() -> None:
    room = make_room()
    for visitor in range(6000):
        room.offer(speaks(visitor, "DE", avoid_countries=frozenset({"DE", f"{visitor}"})), visitor / 3000)
        if visitor % 60 == 0:
            room.advance(visitor / 3000)
    assert len(room._looks) > 1000
    assert room._looks._under_way[0].entry.ticket.visitor_key > 100


def test_a_look_that_goes_on_while_its_ticket_widens_goes_on_more_widely() -> None:
    """Behind two thousand who speak the language and do not fit stands one who does and speaks another."""
    room = WaitingRoom(BUSY, steps=30)
    german = {"country": "DE"}
    for visitor in range(2000):
        avoided = frozenset({"DE", "FR", f"{visitor}"})
        room.offer(ticket(visitor, -20.0, languages=("en",), avoid_countries=avoided, **german), 0.0)
    fits = ticket(2000, -16.0, languages=("de",), avoid_countries=frozenset({"DE"}), **german)
    assert offer(room, 0.0, fits) == []
    assert run(room, 0.0, 1.0) == []
    assert offer(room, 4.9, ticket(2001, 0.0, languages=("en",), country="FR")) == []
    assert met(room.advance(4.95)) == []
    assert [pair for _, pair in run(room, 5.1, 5.5)] == [{2000, 2001}]


def test_a_glance_compares_no_more_than_it_may() -> None:
    shelves = TicketIndex()
    for visitor in range(5):
        shelves.put(WaitingTicket(likes(visitor, f"i{visitor}"), INTEREST))
    newcomer = likes(9, *(f"i{visitor}" for visitor in range(5)), since=1.0)
    assert quick_scan(newcomer, INTEREST, shelves, 4) is INCONCLUSIVE
    assert isinstance(quick_scan(newcomer, INTEREST, shelves, 5), WaitingTicket)


def test_newcomers_do_not_take_each_other_the_turn() -> None:
    """Each look takes many turns, and in each turn somebody else comes."""
    room = WaitingRoom(BUSY, steps=20)
    for visitor in range(3000):
        room.offer(speaks(visitor, "DE", avoid_countries=frozenset({"DE", f"{visitor}"})), -20.0)
    run(room, 0.0, 5.0)
    came, pairs = 3000, 0
    for turn in range(200):
        room.offer(speaks(came, "DE", since=6 + turn / 50), 6 + turn / 50)
        pairs += len(room.advance(6 + turn / 50))
        came += 1
    assert pairs >= 10


def test_who_was_offered_again_is_found_by_an_interest_though_neither_looks_for_it_any_more() -> None:
    room = make_room()
    assert offer(room, 10.0, likes(1, "a", since=10.0)) == []
    assert offer(room, 10.0, likes(2, "a", since=7.0)) == [{1, 2}]


def test_a_former_partner_behind_many_is_met_only_if_nobody_new_is() -> None:
    room = make_room()
    room.offer(ticket(1, -90.0, partners={3: -70.0}), 0.0)
    for visitor in range(10, 60):
        room.offer(ticket(visitor, -80.0, blocked=frozenset(range(100))), 0.0)
    assert run(room, 0.0, 1.0) == []
    room.offer(ticket(2, -30.0, blocked=frozenset({1})), 1.0)
    room.offer(ticket(3, -20.0, blocked=frozenset(range(10, 60))), 1.0)
    assert [pair for _, pair in run(room, 1.0, 2.0)] == [{2, 3}]


def test_those_who_left_keep_nobody_from_widening_on_time() -> None:
    room = make_room()
    for visitor in range(800):
        gone = likes(visitor, f"i{visitor}")
        room.offer(gone, 0.0)
        room.advance(0.0)
        room.withdraw(gone.gateway, gone.number)
    for visitor in range(2000, 2200):
        room.offer(likes(visitor, f"i{visitor}", language=f"l{visitor}"), 0.0)
    room.advance(0.0)
    assert len(room._timers) == 1000
    room.stage_changes(0.0)
    room.advance(2.01)
    assert len(room.stage_changes(2.01)) == 200
