"""A match between hubs in memory survives lost sockets, dead gateways and second tabs."""

import pytest

from bench.client.client import ClientMatch
from services.contract.errors import CloseCode, StaleEpoch
from services.contract.gateway_messages import PartnerLocation
from services.contract.ids import GatewayId, MatchId, VisitorId, random_id, visitor_key
from services.contract.limits import RECONNECT_GRACE, RELOAD_GRACE
from services.contract.passes import LIFETIME, PassContent
from services.signaling.core.confirmation_schedule import INTERVAL
from services.signaling.core.conversation import LOCATE_TIMEOUT, WELCOME_TIMEOUT
from services.signaling.core.messages import Block, Chat, Find, Ice, Next, Partner, Stop, Typing
from services.signaling.shell.hub import Hub
from services.signaling.shell.session_timers import PAUSE

from ...in_memory.page import Page
from ...in_memory.ports import PASSES
from .matched_pairs import MatchedPair


@pytest.fixture
def pair() -> MatchedPair:
    return MatchedPair()


# --- coming back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["here", "third", "there"])
def test_a_visitor_resumes_at_any_gateway(pair: MatchedPair, where: str) -> None:
    hub: Hub = getattr(pair, where)
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()
    assert pair.other.take() == [{"type": "partner_away", "match": pair.match, "grace": RECONNECT_GRACE}]
    again = pair.resumes(pair.one, hub)
    welcome = pair.keeps(again)
    assert (welcome["match"], welcome["polite"], welcome["partner_here"]) == (pair.match, True, True)
    (back,) = pair.other.take()
    assert (back["type"], back["match"]) == ("partner_back", pair.match)
    assert ("pass" in back) == (hub is not pair.here)
    for page, sealed in ((again, welcome["pass"]), (pair.other, back.get("pass"))):
        if sealed is not None:
            content = PASSES.open(str(sealed), page.visitor, pair.cluster.now)
            partner = pair.other if page is again else again
            assert (content.partner, content.partner_gateway) == (partner.visitor, partner.hub.gateway)
            assert content.partner_epoch == partner.epoch
    pair.talk(again, pair.other)
    pair.waits(RECONNECT_GRACE + 1)
    assert again.take() == pair.other.take() == []
    assert pair.here.clients.get(pair.one.visitor) is (again.client if where == "here" else None)


@pytest.mark.parametrize("where", ["here", "third", "there"])
def test_a_page_that_is_loaded_again_keeps_its_match_at_any_gateway(pair: MatchedPair, where: str) -> None:
    pair.one.ends_page()
    pair.cluster.network.deliver_all()
    again = pair.resumes(pair.one, getattr(pair, where))
    pair.keeps(again)
    assert [told["type"] for told in pair.other.take()] == ["partner_away", "partner_back"]
    pair.talk(again, pair.other)
    pair.waits(RECONNECT_GRACE + 1)
    assert again.take() == pair.other.take() == []


def test_the_partner_of_a_page_that_is_not_loaded_again_learns_it_soon(pair: MatchedPair) -> None:
    pair.one.ends_page()
    pair.waits(RELOAD_GRACE - 0.5)
    assert [told["type"] for told in pair.other.take()] == ["partner_away"]
    pair.waits(1)
    (ended, *_) = pair.other.take()
    assert ended == {"type": "ended", "match": pair.match, "reason": "lost"}


def test_a_new_socket_does_not_reset_the_limit_of_candidates(pair: MatchedPair) -> None:
    session = pair.one.client.session
    pair.one.loses_socket()
    assert pair.resumes(pair.one, pair.here).client.session is session


def test_a_quick_return_is_not_shown_as_an_absence(pair: MatchedPair) -> None:
    """The old gateway does not know yet that its socket is dead, because a phone has changed its network."""
    again = pair.resumes(pair.one, pair.third)
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert pair.keeps(again)["partner_here"]
    assert pair.other.types() == ["partner_back"]
    pair.talk(again, pair.other)


def test_a_partner_is_told_of_a_newer_socket_at_the_same_gateway(pair: MatchedPair) -> None:
    """Frames under way to the old socket are lost, so the partner's page must repeat them."""
    again = pair.resumes(pair.one, pair.here)
    assert pair.keeps(again)["partner_here"]
    (back,) = pair.other.take()
    assert back == {"type": "partner_back", "match": pair.match}


def test_a_visitor_who_does_not_come_back_is_given_up(pair: MatchedPair) -> None:
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()
    pair.waits(RECONNECT_GRACE - 0.5)
    assert pair.other.types() == ["partner_away"]
    pair.waits(1)
    assert pair.other.types() == ["ended", "searching"]
    assert list(pair.here.clients) == []
    again = pair.resumes(pair.one, pair.third)
    pair.waits(WELCOME_TIMEOUT)
    assert "resumed" not in again.take()[0]


