"""One side of a match resumes, searches for the partner, waits and leaves."""

from collections.abc import Callable

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import (
    LocatePartner,
    PartnerLeft,
    PartnerNotHere,
    Superseded,
    TakeoverAck,
)
from services.contract.ids import GatewayId, MatchId, Place, VisitorId, random_id
from services.contract.limits import RECONNECT_GRACE, RELOAD_GRACE
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.conversation import LOCATE_TIMEOUT, WELCOME_TIMEOUT
from services.signaling.core.match_side import Participant
from services.signaling.core.messages import Ended, Error, Find, PartnerAway, Stop, Typing, encode
from services.signaling.core.pending_takeovers import RETRY_DELAYS
from services.signaling.core.visitor_history import VisitorMemory

from .samples import (
    ELSEWHERE,
    FIND,
    GATEWAY,
    LOCATE_QUESTION,
    MATCH,
    ME,
    MY_GATEWAY,
    MY_PLACE,
    NEWER,
    OLD_MATCH,
    PLACE,
    STRANGER,
    Driver,
    chat,
    key,
    locate_partner,
    not_here,
    of_kind,
    offered_tickets,
    partner_left,
    partner_location,
    pass_content,
    relay,
    sends_left,
    sends_location,
)

FIRST_MESSAGES: dict[str, events.Event] = {
    "here": partner_location(),
    "away": partner_location(connected=False),
    "looks for us": locate_partner(),
    "elsewhere": partner_location(NEWER),
    "looks for us from elsewhere": locate_partner(NEWER),
}


@pytest.fixture
def resuming(driver: Driver) -> Driver:
    driver.resume()
    return driver


def welcomes(effects: list[fx.Effect]) -> list[fx.SendWelcome]:
    return [effect for effect in effects if isinstance(effect, fx.SendWelcome)]


# --- resuming --------------------------------------------------------------------------------------


def test_a_resuming_session_asks_the_gateway_in_the_pass_and_waits(driver: Driver) -> None:
    assert driver.resume() == [
        fx.SetTimer(RECONNECT_GRACE, events.PartnerGraceExpired(MATCH, driver.now)),
        fx.SetTimer(LOCATE_TIMEOUT, events.PartnerSearchDue(MATCH)),
        fx.SetTimer(WELCOME_TIMEOUT, events.ResumeTimedOut(MATCH)),
        fx.SendToGateway(GATEWAY, LOCATE_QUESTION),
    ]
    mine = driver.summary
    assert (mine.phase, mine.match, mine.partner_place) == ("matched", MATCH, PLACE)
    assert (mine.connected, mine.welcomed, mine.partner_here) == (True, False, False)


@pytest.mark.parametrize("word", FIRST_MESSAGES.values(), ids=FIRST_MESSAGES)
def test_the_first_message_about_the_partner_brings_the_welcome(resuming: Driver, word: events.Event) -> None:
    effects = resuming.happens(word)
    (welcome,) = welcomes(effects)
    assert welcome.side is not None
    assert (welcome.side.match, welcome.find) == (MATCH, encode(FIND))
    assert welcome.side.partner_place == word.place  # type: ignore[union-attr]  # told by a gateway
    assert welcome.partner_here == (word in (FIRST_MESSAGES["here"], FIRST_MESSAGES["elsewhere"]))
    assert welcome.memory == VisitorMemory(present=key(STRANGER), places=(MY_PLACE,))
    assert sends_location(at=welcome.side.partner_place.gateway) in effects, "the partner may speak now"
    assert resuming.happens(events.PartnerSearchDue(MATCH)) == []
    assert resuming.happens(events.ResumeTimedOut(MATCH)) == []


def test_without_a_message_the_welcome_comes_after_a_second(resuming: Driver) -> None:
    (welcome,) = welcomes(resuming.happens(events.ResumeTimedOut(MATCH)))
    assert welcome.side is not None
    assert not welcome.partner_here
    back = resuming.happens(partner_location())
    assert back == [sends_location(), fx.SendPartnerBack(welcome.side, encode(FIND), fresh=False)]


