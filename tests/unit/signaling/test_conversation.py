"""One side of a match: it resumes, looks for the partner, waits, and lets go."""

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
from services.contract.limits import RECONNECT_GRACE
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.conversation import LOCATE_TIMEOUT, WELCOME_TIMEOUT
from services.signaling.core.match_side import Participant
from services.signaling.core.messages import Ended, Error, PartnerAway, Stop, Typing, encode
from services.signaling.core.pending_takeovers import RETRY_DELAYS
from services.signaling.core.visitor_history import VisitorMemory

from .samples import (
    ELSEWHERE,
    FIND,
    GATEWAY,
    MATCH,
    ME,
    MY_GATEWAY,
    MY_PLACE,
    NEWER,
    OLD_MATCH,
    PLACE,
    SEEKS,
    STRANGER,
    Driver,
    chat,
    ended,
    here,
    key,
    left,
    not_here,
    of,
    partner_at,
    pass_content,
    relay,
    searches,
    sought,
)

WORD: dict[str, events.Event] = {
    "here": partner_at(),
    "away": partner_at(connected=False),
    "looks for us": sought(),
    "elsewhere": partner_at(NEWER),
    "looks for us from elsewhere": sought(NEWER),
}


@pytest.fixture
def resuming(driver: Driver) -> Driver:
    driver.resume()
    return driver


def welcomes(effects: list[fx.Effect]) -> list[fx.SendWelcome]:
    return [effect for effect in effects if isinstance(effect, fx.SendWelcome)]


# --- resuming ------------------------------------------------------------------------------------------


def test_who_resumes_asks_the_gateway_in_the_pass_and_waits_for_word(driver: Driver) -> None:
    assert driver.resume() == [
        fx.SetTimer(RECONNECT_GRACE, events.PartnerGraceExpired(MATCH, driver.now)),
        fx.SetTimer(LOCATE_TIMEOUT, events.PartnerSearchDue(MATCH)),
        fx.SetTimer(WELCOME_TIMEOUT, events.ResumeTimedOut(MATCH)),
        fx.SendToGateway(GATEWAY, SEEKS),
    ]
    mine = driver.summary
    assert (mine.phase, mine.match, mine.partner_place) == ("matched", MATCH, PLACE)
    assert (mine.connected, mine.welcomed, mine.partner_here) == (True, False, False)


@pytest.mark.parametrize("word", WORD.values(), ids=WORD)
def test_the_first_word_of_the_partner_brings_the_welcome(resuming: Driver, word: events.Event) -> None:
    effects = resuming.happens(word)
    (welcome,) = welcomes(effects)
    assert welcome.side is not None
    assert (welcome.side.match, welcome.find) == (MATCH, encode(FIND))
    assert welcome.side.partner_place == word.place  # type: ignore[union-attr]  # told by a gateway
    assert welcome.partner_here == (word in (WORD["here"], WORD["elsewhere"]))
    assert welcome.memory == VisitorMemory(present=key(STRANGER), places=(MY_PLACE,))
    assert here(at=welcome.side.partner_place.gateway) in effects, "the partner may speak now"
    assert resuming.happens(events.PartnerSearchDue(MATCH)) == []
    assert resuming.happens(events.ResumeTimedOut(MATCH)) == []


def test_without_a_word_the_welcome_comes_after_a_second(resuming: Driver) -> None:
    (welcome,) = welcomes(resuming.happens(events.ResumeTimedOut(MATCH)))
    assert welcome.side is not None
    assert not welcome.partner_here
    back = resuming.happens(partner_at())
    assert back == [here(), fx.SendPartnerBack(welcome.side, encode(FIND), fresh=False)]


def test_frames_go_nowhere_before_the_welcome(resuming: Driver) -> None:
    assert resuming.says(Typing(MATCH), b"mine") == [fx.CountDropped("partner_away")]
    assert resuming.happens(relay()) == [fx.CountDropped("no_socket")]
    resuming.happens(partner_at())
    assert of(resuming.says(Typing(MATCH), b"mine"), fx.SendToGateway)
    assert resuming.happens(relay()) == [fx.SendFrame(b"theirs", False)]


@pytest.mark.parametrize("reason", ["next", "stop", "lost", "blocked", "banned"])
def test_a_match_that_is_over_is_not_resumed(resuming: Driver, reason: str) -> None:
    effects = resuming.happens(left(reason))  # type: ignore[arg-type]  # one of them
    (welcome,) = welcomes(effects)
    assert welcome.side is None
    assert welcome.memory.partners == ((key(STRANGER), resuming.now),)
    assert not searches(effects), "the page has not asked for a search"
    assert resuming.phase == "idle"


