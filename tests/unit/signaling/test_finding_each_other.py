"""The two sides of a match find each other again, whichever gateway dies, drains, moves or is cut off."""

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import Accept, LocatePartner, PartnerLeft, PartnerLocation, Takeover
from services.contract.limits import RECONNECT_GRACE, REWIND_WINDOW
from services.contract.presence import DEAD_AFTER
from services.signaling.core.confirmation_schedule import INTERVAL
from services.signaling.core.conversation import LOCATE_TIMEOUT, WELCOME_TIMEOUT
from services.signaling.core.messages import Block, Next, Rewind, Stop
from services.signaling.shell.session_timers import PAUSE

from ...in_memory.cluster import TICK, InMemoryCluster
from ...in_memory.page import Page
from .matched_pairs import MatchedPair


@pytest.fixture
def pair() -> MatchedPair:
    return MatchedPair()


def together(pair: MatchedPair, one: Page, other: Page) -> None:
    """Check that both are welcomed, know that the other is there, and get their frames."""
    one.take(), other.take()
    for page, partner in ((one, other), (other, one)):
        summary = page.client.session.summary
        assert (summary.match, summary.partner) == (pair.match, partner.visitor)
        assert summary.welcomed
        assert summary.partner_here
        assert summary.partner_place == partner.client.place
    pair.talk(one, other)
    pair.waits(RECONNECT_GRACE + 0.2)
    assert not pair.cluster.network.has_subscribers(), "somebody still listens"
    pair.talk(one, other)


@pytest.mark.parametrize("apart", [0.0, 0.3, 0.7, 2.0, 6.0, 12.0])
@pytest.mark.parametrize("known", [True, False], ids=["and that is noticed", "unnoticed"])
def test_two_find_each_other_after_both_gateways_are_killed(
    pair: MatchedPair, apart: float, known: bool
) -> None:
    fourth = pair.cluster.hub("d-fourth")
    for hub in (pair.here, pair.there):
        pair.cluster.kill(hub)
        if known:
            pair.cluster.notice(hub)
    one = pair.resumes(pair.one, pair.third)
    pair.waits(apart)
    other = pair.resumes(pair.other, fourth)
    pair.waits(WELCOME_TIMEOUT + 3.2)
    together(pair, one, other)


def test_two_find_each_other_at_one_gateway_after_both_theirs_are_killed(pair: MatchedPair) -> None:
    pair.cluster.kill(pair.here)
    pair.cluster.kill(pair.there)
    one = pair.resumes(pair.one, pair.third)
    pair.waits(0.2)
    other = pair.resumes(pair.other, pair.third)
    pair.waits(WELCOME_TIMEOUT + 0.2)
    together(pair, one, other)


@pytest.mark.parametrize("pause", [0.0, 0.3, 4.0])
def test_two_find_each_other_when_the_second_gateway_dies_after_the_first_side_moved(
    pair: MatchedPair, pause: float
) -> None:
    """The partner's pass names a gateway that lives but knows nothing any more."""
    fourth = pair.cluster.hub("d-fourth")
    one = pair.resumes(pair.one, pair.third, deliver=False)  # its message to the partner's gateway is lost
    pair.cluster.network.lose_messages(LocatePartner)
    pair.cluster.network.deliver_all()
    pair.cluster.kill(pair.there)
    pair.waits(pause)
    other = pair.resumes(pair.other, fourth)
    pair.waits(INTERVAL + 1)
    together(pair, one, other)


def test_two_find_each_other_when_the_gateway_in_the_pass_still_open(pair: MatchedPair) -> None:
    fourth = pair.cluster.hub("d-fourth")
    one = pair.resumes(pair.one, pair.third)
    pair.cluster.kill(pair.there)
    pair.here._fence = type(pair.here._fence)()
    other = pair.resumes(pair.other, fourth)
    pair.waits(DEAD_AFTER)
    pair.cluster.notice(pair.there)
    pair.waits(INTERVAL + 0.2)
    together(pair, one, other)


