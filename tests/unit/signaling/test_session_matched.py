"""A session in a match relays frames, blocks partners and leaves."""

from collections.abc import Callable

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import Relay
from services.contract.ids import EndReason, MatchId, TicketId, VisitorId, random_id
from services.contract.limits import (
    BLOCKED_KEYS_REMEMBERED,
    MAX_RECENT_PARTNERS,
    PARTNERS_REMEMBERED,
    REMATCH_COOLDOWN,
)
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.messages import Banned, Ended, Find, Next, Reveal, ToPartner, Typing, encode

from .samples import (
    GATEWAY,
    MATCH,
    MY_GATEWAY,
    MY_PLACE,
    OLD_MATCH,
    OTHER,
    STATES,
    STRANGER,
    Driver,
    block_requested,
    chat,
    key,
    of_kind,
    offered_tickets,
    partner_left,
    partner_location,
    proposal_for,
    relay,
    sends_decline,
    sends_left,
    states,
)

NOTICE = Banned("nudity", False, "decision", "appeal")


# --- in a match ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "numbered"), [(Typing(MATCH), False), (chat()[0], True), (Reveal(MATCH, 2), True)]
)
def test_frames_are_relayed_unchanged_in_both_directions(
    driver: Driver, message: ToPartner, numbered: bool
) -> None:
    driver.meet()
    frame = encode(message)
    said = Relay(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, frame, numbered)
    assert driver.says(message, frame) == [fx.SendToGateway(GATEWAY, said)]
    assert driver.hears(relay(numbered=numbered)) is None


def test_frames_for_an_absent_partner_are_dropped(driver: Driver) -> None:
    driver.meet()
    driver.happens(partner_location(connected=False))
    assert driver.says(*chat()) == [fx.CountDropped("partner_away")]
    back = driver.happens(partner_location(connected=True))
    told = [effect.message for effect in back if isinstance(effect, fx.SendToGateway)]
    assert not any(isinstance(message, Relay) for message in told), "the page repeats it"


def test_frames_for_an_absent_browser_are_dropped(driver: Driver) -> None:
    driver.meet()
    driver.happens(events.Disconnected(leaving=False))
    assert driver.hears(relay(numbered=True)) == [fx.CountDropped("no_socket")]


