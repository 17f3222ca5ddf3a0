"""A takeover is repeated to the former gateway until that one acknowledges it."""

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import Takeover, TakeoverAck
from services.contract.ids import GatewayId, MatchId, VisitorId, random_id
from services.signaling.core.pending_takeovers import GIVE_UP_AFTER, PendingTakeovers
from services.signaling.shell.hub import Hub

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from .matched_pairs import MatchedPair

HERE, FORMER, THIRD = GatewayId("here"), GatewayId("former"), GatewayId("third")
VISITOR, OTHER = VisitorId(random_id()), VisitorId(random_id())
MATCH = MatchId("match")


def takeover(visitor: VisitorId = VISITOR, epoch: int = 5) -> Takeover:
    return Takeover(visitor, MATCH, epoch, HERE)


def sent_at(takeovers: PendingTakeovers, start: float, end: float, step: float = 0.1) -> list[float]:
    """Return when a takeover is sent again, in seconds after the start."""
    moments = []
    for number in range(round((end - start) / step) + 1):
        now = start + number * step
        moments += [round(now - start, 1) for _ in takeovers.due(now)]
    return moments


def test_a_takeover_is_repeated_soon_and_then_every_three_seconds() -> None:
    takeovers = PendingTakeovers()
    takeovers.add(FORMER, takeover(), 100.0)
    assert sent_at(takeovers, 100.0, 110.0) == pytest.approx([0.2, 1.0, 3.0, 6.0, 9.0], abs=0.11)


@pytest.mark.parametrize("epoch", [5, 6])
def test_an_acknowledged_takeover_is_not_repeated(epoch: int) -> None:
    takeovers = PendingTakeovers()
    takeovers.add(FORMER, takeover(), 100.0)
    takeovers.acknowledge(THIRD, VISITOR, 5)
    takeovers.acknowledge(FORMER, OTHER, 5)
    takeovers.acknowledge(FORMER, VISITOR, 4)
    assert sent_at(takeovers, 100.0, 101.5) == pytest.approx([0.2, 1.0], abs=0.11)
    takeovers.acknowledge(FORMER, VISITOR, epoch)
    takeovers.acknowledge(FORMER, VISITOR, epoch)
    assert (sent_at(takeovers, 101.6, 120.0), len(takeovers)) == ([], 0)


def test_a_newer_takeover_replaces_an_older_one() -> None:
    takeovers = PendingTakeovers()
    takeovers.add(FORMER, takeover(epoch=5), 100.0)
    takeovers.add(FORMER, takeover(epoch=6), 100.1)
    takeovers.acknowledge(FORMER, VISITOR, 5)
    told = [one for tenth in range(20) for one in takeovers.due(100.0 + tenth / 10)]
    assert told == [(FORMER, takeover(epoch=6))] * 2
    assert len(takeovers) == 1


def test_a_gateway_without_heartbeats_gets_nothing_until_they_return_and_then_everything() -> None:
    takeovers = PendingTakeovers()
    takeovers.add(FORMER, takeover(), 100.0)
    takeovers.add(FORMER, takeover(OTHER), 100.0)
    takeovers.add(THIRD, takeover(), 100.0)
    takeovers.suspend(FORMER)
    assert {former for tenth in range(100) for former, _ in takeovers.due(100.0 + tenth / 10)} == {THIRD}
    takeovers.acknowledge(THIRD, VISITOR, 5)
    assert takeovers.resume(FORMER, 130.0) == [takeover(), takeover(OTHER)]
    takeovers.acknowledge(FORMER, OTHER, 5)
    assert sent_at(takeovers, 130.0, 137.0) == pytest.approx([0.2, 1.0, 3.0, 6.0], abs=0.11)
    assert takeovers.resume(THIRD, 140.0) == []


def test_a_gateway_that_comes_back_again_and_again_gets_no_more_than_others() -> None:
    """Each return starts the schedule anew and ends the one before."""
    takeovers = PendingTakeovers()
    takeovers.add(FORMER, takeover(), 100.0)
    for start in range(100, 150, 5):
        sent_at(takeovers, start, start + 4)
        takeovers.suspend(FORMER)
        assert sent_at(takeovers, start + 4, start + 4.9) == []
        assert takeovers.resume(FORMER, start + 5) == [takeover()]
    assert len(sent_at(takeovers, 160.0, 190.0)) <= 30 / 3 + 2


def test_a_takeover_is_given_up_after_five_minutes() -> None:
    takeovers = PendingTakeovers()
    takeovers.add(FORMER, takeover(), 100.0)
    sent_at(takeovers, 100.0, 100.0 + GIVE_UP_AFTER, step=1.0)
    assert len(takeovers) == 1
    assert sent_at(takeovers, 100.1 + GIVE_UP_AFTER, 110.0 + GIVE_UP_AFTER) == []
    assert len(takeovers) == 0
    assert takeovers.resume(FORMER, 500.0) == []