def test_messages_are_forwarded_to_a_visitor_who_moved(pair: MatchedPair) -> None:
    """A draining gateway forwards messages for its visitors until they have arrived elsewhere."""
    one = pair.resumes(pair.one, pair.third, deliver=False)
    pair.other.says(Next())
    pair.cluster.network.deliver((pair.third.gateway, pair.there.gateway))  # the takeover comes later
    pair.cluster.network.deliver_all()
    assert one.types()[-1] in ("ended", "searching", "welcome")
    pair.waits(WELCOME_TIMEOUT)
    assert not one.client.session.summary.match


def test_two_find_each_other_when_one_gateway_subscribes_late(pair: MatchedPair) -> None:
    fourth = pair.cluster.hub("d-fourth")
    pair.cluster.kill(pair.here)
    pair.cluster.kill(pair.there)
    pair.cluster.cut_off(fourth)
    one = pair.resumes(pair.one, pair.third)
    other = pair.resumes(pair.other, fourth)
    pair.waits(4)
    assert not one.client.session.summary.partner_here
    pair.cluster.reconnect(fourth)
    pair.waits(5)
    together(pair, one, other)


@pytest.mark.parametrize("lost", range(8))
def test_a_resume_survives_the_loss_of_any_one_message(pair: MatchedPair, lost: int) -> None:
    again = pair.resumes(pair.one, pair.third, deliver=False)
    pair.cluster.network.deliver_all(lost=lost)
    pair.waits(2 * INTERVAL)
    together(pair, again, pair.other)
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE


def test_a_lost_question_is_repeated_soon(pair: MatchedPair) -> None:
    """The partner's gateway knows nothing of it, and is subscribed to nothing."""
    pair.cluster.kill(pair.here)
    again = pair.resumes(pair.one, pair.third, deliver=False)
    pair.cluster.network.lose_messages()
    pair.waits(1.0)
    together(pair, again, pair.other)


@pytest.mark.parametrize(("message", "reason"), [(Next(), "next"), (Stop(), "stop"), (None, "blocked")])
def test_a_lost_partner_left_is_repeated_with_its_reason(
    pair: MatchedPair, message: Next | Stop | None, reason: str
) -> None:
    pair.one.says(message or Block(pair.one.sealed_pass))
    pair.cluster.network.lose_messages()
    pair.waits(INTERVAL + 0.2)
    ended = pair.other.take()[0]
    assert (ended["type"], ended["reason"]) == ("ended", reason)


def test_matches_are_confirmed_at_once_when_the_bus_is_back(pair: MatchedPair) -> None:
    pair.waits(INTERVAL + 0.1)
    pair.one.says(Next())
    pair.cluster.network.lose_messages()
    pair.there.on_bus_reconnected()
    pair.waits(PAUSE + 0.2)
    assert pair.other.types() == ["ended", "searching"]


def test_two_find_each_other_when_all_gateways_drain(pair: MatchedPair) -> None:
    fresh = [pair.cluster.hub("e-fifth"), pair.cluster.hub("f-sixth")]
    pages = {}
    for page in (pair.one, pair.other):
        page.hub.drain(page.client)
        page.hub.disconnect(page.client, leaving=False)
        pair.cluster.network.deliver_all()
    for page, hub in zip((pair.one, pair.other), fresh, strict=True):
        pair.waits(0.5)
        pages[page] = pair.resumes(page, hub)
    pair.waits(1)
    together(pair, pages[pair.one], pages[pair.other])
    assert list(pair.here.clients) == list(pair.there.clients) == [], "so that the drain ends"


def test_two_of_one_draining_gateway_find_each_other(pair: MatchedPair) -> None:
    """Both lose their sockets at once, and come to another gateway one after the other."""
    one, other = pair.cluster.searching(pair.here), pair.cluster.searching(pair.here)
    pair.match = pair.cluster.meet(one, other)
    for page in (one, other):
        page.take()
        page.loses_socket()
    pair.cluster.network.deliver_all()
    first = pair.resumes(one, pair.third)
    assert not pair.keeps(first)["partner_here"]
    second = pair.resumes(other, pair.third)
    assert pair.keeps(second)["partner_here"]
    assert first.types() == ["partner_back"]
    together(pair, first, second)
    assert not {page.visitor for page in (one, other)} & {client.visitor for client in pair.here.clients}