def test_a_visitor_who_closes_the_page_is_not_waited_for(pair: MatchedPair) -> None:
    pair.one.leaves()
    pair.cluster.network.deliver_all()
    assert pair.other.types() == ["ended", "searching"]


def test_a_match_that_ended_meanwhile_is_not_resumed(pair: MatchedPair) -> None:
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()
    pair.other.says(Next())
    pair.cluster.network.deliver_all()
    assert list(pair.here.clients) == [], "nothing waits for them any more"
    again = pair.resumes(pair.one, pair.third)
    (welcome,) = again.take()
    assert "resumed" not in welcome
    again.says(Next())
    assert again.types() == ["searching"], "the wish came with the pass"


def test_the_pass_of_an_earlier_match_changes_nothing(pair: MatchedPair) -> None:
    pair.one.says(Next())
    pair.cluster.network.deliver_all()
    third = pair.cluster.searching(pair.third)
    match = pair.cluster.meet(pair.other, third)
    pair.other.take()
    again = pair.resumes(pair.one, pair.there)
    assert "resumed" not in again.take()[0]
    assert pair.other.take() == []
    assert pair.other.client.session.summary.match == match


def test_no_frame_arrives_before_the_welcome(pair: MatchedPair) -> None:
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()
    pair.cluster.kill(pair.here)
    again = pair.resumes(pair.one, pair.third, deliver=False)
    pair.other.says(Typing(pair.match))
    assert again.take() == []
    pair.waits(WELCOME_TIMEOUT + 0.1)
    assert again.types() == ["welcome"]


def test_a_find_before_the_welcome_still_brings_one(pair: MatchedPair) -> None:
    pair.cluster.kill(pair.there)
    again = pair.resumes(pair.one, pair.third)
    assert again.take() == []
    again.says(Find("video"))
    assert again.types() == ["welcome", "searching"]
    pair.waits(WELCOME_TIMEOUT + 0.1)
    assert again.take() == []


def test_a_resume_waits_one_second_for_a_silent_partner(pair: MatchedPair) -> None:
    pair.cluster.kill(pair.there)
    again = pair.resumes(pair.one, pair.third)
    pair.waits(WELCOME_TIMEOUT - 0.15)
    assert again.take() == []
    pair.waits(0.3)
    assert not pair.keeps(again)["partner_here"]


def test_renewing_a_pass_does_not_prolong_it(pair: MatchedPair) -> None:
    """Each resume gives a new pass, which still says when the match began."""
    met_at = pair.cluster.now
    pair.other.leaves()
    pair.one.leaves()
    pair.cluster.network.deliver_all()
    page = pair.one
    for _ in range(3):
        pair.cluster.now += LIFETIME / 4
        page.protocol.memory = ""
        again = pair.resumes(page, pair.third)
        pair.waits(WELCOME_TIMEOUT + PAUSE + 0.1)
        pair.keeps(again)
        again.leaves()
        page = again
    assert pair.cluster.pass_of(page).started == pytest.approx(met_at)
    assert pair.cluster.pass_of(page).partner_languages == ("de",), "a report still knows what they spoke"


def test_a_wish_of_a_newer_gateway_is_ignored(pair: MatchedPair) -> None:
    visitor = VisitorId(random_id())
    newer = b'{"type":"find","mode":"video","new":1}'
    content = PassContent(
        MatchId("m"), visitor, GatewayId("x"), pair.other.visitor, GatewayId("y"), True, b"", 1000.0, newer
    )
    sealed = PASSES.seal(content)
    page = Page(pair.here, visitor, match=ClientMatch("m", True, sealed, Partner([], []), Ice([], "all")))
    pair.waits(WELCOME_TIMEOUT + 0.1)
    page.take()
    page.says(Next())
    assert [frame.get("code") for frame in page.take()] == ["no_wish"]


# --- dead gateways ---------------------------------------------------------------------------------


def test_a_dead_gateway_is_noticed_and_its_visitor_comes_back(pair: MatchedPair) -> None:
    pair.cluster.kill(pair.here)
    pair.cluster.notice(pair.here)
    assert pair.other.types() == ["partner_away"]
    again = pair.resumes(pair.one, pair.third)
    assert pair.keeps(again)["partner_here"], "the pass names the partner's gateway, which answers"
    assert pair.other.types() == ["partner_back"]
    pair.talk(again, pair.other)


def test_a_gateway_that_died_before_its_acceptance_was_used_is_noticed(pair: MatchedPair) -> None:
    """No later message would say that it is dead."""
    cluster = pair.cluster
    one, other = cluster.searching(pair.here), cluster.searching(pair.there)
    first, second = cluster.proposals(one, other)
    cluster.propose(other, second)
    cluster.network.deliver_all()
    cluster.kill(pair.there)
    cluster.notice(pair.there)
    cluster.propose(one, first)
    assert one.types() == ["matched"]
    pair.waits(INTERVAL + 0.2)
    assert one.types() == ["partner_away"]