@states("idle", "searching", "reserved", "matched")
def test_frames_of_another_match_are_dropped(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    assert driver.says(*chat(OLD_MATCH)) == [fx.CountDropped("stale_match")]
    assert driver.hears(relay(match=OLD_MATCH)) == [fx.CountDropped("stale_match")]


@states("reserved")
def test_a_reserved_match_relays_no_frames(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    assert driver.says(*chat()) == [fx.CountDropped("stale_match")]
    assert driver.hears(relay()) == [fx.CountDropped("stale_match")]


@pytest.mark.parametrize("reason", ["next", "stop", "lost", "blocked", "banned"])
def test_the_browser_is_told_why_the_partner_left(driver: Driver, reason: EndReason) -> None:
    driver.meet()
    driver.now += 30
    told, *rest = driver.happens(partner_left(reason))
    assert told == fx.SendMessage(Ended(MATCH, reason))
    if reason not in ("next", "lost"):
        assert rest == []
        assert driver.phase == "idle"
        return
    (ticket,) = offered_tickets(rest)
    assert (ticket.since, ticket.attempt) == (130.0, 1)
    assert ticket.partners == ((key(STRANGER), 130.0),)
    assert of_kind(rest, fx.SendSearching), "the visitor sees that a new search has begun"


@pytest.mark.parametrize("reason", ["next", "lost"])
def test_after_a_wish_for_one_match_no_search_starts_by_itself(driver: Driver, reason: EndReason) -> None:
    """The visitor may still read what the partner wrote."""
    wish = Find("text", once=True)
    driver.says(wish)
    driver.meet()
    assert driver.happens(partner_left(reason)) == [fx.SendMessage(Ended(MATCH, reason))]
    assert driver.phase == "idle"
    assert offered_tickets(driver.says(wish))
    driver.meet(OLD_MATCH, VisitorId(random_id()))
    assert offered_tickets(driver.says(Next())), "who leaves wants somebody else at once"


def test_a_partner_whose_gateway_has_no_reservation_is_lost(driver: Driver) -> None:
    driver.meet()
    told, *rest = driver.happens(partner_left("lost"))
    assert told == fx.SendMessage(Ended(MATCH, "lost"))
    assert offered_tickets(rest)


# --- blocking --------------------------------------------------------------------------------------


def test_a_blocked_visitor_is_named_in_later_tickets(driver: Driver) -> None:
    (given,) = driver.happens(block_requested())
    assert isinstance(given, fx.SendMemory), "the browser keeps it"
    assert (given.blocked, given.memory.blocked) == (MATCH, (key(STRANGER),))
    assert driver.search().blocked == (key(STRANGER),)


def test_a_waiting_ticket_is_replaced_by_one_that_names_the_blocked(driver: Driver) -> None:
    before = driver.search()
    driver.now += 3
    withdrawn, offered, given = driver.happens(block_requested())
    assert withdrawn == fx.WithdrawTicket(before.id)
    assert isinstance(offered, fx.OfferTicket)
    assert (offered.ticket.blocked, offered.ticket.since) == ((key(STRANGER),), before.since)
    assert offered.ticket.id != before.id
    assert isinstance(given, fx.SendMemory)
    assert driver.happens(proposal_for(before.id)) == [sends_decline()], "a proposal that was under way"


def test_a_block_that_the_ticket_names_already_replaces_nothing(driver: Driver) -> None:
    driver.happens(block_requested())
    driver.search()
    (given,) = driver.happens(block_requested())
    assert isinstance(given, fx.SendMemory)


def test_blocks_do_not_get_round_the_pace_of_searches(driver: Driver) -> None:
    offers: list[fx.Effect] = []
    driver.search()
    for _ in range(30):
        blocked = driver.happens(block_requested(VisitorId(random_id()), OLD_MATCH))
        offers += of_kind(blocked, fx.OfferTicket)
    delays = [offer.after - driver.now for offer in offers if isinstance(offer, fx.OfferTicket)]
    assert len(delays) == 30
    assert delays[0] <= 0
    assert delays[-1] > 0


def test_blocking_a_proposed_partner_releases_the_reservation(driver: Driver) -> None:
    driver.reserve()
    told, search, given = driver.happens(block_requested(match=OLD_MATCH))
    assert told == sends_decline()
    assert isinstance(search, fx.OfferTicket)
    assert (search.ticket.attempt, search.ticket.blocked) == (2, (key(STRANGER),))
    assert isinstance(given, fx.SendMemory)
    assert (given.blocked, given.memory.present) == (OLD_MATCH, 0)


@pytest.mark.parametrize("match", [MATCH, OLD_MATCH])
def test_blocking_the_partner_ends_the_match_by_whichever_pass(driver: Driver, match: MatchId) -> None:
    driver.meet()
    left, told, *rest, given = driver.happens(block_requested(match=match))
    assert (left, told) == (sends_left("blocked"), fx.SendMessage(Ended(MATCH, "blocked")))
    (ticket,) = offered_tickets(rest)
    assert ticket.blocked == (key(STRANGER),)
    assert isinstance(given, fx.SendMemory)
    memory = given.memory
    assert (given.blocked, memory.blocked, memory.present) == (match, (key(STRANGER),), 0)
    assert [who for who, _ in memory.partners] == [key(STRANGER)]


@states("reserved", "matched")
def test_blocking_somebody_else_changes_only_the_memory(
    driver: Driver, reach: Callable[[Driver], object]
) -> None:
    reach(driver)
    before = driver.summary
    (given,) = driver.happens(block_requested(OTHER, OLD_MATCH))
    assert isinstance(given, fx.SendMemory)
    assert given.memory.present == (key(STRANGER) if driver.phase == "matched" else 0)
    assert driver.summary == before


# --- the end ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "undone"),
    [
        ("idle", []),
        ("searching", [fx.WithdrawTicket(TicketId(1))]),
        ("reserved", [sends_decline()]),
        ("matched", [sends_left("lost")]),
    ],
)
def test_closing_the_page_ends_everything(driver: Driver, name: str, undone: list[fx.Effect]) -> None:
    STATES[name](driver)
    assert driver.happens(events.Disconnected()) == [*undone, fx.EndSession()]
    assert driver.phase == "idle"
    assert driver.happens(events.Disconnected()) == [fx.EndSession()]


@states("idle", "searching", "reserved", "matched")
def test_a_ban_ends_everything(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.phase
    *left, told, closed = driver.happens(events.VisitorBanned(NOTICE))
    assert (told, closed) == (fx.SendMessage(NOTICE), fx.CloseSocket(CloseCode.BANNED))
    undone: dict[str, list[fx.Effect]] = {
        "idle": [],
        "searching": [fx.WithdrawTicket(TicketId(1))],
        "reserved": [sends_decline()],
        "matched": [sends_left("banned")],
    }
    assert left == undone[before]
    assert driver.phase == "idle"


# --- memory ----------------------------------------------------------------------------------------


def meet_many(driver: Driver, many: int, every: float) -> list[int]:
    """Meet and leave many partners, and return their keys. The last one was left just now."""
    met = [VisitorId(random_id()) for _ in range(many)]
    for number, partner in enumerate(met):
        driver.now += every
        driver.meet(MatchId(str(number)), partner)
        driver.says(Next())
    return [key(partner) for partner in met]


@pytest.mark.parametrize(
    ("many", "every", "remembered"),
    [
        (PARTNERS_REMEMBERED + 10, 1.0, PARTNERS_REMEMBERED),
        (400, 0.25, 240),
        (400, 0.125, MAX_RECENT_PARTNERS),
        (70, 0.25, 70),
        (9, 3600.0, 9),
    ],
)
def test_the_last_partners_and_all_of_the_last_minute_are_remembered(
    driver: Driver, many: int, every: float, remembered: int
) -> None:
    met = meet_many(driver, many, every)
    partners = driver.ticket.partners
    assert [who for who, _ in partners] == met[-remembered:]
    assert partners[-1][1] == driver.now


def test_the_memory_shrinks_after_a_minute_of_many_partners(driver: Driver) -> None:
    met = meet_many(driver, 200, 0.25)
    driver.now += REMATCH_COOLDOWN
    met += meet_many(driver, 1, 0.25)
    assert [who for who, _ in driver.ticket.partners] == met[-PARTNERS_REMEMBERED:]


def test_meeting_again_moves_a_partner_to_the_end(driver: Driver) -> None:
    for number, partner in enumerate([STRANGER, OTHER, STRANGER]):
        driver.now = number * 100.0
        driver.meet(MatchId(str(number)), partner)
        driver.says(Next())
    assert driver.ticket.partners == ((key(OTHER), 100.0), (key(STRANGER), 200.0))


def test_the_last_blocks_are_remembered(driver: Driver) -> None:
    blocked = [VisitorId(random_id()) for _ in range(BLOCKED_KEYS_REMEMBERED + 10)]
    for visitor in blocked:
        driver.happens(block_requested(visitor, OLD_MATCH))
    assert driver.search().blocked == tuple(key(visitor) for visitor in blocked[-BLOCKED_KEYS_REMEMBERED:])
