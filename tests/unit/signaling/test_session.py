"""A session searches and reserves: each state with each event."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from services.contract.gateway_messages import Accept, Decline
from services.contract.ids import MatchId, Place, TicketId
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.current_search import TimedKeys
from services.signaling.core.match_side import MatchSide, Participant
from services.signaling.core.messages import Error, Find, Next, Stop, encode
from services.signaling.core.session import ACCEPT_TIMEOUT, Session
from services.signaling.core.visitor_history import VisitorMemory
from services.signaling.core.wishes import normalize

from .samples import (
    FIND,
    GATEWAY,
    MATCH,
    ME,
    MY_GATEWAY,
    MY_PLACE,
    OLD_MATCH,
    OTHER,
    PLACE,
    STATES,
    STRANGER,
    Driver,
    accept,
    key,
    not_here,
    of_kind,
    offered_tickets,
    partner_left,
    proposal_for,
    sends_decline,
    sends_left,
    states,
)

SHELL = Path(__file__).parents[3] / "services/signaling/shell"
DECLINES = Decline(ME, MATCH, PLACE.epoch, PLACE.gateway)
UNDONE: dict[str, fx.Effect] = {
    "searching": fx.WithdrawTicket(TicketId(1)),
    "reserved": sends_decline(),
    "matched": sends_left("next"),
}

# --- searching -------------------------------------------------------------------------------------


def test_find_offers_a_ticket_and_sends_searching(driver: Driver) -> None:
    shown, search = driver.says(FIND)
    ticket = driver.ticket
    assert (ticket.id, ticket.visitor, ticket.wish, ticket.since, ticket.attempt) == (
        1, ME, normalize(FIND), 100.0, 1,
    )  # fmt: skip
    assert (shown, search) == (fx.SendSearching(ticket, 0, None), fx.OfferTicket(ticket, after=100.0))


def test_a_wish_without_interests_starts_at_stage_one(driver: Driver) -> None:
    (shown,) = of_kind(driver.says(Find("text")), fx.SendSearching)
    assert isinstance(shown, fx.SendSearching)
    assert shown.stage == 1


@pytest.mark.parametrize(("country", "stage"), [("DE", 0), ("", 1)])
def test_a_nearby_wish_starts_at_stage_zero_if_the_country_is_known(country: str, stage: int) -> None:
    (shown,) = of_kind(Driver(country).says(Find("video", nearby=True)), fx.SendSearching)
    assert isinstance(shown, fx.SendSearching)
    assert shown.stage == stage


@states("searching", "reserved", "matched")
def test_find_replaces_an_earlier_wish(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.phase
    driver.now += 5
    undo, *rest = driver.says(Find("text"))
    assert undo == UNDONE[before]
    (ticket,) = offered_tickets(rest)
    assert (ticket.wish.mode, ticket.since, ticket.attempt) == ("text", 105.0, 1)
    assert (driver.phase, driver.summary.ticket) == ("searching", ticket.id)


def test_next_before_any_find_is_refused(driver: Driver) -> None:
    (refused,) = driver.says(Next())
    assert isinstance(refused, fx.SendMessage)
    assert isinstance(refused.message, Error)
    assert refused.message.code == "no_wish"
    assert driver.phase == "idle"


@pytest.mark.parametrize("message", [Next(), Next(MATCH)])
def test_next_leaves_the_match_and_searches_again(driver: Driver, message: Next) -> None:
    driver.meet()
    effects = driver.says(message)
    assert effects[0] == sends_left("next")
    (ticket,) = offered_tickets(effects)
    assert ticket.wish == normalize(FIND)
    assert ticket.partners == ((key(STRANGER), 100.0),)
    assert not of_kind(effects, fx.SendMessage), "the one who leaves is not told that it ended"


@states("searching", "reserved")
def test_next_while_searching_changes_nothing(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.summary
    assert driver.says(Next()) == []
    assert driver.summary == before


@states("idle", "searching", "reserved", "matched")
def test_next_about_another_match_is_dropped(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.summary
    assert driver.says(Next(OLD_MATCH)) == [fx.CountDropped("stale_match")]
    assert driver.summary == before


def test_next_after_stop_searches_with_the_same_wish(driver: Driver) -> None:
    driver.meet()
    driver.says(Stop())
    (ticket,) = offered_tickets(driver.says(Next()))
    assert ticket.wish == normalize(FIND)


@pytest.mark.parametrize(
    ("name", "undone"),
    [
        ("idle", []),
        ("searching", [fx.WithdrawTicket(TicketId(1))]),
        ("reserved", [sends_decline()]),
        ("matched", [sends_left("stop")]),
    ],
)
def test_stop_retracts_what_was_promised(driver: Driver, name: str, undone: list[fx.Effect]) -> None:
    STATES[name](driver)
    assert driver.says(Stop()) == undone
    assert driver.phase == "idle"


def test_a_stage_change_is_sent_only_for_the_waiting_ticket(driver: Driver) -> None:
    ticket = driver.search()
    assert driver.happens(events.StageChanged(ticket.id, 2, 1.5)) == [fx.SendSearching(ticket, 2, 1.5)]
    assert driver.happens(events.StageChanged(TicketId(99), 2, 1.5)) == []
    driver.reserve()
    assert driver.happens(events.StageChanged(ticket.id, 3, None)) == []


# --- reserving -------------------------------------------------------------------------------------


def test_a_proposal_for_the_waiting_ticket_is_reserved_and_accepted(driver: Driver) -> None:
    ticket = driver.search()
    proposal = proposal_for(ticket.id)
    accepted, awaited = driver.happens(proposal)
    said = Accept(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, ["de"], "DE", b"mine")
    assert accepted == fx.SendToGateway(GATEWAY, said)
    assert awaited == fx.SetTimer(ACCEPT_TIMEOUT, events.ProposalTimedOut(MATCH))
    assert driver.phase == "reserved"


@states("idle", "searching", "reserved", "matched")
def test_a_proposal_for_another_ticket_is_declined(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.summary
    assert driver.happens(proposal_for(TicketId(99), OLD_MATCH)) == [sends_decline(OLD_MATCH)]
    assert driver.summary == before


@states("reserved", "matched")
def test_a_second_proposal_for_a_ticket_is_declined(
    driver: Driver, reach: Callable[[Driver], object]
) -> None:
    reach(driver)
    before = driver.summary
    second = MatchId("second")
    assert driver.happens(proposal_for(TicketId(1), second, OTHER)) == [sends_decline(second, OTHER)]
    assert driver.summary == before


def test_a_ticket_names_the_device_and_the_newest_connection_of_its_visitor() -> None:
    driver = Driver(device=7)
    ticket = driver.search()
    assert (ticket.device, ticket.epoch) == (7, MY_PLACE.epoch)
    driver.meet()
    driver.happens(events.Disconnected(leaving=False))
    driver.happens(events.Reconnected(Participant(ME, Place(8, MY_GATEWAY), b"mine", 8), "DE"))
    driver.says(Next(MATCH))
    assert (driver.ticket.device, driver.ticket.epoch) == (8, 8)


def test_a_proposal_of_oneself_is_declined_and_the_search_goes_on(driver: Driver) -> None:
    ticket = driver.search()
    decline, *rest = driver.happens(proposal_for(ticket.id, partner=ME))
    assert decline == sends_decline(partner=ME)
    assert [again.id for again in offered_tickets(rest)] == [2]


def test_a_match_starts_when_both_have_reserved(driver: Driver) -> None:
    driver.reserve()
    assert driver.happens(accept()) == [
        fx.SendMatched(
            MatchSide(
                MATCH, STRANGER, PLACE, True, b"hash", 100.0, partner_languages=("de",), partner_country="AT"
            ),
            encode(FIND),
            VisitorMemory(present=key(STRANGER), places=(MY_PLACE,)),
            ("Music",),
            accept(),
            fx.MatchFigures("video", 0.0, 0.0, False),
        )
    ]
    met = driver.summary
    assert (met.phase, met.match, met.partner, met.partner_place) == ("matched", MATCH, STRANGER, PLACE)
    assert driver.happens(events.ProposalTimedOut(MATCH)) == [], "the timer fires after the answer"


@pytest.mark.parametrize(
    ("void", "told", "unreachable"),
    [
        (partner_left("lost"), [], ()),
        (DECLINES, [], ()),
        (events.ProposalTimedOut(MATCH), [sends_decline()], ((key(STRANGER), 101.0),)),
        (partner_left("stop"), [], ()),
    ],
)
def test_a_failed_proposal_leads_to_a_retry_with_the_original_age(
    driver: Driver, void: events.Event, told: list[fx.Effect], unreachable: TimedKeys
) -> None:
    driver.reserve()
    first = driver.ticket
    driver.now += 1
    effects = driver.happens(void)
    (again,) = offered_tickets(effects)
    assert effects == [*told, fx.OfferTicket(again)], "nothing is sent, for nothing happened for the visitor"
    assert (again.id, again.since, again.attempt, again.wish) == (2, first.since, 2, first.wish)
    assert again.unreachable == unreachable


@pytest.mark.parametrize(
    "stale",
    [
        accept(OLD_MATCH),
        partner_left("lost", OLD_MATCH),
        events.ProposalTimedOut(OLD_MATCH),
        partner_left("next", OLD_MATCH),
        not_here(match=OLD_MATCH),
        events.PartnerSearchDue(OLD_MATCH),
        events.ResumeTimedOut(OLD_MATCH),
        events.PartnerGraceExpired(OLD_MATCH, 0.0),
        events.GraceExpired(OLD_MATCH, 0.0),
    ],
)
@states("idle", "searching", "reserved", "matched")
def test_events_of_another_match_change_nothing(
    driver: Driver, reach: Callable[[Driver], object], stale: events.Event
) -> None:
    reach(driver)
    before = driver.summary
    assert driver.happens(stale) == []
    assert driver.summary == before


def test_an_acceptance_before_the_proposal_counts(driver: Driver) -> None:
    ticket = driver.search()
    assert driver.happens(accept()) == []
    accepted, meet = driver.happens(proposal_for(ticket.id))
    assert isinstance(accepted, fx.SendToGateway)
    assert isinstance(accepted.message, Accept)
    assert isinstance(meet, fx.SendMatched)
    assert meet.accept == accept()


@pytest.mark.parametrize("refusal", [DECLINES, partner_left("lost"), partner_left("next")])
def test_a_refusal_before_the_proposal_counts(driver: Driver, refusal: events.Event) -> None:
    ticket = driver.search()
    assert driver.happens(refusal) == []
    (search,) = driver.happens(proposal_for(ticket.id))
    assert isinstance(search, fx.OfferTicket)
    assert search.ticket.attempt == 2


def test_a_partner_who_accepted_and_left_before_the_proposal_is_not_met(driver: Driver) -> None:
    ticket = driver.search()
    for number in range(7):
        driver.happens(accept(MatchId(f"filler-{number}")))
    driver.happens(accept())
    driver.happens(partner_left("lost"))
    driver.happens(proposal_for(ticket.id))
    assert driver.phase == "searching"


def test_only_eight_early_answers_are_kept(driver: Driver) -> None:
    ticket = driver.search()
    for number in range(9):
        driver.happens(accept(MatchId(f"match-{number}")))
    driver.happens(proposal_for(ticket.id, MatchId("match-8")))
    assert driver.phase == "reserved", "the ninth answer was dropped, so the session waits for another"


def test_an_early_answer_is_dropped_with_its_ticket(driver: Driver) -> None:
    driver.search()
    driver.happens(accept())
    ticket = driver.search()
    driver.happens(proposal_for(ticket.id))
    assert driver.phase == "reserved"


# --- the shell -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SHELL.rglob("*.py")), ids=lambda path: path.stem)
def test_the_shell_sees_only_the_public_members_of_a_session(path: Path) -> None:
    public = {name for name in vars(Session) if not name.startswith("_")}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            assert node.value.attr != "session" or node.attr in public, f"line {node.lineno}: {node.attr}"


def test_a_session_has_few_public_members() -> None:
    public = {name for name in vars(Session) if not name.startswith("_")}
    assert public == {"deliver", "on_event", "receive", "relay", "resume", "summary"}