def test_a_confirmation_notices_a_partner_who_is_gone(pair: MatchedPair) -> None:
    """The `PartnerLeft` was lost, so a confirmation finds nobody."""
    pair.one.leaves()
    pair.cluster.network.lose_messages()
    pair.waits(INTERVAL + 0.2)
    assert pair.other.types() == ["partner_away"]
    pair.waits(RECONNECT_GRACE)
    assert pair.other.types() == ["ended", "searching"]


def test_a_confirmation_notices_a_partner_in_another_match(pair: MatchedPair) -> None:
    pair.one.says(Next())
    pair.cluster.network.lose_messages()
    pair.waits(INTERVAL + 0.2)
    assert pair.other.types() == ["ended", "searching"]


def test_confirmations_of_a_good_match_change_nothing(pair: MatchedPair) -> None:
    pair.waits(5 * INTERVAL)
    assert pair.one.take() == pair.other.take() == []
    for _ in range(round(INTERVAL / 0.1)):
        pair.cluster.now += 0.1
        pair.here.tick()
    assert [type(message) for _, message in pair.cluster.network.messages()] == [PartnerLocation]


# --- two tabs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["here", "third", "there"])
def test_a_second_tab_takes_over_and_closes_the_first(pair: MatchedPair, where: str) -> None:
    again = pair.one.moves(getattr(pair, where))
    pair.cluster.network.deliver_all()
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert again.closed is None
    assert "resumed" not in again.take()[0]
    assert pair.other.types() == ["ended", "searching"]


def test_a_second_tab_at_another_gateway_tells_the_first_its_epoch(pair: MatchedPair) -> None:
    again = pair.one.moves(pair.third)
    pair.cluster.network.deliver_all()
    (refused,) = pair.one.take()
    assert (refused["code"], refused["epoch"]) == ("stale_epoch", again.epoch)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("apart", [0, 1], ids=["of equal epochs", "of different epochs"])
def test_two_tabs_at_the_same_moment_are_not_both_closed(pair: MatchedPair, order: int, apart: int) -> None:
    """Both take over from the same gateway, which tells the newer one of the older."""
    one = pair.one
    hubs = [pair.third, pair.there][::order]
    epochs = [one.epoch + 1, one.epoch + 1 + apart]
    pages = [
        Page(hub, one.visitor, epoch=epoch, memory=one.memory)
        for hub, epoch in zip(hubs, epochs, strict=True)
    ]
    pair.waits(10)
    newest = max(pages, key=lambda page: (page.epoch, page.hub.gateway))
    assert [page.closed for page in pages if page is newest] == [None]
    assert [page.closed for page in pages if page is not newest] == [CloseCode.CONNECTED_ELSEWHERE]


def test_an_older_epoch_is_refused_wherever_the_newer_one_is_known(pair: MatchedPair) -> None:
    newer = Page(pair.third, pair.one.visitor, epoch=9, memory=pair.one.memory)
    pair.cluster.network.deliver_all()
    for hub in (pair.third, pair.here):
        with pytest.raises(StaleEpoch) as refused:
            Page(hub, pair.one.visitor, epoch=8, memory=pair.one.memory)
        assert refused.value.epoch == 9
    assert newer.closed is None


# --- history ---------------------------------------------------------------------------------------


def offered(pair: MatchedPair, page: Page) -> tuple[set[int], set[int]]:
    """Return the former partners and the blocks in the page's ticket."""
    matchmaker = pair.cluster.matchmakers[page.hub]
    ticket, _ = matchmaker.offers[matchmaker.ticket_of(page.visitor)]
    return {key for key, _ in ticket.partners}, set(ticket.blocked)


def test_partners_and_blocks_are_known_at_every_gateway(pair: MatchedPair) -> None:
    pair.one.says(Block(pair.one.sealed_pass))
    pair.cluster.network.deliver_all()
    (given,) = [frame for frame in pair.one.take() if frame["type"] == "memory"]
    assert given["blocked"] == pair.match
    pair.cluster.kill(pair.here)
    again = pair.one.moves(pair.third)
    again.find()
    partner = visitor_key(pair.other.visitor)
    assert offered(pair, again) == ({partner}, {partner})


@pytest.mark.parametrize("pressed", [True, False], ids=["after next", "in the match"])
def test_partners_are_known_after_both_gateways_died(pair: MatchedPair, pressed: bool) -> None:
    if pressed:
        pair.part()
    pair.cluster.kill(pair.here)
    pair.cluster.kill(pair.there)
    for page, partner in ((pair.one, pair.other), (pair.other, pair.one)):
        again = page.moves(pair.third)
        again.find()
        assert offered(pair, again)[0] == {visitor_key(partner.visitor)}


