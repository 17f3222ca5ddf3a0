"""Two who are in a match find each other again, whatever dies, moves, or is cut off between them."""

from collections import deque

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import Accept, LocatePartner, PartnerLeft, Takeover
from services.contract.ids import GatewayId
from services.contract.limits import RECONNECT_GRACE, REWIND_WINDOW
from services.contract.presence import DEAD_AFTER
from services.signaling.core.confirmation_schedule import INTERVAL
from services.signaling.core.conversation import WELCOME_TIMEOUT
from services.signaling.core.messages import Block, Next, Rewind, Stop
from services.signaling.shell.hub import Hub
from services.signaling.shell.session_timers import PAUSE

from .couples import Couple
from .gateways import Mouth, Page, Town


@pytest.fixture
def couple() -> Couple:
    return Couple()


class DeafMouth(Mouth):
    """A bus that is cut off from NATS: nothing leaves."""

    def publish(self, gateway: GatewayId, message: object) -> None:
        """It is lost."""

    def call_out(self, message: object) -> None:
        """It is lost."""


def cut_off(couple: Couple, hub: Hub) -> None:
    """Nothing reaches the gateway, and nothing leaves it."""
    couple.town.wire.hubs.pop(hub.gateway)
    hub._bus = DeafMouth(couple.town.wire, hub.gateway)


def reconnect(couple: Couple, hub: Hub) -> None:
    hub._bus = Mouth(couple.town.wire, hub.gateway)
    couple.town.wire.hubs[hub.gateway] = hub
    hub.on_bus_back()


def together(couple: Couple, one: Page, other: Page) -> None:
    """Both are welcomed, know that the other is there, and hear each other."""
    one.take(), other.take()
    for page, partner in ((one, other), (other, one)):
        summary = page.client.session.summary
        assert (summary.match, summary.partner) == (couple.match, partner.visitor)
        assert summary.welcomed
        assert summary.partner_here
        assert summary.partner_place == partner.client.place
    couple.talk(one, other)
    couple.waits(RECONNECT_GRACE + 0.2)
    assert not any(couple.town.wire.seekers.values()), "somebody still listens"
    couple.talk(one, other)


@pytest.mark.parametrize("apart", [0.0, 0.3, 0.7, 2.0, 6.0, 12.0])
@pytest.mark.parametrize("known", [True, False], ids=["and that is noticed", "unnoticed"])
def test_both_gateways_are_killed(couple: Couple, apart: float, known: bool) -> None:
    fourth = couple.town.hub("d-fourth")
    for hub in (couple.here, couple.there):
        couple.town.kill(hub)
        if known:
            couple.town.notice(hub)
    one = couple.resumes(couple.one, couple.third)
    couple.waits(apart)
    other = couple.resumes(couple.other, fourth)
    couple.waits(WELCOME_TIMEOUT + 3.2)
    together(couple, one, other)


def test_both_gateways_are_killed_and_both_come_to_the_same_one(couple: Couple) -> None:
    couple.town.kill(couple.here)
    couple.town.kill(couple.there)
    one = couple.resumes(couple.one, couple.third)
    couple.waits(0.2)
    other = couple.resumes(couple.other, couple.third)
    couple.waits(WELCOME_TIMEOUT + 0.2)
    together(couple, one, other)


@pytest.mark.parametrize("pause", [0.0, 0.3, 4.0])
def test_the_partners_gateway_is_killed_just_after_this_side_moved(couple: Couple, pause: float) -> None:
    """The pass of the partner names a living gateway that knows nothing any more."""
    fourth = couple.town.hub("d-fourth")
    one = couple.resumes(couple.one, couple.third, pump=False)  # its word to the partner's gateway is lost
    couple.town.wire.queue = deque(
        told for told in couple.town.wire.queue if not isinstance(told[1], LocatePartner)
    )
    couple.town.wire.pump()
    couple.town.kill(couple.there)
    couple.waits(pause)
    other = couple.resumes(couple.other, fourth)
    couple.waits(INTERVAL + 1)
    together(couple, one, other)


def test_the_gateway_that_the_pass_names_has_forgotten_where_they_went(couple: Couple) -> None:
    fourth = couple.town.hub("d-fourth")
    one = couple.resumes(couple.one, couple.third)
    couple.town.kill(couple.there)
    couple.here._fence = type(couple.here._fence)()
    other = couple.resumes(couple.other, fourth)
    couple.waits(DEAD_AFTER)
    couple.town.notice(couple.there)
    couple.waits(INTERVAL + 0.2)
    together(couple, one, other)


