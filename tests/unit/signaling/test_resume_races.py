"""What went wrong once, or nearly, when messages about a match came late, twice, or in another order."""

import pytest

from services.contract.envelopes import Kind
from services.contract.ids import GatewayId, MatchId, VisitorId, random_id
from services.contract.limits import GRACE
from services.contract.passes import LIFETIME, PassContent
from services.runtime.rates import Rate
from services.signaling.cluster.reminders import EVERY
from services.signaling.match.conversation import CONFIRM
from services.signaling.match.handover import unpack_handover
from services.signaling.messages import (
    Candidate,
    Candidates,
    Chat,
    Description,
    Find,
    Next,
    SessionDescription,
    Stop,
    Typing,
)
from services.signaling.search.acquaintances import Acquaintances
from services.signaling.timers import PAUSE

from .gateways import PASSES, Page, Town
from .test_resume import Couple


@pytest.fixture
def couple() -> Couple:
    return Couple()


def test_a_gateway_that_died_before_its_acceptance_was_used(couple: Couple) -> None:
    """Nobody will say again that it is dead."""
    town = couple.town
    one, other = town.searching(couple.here), town.searching(couple.there)
    first, second = town.proposals(one, other)
    town.propose(other, second)
    town.wire.pump()
    couple.dies(couple.there)
    town.neighbours[couple.here].dead.add(couple.there.gateway)
    couple.here.on_gateway_lost(couple.there.gateway)
    town.propose(one, first)
    assert one.types() == ["matched"]
    couple.waits(EVERY + 0.2)
    assert one.types() == ["partner_away"]


def test_an_arrival_that_the_gateway_of_both_missed(couple: Couple) -> None:
    """Its NATS was away while one of its two visitors came to another gateway."""
    town, hub = couple.town, couple.there
    one, other = town.searching(hub), town.searching(hub)
    match = town.meet(one, other)
    couple.passes[one] = one.take()[0]["pass"]
    other.take()
    town.now += 5
    couple.dies(hub)
    again = couple.returns(one, couple.third)
    couple.waits(CONFIRM + 0.1)
    assert again.types() == ["welcome"]
    town.wire.hubs[hub.gateway] = hub
    hub.announce_all()
    couple.waits(2 * EVERY)
    for page in (again, other):
        page.take()
    again.says(Typing(match))
    other.says(Typing(match))
    town.wire.pump()
    assert (again.types(), other.types()) == (["typing"], ["typing"])


@pytest.mark.parametrize("order", [False, True], ids=["the former gateway first", "another one first"])
def test_a_third_gateway_remembers_the_visitor_too(couple: Couple, order: bool) -> None:
    """It knows nothing of the conversation, and must not be taken for the one that does."""
    town = couple.town
    visitor = couple.one.visitor
    couple.third._memories.keep(visitor, couple.third._memories.take(visitor), town.now)
    couple.other.loses_socket()
    town.wire.pump()
    couple.one.says(Chat(couple.match, "do not lose me", "1"))
    fourth = town.hub("d-fourth")
    Page(fourth, visitor, PASSES.open(couple.passes[couple.one], visitor, town.now))
    town.wire.queue = type(town.wire.queue)(
        sorted(
            town.wire.queue,
            key=lambda told: (
                told[1].kind == Kind.HANDOVER
                and (unpack_handover(told[1].body).conversed is None) is not order
            ),
        )
    )
    town.wire.pump()
    other = couple.returns(couple.other, couple.there)
    couple.waits(3)
    assert [frame.get("text") for frame in other.take() if frame["type"] == "chat"] == ["do not lose me"]


