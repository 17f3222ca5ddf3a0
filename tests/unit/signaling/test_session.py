"""What a session does in each of its states, one thing at a time."""

from collections.abc import Callable

import pytest

from services.contract.envelopes import Kind, unpack_acceptance
from services.contract.errors import CloseCode
from services.contract.ids import MatchId, TicketId, VisitorId, random_id
from services.signaling import effects as fx
from services.signaling import events
from services.signaling.acquaintances import MEMORY
from services.signaling.messages import Banned, Ended, EndReason, Error, Find, Next, Rewind, Stop
from services.signaling.session import Idle, Matched, Reserved, Searching
from services.signaling.wishes import fold

from .samples import (
    ACCEPTANCE,
    FIND,
    GATEWAY,
    MATCH,
    ME,
    OLD_MATCH,
    OTHER,
    STRANGER,
    Driver,
    chat,
    key,
    of,
    opened,
    proposed,
    searches,
)

NOTICE = Banned("nudity", False, "decision", "appeal")
DECLINE = fx.Tell(GATEWAY, STRANGER, MATCH, Kind.DECLINE)

STATES: dict[str, Callable[[Driver], object]] = {
    "idle": lambda driver: None,
    "searching": Driver.search,
    "reserved": Driver.reserve,
    "matched": Driver.meet,
}


def ended(reason: EndReason, match: MatchId = MATCH) -> fx.Tell:
    """What the partner's gateway is told."""
    return fx.Tell(GATEWAY, STRANGER, match, Kind.ENDED, reason.encode())


@pytest.fixture
def driver() -> Driver:
    return Driver()