def test_what_comes_for_a_visitor_who_moved_follows_them(couple: Couple) -> None:
    """A gateway that is drained passes on what is told to its visitors, until they have arrived."""
    one = couple.resumes(couple.one, couple.third, pump=False)
    couple.town.wire.queue.rotate(-1)  # the takeover comes last of all
    couple.other.says(Next())
    couple.town.wire.pump()
    assert one.types()[-1] in ("ended", "searching", "welcome")
    couple.waits(WELCOME_TIMEOUT)
    assert not one.client.session.summary.match


def test_nats_was_restarted_and_one_gateway_is_not_yet_subscribed(couple: Couple) -> None:
    fourth = couple.town.hub("d-fourth")
    couple.town.kill(couple.here)
    couple.town.kill(couple.there)
    cut_off(couple, fourth)
    one = couple.resumes(couple.one, couple.third)
    other = couple.resumes(couple.other, fourth)
    couple.waits(4)
    assert not one.client.session.summary.partner_here
    couple.town.wire.seekers.setdefault(other.client.session.summary.match, set()).add(fourth.gateway)
    reconnect(couple, fourth)
    couple.waits(5)
    together(couple, one, other)


@pytest.mark.parametrize("lost", range(8))
def test_any_one_message_may_be_lost(couple: Couple, lost: int) -> None:
    again = couple.resumes(couple.one, couple.third, pump=False)
    queue, seen = couple.town.wire.queue, 0
    while queue:
        gateway, message = queue.popleft()
        if seen != lost and gateway in couple.town.wire.hubs:
            couple.town.wire.hubs[gateway].on_message(message)
        seen += 1
    couple.waits(2 * INTERVAL)
    together(couple, again, couple.other)
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE


def test_a_question_that_is_lost_is_asked_again_soon(couple: Couple) -> None:
    """The partner's gateway knows of nothing, and listens nowhere."""
    couple.town.kill(couple.here)
    again = couple.resumes(couple.one, couple.third, pump=False)
    couple.town.wire.queue.clear()
    couple.waits(1.0)
    together(couple, again, couple.other)


@pytest.mark.parametrize("message", [Next(), Stop(), None], ids=["next", "stop", "blocked"])
def test_a_lost_goodbye_is_said_again_with_its_reason(couple: Couple, message: Next | Stop | None) -> None:
    couple.one.says(message or Block(couple.passes[couple.one]))
    couple.town.wire.queue.clear()
    couple.waits(INTERVAL + 0.2)
    ended = couple.other.take()[0]
    reason = {Next: "next", Stop: "stop"}.get(type(message), "blocked")
    assert (ended["type"], ended["reason"]) == ("ended", reason)


def test_matches_are_confirmed_at_once_when_the_bus_is_back(couple: Couple) -> None:
    couple.waits(INTERVAL + 0.1)
    couple.one.says(Next())
    couple.town.wire.queue.clear()
    couple.there.on_bus_back()
    couple.waits(PAUSE + 0.2)
    assert couple.other.types() == ["ended", "searching"]


def test_everything_is_drained_at_once(couple: Couple) -> None:
    fresh = [couple.town.hub("e-fifth"), couple.town.hub("f-sixth")]
    pages = {}
    for page in (couple.one, couple.other):
        page.hub.drain(page.client)
        page.hub.disconnect(page.client, leaving=False)
        couple.town.wire.pump()
    for page, hub in zip((couple.one, couple.other), fresh, strict=True):
        couple.waits(0.5)
        pages[page] = couple.resumes(page, hub)
    couple.waits(1)
    together(couple, pages[couple.one], pages[couple.other])
    assert list(couple.here.clients) == list(couple.there.clients) == [], "so that the drain ends"


def test_two_of_one_gateway_that_is_drained(couple: Couple) -> None:
    """Both lose their sockets together, and come to another gateway one after the other."""
    one, other = couple.town.searching(couple.here), couple.town.searching(couple.here)
    couple.match = couple.town.meet(one, other)
    for page in (one, other):
        couple.passes[page] = page.take()[0]["pass"]
        page.loses_socket()
    couple.town.wire.pump()
    first = couple.resumes(one, couple.third)
    assert not couple.keeps(first)["partner_here"]
    second = couple.resumes(other, couple.third)
    assert couple.keeps(second)["partner_here"]
    assert first.types() == ["partner_back"]
    together(couple, first, second)
    assert not {page.visitor for page in (one, other)} & {client.visitor for client in couple.here.clients}


