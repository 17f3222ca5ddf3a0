"""What a session does in each of its states, one thing at a time."""

from collections.abc import Callable

import pytest

from services.contract.envelopes import Kind, unpack_acceptance
from services.contract.ids import MatchId, TicketId
from services.signaling import effects as fx
from services.signaling import events
from services.signaling.match.encounters import Encounter, Party
from services.signaling.messages import Error, Find, Next, Stop
from services.signaling.search.looking import Known
from services.signaling.search.wishes import fold
from services.signaling.session import ANSWER_TIME
from services.signaling.states import Conversation, Idle, Reserved, Searching

from .samples import (
    ACCEPTANCE,
    FIND,
    GATEWAY,
    MATCH,
    ME,
    MY_GATEWAY,
    OLD_MATCH,
    OTHER,
    STATES,
    STRANGER,
    Driver,
    ended,
    key,
    of,
    proposed,
    searches,
    states,
)

DECLINE = fx.Tell(GATEWAY, STRANGER, MATCH, Kind.DECLINE)
UNDONE: dict[type, fx.Effect] = {Searching: fx.Withdraw(TicketId(1)), Reserved: DECLINE}

# --- searching -------------------------------------------------------------------------------------


def test_find_offers_a_ticket_and_shows_the_search(driver: Driver) -> None:
    shown, search = driver.says(FIND)
    ticket = driver.ticket
    assert (ticket.id, ticket.visitor, ticket.wish, ticket.since, ticket.attempt) == (
        1, ME, fold(FIND), 100.0, 1,
    )  # fmt: skip
    assert (shown, search) == (fx.ShowSearch(ticket, 0, None), fx.Search(ticket, after=100.0))


def test_a_wish_without_interests_is_shown_at_stage_one(driver: Driver) -> None:
    (shown,) = of(driver.says(Find("text")), fx.ShowSearch)
    assert isinstance(shown, fx.ShowSearch)
    assert shown.stage == 1


@pytest.mark.parametrize(("country", "stage"), [("DE", 0), ("", 1)])
def test_a_wish_for_somebody_near_is_shown_at_stage_zero_where_the_country_is_known(
    country: str, stage: int
) -> None:
    (shown,) = of(Driver(country).says(Find("video", nearby=True)), fx.ShowSearch)
    assert isinstance(shown, fx.ShowSearch)
    assert shown.stage == stage