def test_a_hello_of_a_banned_visitor_with_a_pass_ends_the_match(pair: MatchedPair) -> None:
    """The visitor was banned while they moved."""
    content = pair.cluster.pass_of(pair.one)
    pair.cluster.kill(pair.here)
    pair.third.refuse_resume(pair.one.visitor, pair.one.epoch + 1, content)
    pair.cluster.network.deliver_all()
    (ended,) = pair.other.take()
    assert (ended["type"], ended["reason"]) == ("ended", "banned")


def test_a_ban_just_after_a_move_ends_the_match(pair: MatchedPair) -> None:
    again = pair.resumes(pair.one, pair.third, deliver=False)
    pair.cluster.standings.decide(pair.one.visitor, "banned")
    for hub in (pair.here, pair.there, pair.third):
        hub.on_standing(pair.one.visitor, 0)
    pair.cluster.network.deliver_all()
    assert again.closed is CloseCode.BANNED
    assert "ended" in pair.other.types()
    pair.waits(RECONNECT_GRACE + 1)
    assert not pair.other.client.session.summary.match


# --- rewind ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mover", ["one", "other"])
def test_a_rewind_is_refused_while_the_other_moves(pair: MatchedPair, mover: str) -> None:
    """A visitor who went to another gateway cannot be gone back to, and the one who asks searches on."""
    pair.part()
    moving, asking = (pair.one, pair.other) if mover == "one" else (pair.other, pair.one)
    again = moving.moves(pair.third)
    asking.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    frames = asking.take()
    assert [frame.get("code") for frame in frames] == ["rewind_refused"]
    assert "rewind_offer" not in again.types()
    again.says(Rewind(pair.match))
    assert [frame.get("code") for frame in again.take()] == ["rewind_refused"]


def test_a_move_before_the_rewound_match_ends_the_rewind(pair: MatchedPair) -> None:
    pair.part()
    pair.one.says(Rewind(pair.match))
    pair.cluster.network.deliver_all()
    pair.other.says(Rewind(pair.match))
    again = pair.one.moves(pair.third)
    pair.waits(REWIND_WINDOW + 2)
    assert pair.other.client.session.summary.phase == "searching"
    assert again.client.session.summary.phase == "idle"


# --- a moment without NATS -------------------------------------------------------------------------


def without_nats(pair: MatchedPair, seconds: float) -> None:
    """Let time pass while every message is lost."""
    for _ in range(round(seconds / TICK)):
        pair.cluster.wait(TICK)
        pair.cluster.network.lose_messages()


def test_no_message_circles_between_two_gateways_that_name_each_other(pair: MatchedPair) -> None:
    pair.one.loses_socket()
    without_nats(pair, 0.5)
    second = pair.resumes(pair.one, pair.third, deliver=False)
    without_nats(pair, WELCOME_TIMEOUT + 0.5)
    second.loses_socket()
    without_nats(pair, 0.5)
    pair.resumes(second, pair.here, deliver=False).leaves()
    without_nats(pair, 0.5)
    for hub in pair.cluster.hubs.values():
        hub.on_bus_reconnected()
    pair.waits(RECONNECT_GRACE + 5)
    assert pair.other.types() == ["partner_away", "ended", "searching"]


def test_two_who_came_to_one_gateway_without_nats_hear_each_other(pair: MatchedPair) -> None:
    one = pair.resumes(pair.one, pair.third, deliver=False)
    without_nats(pair, WELCOME_TIMEOUT + 0.1)
    pair.other.loses_socket()
    pair.cluster.network.deliver_all()
    other = pair.resumes(pair.other, pair.third)
    pair.waits(INTERVAL + 1)
    together(pair, one, other)


def test_a_lost_location_within_one_gateway_is_repaired(pair: MatchedPair) -> None:
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()
    pair.other.take()
    moved = pair.resumes(pair.one, pair.third, deliver=False)
    pair.cluster.network.lose_messages(receiver=pair.here.gateway)
    pair.cluster.network.deliver_all()
    pair.keeps(moved)
    pair.other.take()
    other = pair.resumes(pair.other, pair.here)
    pair.keeps(other)
    moved.take()
    moved.loses_socket()
    pair.cluster.network.deliver_all()
    back = pair.resumes(moved, pair.here)
    pair.waits(INTERVAL + 1)
    together(pair, back, other)


