"""Visitors, matches and messages for the tests of the gateway's pure parts."""

from collections.abc import Callable
from itertools import count

import pytest

from services.contract.envelopes import Acceptance, Kind
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId, random_id, visitor_key
from services.runtime.rates import Rate
from services.signaling import effects as fx
from services.signaling import events
from services.signaling.match.encounters import Party, Proposed
from services.signaling.memories import Memories
from services.signaling.messages import Chat, EndReason, Find, encode
from services.signaling.search.wishes import Ticket
from services.signaling.session import Session
from services.signaling.states import Conversation, Reserved, Searching

ME, STRANGER, OTHER = (VisitorId(random_id()) for _ in range(3))
MATCH, OLD_MATCH = MatchId("current-match"), MatchId("earlier-match")
MY_GATEWAY, GATEWAY = GatewayId("my-gateway"), GatewayId("their-gateway")
ACCEPTANCE = Acceptance(["de"], "AT", b"hash")
FIND = Find("video", interests=["Music"], languages=["de-AT"])


def chat(match: str = MATCH, text: str = "hello") -> tuple[Chat, bytes]:
    """The message and its frame."""
    message = Chat(match, text, "1")
    return message, encode(message)


def proposed(
    ticket: TicketId, match: MatchId = MATCH, partner: VisitorId = STRANGER, polite: bool = True
) -> Proposed:
    return Proposed(match, ticket, partner, GATEWAY, polite, ("music",))


def opened(partner: VisitorId = STRANGER, match: MatchId = MATCH) -> events.PassOpened:
    return events.PassOpened(match, partner)


class Driver:
    """A session with a clock, and what it asked for last."""

    def __init__(self, country: str = "DE", device: int = 0) -> None:
        tickets = count(1)
        memory = Memories(Rate(5, 10)).take(ME)
        me = Party(ME, MY_GATEWAY, b"mine", device)
        self.session = Session(me, country, lambda: TicketId(next(tickets)), memory)
        self.now = 100.0

    def says(self, message: object, frame: bytes = b"") -> list[fx.Effect]:
        return self.session.receive(message, frame, self.now)  # type: ignore[arg-type]  # typed by the caller

    def happens(self, event: events.Event) -> list[fx.Effect]:
        return self.session.on_event(event, self.now)

    @property
    def ticket(self) -> Ticket:
        assert isinstance(self.session.state, Searching | Reserved)
        return self.session.state.ticket

    def search(self) -> Ticket:
        self.says(FIND)
        return self.ticket

    def reserve(self, match: MatchId = MATCH, partner: VisitorId = STRANGER) -> None:
        if not isinstance(self.session.state, Searching):
            self.search()
        self.happens(proposed(self.ticket.id, match, partner))
        assert isinstance(self.session.state, Reserved)

    def meet(self, match: MatchId = MATCH, partner: VisitorId = STRANGER) -> None:
        self.reserve(match, partner)
        self.happens(events.Accepted(match, ACCEPTANCE))
        assert isinstance(self.session.state, Conversation)


def of(effects: list[fx.Effect], *kinds: type) -> list[fx.Effect]:
    """The effects of these kinds."""
    return [effect for effect in effects if isinstance(effect, kinds)]


def searches(effects: list[fx.Effect]) -> list[Ticket]:
    return [effect.ticket for effect in effects if isinstance(effect, fx.Search)]


def key(visitor: VisitorId) -> int:
    return visitor_key(visitor)


STATES: dict[str, Callable[[Driver], object]] = {
    "idle": lambda driver: None,
    "searching": Driver.search,
    "reserved": Driver.reserve,
    "matched": Driver.meet,
}


def ended(reason: EndReason, match: MatchId = MATCH) -> fx.Tell:
    """What the partner's gateway is told."""
    return fx.Tell(GATEWAY, STRANGER, match, Kind.ENDED, reason.encode())


def states(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("reach", [STATES[name] for name in names], ids=names)