def test_who_does_not_wait_for_the_welcome_gets_one_without_the_match(resuming: Driver) -> None:
    effects = resuming.says(FIND)
    assert [welcome.side for welcome in welcomes(effects)] == [None]
    assert ended("next") in effects
    assert searches(effects)


def test_the_wish_in_a_pass_is_followed_after_the_match(resuming: Driver) -> None:
    resuming.happens(partner_at())
    (ticket,) = searches(resuming.happens(left("next")))
    assert ticket.wish.interests == ("music",)


def test_a_pass_without_a_wish_leads_to_none(driver: Driver) -> None:
    driver.resume(pass_content(find=None))
    driver.happens(partner_at())
    assert not searches(driver.happens(left("next")))
    assert driver.phase == "idle"


# --- looking for the partner -----------------------------------------------------------------------------

SEEKING: list[fx.Effect] = [
    fx.SubscribeToMatch(MATCH),
    fx.PublishToMatch(SEEKS),
    fx.SendToGateway(GATEWAY, SEEKS),
    fx.SetTimer(0.2, events.PartnerSearchDue(MATCH, 1, 1)),
]


def listens_on(search: int = 1) -> fx.Effect:
    return fx.SetTimer(RECONNECT_GRACE, events.UnsubscribeDue(MATCH, search))


def test_without_a_word_they_look_everywhere_after_half_a_second(resuming: Driver) -> None:
    assert resuming.happens(events.PartnerSearchDue(MATCH)) == SEEKING
    assert not resuming.summary.welcomed


@pytest.mark.parametrize(
    "word",
    [not_here(), PartnerNotHere(ME, MATCH, 0, GATEWAY), events.GatewayLost(GATEWAY)],
    ids=["not here", "never here", "silent"],
)
def test_a_gateway_without_the_partner_makes_them_look_at_once(resuming: Driver, word: events.Event) -> None:
    assert resuming.happens(word) == SEEKING
    assert resuming.happens(events.PartnerSearchDue(MATCH)) == [], "they look already"
    assert resuming.happens(word) == []
    (welcome,) = welcomes(resuming.happens(events.ResumeTimedOut(MATCH)))
    assert not welcome.partner_here


@pytest.mark.parametrize(
    "word",
    [PartnerNotHere(ME, MATCH, 0, ELSEWHERE), not_here(match=OLD_MATCH), events.GatewayLost(ELSEWHERE)],
)
def test_another_gateway_without_the_partner_says_nothing(resuming: Driver, word: events.Event) -> None:
    assert resuming.happens(word) == []


def test_they_call_again_soon_and_then_every_three_seconds(resuming: Driver) -> None:
    effects = resuming.happens(events.PartnerSearchDue(MATCH))
    waits = []
    for _ in range(6):
        ((wake,),) = [of(effects, fx.SetTimer)]
        assert isinstance(wake, fx.SetTimer)
        assert fx.PublishToMatch(SEEKS) in effects
        waits.append(wake.seconds)
        effects = resuming.happens(wake.event)
    assert waits == [*RETRY_DELAYS, 3.0, 3.0]


@pytest.mark.parametrize("word", WORD.values(), ids=WORD)
def test_who_is_found_is_not_looked_for(resuming: Driver, word: events.Event) -> None:
    resuming.happens(events.PartnerSearchDue(MATCH))
    effects = resuming.happens(word)
    assert welcomes(effects)
    if word == WORD["away"]:
        return  # their gateway says that they are not there: they may come elsewhere
    assert listens_on() in effects
    assert resuming.happens(events.PartnerSearchDue(MATCH, 1, 1)) == []
    assert resuming.happens(events.UnsubscribeDue(MATCH, 1)) == [fx.UnsubscribeFromMatch(MATCH)]


def test_who_has_to_be_looked_for_again_is_listened_for_all_the_while(resuming: Driver) -> None:
    resuming.happens(events.PartnerSearchDue(MATCH))
    resuming.happens(partner_at())
    again = resuming.happens(not_here())
    assert fx.PublishToMatch(SEEKS) in again
    assert fx.SubscribeToMatch(MATCH) not in again, "it never stopped"
    assert resuming.happens(events.UnsubscribeDue(MATCH, 1)) == []
    assert listens_on(2) in resuming.happens(partner_at())
    assert resuming.happens(events.UnsubscribeDue(MATCH, 1)) == [], "they were found again only just now"
    assert resuming.happens(events.UnsubscribeDue(MATCH, 2)) == [fx.UnsubscribeFromMatch(MATCH)]
    assert resuming.happens(events.UnsubscribeDue(MATCH, 2)) == []


