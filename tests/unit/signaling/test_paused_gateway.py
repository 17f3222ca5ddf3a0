"""A gateway that was paused does not know yet which visitors left, and harms nobody."""

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import PartnerLeft
from services.contract.limits import RECONNECT_GRACE
from services.signaling.core.conversation import WELCOME_TIMEOUT
from services.signaling.core.events import TicketSuperseded
from services.signaling.core.messages import Next
from services.signaling.shell.session_timers import PAUSE

from .matched_pairs import MatchedPair


@pytest.fixture
def pair() -> MatchedPair:
    return MatchedPair()


def test_the_ticket_of_a_visitor_who_left_a_paused_gateway_is_not_offered(pair: MatchedPair) -> None:
    """The old ticket is not offered any more, so nobody is matched with a visitor who is not there."""
    page = pair.cluster.searching(pair.here)
    pair.cluster.pause(pair.here)
    pair.waits(5)
    again = page.moves(pair.third)
    again.find(languages=["de"])
    pair.waits(5)
    pair.cluster.unpause(pair.here)
    assert pair.cluster.matchmakers[pair.here].offers == {}
    assert pair.here.clients.get(page.visitor) is None
    assert again.client.session.summary.phase == "searching"


def test_a_proposal_for_a_visitor_who_left_a_paused_gateway_fails(pair: MatchedPair) -> None:
    """The gateway reads the proposal first when it wakes. The partner loses a second."""
    page, stranger = pair.cluster.searching(pair.here), pair.cluster.searching(pair.there)
    first, second = pair.cluster.proposals(page, stranger)
    pair.cluster.pause(pair.here)
    again = page.moves(pair.third)
    pair.cluster.propose(stranger, second)
    pair.waits(3)
    pair.cluster.propose(page, first)
    pair.cluster.unpause(pair.here)
    pair.waits(1)
    assert stranger.client.session.summary.phase == "searching"
    assert again.closed is None


def test_a_superseded_ticket_ends_the_session_at_a_paused_gateway(pair: MatchedPair) -> None:
    page = pair.cluster.searching(pair.here)
    ticket = pair.cluster.matchmakers[pair.here].ticket_of(page.visitor)
    pair.here.on_matcher_event(TicketSuperseded(ticket, page.epoch + 1, pair.third.gateway))
    assert page.closed is CloseCode.CONNECTED_ELSEWHERE
    assert pair.cluster.matchmakers[pair.here].offers == {}


@pytest.mark.parametrize("lost", [False, True], ids=["its buffers are read", "its buffers are lost"])
def test_a_match_that_went_on_elsewhere_is_not_ended_by_a_paused_gateway(
    pair: MatchedPair, lost: bool
) -> None:
    pair.cluster.pause(pair.here)
    pair.waits(4)
    pair.cluster.notice(pair.here)
    again = pair.resumes(pair.one, pair.third)
    assert pair.keeps(again)["partner_here"]
    pair.waits(RECONNECT_GRACE + 2)
    pair.other.take()
    if lost:
        pair.cluster.network.lose_messages(receiver=pair.here.gateway)
    pair.cluster.unpause(pair.here)
    pair.waits(5)
    assert pair.other.take() == again.take() == []
    pair.talk(again, pair.other)
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE


def test_a_paused_gateway_learns_that_its_match_is_over(pair: MatchedPair) -> None:
    """The gateway wakes, confirms the former match, and learns that it is over."""
    pair.cluster.pause(pair.here)
    pair.waits(4)
    again = pair.one.moves(pair.third)
    again.find(languages=["de"])
    stranger = pair.cluster.searching(pair.there)
    match = pair.cluster.meet(again, stranger)
    pair.waits(2)
    pair.cluster.network.lose_messages(receiver=pair.here.gateway)
    pair.cluster.unpause(pair.here)
    pair.waits(8)
    assert again.client.session.summary.match == stranger.client.session.summary.match == match
    assert again.closed is None


def test_a_gateway_denies_no_match_right_after_a_pause(pair: MatchedPair) -> None:
    """It reads a moment later where its visitor has gone."""
    pair.one.says(Next())
    pair.cluster.network.lose_messages()
    pair.here.tick()
    pair.cluster.now += 10
    told = pair.other.client.session._state.location_message().message  # type: ignore[union-attr]
    pair.here.on_message(told)
    assert not pair.cluster.network.messages_of(PartnerLeft)
    pair.here.tick()
    pair.waits(PAUSE + 0.2)
    pair.here.on_message(told)
    ((_, left),) = pair.cluster.network.messages_of(PartnerLeft)
    assert left.reason == "next"


def test_an_old_hello_at_a_paused_gateway_moves_nobody(pair: MatchedPair) -> None:
    """The page gave up that socket, and is elsewhere with a newer one."""
    page = pair.one
    again = page.moves(pair.third, resume=True, epoch=page.epoch + 2)
    pair.waits(1)
    late = page.moves(pair.cluster.hub("d-paused"), resume=True)
    pair.waits(1)
    assert late.closed is CloseCode.CONNECTED_ELSEWHERE
    assert again.closed is None
    again.take(), pair.other.take()
    pair.talk(again, pair.other)


def test_a_gateway_offers_no_ticket_after_a_pause_until_it_has_read_its_bus(pair: MatchedPair) -> None:
    pair.here.tick()
    page = pair.cluster.page(pair.here)
    pair.cluster.now += 10
    pair.here.tick()
    page.find()
    assert pair.cluster.matchmakers[pair.here].offers == {}
    pair.waits(PAUSE + 0.2)
    assert pair.cluster.matchmakers[pair.here].ticket_of(page.visitor)


def test_timers_due_during_a_pause_wait_for_the_messages_of_others(pair: MatchedPair) -> None:
    """The grace of a partner is over, but the buffers say that they are back."""
    pair.cluster.kill(pair.here)
    pair.cluster.notice(pair.here)
    assert pair.other.types() == ["partner_away"]
    pair.cluster.pause(pair.there)
    again = pair.resumes(pair.one, pair.third)
    pair.waits(RECONNECT_GRACE - 1)
    pair.cluster.unpause(pair.there)
    pair.waits(WELCOME_TIMEOUT + 1)
    assert pair.other.types() == ["partner_back"]
    again.take()
    pair.talk(again, pair.other)