def test_frames_are_dropped_before_the_welcome(resuming: Driver) -> None:
    assert resuming.says(Typing(MATCH), b"mine") == [fx.CountDropped("partner_away")]
    assert resuming.hears(relay()) == [fx.CountDropped("no_socket")]
    resuming.happens(partner_location())
    assert of_kind(resuming.says(Typing(MATCH), b"mine"), fx.SendToGateway)
    assert resuming.hears(relay()) is None


@pytest.mark.parametrize("reason", ["next", "stop", "lost", "blocked", "banned"])
def test_a_match_that_is_over_is_not_resumed(resuming: Driver, reason: str) -> None:
    effects = resuming.happens(partner_left(reason))  # type: ignore[arg-type]  # one of them
    (welcome,) = welcomes(effects)
    assert welcome.side is None
    assert welcome.memory.partners == ((key(STRANGER), resuming.now),)
    assert not offered_tickets(effects), "the page has not asked for a search"
    assert resuming.phase == "idle"


def test_a_find_before_the_welcome_brings_a_welcome_without_the_match(resuming: Driver) -> None:
    effects = resuming.says(FIND)
    assert [welcome.side for welcome in welcomes(effects)] == [None]
    assert sends_left("next") in effects
    assert offered_tickets(effects)


def test_the_wish_in_a_pass_starts_a_search_after_the_match(resuming: Driver) -> None:
    resuming.happens(partner_location())
    (ticket,) = offered_tickets(resuming.happens(partner_left("next")))
    assert ticket.wish.interests == ("music",)


def test_the_wish_in_a_pass_may_be_for_one_match(driver: Driver) -> None:
    driver.resume(pass_content(Find("text", once=True)))
    driver.happens(partner_location())
    assert not offered_tickets(driver.happens(partner_left("next")))
    assert driver.phase == "idle"


def test_a_pass_without_a_wish_starts_no_search(driver: Driver) -> None:
    driver.resume(pass_content(find=None))
    driver.happens(partner_location())
    assert not offered_tickets(driver.happens(partner_left("next")))
    assert driver.phase == "idle"


# --- searching for the partner ---------------------------------------------------------------------

SEARCH_EFFECTS: list[fx.Effect] = [
    fx.SubscribeToMatch(MATCH),
    fx.PublishToMatch(LOCATE_QUESTION),
    fx.SendToGateway(GATEWAY, LOCATE_QUESTION),
    fx.SetTimer(0.2, events.PartnerSearchDue(MATCH, 1, 1)),
]


def stays_subscribed(search: int = 1) -> fx.Effect:
    return fx.SetTimer(RECONNECT_GRACE, events.UnsubscribeDue(MATCH, search))


def test_without_an_answer_a_search_starts_after_half_a_second(resuming: Driver) -> None:
    assert resuming.happens(events.PartnerSearchDue(MATCH)) == SEARCH_EFFECTS
    assert not resuming.summary.welcomed


@pytest.mark.parametrize(
    "word",
    [not_here(), PartnerNotHere(ME, MATCH, 0, GATEWAY), events.GatewayLost(GATEWAY)],
    ids=["not here", "never here", "silent"],
)
def test_a_search_starts_at_once_if_the_partner_is_not_at_their_gateway(
    resuming: Driver, word: events.Event
) -> None:
    assert resuming.happens(word) == SEARCH_EFFECTS
    assert resuming.happens(events.PartnerSearchDue(MATCH)) == [], "a search is running already"
    assert resuming.happens(word) == []
    (welcome,) = welcomes(resuming.happens(events.ResumeTimedOut(MATCH)))
    assert not welcome.partner_here


@pytest.mark.parametrize(
    "word",
    [PartnerNotHere(ME, MATCH, 0, ELSEWHERE), not_here(match=OLD_MATCH), events.GatewayLost(ELSEWHERE)],
)
def test_another_gateway_without_the_partner_changes_nothing(resuming: Driver, word: events.Event) -> None:
    assert resuming.happens(word) == []


