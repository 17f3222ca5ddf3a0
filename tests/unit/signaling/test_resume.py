"""A match between hubs in memory: lost sockets, other gateways, dead ones, and two tabs."""

import pytest

from services.contract.errors import CloseCode, StaleEpoch
from services.contract.gateway_messages import PartnerLocation
from services.contract.ids import GatewayId, MatchId, VisitorId, random_id, visitor_key
from services.contract.limits import RECONNECT_GRACE
from services.contract.passes import LIFETIME, PassContent
from services.signaling.core.confirmation_schedule import INTERVAL
from services.signaling.core.conversation import LOCATE_TIMEOUT, WELCOME_TIMEOUT
from services.signaling.core.messages import Block, Chat, Find, Next, Stop, Typing
from services.signaling.shell.hub import Hub
from services.signaling.shell.session_timers import PAUSE

from .couples import Couple
from .gateways import Page


@pytest.fixture
def couple() -> Couple:
    return Couple()


# --- one comes back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["here", "third", "there"])
def test_who_comes_back_goes_on_wherever_that_is(couple: Couple, where: str) -> None:
    hub: Hub = getattr(couple, where)
    couple.one.loses_socket()
    couple.town.wire.pump()
    assert couple.other.take() == [{"type": "partner_away", "match": couple.match, "grace": RECONNECT_GRACE}]
    again = couple.resumes(couple.one, hub)
    welcome = couple.keeps(again)
    assert (welcome["match"], welcome["polite"], welcome["partner_here"]) == (couple.match, True, True)
    (back,) = couple.other.take()
    assert (back["type"], back["match"]) == ("partner_back", couple.match)
    assert ("pass" in back) == (hub is not couple.here)
    for page, sealed in ((again, welcome["pass"]), (couple.other, back.get("pass"))):
        if sealed is not None:
            content = couple.town.pass_of(page, str(sealed))
            partner = couple.other if page is again else again
            assert (content.partner, content.partner_gateway) == (partner.visitor, partner.hub.gateway)
            assert content.partner_epoch == partner.epoch
    couple.talk(again, couple.other)
    couple.waits(RECONNECT_GRACE + 1)
    assert again.take() == couple.other.take() == []
    assert couple.here.clients.get(couple.one.visitor) is (again.client if where == "here" else None)


def test_a_new_socket_brings_no_new_allowance_of_candidates(couple: Couple) -> None:
    screen = couple.one.client.screen
    couple.one.loses_socket()
    assert couple.resumes(couple.one, couple.here).client.screen is screen


def test_nobody_was_told_that_they_were_away_for_they_were_quicker(couple: Couple) -> None:
    """The old gateway does not even know that its socket is dead: a phone has changed its network."""
    again = couple.resumes(couple.one, couple.third)
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert couple.keeps(again)["partner_here"]
    assert couple.other.types() == ["partner_back"]
    couple.talk(again, couple.other)


def test_a_partner_is_told_of_a_newer_socket_at_the_same_gateway(couple: Couple) -> None:
    """What was on its way to the old one is lost, so the partner's page must say it again."""
    again = couple.resumes(couple.one, couple.here)
    assert couple.keeps(again)["partner_here"]
    (back,) = couple.other.take()
    assert back == {"type": "partner_back", "match": couple.match}