def test_a_connection_that_died_before_its_welcome_does_not_hide_the_next(pair: MatchedPair) -> None:
    fourth = pair.cluster.hub("d-fourth")
    for hub in (pair.here, pair.there):
        pair.cluster.kill(hub)
    vain = pair.resumes(pair.one, pair.third)
    other = pair.resumes(pair.other, pair.third)
    pair.waits(1)
    again = pair.one.moves(fourth, resume=True, epoch=vain.epoch + 1)
    pair.cluster.network.deliver_all()
    pair.waits(1)
    vain.loses_socket()
    pair.waits(2)
    for hub in (pair.here, pair.there):
        pair.cluster.notice(hub)
    pair.waits(RECONNECT_GRACE + 1)
    together(pair, again, other)


def test_a_visitor_who_moves_while_the_acceptance_is_under_way_keeps_the_match() -> None:
    """The question overtakes the acceptance. The partner is still reserved and does not deny the match."""
    cluster = InMemoryCluster()
    here, there, third = map(cluster.hub, ("b-here", "c-there", "a-third"))
    one, other = cluster.searching(here), cluster.searching(there)
    mine, theirs = cluster.proposals(one, other)
    cluster.propose(other, theirs)
    cluster.network.deliver_all()
    cluster.propose(one, mine)
    one.loses_socket()
    cluster.network.lose_messages(PartnerLocation)
    again = one.moves(third, resume=True)
    cluster.network.deliver((third.gateway, there.gateway))
    assert cluster.network.messages_of(Accept)
    cluster.run(WELCOME_TIMEOUT)
    for page in (again, other):
        assert page.client.session.summary.match == mine.match


# --- cut off, paused -------------------------------------------------------------------------------


def test_the_newer_tab_wins_after_a_gateway_was_cut_off(pair: MatchedPair) -> None:
    """The visitor and their tab at another gateway are one visitor, so in the end the newer hello wins."""
    pair.cluster.cut_off(pair.here)
    tab = pair.one.moves(pair.third)
    pair.waits(7)
    still_open = pair.one.closed is None
    assert still_open, "no message reaches it yet"
    pair.cluster.reconnect(pair.here)
    pair.waits(4.2)
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert tab.closed is None


def test_a_gateway_gets_pending_takeovers_as_soon_as_its_heartbeats_return(pair: MatchedPair) -> None:
    pair.cluster.cut_off(pair.here)
    pair.one.moves(pair.third)
    pair.third.on_gateway_lost(pair.here.gateway)
    pair.waits(10)
    assert not pair.cluster.network.messages_of(Takeover)
    pair.cluster.reconnect(pair.here)
    pair.third.on_gateway_back(pair.here.gateway)
    pair.cluster.network.deliver_all()
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE


def test_a_gateway_that_lost_a_socket_does_not_end_the_match_elsewhere(pair: MatchedPair) -> None:
    """The gateway was without NATS, so it does not know that its visitor is at another one."""
    pair.cluster.cut_off(pair.here)
    pair.one.loses_socket()
    pair.cluster.network.lose_messages()
    again = pair.resumes(pair.one, pair.third)
    pair.waits(WELCOME_TIMEOUT + 0.1)
    again.take(), pair.other.take()
    pair.cluster.reconnect(pair.here)
    pair.waits(RECONNECT_GRACE + 1)
    assert list(pair.here.clients) == []
    together(pair, again, pair.other)


def test_leaving_during_a_search_is_published_on_the_subject_of_the_match(pair: MatchedPair) -> None:
    fourth = pair.cluster.hub("d-fourth")
    pair.cluster.kill(pair.here)
    pair.cluster.kill(pair.there)
    other = pair.resumes(pair.other, fourth)
    pair.waits(LOCATE_TIMEOUT + 0.1)
    one = pair.resumes(pair.one, pair.third, deliver=False)
    without_nats(pair, LOCATE_TIMEOUT + 0.1)
    one.says(Next())
    ((receiver, left),) = pair.cluster.network.messages_of(PartnerLeft)
    assert (receiver, left.reason) == (fourth.gateway, "next")
    pair.cluster.network.deliver_all()
    assert not other.client.session.summary.match