def test_a_search_repeats_its_question_soon_and_then_every_three_seconds(resuming: Driver) -> None:
    effects = resuming.happens(events.PartnerSearchDue(MATCH))
    waits = []
    for _ in range(6):
        ((wake,),) = [of_kind(effects, fx.SetTimer)]
        assert isinstance(wake, fx.SetTimer)
        assert fx.PublishToMatch(LOCATE_QUESTION) in effects
        waits.append(wake.seconds)
        effects = resuming.happens(wake.event)
    assert waits == [*RETRY_DELAYS, 3.0, 3.0]


@pytest.mark.parametrize("word", FIRST_MESSAGES.values(), ids=FIRST_MESSAGES)
def test_a_located_partner_is_not_searched_for(resuming: Driver, word: events.Event) -> None:
    resuming.happens(events.PartnerSearchDue(MATCH))
    effects = resuming.happens(word)
    assert welcomes(effects)
    if word == FIRST_MESSAGES["away"]:
        return  # their gateway says that they are not there: they may come elsewhere
    assert stays_subscribed() in effects
    assert resuming.happens(events.PartnerSearchDue(MATCH, 1, 1)) == []
    assert resuming.happens(events.UnsubscribeDue(MATCH, 1)) == [fx.UnsubscribeFromMatch(MATCH)]


def test_a_second_search_keeps_the_subscription_of_the_first(resuming: Driver) -> None:
    resuming.happens(events.PartnerSearchDue(MATCH))
    resuming.happens(partner_location())
    again = resuming.happens(not_here())
    assert fx.PublishToMatch(LOCATE_QUESTION) in again
    assert fx.SubscribeToMatch(MATCH) not in again, "the subscription never ended"
    assert resuming.happens(events.UnsubscribeDue(MATCH, 1)) == []
    assert stays_subscribed(2) in resuming.happens(partner_location())
    assert resuming.happens(events.UnsubscribeDue(MATCH, 1)) == [], "the partner was found only just now"
    assert resuming.happens(events.UnsubscribeDue(MATCH, 2)) == [fx.UnsubscribeFromMatch(MATCH)]
    assert resuming.happens(events.UnsubscribeDue(MATCH, 2)) == []


def test_a_second_search_ends_the_repeats_of_the_first(resuming: Driver) -> None:
    resuming.happens(events.PartnerSearchDue(MATCH))
    resuming.happens(partner_location())
    resuming.happens(not_here())
    assert resuming.happens(events.PartnerSearchDue(MATCH, 1, 1)) == [], "this belongs to the first search"
    assert of_kind(resuming.happens(events.PartnerSearchDue(MATCH, 2, 1)), fx.PublishToMatch)


def test_a_partner_found_at_another_gateway_comes_back_with_a_fresh_pass(driver: Driver) -> None:
    driver.meet()
    driver.happens(events.GatewayLost(GATEWAY))
    answered = driver.happens(locate_partner(NEWER))
    newer = Superseded(STRANGER, MATCH, NEWER.epoch, NEWER.gateway)
    assert answered == [fx.SendToGateway(GATEWAY, newer), stays_subscribed(), sends_location(at=ELSEWHERE)]
    assert not driver.summary.partner_here, "the partner gets no frames before their welcome"
    *_, back = driver.happens(partner_location(NEWER))
    assert isinstance(back, fx.SendPartnerBack)
    assert (back.fresh, back.side.partner_place) == (True, NEWER)
    assert driver.says(*chat())[0].gateway == ELSEWHERE  # type: ignore[union-attr]  # a Tell


def test_a_former_gateway_may_name_the_place_of_the_partner(resuming: Driver) -> None:
    """Our visitor's former gateway knew that the partner moved, which the pass does not say."""
    resuming.happens(TakeoverAck(ME, MATCH, MY_PLACE.epoch, ELSEWHERE, None))
    asked = resuming.happens(TakeoverAck(ME, MATCH, MY_PLACE.epoch, ELSEWHERE, NEWER))
    assert fx.SendToGateway(NEWER.gateway, LOCATE_QUESTION) in asked
    assert resuming.summary.partner_place == NEWER
    for older in (PLACE, NEWER):
        assert resuming.happens(TakeoverAck(ME, MATCH, MY_PLACE.epoch, ELSEWHERE, older)) == []


# --- one of the two is away ------------------------------------------------------------------------