def test_nothing_is_heard_before_the_welcome_and_nothing_overtakes(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.says(Description(couple.match, SessionDescription("offer", "v=0")))
    couple.dies(couple.here)
    again = couple.returns(couple.one, couple.third)
    couple.other.says(Candidates(couple.match, [Candidate("candidate:1")]))
    couple.town.wire.pump()
    assert again.take() == []
    couple.waits(CONFIRM + 0.1)
    assert again.types() == ["welcome", "description", "candidates"]


def test_a_second_hello_before_the_former_gateway_has_answered(couple: Couple) -> None:
    couple.other.loses_socket()
    couple.town.wire.pump()
    couple.one.says(Chat(couple.match, "keep", "1"))
    couple.one.loses_socket()
    content = PASSES.open(couple.passes[couple.one], couple.one.visitor, couple.town.now)
    Page(couple.third, couple.one.visitor, content).loses_socket()
    Page(couple.third, couple.one.visitor, content)
    couple.town.wire.pump()
    other = couple.returns(couple.other, couple.there)
    couple.waits(3)
    assert [frame.get("text") for frame in other.take() if frame["type"] == "chat"] == ["keep"]


def test_a_pass_does_not_live_for_ever_by_being_renewed(couple: Couple) -> None:
    """Each resume gives a fresh one, which says when the match began."""
    met_at = couple.town.now
    couple.other.leaves()
    couple.one.leaves()
    couple.town.wire.pump()
    page = couple.one
    for _ in range(3):
        couple.town.now += LIFETIME / 4
        again = couple.returns(page, couple.third)
        couple.waits(CONFIRM + PAUSE + 0.1)
        couple.passes[again] = again.take()[0]["resumed"]["pass"]
        again.leaves()
        page = again
    content = PASSES.open(couple.passes[page], page.visitor, couple.town.now)
    assert content.started == met_at


def test_a_wish_of_a_newer_gateway_is_passed_over(couple: Couple) -> None:
    visitor = VisitorId(random_id())
    newer = b'{"type":"find","mode":"video","new":1}'
    content = PassContent(
        MatchId("m"), visitor, GatewayId("x"), couple.other.visitor, GatewayId("y"), True, b"", 1000.0, newer
    )
    page = Page(couple.here, visitor, content)
    couple.waits(CONFIRM + 0.1)
    page.take()
    page.says(Next())
    assert [frame.get("code") for frame in page.take()] == ["no_wish"]


def test_what_two_gateways_know_together_is_bounded() -> None:
    one, other = Acquaintances(), Acquaintances()
    for number in range(64):
        for known in (one, other):
            known.block(VisitorId(random_id()))
            known.part(VisitorId(random_id()), float(number))
    assert other.learn(one.partners, one.blocked)
    assert len(other.blocked) == 64
    assert [at for _, at in other.partners] == sorted(at for _, at in other.partners)
    assert not other.learn(other.partners, other.blocked)


def test_a_handover_does_not_free_a_search_that_is_held() -> None:
    town = Town(Rate(per_second=0.5, burst=1))
    here, there = town.hub("here"), town.hub("there")
    one = town.searching(here)
    one.loses_socket()
    again = Page(there, one.visitor)
    for _ in range(3):
        again.says(Stop())
        again.says(Next())
    town.wire.pump()
    again.says(Next())
    town.wire.pump()
    assert town.desk[there].offered <= 1


@pytest.mark.parametrize("where", ["here", "there"])
def test_who_comes_back_to_the_gateway_of_both_is_not_missed(couple: Couple, where: str) -> None:
    """Also when NATS was away, upon which everybody is announced again."""
    one, other = couple.town.searching(couple.here), couple.town.searching(getattr(couple, where))
    couple.match = couple.town.meet(one, other)
    couple.passes[one] = one.take()[0]["pass"]
    other.take()
    one.loses_socket()
    again = couple.returns(one, couple.here)
    assert again.types() == ["welcome"]
    couple.here.announce_all()
    couple.town.wire.pump()
    assert other.types() == ["partner_away", "partner_back"]
    couple.waits(20)
    couple.talk(again, other)
    assert other.take() == []


@pytest.mark.parametrize("named", ["a", "z"], ids=["which decides", "which does not decide"])
def test_two_of_one_gateway_that_is_drained(couple: Couple, named: str) -> None:
    """Both lose their sockets together, and come to another gateway one after the other."""
    new = couple.town.hub(named)
    one, other = couple.town.searching(couple.here), couple.town.searching(couple.here)
    couple.match = couple.town.meet(one, other)
    for page in (one, other):
        couple.passes[page] = page.take()[0]["pass"]
    one.says(Chat(couple.match, "just before", "1"))
    for page in (one, other):
        page.loses_socket()
    couple.town.wire.pump()
    first = couple.returns(one, new)
    (welcome,) = first.take()
    assert not welcome["resumed"]["partner_here"]
    second = couple.returns(other, new)
    assert [frame["type"] for frame in second.take()] == ["welcome", "chat"]
    second.answers()
    assert first.types() == ["partner_back"]
    couple.talk(first, second)
    assert {one.visitor, other.visitor}.isdisjoint(couple.here.clients.visitors())


def test_who_does_not_wait_for_the_welcome_gets_one(couple: Couple) -> None:
    couple.dies(couple.here)
    again = couple.returns(couple.one, couple.third)
    assert again.take() == []
    again.says(Find("video"))
    assert again.types() == ["welcome", "searching"]
    couple.waits(CONFIRM + 0.1)
    assert again.take() == []
    assert couple.other.types()[-2:] == ["ended", "searching"]


def test_the_gateway_that_lost_a_socket_does_not_end_what_goes_on_elsewhere(couple: Couple) -> None:
    """It has not heard that its visitor is at another one: NATS was away for it, or lost that one message."""
    deaf = couple.town.wire.hubs.pop(couple.here.gateway)
    couple.one.loses_socket()
    couple.town.wire.queue.clear()
    again = couple.returns(couple.one, couple.third)
    couple.waits(CONFIRM + 0.1)
    again.take(), couple.other.take()
    couple.town.wire.hubs[deaf.gateway] = deaf
    couple.waits(GRACE + 1)
    assert deaf.clients.visitors() == []
    assert again.take() == couple.other.take() == []
    couple.talk(again, couple.other)


def test_who_went_on_elsewhere_as_their_gateway_died_is_not_waited_for(couple: Couple) -> None:
    """Nobody has heard of their `next`. Their new gateway knows, and is asked when the old one is silent."""
    couple.dies(couple.there)
    elsewhere = Page(couple.third, couple.other.visitor)
    elsewhere.says(Find("video", languages=["de"]))
    couple.waits(4)
    assert couple.one.take() == []
    couple.here.on_gateway_lost(couple.there.gateway)
    couple.town.wire.pump()
    assert couple.one.types() == ["partner_away", "ended", "searching"]


def test_who_left_before_it_was_a_match_may_meet_the_same_one(couple: Couple) -> None:
    one, other = couple.town.searching(couple.here), couple.town.searching(couple.there)
    first, _ = couple.town.proposals(one, other)
    couple.town.propose(one, first)
    one.leaves()
    couple.town.wire.pump()
    again = Page(couple.third, one.visitor)
    assert not again.client.session.memory.acquaintances.bars(other.visitor, couple.town.now)
