"""A gateway that was paused does not know yet which visitors left, and harms nobody."""

from collections import deque
from collections.abc import Iterable

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import GatewayMessage, PartnerLeft
from services.contract.ids import GatewayId
from services.contract.limits import RECONNECT_GRACE
from services.signaling.core.conversation import WELCOME_TIMEOUT
from services.signaling.core.events import TicketSuperseded
from services.signaling.core.messages import Find, Next
from services.signaling.shell.hub import Hub
from services.signaling.shell.session_timers import PAUSE

from .fake_cluster import FakeCluster, FakePage, copied
from .matched_pairs import MatchedPair


@pytest.fixture
def pair() -> MatchedPair:
    return MatchedPair()


class Paused:
    """A paused gateway, whose messages wait in its buffers."""

    def __init__(self, cluster: FakeCluster, hub: Hub) -> None:
        self.hub = hub
        self._cluster = cluster
        self._buffer: list[GatewayMessage] = []
        del cluster.network.hubs[hub.gateway]
        cluster.network.queue = Buffering(hub.gateway, self._buffer, cluster.network.queue)

    def wakes(self, read: bool = True) -> None:
        """Resume the gateway. If `read`, it first reads its buffers, as a real one does."""
        self._cluster.network.hubs[self.hub.gateway] = self.hub
        self._cluster.network.queue = deque(self._cluster.network.queue)
        self.hub.tick()
        if read:
            for message in self._buffer:
                self.hub.on_message(copied(message))
        self._cluster.network.deliver_all()


class Buffering(deque[tuple[GatewayId, GatewayMessage]]):
    """Keeps the messages for the paused gateway."""

    def __init__(
        self,
        gateway: GatewayId,
        buffer: list[GatewayMessage],
        queue: Iterable[tuple[GatewayId, GatewayMessage]],
    ) -> None:
        super().__init__(queue)
        self._gateway = gateway
        self._buffer = buffer

    def append(self, told: tuple[GatewayId, GatewayMessage]) -> None:
        if told[0] == self._gateway:
            self._buffer.append(told[1])
        else:
            super().append(told)


def test_the_ticket_of_a_visitor_who_left_a_paused_gateway_is_not_offered(pair: MatchedPair) -> None:
    """The old ticket is not offered any more, so nobody is matched with a visitor who is not there."""
    page = pair.cluster.searching(pair.here)
    paused = Paused(pair.cluster, pair.here)
    pair.waits(5)
    again = page.moves(pair.third)
    again.says(Find("video", languages=["de"]))
    pair.waits(5)
    paused.wakes()
    assert pair.cluster.matchmakers[pair.here].offers == {}
    assert pair.here.clients.get(page.visitor) is None
    assert again.client.session.summary.phase == "searching"


def test_a_proposal_for_a_visitor_who_left_a_paused_gateway_fails(pair: MatchedPair) -> None:
    """The gateway reads the proposal first when it wakes. The partner loses a second."""
    page, stranger = pair.cluster.searching(pair.here), pair.cluster.searching(pair.there)
    first, second = pair.cluster.proposals(page, stranger)
    paused = Paused(pair.cluster, pair.here)
    again = page.moves(pair.third)
    pair.cluster.propose(stranger, second)
    pair.waits(3)
    pair.cluster.propose(page, first)
    paused.wakes()
    pair.waits(1)
    assert stranger.client.session.summary.phase == "searching"
    assert again.closed is None


def test_a_superseded_ticket_ends_the_session_at_a_paused_gateway(pair: MatchedPair) -> None:
    page = pair.cluster.searching(pair.here)
    ticket = pair.cluster.matchmakers[pair.here].ticket_of(page.visitor)
    pair.here.on_matcher_event(TicketSuperseded(ticket, page.epoch + 1, pair.third.gateway))
    assert page.closed is CloseCode.CONNECTED_ELSEWHERE
    assert pair.cluster.matchmakers[pair.here].offers == {}


@pytest.mark.parametrize("read", [True, False], ids=["its buffers first", "its clock first"])
def test_a_match_that_went_on_elsewhere_is_not_ended_by_a_paused_gateway(
    pair: MatchedPair, read: bool
) -> None:
    paused = Paused(pair.cluster, pair.here)
    pair.waits(4)
    pair.cluster.notice(pair.here)
    again = pair.resumes(pair.one, pair.third)
    assert pair.keeps(again)["partner_here"]
    pair.waits(RECONNECT_GRACE + 2)
    pair.other.take()
    paused.wakes(read)
    pair.waits(5)
    assert pair.other.take() == again.take() == []
    pair.talk(again, pair.other)
    assert pair.one.closed is CloseCode.CONNECTED_ELSEWHERE


def test_a_paused_gateway_learns_that_its_match_is_over(pair: MatchedPair) -> None:
    """The gateway wakes, confirms the former match, and learns that it is over."""
    paused = Paused(pair.cluster, pair.here)
    pair.waits(4)
    again = pair.one.moves(pair.third)
    again.says(Find("video", languages=["de"]))
    stranger = pair.cluster.searching(pair.there)
    match = pair.cluster.meet(again, stranger)
    pair.waits(2)
    paused.wakes(read=False)
    pair.waits(8)
    assert again.client.session.summary.match == stranger.client.session.summary.match == match
    assert again.closed is None


def test_a_gateway_denies_no_match_right_after_a_pause(pair: MatchedPair) -> None:
    """It reads a moment later where its visitor has gone."""
    pair.one.says(Next())
    pair.cluster.network.queue.clear()
    pair.here.tick()
    pair.cluster.now += 10
    told = pair.other.client.session._state.location_message().message  # type: ignore[union-attr]
    pair.here.on_message(told)
    assert not [told for _, told in pair.cluster.network.queue if isinstance(told, PartnerLeft)]
    pair.here.tick()
    pair.waits(PAUSE + 0.2)
    pair.here.on_message(told)
    assert [told.reason for _, told in pair.cluster.network.queue if isinstance(told, PartnerLeft)] == [
        "next"
    ]


def test_an_old_hello_at_a_paused_gateway_moves_nobody(pair: MatchedPair) -> None:
    """The page gave up that socket, and is elsewhere with a newer one."""
    page = pair.one
    content = pair.cluster.pass_of(page, pair.passes[page])
    again = FakePage(pair.third, page.visitor, content, page.epoch + 2, page.memory)
    pair.waits(1)
    late = FakePage(pair.cluster.hub("d-paused"), page.visitor, content, page.epoch + 1, page.memory)
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
    page.says(Find("video"))
    assert pair.cluster.matchmakers[pair.here].offers == {}
    pair.waits(PAUSE + 0.2)
    assert pair.cluster.matchmakers[pair.here].ticket_of(page.visitor)


def test_timers_due_during_a_pause_wait_for_the_messages_of_others(pair: MatchedPair) -> None:
    """The grace of a partner is over, but the buffers say that they are back."""
    pair.cluster.kill(pair.here)
    pair.cluster.notice(pair.here)
    assert pair.other.types() == ["partner_away"]
    paused = Paused(pair.cluster, pair.there)
    again = pair.resumes(pair.one, pair.third)
    pair.waits(RECONNECT_GRACE - 1)
    paused.wakes()
    pair.waits(WELCOME_TIMEOUT + 1)
    assert pair.other.types() == ["partner_back"]
    again.take()
    pair.talk(again, pair.other)