def test_a_banned_visitor_who_comes_with_a_pass_frees_their_partner(couple: Couple) -> None:
    """They were banned while they moved."""
    content = couple.town.pass_of(couple.one, couple.passes[couple.one])
    couple.town.kill(couple.here)
    couple.third.refuse(couple.one.visitor, couple.one.epoch + 1, content)
    couple.town.wire.pump()
    (ended,) = couple.other.take()
    assert (ended["type"], ended["reason"]) == ("ended", "banned")


def test_a_visitor_is_banned_just_after_they_moved(couple: Couple) -> None:
    again = couple.resumes(couple.one, couple.third, pump=False)
    couple.town.board.banned.add(couple.one.visitor)
    for hub in (couple.here, couple.there, couple.third):
        hub.on_standing(couple.one.visitor)
    couple.town.wire.pump()
    assert again.closed is CloseCode.BANNED
    assert "ended" in couple.other.types()
    couple.waits(RECONNECT_GRACE + 1)
    assert not couple.other.client.session.summary.match


# --- the way back --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mover", ["one", "other"])
def test_a_rewind_is_asked_while_the_other_moves(couple: Couple, mover: str) -> None:
    """Nobody is taken back to somebody who went to another gateway; who asks is told, and searches on."""
    couple.part()
    moving, asking = (couple.one, couple.other) if mover == "one" else (couple.other, couple.one)
    again = moving.moves(couple.third)
    asking.says(Rewind(couple.match))
    couple.town.wire.pump()
    frames = asking.take()
    assert [frame.get("code") for frame in frames] == ["rewind_refused"]
    assert "rewind_offer" not in again.types()
    again.says(Rewind(couple.match))
    assert [frame.get("code") for frame in again.take()] == ["rewind_refused"]


def test_both_ask_and_one_moves_before_they_are_together(couple: Couple) -> None:
    couple.part()
    couple.one.says(Rewind(couple.match))
    couple.town.wire.pump()
    couple.other.says(Rewind(couple.match))
    again = couple.one.moves(couple.third)
    couple.waits(REWIND_WINDOW + 2)
    assert couple.other.client.session.summary.phase == "searching"
    assert again.client.session.summary.phase == "idle"


# --- a moment without NATS -----------------------------------------------------------------------------


def without_nats(couple: Couple, seconds: float) -> None:
    """Time passes, and everything that a gateway says is lost."""
    wire = couple.town.wire
    for _ in range(round(seconds * 10)):
        couple.town.now += 0.1
        for hub in wire.hubs.values():
            hub.tick()
        wire.queue.clear()
        wire.calls.clear()


def test_two_gateways_which_believe_a_visitor_at_the_other_send_nothing_round(couple: Couple) -> None:
    couple.one.loses_socket()
    without_nats(couple, 0.5)
    second = couple.resumes(couple.one, couple.third, pump=False)
    without_nats(couple, WELCOME_TIMEOUT + 0.5)
    second.loses_socket()
    without_nats(couple, 0.5)
    couple.resumes(second, couple.here, pump=False).leaves()
    without_nats(couple, 0.5)
    for hub in couple.town.wire.hubs.values():
        hub.on_bus_back()
    couple.waits(RECONNECT_GRACE + 5)
    assert couple.other.types() == ["partner_away", "ended", "searching"]


def test_two_who_came_to_one_gateway_without_word_from_others_hear_each_other(couple: Couple) -> None:
    one = couple.resumes(couple.one, couple.third, pump=False)
    without_nats(couple, WELCOME_TIMEOUT + 0.1)
    couple.other.loses_socket()
    couple.town.wire.pump()
    other = couple.resumes(couple.other, couple.third)
    couple.waits(INTERVAL + 1)
    together(couple, one, other)