def test_who_is_looked_for_again_is_called_in_one_rhythm_only(resuming: Driver) -> None:
    resuming.happens(events.PartnerSearchDue(MATCH))
    resuming.happens(partner_at())
    resuming.happens(not_here())
    assert resuming.happens(events.PartnerSearchDue(MATCH, 1, 1)) == [], "it is of the first search"
    assert of(resuming.happens(events.PartnerSearchDue(MATCH, 2, 1)), fx.PublishToMatch)


def test_who_was_found_elsewhere_and_is_there_comes_back_with_a_fresh_pass(driver: Driver) -> None:
    driver.meet()
    driver.happens(events.GatewayLost(GATEWAY))
    answered = driver.happens(sought(NEWER))
    newer = Superseded(STRANGER, MATCH, NEWER.epoch, NEWER.gateway)
    assert answered == [fx.SendToGateway(GATEWAY, newer), listens_on(), here(at=ELSEWHERE)]
    assert not driver.summary.partner_here, "they hear nothing before their welcome"
    *_, back = driver.happens(partner_at(NEWER))
    assert isinstance(back, fx.SendPartnerBack)
    assert (back.fresh, back.side.partner_place) == (True, NEWER)
    assert driver.says(*chat())[0].gateway == ELSEWHERE  # type: ignore[union-attr]  # a Tell


def test_the_former_gateway_may_say_where_the_partner_is(resuming: Driver) -> None:
    """Ours had word of the partner's move, which the pass does not know."""
    resuming.happens(TakeoverAck(ME, MATCH, MY_PLACE.epoch, ELSEWHERE, None))
    asked = resuming.happens(TakeoverAck(ME, MATCH, MY_PLACE.epoch, ELSEWHERE, NEWER))
    assert fx.SendToGateway(NEWER.gateway, SEEKS) in asked
    assert resuming.summary.partner_place == NEWER
    for older in (PLACE, NEWER):
        assert resuming.happens(TakeoverAck(ME, MATCH, MY_PLACE.epoch, ELSEWHERE, older)) == []


# --- one of the two is away ------------------------------------------------------------------------------


def test_a_partner_whose_gateway_is_lost_is_away_and_looked_for(driver: Driver) -> None:
    driver.meet()
    effects = driver.happens(events.GatewayLost(GATEWAY))
    away = [
        fx.SetTimer(RECONNECT_GRACE, events.PartnerGraceExpired(MATCH, 100.0)),
        fx.SendMessage(PartnerAway(MATCH, RECONNECT_GRACE)),
    ]
    assert effects == [*away, *SEEKING]
    assert driver.happens(events.GatewayLost(GATEWAY)) == [], "it is said once"


@pytest.mark.parametrize("times", [1, 2])
def test_a_partner_who_is_away_is_told_of_once_and_comes_back(driver: Driver, times: int) -> None:
    driver.meet()
    for turn in range(times):
        told = driver.happens(partner_at(connected=False))
        assert (fx.SendMessage(PartnerAway(MATCH, RECONNECT_GRACE)) in told) == (turn == 0)
    said, back = driver.happens(partner_at())
    assert said == here(), "they may believe us away, too"
    assert isinstance(back, fx.SendPartnerBack)
    assert not back.fresh
    assert driver.happens(partner_at()) == [], "a confirmation"


def test_a_partner_with_a_newer_socket_is_back_though_they_were_never_away(driver: Driver) -> None:
    driver.meet()
    (back,) = driver.happens(partner_at(Place(PLACE.epoch + 1, GATEWAY)))
    assert isinstance(back, fx.SendPartnerBack)
    assert not back.fresh


def test_a_partner_who_does_not_come_back_is_given_up(driver: Driver) -> None:
    driver.meet()
    driver.happens(events.GatewayLost(GATEWAY))
    driver.now += RECONNECT_GRACE
    effects = driver.happens(events.PartnerGraceExpired(MATCH, 100.0))
    goodbye = PartnerLeft(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, "lost")
    assert effects[:3] == [
        fx.SendToGateway(GATEWAY, goodbye),
        fx.PublishToMatch(goodbye),
        fx.UnsubscribeFromMatch(MATCH),
    ]
    assert fx.SendMessage(Ended(MATCH, "lost")) in effects
    assert searches(effects)