@states("searching", "reserved", "matched")
def test_find_replaces_an_earlier_wish(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.session.state
    driver.now += 5
    undo, *rest = driver.says(Find("text"))
    assert undo == UNDONE.get(type(before), ended("next"))
    (ticket,) = searches(rest)
    assert (ticket.wish.mode, ticket.since, ticket.attempt) == ("text", 105.0, 1)
    assert driver.session.state.ticket == ticket


def test_next_before_any_find_is_refused(driver: Driver) -> None:
    (refused,) = driver.says(Next())
    assert isinstance(refused, fx.Send)
    assert isinstance(refused.message, Error)
    assert refused.message.code == "no_wish"
    assert driver.session.state == Idle()


@pytest.mark.parametrize("message", [Next(), Next(MATCH)])
def test_next_leaves_the_match_and_searches_again(driver: Driver, message: Next) -> None:
    driver.meet()
    effects = driver.says(message)
    assert effects[0] == ended("next")
    (ticket,) = searches(effects)
    assert ticket.wish == fold(FIND)
    assert ticket.partners == ((key(STRANGER), 100.0),)
    assert not of(effects, fx.Send), "the one who leaves is not told that it ended"


@states("searching", "reserved")
def test_next_while_looking_changes_nothing(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.session.state
    assert driver.says(Next()) == []
    assert driver.session.state == before


@states("idle", "searching", "reserved", "matched")
def test_next_about_another_match_is_dropped(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.session.state
    assert driver.says(Next(OLD_MATCH)) == [fx.Drop("stale_match")]
    assert driver.session.state == before


def test_next_after_stop_searches_with_the_same_wish(driver: Driver) -> None:
    driver.meet()
    driver.says(Stop())
    (ticket,) = searches(driver.says(Next()))
    assert ticket.wish == fold(FIND)


@pytest.mark.parametrize(
    ("name", "undone"),
    [
        ("idle", []),
        ("searching", [fx.Withdraw(TicketId(1))]),
        ("reserved", [DECLINE]),
        ("matched", [ended("stop")]),
    ],
)
def test_stop_undoes_what_was_promised(driver: Driver, name: str, undone: list[fx.Effect]) -> None:
    STATES[name](driver)
    assert driver.says(Stop()) == undone
    assert driver.session.state == Idle()


def test_a_wider_stage_is_shown_only_for_the_ticket_that_waits(driver: Driver) -> None:
    ticket = driver.search()
    assert driver.happens(events.StageChanged(ticket.id, 2, 1.5)) == [fx.ShowSearch(ticket, 2, 1.5)]
    assert driver.happens(events.StageChanged(TicketId(99), 2, 1.5)) == []
    driver.reserve()
    assert driver.happens(events.StageChanged(ticket.id, 3, None)) == []


# --- reserving -------------------------------------------------------------------------------------


def test_a_proposal_for_the_waiting_ticket_is_reserved_and_accepted(driver: Driver) -> None:
    ticket = driver.search()
    proposal = proposed(ticket.id)
    accept, awaited = driver.happens(proposal)
    assert isinstance(accept, fx.Tell)
    assert (accept.gateway, accept.visitor, accept.match) == (GATEWAY, STRANGER, MATCH)
    assert accept.kind == Kind.ACCEPT
    said = unpack_acceptance(accept.body)
    assert (said.languages, said.country, said.address_hash) == (["de"], "DE", b"mine")
    assert awaited == fx.Wake(ANSWER_TIME, events.Unanswered(MATCH))
    assert driver.session.state == Reserved(ticket, proposal)


@states("idle", "searching", "reserved", "matched")
def test_a_proposal_for_another_ticket_is_declined(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.session.state
    assert driver.happens(proposed(TicketId(99), OLD_MATCH)) == [
        fx.Tell(GATEWAY, STRANGER, OLD_MATCH, Kind.DECLINE)
    ]
    assert driver.session.state == before


@states("reserved", "matched")
def test_a_second_proposal_for_a_ticket_is_declined(
    driver: Driver, reach: Callable[[Driver], object]
) -> None:
    reach(driver)
    before = driver.session.state
    second = MatchId("second")
    declined = [fx.Tell(GATEWAY, OTHER, second, Kind.DECLINE)]
    assert driver.happens(proposed(TicketId(1), second, OTHER)) == declined
    assert driver.session.state == before


def test_a_ticket_names_the_device_by_which_its_visitor_came_last() -> None:
    driver = Driver(device=7)
    assert driver.search().device == 7
    driver.reserve()
    driver.happens(events.Accepted(MATCH, ACCEPTANCE))
    driver.happens(events.Disconnected(leaving=False))
    driver.happens(events.Reconnected(Party(ME, MY_GATEWAY, b"mine", 8), "DE"))
    driver.says(Next(MATCH))
    assert driver.ticket.device == 8


def test_oneself_is_declined_and_the_search_goes_on(driver: Driver) -> None:
    ticket = driver.search()
    decline, *rest = driver.happens(proposed(ticket.id, partner=ME))
    assert decline == fx.Tell(GATEWAY, ME, MATCH, Kind.DECLINE)
    assert [again.id for again in searches(rest)] == [2]


def test_both_have_reserved_so_they_meet(driver: Driver) -> None:
    driver.reserve()
    assert driver.happens(events.Accepted(MATCH, ACCEPTANCE)) == [
        fx.Introduce(
            Encounter(MATCH, STRANGER, GATEWAY, True, ACCEPTANCE.address_hash, 0.0),
            ("Music",),
            ACCEPTANCE,
            0.0,
            False,
        )
    ]
    state = driver.session.state
    assert isinstance(state, Conversation)
    assert (state.match, state.partner, state.partner_gateway) == (MATCH, STRANGER, GATEWAY)
    assert driver.happens(events.Unanswered(MATCH)) == [], "the timer fires after the answer"


@pytest.mark.parametrize(
    ("void", "told", "vain"),
    [
        (events.PartnerLeft(MATCH, "lost"), [], ()),
        (events.Unanswered(MATCH), [DECLINE], ((key(STRANGER), 101.0),)),
        (events.PartnerLeft(MATCH, "stop"), [], ()),
    ],
)
def test_a_void_pairing_waits_on_with_its_age(
    driver: Driver, void: events.Event, told: list[fx.Effect], vain: Known
) -> None:
    driver.reserve()
    first = driver.ticket
    driver.now += 1
    effects = driver.happens(void)
    (again,) = searches(effects)
    assert effects == [*told, fx.Search(again)], "nothing is shown: for the visitor nothing happened"
    assert (again.id, again.since, again.attempt, again.wish) == (2, first.since, 2, first.wish)
    assert again.vain == vain


@pytest.mark.parametrize(
    "stale",
    [
        events.Accepted(OLD_MATCH, ACCEPTANCE),
        events.PartnerLeft(OLD_MATCH, "lost"),
        events.Unanswered(OLD_MATCH),
        events.PartnerLeft(OLD_MATCH, "next"),
    ],
)
@states("idle", "searching", "reserved", "matched")
def test_what_belongs_to_another_match_changes_nothing(
    driver: Driver, reach: Callable[[Driver], object], stale: events.Event
) -> None:
    reach(driver)
    before = driver.session.state
    assert driver.happens(stale) == []
    assert driver.session.state == before


def test_an_answer_before_the_proposal_counts(driver: Driver) -> None:
    ticket = driver.search()
    assert driver.happens(events.Accepted(MATCH, ACCEPTANCE)) == []
    accept, meet = driver.happens(proposed(ticket.id))
    assert isinstance(accept, fx.Tell)
    assert accept.kind == Kind.ACCEPT
    assert isinstance(meet, fx.Introduce)
    assert meet.acceptance == ACCEPTANCE


@pytest.mark.parametrize("refusal", [events.PartnerLeft(MATCH, "lost"), events.PartnerLeft(MATCH, "next")])
def test_a_refusal_before_the_proposal_counts(driver: Driver, refusal: events.Event) -> None:
    ticket = driver.search()
    assert driver.happens(refusal) == []
    (search,) = driver.happens(proposed(ticket.id))
    assert isinstance(search, fx.Search)
    assert search.ticket.attempt == 2


def test_who_accepted_and_left_before_the_proposal_is_not_met(driver: Driver) -> None:
    ticket = driver.search()
    for number in range(7):
        driver.happens(events.Accepted(MatchId(f"filler-{number}"), ACCEPTANCE))
    driver.happens(events.Accepted(MATCH, ACCEPTANCE))
    driver.happens(events.PartnerLeft(MATCH, "lost"))
    driver.happens(proposed(ticket.id))
    assert isinstance(driver.session.state, Searching)


def test_only_eight_early_answers_are_kept(driver: Driver) -> None:
    ticket = driver.search()
    for number in range(9):
        driver.happens(events.Accepted(MatchId(f"match-{number}"), ACCEPTANCE))
    driver.happens(proposed(ticket.id, MatchId("match-8")))
    assert isinstance(driver.session.state, Reserved), "the ninth was forgotten: wait for another answer"


def test_an_early_answer_dies_with_its_ticket(driver: Driver) -> None:
    driver.search()
    driver.happens(events.Accepted(MATCH, ACCEPTANCE))
    ticket = driver.search()
    driver.happens(proposed(ticket.id))
    assert isinstance(driver.session.state, Reserved)
