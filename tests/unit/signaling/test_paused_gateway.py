"""A gateway that was paused and does not know yet who has left it: nobody else may pay for that."""

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

from .couples import Couple
from .gateways import Page, Town, copied


@pytest.fixture
def couple() -> Couple:
    return Couple()


class Paused:
    """A gateway that stands still. What comes for it lies in its buffers."""

    def __init__(self, town: Town, hub: Hub) -> None:
        self.hub = hub
        self._town = town
        self._buffer: list[GatewayMessage] = []
        del town.wire.hubs[hub.gateway]
        town.wire.queue = Buffering(hub.gateway, self._buffer, town.wire.queue)

    def wakes(self, read: bool = True) -> None:
        """It goes on; `read`: what lies in its buffers comes first, as it does in a real one."""
        self._town.wire.hubs[self.hub.gateway] = self.hub
        self._town.wire.queue = deque(self._town.wire.queue)
        self.hub.tick()
        if read:
            for message in self._buffer:
                self.hub.on_message(copied(message))
        self._town.wire.pump()


class Buffering(deque[tuple[GatewayId, GatewayMessage]]):
    """Keeps what is told to the paused gateway."""

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


def test_a_searching_visitor_went_elsewhere_meanwhile(couple: Couple) -> None:
    """Their ticket of before is offered no more, and nobody is matched with a visitor who is not there."""
    page = couple.town.searching(couple.here)
    paused = Paused(couple.town, couple.here)
    couple.waits(5)
    again = page.moves(couple.third)
    again.says(Find("video", languages=["de"]))
    couple.waits(5)
    paused.wakes()
    assert couple.town.desk[couple.here].offers == {}
    assert couple.here.clients.get(page.visitor) is None
    assert again.client.session.summary.phase == "searching"


def test_the_matcher_proposes_the_ticket_of_a_visitor_who_went_elsewhere(couple: Couple) -> None:
    """The proposal is the first thing that the gateway reads when it wakes. The partner loses a second."""
    page, stranger = couple.town.searching(couple.here), couple.town.searching(couple.there)
    first, second = couple.town.proposals(page, stranger)
    paused = Paused(couple.town, couple.here)
    again = page.moves(couple.third)
    couple.town.propose(stranger, second)
    couple.waits(3)
    couple.town.propose(page, first)
    paused.wakes()
    couple.waits(1)
    assert stranger.client.session.summary.phase == "searching"
    assert again.closed is None


def test_the_matcher_tells_a_gateway_that_a_ticket_is_superseded(couple: Couple) -> None:
    page = couple.town.searching(couple.here)
    ticket = couple.town.desk[couple.here].ticket_of(page.visitor)
    couple.here.on_matcher(TicketSuperseded(ticket, page.epoch + 1, couple.third.gateway))
    assert page.closed is CloseCode.CONNECTED_ELSEWHERE
    assert couple.town.desk[couple.here].offers == {}


@pytest.mark.parametrize("read", [True, False], ids=["its buffers first", "its clock first"])
def test_a_matched_visitor_went_on_elsewhere_and_is_not_ended(couple: Couple, read: bool) -> None:
    paused = Paused(couple.town, couple.here)
    couple.waits(4)
    couple.town.notice(couple.here)
    again = couple.resumes(couple.one, couple.third)
    assert couple.keeps(again)["partner_here"]
    couple.waits(RECONNECT_GRACE + 2)
    couple.other.take()
    paused.wakes(read)
    couple.waits(5)
    assert couple.other.take() == again.take() == []
    couple.talk(again, couple.other)
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE


def test_a_visitor_met_somebody_else_meanwhile(couple: Couple) -> None:
    """The gateway wakes and believes in the former match: it confirms it, and learns that it is over."""
    paused = Paused(couple.town, couple.here)
    couple.waits(4)
    again = couple.one.moves(couple.third)
    again.says(Find("video", languages=["de"]))
    stranger = couple.town.searching(couple.there)
    match = couple.town.meet(again, stranger)
    couple.waits(2)
    paused.wakes(read=False)
    couple.waits(8)
    assert again.client.session.summary.match == stranger.client.session.summary.match == match
    assert again.closed is None


def test_a_gateway_that_just_woke_denies_nothing(couple: Couple) -> None:
    """Where its visitor has gone meanwhile it will have read in a moment."""
    couple.one.says(Next())
    couple.town.wire.queue.clear()
    couple.here.tick()
    couple.town.now += 10
    told = couple.other.client.session._state.whereabouts().message  # type: ignore[union-attr]
    couple.here.on_message(told)
    assert not [told for _, told in couple.town.wire.queue if isinstance(told, PartnerLeft)]
    couple.here.tick()
    couple.waits(PAUSE + 0.2)
    couple.here.on_message(told)
    assert [told.reason for _, told in couple.town.wire.queue if isinstance(told, PartnerLeft)] == ["next"]


def test_a_hello_that_lay_at_a_paused_gateway_moves_nobody(couple: Couple) -> None:
    """The page gave that socket up, and is elsewhere with a newer one."""
    page = couple.one
    content = couple.town.pass_of(page, couple.passes[page])
    again = Page(couple.third, page.visitor, content, page.epoch + 2, page.memory)
    couple.waits(1)
    late = Page(couple.town.hub("d-paused"), page.visitor, content, page.epoch + 1, page.memory)
    couple.waits(1)
    assert late.closed is CloseCode.CONNECTED_ELSEWHERE
    assert again.closed is None
    again.take(), couple.other.take()
    couple.talk(again, couple.other)


def test_a_woken_gateway_holds_tickets_until_it_has_read_its_bus(couple: Couple) -> None:
    couple.here.tick()
    page = couple.town.page(couple.here)
    couple.town.now += 10
    couple.here.tick()
    page.says(Find("video"))
    assert couple.town.desk[couple.here].offers == {}
    couple.waits(PAUSE + 0.2)
    assert couple.town.desk[couple.here].ticket_of(page.visitor)


def test_what_was_due_during_a_pause_waits_for_what_others_told(couple: Couple) -> None:
    """The grace of a partner was over, but they are back, which lies in the buffers."""
    couple.town.kill(couple.here)
    couple.town.notice(couple.here)
    assert couple.other.types() == ["partner_away"]
    paused = Paused(couple.town, couple.there)
    again = couple.resumes(couple.one, couple.third)
    couple.waits(RECONNECT_GRACE - 1)
    paused.wakes()
    couple.waits(WELCOME_TIMEOUT + 1)
    assert couple.other.types() == ["partner_back"]
    again.take()
    couple.talk(again, couple.other)