def test_a_partner_whose_gateway_is_lost_is_away_and_searched_for(driver: Driver) -> None:
    driver.meet()
    effects = driver.happens(events.GatewayLost(GATEWAY))
    away = [
        fx.SetTimer(RECONNECT_GRACE, events.PartnerGraceExpired(MATCH, 100.0)),
        fx.SendMessage(PartnerAway(MATCH, RECONNECT_GRACE)),
    ]
    assert effects == [*away, *SEARCH_EFFECTS]
    assert driver.happens(events.GatewayLost(GATEWAY)) == [], "the browser is told once"


@pytest.mark.parametrize("times", [1, 2])
def test_the_browser_is_told_once_that_the_partner_is_away_and_then_back(driver: Driver, times: int) -> None:
    driver.meet()
    for turn in range(times):
        told = driver.happens(partner_location(connected=False))
        assert (fx.SendMessage(PartnerAway(MATCH, RECONNECT_GRACE)) in told) == (turn == 0)
    said, back = driver.happens(partner_location())
    assert said == sends_location(), "the partner may believe that we are away, too"
    assert isinstance(back, fx.SendPartnerBack)
    assert not back.fresh
    assert driver.happens(partner_location()) == [], "a confirmation"


def test_a_partner_with_a_newer_socket_is_back_even_if_never_away(driver: Driver) -> None:
    driver.meet()
    (back,) = driver.happens(partner_location(Place(PLACE.epoch + 1, GATEWAY)))
    assert isinstance(back, fx.SendPartnerBack)
    assert not back.fresh


def test_a_partner_who_does_not_come_back_is_given_up(driver: Driver) -> None:
    driver.meet()
    driver.happens(events.GatewayLost(GATEWAY))
    driver.now += RECONNECT_GRACE
    effects = driver.happens(events.PartnerGraceExpired(MATCH, 100.0))
    parting = PartnerLeft(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, "lost")
    assert effects[:3] == [
        fx.SendToGateway(GATEWAY, parting),
        fx.PublishToMatch(parting),
        fx.UnsubscribeFromMatch(MATCH),
    ]
    assert fx.SendMessage(Ended(MATCH, "lost")) in effects
    assert offered_tickets(effects)


def test_a_new_grace_does_not_expire_with_an_earlier_one(driver: Driver) -> None:
    driver.meet()
    driver.happens(partner_location(connected=False))
    driver.now += 10
    driver.happens(partner_location())
    driver.happens(partner_location(connected=False))
    driver.now += 5
    assert driver.happens(events.PartnerGraceExpired(MATCH, 100.0)) == []
    assert driver.happens(events.PartnerGraceExpired(MATCH, 110.0))


def test_a_match_waits_for_a_visitor_whose_socket_is_lost(driver: Driver) -> None:
    driver.meet()
    lost = driver.happens(events.Disconnected(leaving=False))
    assert lost == [
        sends_location(connected=False),
        fx.SetTimer(RECONNECT_GRACE, events.GraceExpired(MATCH, 100.0)),
    ]
    again = Participant(ME, Place(MY_PLACE.epoch + 1, MY_GATEWAY), b"mine")
    back = driver.happens(events.Reconnected(again, "DE"))
    (welcome,) = welcomes(back)
    assert welcome.partner_here
    assert driver.summary.place == again.place
    assert driver.happens(events.GraceExpired(MATCH, 100.0)) == []


def test_a_gateway_says_only_not_here_of_a_visitor_who_does_not_come_back(driver: Driver) -> None:
    """The visitor may be at another gateway, so this one does not end the match."""
    driver.meet()
    driver.happens(events.Disconnected(leaving=False))
    driver.now += RECONNECT_GRACE
    gone = driver.happens(events.GraceExpired(MATCH, 100.0))
    absent = PartnerNotHere(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY)
    assert gone == [fx.SendToGateway(GATEWAY, absent), fx.EndSession()]
    assert driver.phase == "idle"