def test_a_grace_that_began_again_does_not_end_with_the_first(driver: Driver) -> None:
    driver.meet()
    driver.happens(partner_at(connected=False))
    driver.now += 10
    driver.happens(partner_at())
    driver.happens(partner_at(connected=False))
    driver.now += 5
    assert driver.happens(events.PartnerGraceExpired(MATCH, 100.0)) == []
    assert driver.happens(events.PartnerGraceExpired(MATCH, 110.0))


def test_who_loses_their_socket_is_waited_for(driver: Driver) -> None:
    driver.meet()
    lost = driver.happens(events.Disconnected(leaving=False))
    assert lost == [here(connected=False), fx.SetTimer(RECONNECT_GRACE, events.GraceExpired(MATCH, 100.0))]
    again = Participant(ME, Place(MY_PLACE.epoch + 1, MY_GATEWAY), b"mine")
    back = driver.happens(events.Reconnected(again, "DE"))
    (welcome,) = welcomes(back)
    assert welcome.partner_here
    assert driver.summary.place == again.place
    assert driver.happens(events.GraceExpired(MATCH, 100.0)) == []


def test_who_does_not_come_back_here_may_be_elsewhere(driver: Driver) -> None:
    """So this gateway does not end the match: it says that they are not here."""
    driver.meet()
    driver.happens(events.Disconnected(leaving=False))
    driver.now += RECONNECT_GRACE
    gone = driver.happens(events.GraceExpired(MATCH, 100.0))
    absent = PartnerNotHere(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY)
    assert gone == [fx.SendToGateway(GATEWAY, absent), fx.EndSession()]
    assert driver.phase == "idle"


@pytest.mark.parametrize("reason", ["next", "lost", "stop"])
def test_nobody_searches_for_who_is_not_there(driver: Driver, reason: str) -> None:
    driver.meet()
    driver.happens(events.Disconnected(leaving=False))
    assert driver.happens(left(reason)) == [fx.EndSession()]  # type: ignore[arg-type]  # one of them


# --- a newer socket elsewhere ------------------------------------------------------------------------------


@pytest.mark.parametrize("match", [MATCH, OLD_MATCH, MatchId("")], ids=["with the match", "another", "none"])
def test_who_moved_takes_the_match_along_or_leaves_it(driver: Driver, match: MatchId) -> None:
    driver.meet()
    driver.happens(events.GatewayLost(GATEWAY))
    newer = Place(MY_PLACE.epoch + 1, ELSEWHERE)
    *before, told, closed, forgotten = driver.happens(events.VisitorMoved(newer, match))
    if match == MATCH:
        assert before == [fx.UnsubscribeFromMatch(MATCH)], "the newer place tells the partner"
    else:
        assert before[0] == ended("lost")
    assert isinstance(told, fx.SendMessage)
    assert isinstance(told.message, Error)
    assert (told.message.code, told.message.epoch) == ("stale_epoch", newer.epoch)
    assert (closed, forgotten) == (fx.CloseSocket(CloseCode.CONNECTED_ELSEWHERE), fx.EndSession())
    assert driver.phase == "idle"


# --- who asks about a match that is over --------------------------------------------------------------


@pytest.mark.parametrize("ask", [sought, partner_at])
@pytest.mark.parametrize(("pressed", "reason"), [(True, "next"), (False, "lost")])
def test_who_believes_in_a_match_that_is_over_is_told(
    driver: Driver, ask: Callable[[], LocatePartner], pressed: bool, reason: str
) -> None:
    if pressed:
        driver.meet()
        driver.says(FIND)
    told = driver.happens(ask())
    goodbye = PartnerLeft(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, reason)  # type: ignore[arg-type]
    assert told == [fx.SendToGateway(GATEWAY, goodbye)]


def test_why_it_was_over_is_still_known_after_the_next_match(driver: Driver) -> None:
    """The gateway of a partner who was left may be without NATS for some seconds."""
    driver.meet()
    driver.says(FIND)
    driver.meet(OLD_MATCH, VisitorId(random_id()))
    driver.says(Stop())
    (told,) = of(driver.happens(sought()), fx.SendToGateway)
    assert isinstance(told, fx.SendToGateway)
    assert isinstance(told.message, PartnerLeft)
    assert told.message.reason == "next"


@pytest.mark.parametrize(
    "event", [relay(), not_here(), events.PartnerSearchDue(MATCH), TakeoverAck(ME, MATCH, 7, GatewayId("x"))]
)
def test_other_news_of_a_match_that_is_over_change_nothing(driver: Driver, event: events.Event) -> None:
    assert not of(driver.happens(event), fx.SendToGateway, fx.SendMessage, fx.SendFrame, fx.OfferTicket)