def test_only_the_last_takeovers_up_to_the_capacity_are_kept() -> None:
    takeovers = PendingTakeovers(capacity=3)
    visitors = [VisitorId(random_id()) for _ in range(5)]
    for visitor in visitors:
        takeovers.add(FORMER, takeover(visitor), 100.0)
    assert [one.to for _, one in takeovers.due(100.2)] == visitors[-3:]


# --- between hubs ----------------------------------------------------------------------------------


@pytest.fixture
def cluster() -> InMemoryCluster:
    return InMemoryCluster()


@pytest.fixture
def hub(cluster: InMemoryCluster) -> Hub:
    return cluster.hub("here")


def queued_takeovers(cluster: InMemoryCluster) -> list[Takeover]:
    return [message for _, message in cluster.network.messages_of(Takeover)]


def test_a_new_visitor_and_one_who_comes_back_to_the_same_gateway_take_nobody_over(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    cluster.page(hub).moves(hub)
    assert cluster.network.messages() == []


def test_the_gateway_in_the_memory_gets_takeovers_until_it_answers(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    former = cluster.hub("former")
    page = cluster.page(former)
    again = page.moves(hub)
    assert queued_takeovers(cluster) == [Takeover(page.visitor, MatchId(""), again.epoch, hub.gateway)]
    cluster.network.lose_messages()  # it is lost
    for _ in range(3):
        cluster.now += 0.1
        hub.tick()
    assert len(queued_takeovers(cluster)) == 1
    cluster.network.deliver_all()
    assert page.closed is CloseCode.CONNECTED_ELSEWHERE
    assert len(hub._takeovers) == 0
    carried = cluster.network.sent
    cluster.run(10)
    assert cluster.network.sent == carried


def test_without_a_memory_the_gateway_in_the_pass_gets_the_takeover() -> None:
    pair = MatchedPair()
    pair.one.protocol.memory = ""
    again = pair.resumes(pair.one, pair.third, deliver=False)
    assert pair.cluster.network.messages_of(Takeover) == [
        (
            pair.here.gateway,
            Takeover(again.visitor, MatchId(pair.match), again.epoch, pair.third.gateway),
        )
    ]
    pair.cluster.network.deliver_all()
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert pair.keeps(again)["partner_here"]


def test_a_gateway_gets_the_takeover_when_its_heartbeats_return(cluster: InMemoryCluster, hub: Hub) -> None:
    former = cluster.hub("former")
    page = cluster.page(former)
    cluster.cut_off(former)
    page.moves(hub)
    hub.on_gateway_lost(former.gateway)
    cluster.run(20)
    carried = cluster.network.sent
    cluster.run(20)
    assert cluster.network.sent == carried, "nothing is sent to a dead gateway"
    cluster.reconnect(former)
    hub.on_gateway_back(former.gateway)
    cluster.network.deliver_all()
    assert page.closed is CloseCode.CONNECTED_ELSEWHERE
    assert len(hub._takeovers) == 0


def test_a_gateway_without_the_visitor_acknowledges_too(cluster: InMemoryCluster, hub: Hub) -> None:
    former = cluster.hub("former")
    page = cluster.page(former)
    page.leaves()
    page.moves(hub)
    cluster.network.deliver_all()
    assert len(hub._takeovers) == 0


def test_the_acknowledgement_names_the_place_of_the_partner() -> None:
    """The partner moved while the visitor had no gateway, so the pass names a place that they have left."""
    pair = MatchedPair()
    pair.one.loses_socket()
    pair.resumes(pair.other, pair.third)
    fourth = pair.cluster.hub("fourth")
    pair.cluster.kill(pair.there)
    again = pair.resumes(pair.one, fourth, deliver=False)
    pair.cluster.network.deliver_all()
    assert pair.keeps(again)["partner_here"], "the partner is found at once and without a search"
    assert not pair.cluster.network.has_subscribers()


def test_an_acknowledgement_about_another_match_does_not_name_the_partner(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    one, other = cluster.searching(hub), cluster.searching(hub)
    match = MatchId(cluster.meet(one, other))
    for asked, partner in ((match, other.client.place), (MATCH, None)):
        hub.on_message(Takeover(one.visitor, asked, 9, FORMER))
        ((_, answer),) = cluster.network.messages_of(TakeoverAck)
        assert answer == TakeoverAck(one.visitor, asked, 9, hub.gateway, partner)
        cluster.network.lose_messages()
        one, other = cluster.searching(hub), cluster.searching(hub)
        cluster.meet(one, other)
        cluster.network.lose_messages()


def test_a_connection_that_learns_of_a_newer_one_repeats_its_takeover_no_more(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    """Two tabs have the same epoch. The lesser one learns it from the answer to its takeover."""
    former, greater = cluster.hub("former"), cluster.hub("zz")
    page = cluster.page(former)
    newest = page.moves(greater)
    cluster.network.deliver_all()
    late = Page(hub, page.visitor, epoch=newest.epoch, memory=page.memory)
    cluster.network.deliver_all()
    assert late.closed is CloseCode.CONNECTED_ELSEWHERE
    cluster.run(2)
    carried = cluster.network.sent
    cluster.run(30)
    assert cluster.network.sent == carried, "the answer ends the takeover"
    assert len(hub._takeovers) == 0