def test_who_does_not_come_back_is_given_up(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.waits(RECONNECT_GRACE - 0.5)
    assert couple.other.types() == ["partner_away"]
    couple.waits(1)
    assert couple.other.types() == ["ended", "searching"]
    assert list(couple.here.clients) == []
    again = couple.resumes(couple.one, couple.third)
    couple.waits(WELCOME_TIMEOUT)
    assert "resumed" not in again.take()[0]


def test_who_closes_the_page_is_not_waited_for(couple: Couple) -> None:
    couple.one.leaves()
    couple.town.wire.pump()
    assert couple.other.types() == ["ended", "searching"]


def test_a_match_that_ended_meanwhile_is_not_resumed(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.says(Next())
    couple.town.wire.pump()
    assert list(couple.here.clients) == [], "nothing waits for them any more"
    again = couple.resumes(couple.one, couple.third)
    (welcome,) = again.take()
    assert "resumed" not in welcome
    again.says(Next())
    assert again.types() == ["searching"], "the wish came with the pass"


def test_the_pass_of_an_earlier_match_disturbs_nobody(couple: Couple) -> None:
    couple.one.says(Next())
    couple.town.wire.pump()
    third = couple.town.searching(couple.third)
    match = couple.town.meet(couple.other, third)
    couple.other.take()
    again = couple.resumes(couple.one, couple.there)
    assert "resumed" not in again.take()[0]
    assert couple.other.take() == []
    assert couple.other.client.session.summary.match == match


def test_nothing_is_heard_before_the_welcome(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.town.kill(couple.here)
    again = couple.resumes(couple.one, couple.third, pump=False)
    couple.other.says(Typing(couple.match))
    assert again.take() == []
    couple.waits(WELCOME_TIMEOUT + 0.1)
    assert again.types() == ["welcome"]


def test_who_does_not_wait_for_the_welcome_gets_one(couple: Couple) -> None:
    couple.town.kill(couple.there)
    again = couple.resumes(couple.one, couple.third)
    assert again.take() == []
    again.says(Find("video"))
    assert again.types() == ["welcome", "searching"]
    couple.waits(WELCOME_TIMEOUT + 0.1)
    assert again.take() == []


def test_who_waits_for_word_of_a_silent_partner_waits_a_second(couple: Couple) -> None:
    couple.town.kill(couple.there)
    again = couple.resumes(couple.one, couple.third)
    couple.waits(WELCOME_TIMEOUT - 0.15)
    assert again.take() == []
    couple.waits(0.3)
    assert not couple.keeps(again)["partner_here"]


def test_a_pass_does_not_live_for_ever_by_being_renewed(couple: Couple) -> None:
    """Each resume gives a fresh one, which says when the match began."""
    met_at = couple.town.now
    couple.other.leaves()
    couple.one.leaves()
    couple.town.wire.pump()
    page = couple.one
    for _ in range(3):
        couple.town.now += LIFETIME / 4
        page.memory = ""
        couple.town.wire.hubs.pop(couple.there.gateway, None)
        again = couple.resumes(page, couple.third)
        couple.waits(WELCOME_TIMEOUT + PAUSE + 0.1)
        couple.keeps(again)
        again.leaves()
        page = again
    assert couple.town.pass_of(page, couple.passes[page]).started == pytest.approx(met_at)


def test_a_wish_of_a_newer_gateway_is_passed_over(couple: Couple) -> None:
    visitor = VisitorId(random_id())
    newer = b'{"type":"find","mode":"video","new":1}'
    content = PassContent(
        MatchId("m"), visitor, GatewayId("x"), couple.other.visitor, GatewayId("y"), True, b"", 1000.0, newer
    )
    page = Page(couple.here, visitor, content)
    couple.waits(WELCOME_TIMEOUT + 0.1)
    page.take()
    page.says(Next())
    assert [frame.get("code") for frame in page.take()] == ["no_wish"]


# --- dead gateways -----------------------------------------------------------------------------------


def test_a_gateway_that_dies_is_noticed_and_its_visitor_comes_back(couple: Couple) -> None:
    couple.town.kill(couple.here)
    couple.town.notice(couple.here)
    assert couple.other.types() == ["partner_away"]
    again = couple.resumes(couple.one, couple.third)
    assert couple.keeps(again)["partner_here"], "the pass names the partner's gateway, which answers"
    assert couple.other.types() == ["partner_back"]
    couple.talk(again, couple.other)


def test_a_gateway_that_died_before_its_acceptance_was_used(couple: Couple) -> None:
    """Nobody will say again that it is dead."""
    town = couple.town
    one, other = town.searching(couple.here), town.searching(couple.there)
    first, second = town.proposals(one, other)
    town.propose(other, second)
    town.wire.pump()
    town.kill(couple.there)
    town.notice(couple.there)
    town.propose(one, first)
    assert one.types() == ["matched"]
    couple.waits(INTERVAL + 0.2)
    assert one.types() == ["partner_away"]


def test_a_partner_who_is_not_there_any_more_is_missed_soon(couple: Couple) -> None:
    """The goodbye was lost; so a confirmation finds nobody."""
    couple.one.leaves()
    couple.town.wire.queue.clear()
    couple.waits(INTERVAL + 0.2)
    assert couple.other.types() == ["partner_away"]
    couple.waits(RECONNECT_GRACE)
    assert couple.other.types() == ["ended", "searching"]


def test_a_partner_who_is_in_another_match_is_missed_soon(couple: Couple) -> None:
    couple.one.says(Next())
    couple.town.wire.queue.clear()
    couple.waits(INTERVAL + 0.2)
    assert couple.other.types() == ["ended", "searching"]


def test_confirmations_of_a_match_that_is_well_change_nothing(couple: Couple) -> None:
    couple.waits(5 * INTERVAL)
    assert couple.one.take() == couple.other.take() == []
    told: list[PartnerLocation] = []
    couple.here._bus.publish = lambda _, message: told.append(message)  # type: ignore[method-assign]
    couple.waits(INTERVAL)
    assert [type(message) for message in told] == [PartnerLocation]


# --- two tabs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["here", "third", "there"])
def test_a_second_tab_takes_over_and_the_first_is_told(couple: Couple, where: str) -> None:
    again = couple.one.moves(getattr(couple, where))
    couple.town.wire.pump()
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert again.closed is None
    assert "resumed" not in again.take()[0]
    assert couple.other.types() == ["ended", "searching"]


def test_a_second_tab_at_another_gateway_tells_the_first_its_epoch(couple: Couple) -> None:
    again = couple.one.moves(couple.third)
    couple.town.wire.pump()
    (refused,) = couple.one.take()
    assert (refused["code"], refused["epoch"]) == ("stale_epoch", again.epoch)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("apart", [0, 1], ids=["of equal epochs", "of different epochs"])
def test_two_tabs_at_the_same_moment_are_not_both_closed(couple: Couple, order: int, apart: int) -> None:
    """Both take over from the same gateway, which tells the newer of the two about the older."""
    one = couple.one
    hubs = [couple.third, couple.there][::order]
    epochs = [one.epoch + 1, one.epoch + 1 + apart]
    pages = [
        Page(hub, one.visitor, epoch=epoch, memory=one.memory)
        for hub, epoch in zip(hubs, epochs, strict=True)
    ]
    couple.waits(10)
    newest = max(pages, key=lambda page: (page.epoch, page.hub.gateway))
    assert [page.closed for page in pages if page is newest] == [None]
    assert [page.closed for page in pages if page is not newest] == [CloseCode.CONNECTED_ELSEWHERE]


def test_an_older_epoch_is_refused_wherever_the_newer_one_is_known(couple: Couple) -> None:
    newer = Page(couple.third, couple.one.visitor, epoch=9, memory=couple.one.memory)
    couple.town.wire.pump()
    for hub in (couple.third, couple.here):
        with pytest.raises(StaleEpoch) as refused:
            Page(hub, couple.one.visitor, epoch=8, memory=couple.one.memory)
        assert refused.value.epoch == 9
    assert newer.closed is None


# --- whom they met ---------------------------------------------------------------------------------------


def offered(couple: Couple, page: Page) -> tuple[set[int], set[int]]:
    """Whom the ticket of the page names as former partners, and as blocked."""
    desk = couple.town.desk[page.hub]
    ticket, _ = desk.offers[desk.ticket_of(page.visitor)]
    return {key for key, _ in ticket.partners}, set(ticket.blocked)


def test_whom_somebody_met_and_blocked_is_known_wherever_they_go(couple: Couple) -> None:
    couple.one.says(Block(couple.passes[couple.one]))
    couple.town.wire.pump()
    (given,) = [frame for frame in couple.one.take() if frame["type"] == "memory"]
    assert given["blocked"] == couple.match
    couple.town.kill(couple.here)
    again = couple.one.moves(couple.third)
    again.says(Find("video"))
    partner = visitor_key(couple.other.visitor)
    assert offered(couple, again) == ({partner}, {partner})


@pytest.mark.parametrize("pressed", [True, False], ids=["after next", "in the match"])
def test_whom_somebody_left_is_known_when_both_their_gateways_are_dead(couple: Couple, pressed: bool) -> None:
    if pressed:
        couple.part()
    couple.town.kill(couple.here)
    couple.town.kill(couple.there)
    for page, partner in ((couple.one, couple.other), (couple.other, couple.one)):
        again = page.moves(couple.third)
        again.says(Find("video"))
        assert offered(couple, again)[0] == {visitor_key(partner.visitor)}


def test_a_hundred_skips_in_a_minute_are_known_at_another_gateway(couple: Couple) -> None:
    page, met = couple.town.searching(couple.here), set()
    for _ in range(100):
        stranger = couple.town.searching(couple.there)
        couple.town.meet(page, stranger)
        met.add(visitor_key(stranger.visitor))
        couple.town.now += 0.5
        page.says(Next())
        couple.town.wire.pump()
        stranger.leaves()
    couple.town.kill(couple.here)
    again = page.moves(couple.third)
    again.says(Find("video"))
    assert offered(couple, again)[0] == met


def test_a_partner_in_a_resumed_match_is_no_former_one(couple: Couple) -> None:
    again = couple.resumes(couple.one, couple.third)
    again.says(Next())
    couple.town.wire.pump()
    assert offered(couple, again)[0] == {visitor_key(couple.other.visitor)}
    assert not again.client.session.summary.match


def test_a_drained_search_goes_on_elsewhere_with_its_age_once(couple: Couple) -> None:
    page = couple.town.searching(couple.here)
    couple.town.now += 7
    couple.here.drain(page.client)
    assert page.types() == ["memory"]
    assert page.closed is CloseCode.RESTART
    couple.here.disconnect(page.client, leaving=False)
    couple.town.now += 1
    again = page.moves(couple.third)
    again.says(Find("video", languages=["de"]))
    desk = couple.town.desk[couple.third]
    ticket, _ = desk.offers[desk.ticket_of(page.visitor)]
    assert couple.town.now - ticket.since == pytest.approx(8, abs=0.01)
    replayed = Page(couple.third, page.visitor, epoch=again.epoch + 1, memory=page.memory)
    replayed.says(Find("video", languages=["de"]))
    ticket, _ = desk.offers[desk.ticket_of(page.visitor)]
    assert couple.town.now == ticket.since


def test_a_drained_search_for_something_else_begins_anew(couple: Couple) -> None:
    page = couple.town.searching(couple.here)
    couple.town.now += 7
    couple.here.drain(page.client)
    again = page.moves(couple.third)
    again.says(Find("audio"))
    desk = couple.town.desk[couple.third]
    ticket, _ = desk.offers[desk.ticket_of(page.visitor)]
    assert couple.town.now == ticket.since


def test_a_search_that_was_drained_long_ago_begins_anew(couple: Couple) -> None:
    page = couple.town.searching(couple.here)
    couple.town.now += 7
    couple.here.drain(page.client)
    couple.town.now += 16
    again = page.moves(couple.third)
    again.says(Find("video", languages=["de"]))
    desk = couple.town.desk[couple.third]
    ticket, _ = desk.offers[desk.ticket_of(page.visitor)]
    assert couple.town.now == ticket.since


def test_a_new_socket_frees_no_search_that_is_held() -> None:
    town = Couple().town
    town.searches = type(town.searches)(per_second=0.5, burst=1)
    here = town.hub("d-here")
    page = town.searching(here)
    for _ in range(3):
        page.says(Stop())
        page.says(Next())
    again = page.moves(here)
    again.says(Find("video"))
    assert town.desk[here].offered == 1


def test_who_left_before_it_was_a_match_may_meet_the_same_one(couple: Couple) -> None:
    one, other = couple.town.searching(couple.here), couple.town.searching(couple.there)
    first, _ = couple.town.proposals(one, other)
    couple.town.propose(one, first)
    one.leaves()
    couple.town.wire.pump()
    again = one.moves(couple.third)
    again.says(Find("video"))
    assert offered(couple, again)[0] == set()


# --- frames --------------------------------------------------------------------------------------------


def test_what_is_said_to_who_is_away_is_not_kept(couple: Couple) -> None:
    """Their page says it again after `partner_back`."""
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.says(Chat(couple.match, 1, "are you there?", "1"))
    again = couple.resumes(couple.one, couple.third)
    assert again.types() == ["welcome"]


def test_a_seeker_asks_everywhere_after_half_a_second(couple: Couple) -> None:
    couple.town.kill(couple.there)
    couple.resumes(couple.one, couple.third)
    couple.waits(LOCATE_TIMEOUT - 0.15)
    assert not any(couple.town.wire.seekers.values())
    couple.waits(0.3)
    assert couple.town.wire.seekers == {MatchId(couple.match): {couple.third.gateway}}