def states(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("reach", [STATES[name] for name in names], ids=names)


# --- searching -------------------------------------------------------------------------------------


def test_find_offers_a_ticket_and_shows_the_search(driver: Driver) -> None:
    shown, search = driver.says(FIND)
    ticket = driver.ticket
    assert (ticket.id, ticket.visitor, ticket.wish, ticket.since, ticket.attempt) == (
        1, ME, fold(FIND), 100.0, 1,
    )  # fmt: skip
    assert (shown, search) == (fx.ShowSearch(ticket, 0, None), fx.Search(ticket))


def test_a_wish_without_interests_is_shown_at_stage_one(driver: Driver) -> None:
    (shown,) = of(driver.says(Find("text")), fx.ShowSearch)
    assert isinstance(shown, fx.ShowSearch)
    assert shown.stage == 1


@states("searching", "reserved", "matched")
def test_find_replaces_an_earlier_wish(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.session.state
    driver.now += 5
    undo, *rest = driver.says(Find("text"))
    assert undo == (fx.Withdraw(TicketId(1)) if isinstance(before, Searching) else ended("next"))
    (ticket,) = searches(rest)
    assert (ticket.id, ticket.wish.mode, ticket.since, ticket.attempt) == (2, "text", 105.0, 1)
    assert driver.session.state == Searching(ticket)


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
        ("reserved", [ended("stop")]),
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
    assert (said.languages, said.country, said.address_hash) == (["de"], None, b"mine")
    assert awaited == fx.AwaitAnswer(MATCH)
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


def test_oneself_is_declined_and_the_search_goes_on(driver: Driver) -> None:
    ticket = driver.search()
    decline, *rest = driver.happens(proposed(ticket.id, partner=ME))
    assert decline == fx.Tell(GATEWAY, ME, MATCH, Kind.DECLINE)
    assert [again.id for again in searches(rest)] == [2]


def test_both_have_reserved_so_they_meet(driver: Driver) -> None:
    driver.reserve()
    assert driver.happens(events.Accepted(MATCH, ACCEPTANCE)) == [
        fx.Introduce(MATCH, STRANGER, GATEWAY, True, ("music",), ACCEPTANCE)
    ]
    assert driver.session.state == Matched(MATCH, STRANGER, GATEWAY)
    assert driver.happens(events.Unanswered(MATCH)) == [], "the timer fires after the answer"


@pytest.mark.parametrize(
    ("void", "told"),
    [
        (events.Declined(MATCH), []),
        (events.Unanswered(MATCH), [DECLINE]),
        (events.PartnerLeft(MATCH, "stop"), []),
        (events.PartnerLeft(MATCH, "lost"), []),
    ],
)
def test_a_void_pairing_waits_on_with_its_age(
    driver: Driver, void: events.Event, told: list[fx.Effect]
) -> None:
    driver.reserve()
    first = driver.ticket
    driver.now += 1
    effects = driver.happens(void)
    (again,) = searches(effects)
    assert effects == [*told, fx.Search(again)], "nothing is shown: for the visitor nothing happened"
    assert (again.id, again.since, again.attempt, again.wish) == (2, first.since, 2, first.wish)


@pytest.mark.parametrize(
    "stale",
    [
        events.Accepted(OLD_MATCH, ACCEPTANCE),
        events.Declined(OLD_MATCH),
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


@pytest.mark.parametrize("refusal", [events.Declined(MATCH), events.PartnerLeft(MATCH, "next")])
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


# --- in a conversation -----------------------------------------------------------------------------


def test_frames_cross_as_bytes_both_ways(driver: Driver) -> None:
    driver.meet()
    message, frame = chat()
    assert driver.says(message, frame) == [fx.Tell(GATEWAY, STRANGER, MATCH, Kind.FRAME, frame)]
    assert driver.happens(events.PartnerSaid(MATCH, b"theirs")) == [fx.SendFrame(b"theirs")]


@states("idle", "searching", "reserved", "matched")
def test_frames_of_another_match_are_dropped(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    assert driver.says(*chat(OLD_MATCH)) == [fx.Drop("stale_match")]
    assert driver.happens(events.PartnerSaid(OLD_MATCH, b"theirs")) == [fx.Drop("stale_match")]


@states("reserved")
def test_a_reserved_match_carries_no_frames(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    assert driver.says(*chat()) == [fx.Drop("stale_match")]
    assert driver.happens(events.PartnerSaid(MATCH, b"theirs")) == [fx.Drop("stale_match")]


@pytest.mark.parametrize("reason", ["next", "stop", "lost", "blocked", "banned"])
def test_a_partner_who_left(driver: Driver, reason: EndReason) -> None:
    driver.meet()
    driver.now += 30
    told, *rest = driver.happens(events.PartnerLeft(MATCH, reason))
    assert told == fx.Send(Ended(MATCH, reason))
    if reason not in ("next", "lost"):
        assert rest == []
        assert driver.session.state == Idle()
        return
    (ticket,) = searches(rest)
    assert (ticket.since, ticket.attempt) == (130.0, 1)
    assert ticket.partners == ((key(STRANGER), 130.0),)
    assert of(rest, fx.ShowSearch), "the visitor sees that a new search has begun"


def test_a_partner_whose_gateway_has_no_reservation_is_lost(driver: Driver) -> None:
    driver.meet()
    told, *rest = driver.happens(events.Declined(MATCH))
    assert told == fx.Send(Ended(MATCH, "lost"))
    assert searches(rest)


def test_rewind_is_not_built_yet(driver: Driver) -> None:
    driver.meet()
    (answer,) = driver.says(Rewind(MATCH))
    assert isinstance(answer, fx.Send)
    assert isinstance(answer.message, Error)
    assert answer.message.code == "not_yet"


# --- blocking --------------------------------------------------------------------------------------


@states("idle", "searching")
def test_a_blocked_visitor_is_named_in_later_tickets(
    driver: Driver, reach: Callable[[Driver], object]
) -> None:
    reach(driver)
    assert driver.happens(opened()) == []
    assert driver.search().blocked == (key(STRANGER),)


def test_a_proposal_of_a_blocked_visitor_is_declined(driver: Driver) -> None:
    ticket = driver.search()  # before the block, so the matcher does not know of it
    driver.happens(opened())
    decline, search = driver.happens(proposed(ticket.id))
    assert decline == DECLINE
    assert isinstance(search, fx.Search)
    assert search.ticket.blocked == (key(STRANGER),)


def test_blocking_whom_one_is_about_to_meet_gives_the_reservation_up(driver: Driver) -> None:
    driver.reserve()
    left, search = driver.happens(opened(match=OLD_MATCH))
    assert left == ended("blocked")
    assert isinstance(search, fx.Search)
    assert (search.ticket.attempt, search.ticket.blocked) == (2, (key(STRANGER),))


@pytest.mark.parametrize("match", [MATCH, OLD_MATCH])
def test_blocking_the_partner_ends_the_match_by_whichever_pass(driver: Driver, match: MatchId) -> None:
    driver.meet()
    left, told, *rest = driver.happens(opened(match=match))
    assert (left, told) == (ended("blocked"), fx.Send(Ended(MATCH, "blocked")))
    (ticket,) = searches(rest)
    assert ticket.blocked == (key(STRANGER),)


@states("reserved", "matched")
def test_blocking_somebody_else_goes_unnoticed(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.session.state
    assert driver.happens(opened(OTHER, OLD_MATCH)) == []
    assert driver.session.state == before


# --- the end ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "undone"),
    [
        ("idle", []),
        ("searching", [fx.Withdraw(TicketId(1))]),
        ("reserved", [ended("lost")]),
        ("matched", [ended("lost")]),
    ],
)
def test_a_lost_socket_leaves_nothing_behind(driver: Driver, name: str, undone: list[fx.Effect]) -> None:
    STATES[name](driver)
    assert driver.happens(events.Disconnected()) == undone
    assert driver.session.state == Idle()
    assert driver.happens(events.Disconnected()) == []


@states("idle", "searching", "reserved", "matched")
def test_a_ban_ends_everything(driver: Driver, reach: Callable[[Driver], object]) -> None:
    reach(driver)
    before = driver.session.state
    *left, told, closed = driver.happens(events.StandingLost(NOTICE))
    assert (told, closed) == (fx.Send(NOTICE), fx.Close(CloseCode.BANNED))
    match before:
        case Idle():
            assert left == []
        case Searching():
            assert left == [fx.Withdraw(TicketId(1))]
        case _:
            assert left == [ended("banned")]
    assert driver.session.state == Idle()


# --- memory ----------------------------------------------------------------------------------------


def test_the_last_partners_are_remembered_the_latest_last(driver: Driver) -> None:
    met = [VisitorId(random_id()) for _ in range(MEMORY + 10)]
    for number, partner in enumerate(met):
        driver.now = 1000.0 + number
        driver.meet(MatchId(str(number)), partner)
        driver.says(Next())
    remembered = driver.ticket.partners
    assert [who for who, _ in remembered] == [key(partner) for partner in met[-MEMORY:]]
    assert remembered[-1][1] == driver.now


def test_meeting_again_moves_a_partner_to_the_end(driver: Driver) -> None:
    for number, partner in enumerate([STRANGER, OTHER, STRANGER]):
        driver.now = float(number)
        driver.meet(MatchId(str(number)), partner)
        driver.says(Next())
    assert driver.ticket.partners == ((key(OTHER), 1.0), (key(STRANGER), 2.0))


def test_the_last_blocks_are_remembered(driver: Driver) -> None:
    blocked = [VisitorId(random_id()) for _ in range(MEMORY + 10)]
    for visitor in blocked:
        driver.happens(opened(visitor, OLD_MATCH))
    assert driver.search().blocked == tuple(key(visitor) for visitor in blocked[-MEMORY:])