def test_a_match_waits_only_briefly_for_a_visitor_whose_page_has_ended(driver: Driver) -> None:
    """It may be a reload. If it is not, the partner learns soon that the match is over."""
    driver.meet()
    gone = driver.happens(events.Disconnected(leaving=False, page_closed=True))
    expired = events.GraceExpired(MATCH, 100.0, page_closed=True)
    assert gone == [sends_location(connected=False), fx.SetTimer(RELOAD_GRACE, expired)]
    driver.now += RELOAD_GRACE
    left = PartnerLeft(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, "lost")
    assert fx.SendToGateway(GATEWAY, left) in driver.happens(expired)
    assert driver.phase == "idle"


def test_a_visitor_who_loads_the_page_again_keeps_the_match(driver: Driver) -> None:
    driver.meet()
    driver.happens(events.Disconnected(leaving=False, page_closed=True))
    again = Participant(ME, Place(MY_PLACE.epoch + 1, MY_GATEWAY), b"mine")
    (welcome,) = welcomes(driver.happens(events.Reconnected(again, "DE")))
    assert welcome.partner_here
    assert driver.happens(events.GraceExpired(MATCH, 100.0, page_closed=True)) == []


@pytest.mark.parametrize("reason", ["next", "lost", "stop"])
def test_an_absent_visitor_gets_no_new_search_when_the_match_ends(driver: Driver, reason: str) -> None:
    driver.meet()
    driver.happens(events.Disconnected(leaving=False))
    assert driver.happens(partner_left(reason)) == [fx.EndSession()]  # type: ignore[arg-type]  # one of them


# --- a newer socket at another gateway -------------------------------------------------------------


@pytest.mark.parametrize("match", [MATCH, OLD_MATCH, MatchId("")], ids=["with the match", "another", "none"])
def test_a_visitor_who_moves_takes_the_match_along_or_leaves_it(driver: Driver, match: MatchId) -> None:
    driver.meet()
    driver.happens(events.GatewayLost(GATEWAY))
    newer = Place(MY_PLACE.epoch + 1, ELSEWHERE)
    *before, told, closed, forgotten = driver.happens(events.VisitorMoved(newer, match))
    if match == MATCH:
        assert before == [fx.UnsubscribeFromMatch(MATCH)], "the newer place tells the partner"
    else:
        assert before[0] == sends_left("lost")
    assert isinstance(told, fx.SendMessage)
    assert isinstance(told.message, Error)
    assert (told.message.code, told.message.epoch) == ("stale_epoch", newer.epoch)
    assert (closed, forgotten) == (fx.CloseSocket(CloseCode.CONNECTED_ELSEWHERE), fx.EndSession())
    assert driver.phase == "idle"


# --- questions about an ended match ----------------------------------------------------------------


@pytest.mark.parametrize("ask", [locate_partner, partner_location])
@pytest.mark.parametrize(("pressed", "reason"), [(True, "next"), (False, "lost")])
def test_a_partner_who_believes_in_an_ended_match_is_told(
    driver: Driver, ask: Callable[[], LocatePartner], pressed: bool, reason: str
) -> None:
    if pressed:
        driver.meet()
        driver.says(FIND)
    told = driver.happens(ask())
    parting = PartnerLeft(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, reason)  # type: ignore[arg-type]
    assert told == [fx.SendToGateway(GATEWAY, parting)]


def test_the_reason_of_an_end_is_still_known_after_the_next_match(driver: Driver) -> None:
    """The partner's gateway may have been without NATS for some seconds."""
    driver.meet()
    driver.says(FIND)
    driver.meet(OLD_MATCH, VisitorId(random_id()))
    driver.says(Stop())
    (told,) = of_kind(driver.happens(locate_partner()), fx.SendToGateway)
    assert isinstance(told, fx.SendToGateway)
    assert isinstance(told.message, PartnerLeft)
    assert told.message.reason == "next"


@pytest.mark.parametrize(
    "event", [not_here(), events.PartnerSearchDue(MATCH), TakeoverAck(ME, MATCH, 7, GatewayId("x"))]
)
def test_other_events_of_an_ended_match_change_nothing(driver: Driver, event: events.Event) -> None:
    assert not of_kind(driver.happens(event), fx.SendToGateway, fx.SendMessage, fx.OfferTicket)