def test_one_of_two_at_one_gateway_did_not_hear_that_the_other_is_back(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.take()
    moved = couple.resumes(couple.one, couple.third, pump=False)
    couple.town.wire.queue = deque(told for told in couple.town.wire.queue if told[0] != couple.here.gateway)
    couple.town.wire.pump()
    couple.keeps(moved)
    couple.passes[couple.other] = couple.other.take()[-1]["pass"]
    other = couple.resumes(couple.other, couple.here)
    couple.keeps(other)
    couple.passes[moved] = moved.take()[-1]["pass"]
    moved.loses_socket()
    couple.town.wire.pump()
    back = couple.resumes(moved, couple.here)
    couple.waits(INTERVAL + 1)
    together(couple, back, other)


def test_a_dial_that_died_before_its_welcome_does_not_hide_the_next(couple: Couple) -> None:
    fourth = couple.town.hub("d-fourth")
    for hub in (couple.here, couple.there):
        couple.town.kill(hub)
    vain = couple.resumes(couple.one, couple.third)
    other = couple.resumes(couple.other, couple.third)
    couple.waits(1)
    content = couple.town.pass_of(couple.one, couple.passes[couple.one])
    again = Page(fourth, couple.one.visitor, content, vain.epoch + 1, couple.one.memory)
    couple.town.wire.pump()
    couple.waits(1)
    vain.loses_socket()
    couple.waits(2)
    for hub in (couple.here, couple.there):
        couple.town.notice(hub)
    couple.waits(RECONNECT_GRACE + 1)
    together(couple, again, other)


def test_who_moves_while_the_acceptance_is_on_its_way_keeps_the_match() -> None:
    """Their question overtakes it: the partner is still reserved, and does not deny the match."""
    town = Town()
    here, there, third = map(town.hub, ("b-here", "c-there", "a-third"))
    one, other = town.searching(here), town.searching(there)
    mine, theirs = town.proposals(one, other)
    town.propose(other, theirs)
    town.wire.pump()
    town.propose(one, mine)
    content = town.pass_of(one, one.take()[0]["pass"])
    acceptance = [told for told in town.wire.queue if isinstance(told[1], Accept)]
    one.loses_socket()
    town.wire.queue.clear()
    again = one.moves(third, content)
    town.wire.pump()
    town.wire.queue.extend(acceptance)
    town.tick(WELCOME_TIMEOUT)
    assert acceptance
    for page in (again, other):
        assert page.client.session.summary.match == mine.match


# --- cut off, paused -----------------------------------------------------------------------------------


def test_a_gateway_is_cut_off_and_a_duplicate_tab_is_elsewhere(couple: Couple) -> None:
    """Its own visitor and their tab at another gateway are one visitor: in the end the newer hello counts."""
    cut_off(couple, couple.here)
    tab = couple.one.moves(couple.third)
    couple.waits(7)
    assert couple.one.closed is None, "nobody can tell it yet"
    reconnect(couple, couple.here)
    couple.waits(4.2)
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert tab.closed is None


def test_a_silent_gateway_is_told_as_soon_as_it_is_heard_of_again(couple: Couple) -> None:
    cut_off(couple, couple.here)
    couple.one.moves(couple.third)
    couple.third.on_gateway_lost(couple.here.gateway)
    couple.waits(10)
    assert not [told for _, told in couple.town.wire.queue if isinstance(told, Takeover)]
    reconnect(couple, couple.here)
    couple.third.on_gateway_back(couple.here.gateway)
    couple.town.wire.pump()
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE


def test_the_gateway_that_lost_a_socket_does_not_end_what_goes_on_elsewhere(couple: Couple) -> None:
    """It has not heard that its visitor is at another one: NATS was away for it."""
    deaf = couple.town.wire.hubs.pop(couple.here.gateway)
    couple.one.loses_socket()
    couple.town.wire.queue.clear()
    again = couple.resumes(couple.one, couple.third)
    couple.waits(WELCOME_TIMEOUT + 0.1)
    again.take(), couple.other.take()
    couple.town.wire.hubs[deaf.gateway] = deaf
    couple.waits(RECONNECT_GRACE + 1)
    assert list(deaf.clients) == []
    together(couple, again, couple.other)


def test_who_leaves_while_looking_says_so_where_the_other_may_listen(couple: Couple) -> None:
    fourth = couple.town.hub("d-fourth")
    couple.town.kill(couple.here)
    couple.town.kill(couple.there)
    one = couple.resumes(couple.one, couple.third)
    other = couple.resumes(couple.other, fourth)
    couple.waits(0.6)
    couple.town.wire.calls.clear()
    one.says(Next())
    said = [told for _, told in couple.town.wire.calls if isinstance(told, PartnerLeft)]
    assert [told.reason for told in said] in (["next"], [])
    couple.waits(INTERVAL + 1)
    assert not other.client.session.summary.match
    assert "ended" in other.types() or other.client.session.summary.phase == "searching"