def test_a_hundred_partners_in_a_minute_are_known_at_another_gateway(pair: MatchedPair) -> None:
    page, met = pair.cluster.searching(pair.here), set()
    for _ in range(100):
        stranger = pair.cluster.searching(pair.there)
        pair.cluster.meet(page, stranger)
        met.add(visitor_key(stranger.visitor))
        pair.cluster.now += 0.5
        page.says(Next())
        pair.cluster.network.deliver_all()
        stranger.leaves()
    pair.cluster.kill(pair.here)
    again = page.moves(pair.third)
    again.find()
    assert offered(pair, again)[0] == met


def test_the_partner_in_a_resumed_match_is_no_former_partner(pair: MatchedPair) -> None:
    again = pair.resumes(pair.one, pair.third)
    again.says(Next())
    pair.cluster.network.deliver_all()
    assert offered(pair, again)[0] == {visitor_key(pair.other.visitor)}
    assert not again.client.session.summary.match


def test_a_drained_search_goes_on_elsewhere_with_its_age_once(pair: MatchedPair) -> None:
    page = pair.cluster.searching(pair.here)
    pair.cluster.now += 7
    pair.here.drain(page.client)
    assert page.types() == ["memory"]
    assert page.closed is CloseCode.RESTART
    pair.here.disconnect(page.client, leaving=False)
    pair.cluster.now += 1
    again = page.moves(pair.third)
    again.find(languages=["de"])
    matchmaker = pair.cluster.matchmakers[pair.third]
    ticket, _ = matchmaker.offers[matchmaker.ticket_of(page.visitor)]
    assert pair.cluster.now - ticket.since == pytest.approx(8, abs=0.01)
    replayed = Page(pair.third, page.visitor, epoch=again.epoch + 1, memory=page.memory)
    replayed.find(languages=["de"])
    ticket, _ = matchmaker.offers[matchmaker.ticket_of(page.visitor)]
    assert pair.cluster.now == ticket.since


def test_a_drained_search_with_another_wish_starts_anew(pair: MatchedPair) -> None:
    page = pair.cluster.searching(pair.here)
    pair.cluster.now += 7
    pair.here.drain(page.client)
    again = page.moves(pair.third)
    again.find("audio")
    matchmaker = pair.cluster.matchmakers[pair.third]
    ticket, _ = matchmaker.offers[matchmaker.ticket_of(page.visitor)]
    assert pair.cluster.now == ticket.since


def test_a_search_that_was_drained_long_ago_starts_anew(pair: MatchedPair) -> None:
    page = pair.cluster.searching(pair.here)
    pair.cluster.now += 7
    pair.here.drain(page.client)
    pair.cluster.now += 16
    again = page.moves(pair.third)
    again.find(languages=["de"])
    matchmaker = pair.cluster.matchmakers[pair.third]
    ticket, _ = matchmaker.offers[matchmaker.ticket_of(page.visitor)]
    assert pair.cluster.now == ticket.since


def test_a_new_socket_does_not_release_a_delayed_search() -> None:
    cluster = MatchedPair().cluster
    cluster.searches = type(cluster.searches)(per_second=0.5, burst=1)
    here = cluster.hub("d-here")
    page = cluster.searching(here)
    for _ in range(3):
        page.says(Stop())
        page.says(Next())
    again = page.moves(here)
    again.find()
    assert len(cluster.matchmakers[here].tickets) == 1


def test_two_whose_reservation_failed_may_meet_again(pair: MatchedPair) -> None:
    one, other = pair.cluster.searching(pair.here), pair.cluster.searching(pair.there)
    first, _ = pair.cluster.proposals(one, other)
    pair.cluster.propose(one, first)
    one.leaves()
    pair.cluster.network.deliver_all()
    again = one.moves(pair.third)
    again.find()
    assert offered(pair, again)[0] == set()


# --- frames ----------------------------------------------------------------------------------------


def test_frames_for_an_absent_visitor_are_not_kept(pair: MatchedPair) -> None:
    """The page repeats them after `partner_back`."""
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()
    pair.other.says(Chat(pair.match, 1, "are you there?", "1"))
    again = pair.resumes(pair.one, pair.third)
    assert again.types() == ["welcome"]


def test_a_search_starts_half_a_second_after_a_resume(pair: MatchedPair) -> None:
    pair.cluster.kill(pair.there)
    pair.resumes(pair.one, pair.third)
    pair.waits(LOCATE_TIMEOUT - 0.15)
    assert not pair.cluster.network.has_subscribers()
    pair.waits(0.3)
    assert pair.cluster.network.subscribers(pair.match) == [pair.third.gateway]
