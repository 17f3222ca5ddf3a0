"""Sessions on a network that loses and delays messages, and a matcher that proposes any two tickets.

Each session has a gateway of its own. Effects are performed as the hub does, and every one is checked.
"""

from collections import deque
from itertools import count

from services.contract.gateway_messages import Accept, GatewayMessage, PartnerLeft, Relay, SessionMessage
from services.contract.ids import GatewayId, MatchId, Place, TicketId, VisitorId, visitor_key
from services.contract.rate_limit import UNLIMITED
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.match_side import MatchProposal, Participant
from services.signaling.core.messages import Ended, FromBrowser
from services.signaling.core.pacer import Pacer
from services.signaling.core.session import Session
from services.signaling.core.visitor_history import EncounterHistory, VisitorMemory
from services.signaling.core.wishes import SearchTicket

Item = GatewayMessage | MatchProposal
MATCHER = "matcher"


class ScriptedVisitor:
    """A session, and what its browser was told."""

    def __init__(self, number: int) -> None:
        self.visitor = VisitorId("ABC"[number] * 22)
        self.gateway = GatewayId(f"gateway-{number}")
        self.epoch = 0
        self.tickets = map(TicketId, count(1))
        self.offered: SearchTicket | None = None
        self.past: list[TicketId] = []
        self.timers: deque[events.Event] = deque()
        self.connect()

    def connect(self) -> None:
        self.epoch += 1
        me = Participant(self.visitor, Place(self.epoch, self.gateway), b"hash")
        self.session = Session(me, "", self.tickets, EncounterHistory(), Pacer(UNLIMITED))
        self.shown: MatchId | None = None
        """The match that the browser shows: that of the last `matched`, until it ended."""
        self.latest: MatchId | None = None
        self.accepted: MatchId | None = None
        self.partner = self.visitor
        self.parted: set[int] = set()
        self.blocked: set[int] = set()

    def leaves(self) -> None:
        """Record that the browser leaves its match without waiting for an `ended`."""
        if self.shown is not None:
            self.parted.add(visitor_key(self.partner))
        self.shown = None


class SessionNetwork:
    """The visitors and their network. A queue keeps the order between one sender and one receiver."""

    def __init__(self, visitors: int = 3) -> None:
        self.visitors = [ScriptedVisitor(number) for number in range(visitors)]
        self.queues: dict[tuple[str, str], deque[Item]] = {}
        self.now = 100.0
        self._by_visitor = {one.visitor: one for one in self.visitors}
        self._matches = count(1)

    # --- what may happen ---------------------------------------------------------------------------

    def says(self, who: ScriptedVisitor, message: FromBrowser, frame: bytes = b"") -> None:
        self.perform(who, who.session.receive(message, frame, self.now))

    def happens(self, who: ScriptedVisitor, event: events.Event) -> None:
        self.perform(who, who.session.on_event(event, self.now))

    def propose(self, one: ScriptedVisitor, its: TicketId, other: ScriptedVisitor, theirs: TicketId) -> None:
        """Propose two tickets to each other, whether they still wait or not."""
        match = MatchId(f"match-{next(self._matches)}")
        for me, ticket, partner, polite in ((one, its, other, True), (other, theirs, one, False)):
            proposal = MatchProposal(
                match, ticket, partner.visitor, partner.gateway, partner.epoch, polite, ()
            )
            self.queues.setdefault((MATCHER, me.visitor), deque()).append(proposal)

    def deliver(self, queue: tuple[str, str]) -> None:
        item, who = self._take(queue), self._by_visitor[VisitorId(queue[1])]
        if isinstance(item, MatchProposal):
            if who.offered is not None and who.offered.id == item.ticket:
                who.offered = None  # the matcher's client offers a paired ticket no more
            self.happens(who, item)
        elif isinstance(item, SessionMessage):
            self.happens(who, item)

    def lose(self, queue: tuple[str, str]) -> bool:
        """Lose an acceptance, a frame or a proposal. The repair of other losses is not simulated here."""
        lossy = isinstance(self.queues[queue][0], MatchProposal | Accept | Relay)
        if lossy:
            self._take(queue)
        return lossy

    def time_out(self, who: ScriptedVisitor) -> None:
        self.happens(who, who.timers.popleft())

    def settle(self) -> None:
        """Deliver everything, fire every timer, and check that partners agree."""
        while self.queues or any(one.timers for one in self.visitors):
            while self.queues:
                self.deliver(next(iter(self.queues)))
            for one in self.visitors:
                while one.timers:
                    self.time_out(one)
        for one in self.visitors:
            mine = one.session.summary
            assert mine.phase != "reserved", "a reservation without an end"
            assert one.shown == (mine.match or None)
            if mine.phase == "matched":
                theirs = self._by_visitor[mine.partner].session.summary
                assert theirs.phase == "matched", "a partner who is not there"
                assert (theirs.match, theirs.partner) == (mine.match, one.visitor)

    # --- performing and checking -------------------------------------------------------------------

    def perform(self, who: ScriptedVisitor, wanted: list[fx.Effect]) -> None:
        for effect in wanted:
            match effect:
                case fx.SendToGateway():
                    self._send_to_gateway(who, effect)
                case fx.OfferTicket():
                    assert {key for key, _ in effect.ticket.partners} == who.parted, "forgot a partner"
                    assert set(effect.ticket.blocked) == who.blocked, "forgot a block"
                    who.offered = effect.ticket
                    who.past.append(effect.ticket.id)
                case fx.WithdrawTicket():
                    assert who.offered is not None
                    assert who.offered.id == effect.ticket
                    who.offered = None
                case fx.SetTimer():
                    who.timers.append(effect.event)
                case fx.SendMatched():
                    self._introduced(who, effect)
                case fx.SendFrame():
                    self._frame_arrived(who, effect.frame)
                case fx.SendMemory():
                    self._remembered(who, effect.memory)
                case fx.SendMessage(Ended() as ended):
                    assert ended.match == who.shown, "ended a match that was not shown"
                    who.shown = None
                    who.parted.add(visitor_key(who.partner))
        self._nobody_is_stranded(who)

    def _send_to_gateway(self, who: ScriptedVisitor, told: fx.SendToGateway) -> None:
        message = told.message
        if message.to in self._by_visitor and isinstance(message, SessionMessage):
            assert self._by_visitor[message.to].gateway == told.gateway
            assert message.gateway == who.gateway
        self.queues.setdefault((who.visitor, message.to), deque()).append(message)
        if isinstance(message, Accept):
            who.accepted = message.match
        if isinstance(message, PartnerLeft) and who.session.summary.match == message.match:
            raise AssertionError("left the partner and stayed with them")

    def _introduced(self, who: ScriptedVisitor, meeting: fx.SendMatched) -> None:
        assert who.shown is None, "two partners at once"
        assert meeting.side.partner != who.visitor, "met oneself"
        assert visitor_key(meeting.side.partner) not in who.blocked, "met somebody blocked"
        who.shown = who.latest = meeting.side.match
        who.partner = meeting.side.partner
        self._remembered(who, meeting.memory)

    def _remembered(self, who: ScriptedVisitor, memory: VisitorMemory) -> None:
        """Check that the memory says what happened to the visitor."""
        assert {key for key, _ in memory.partners} == who.parted, "the memory forgets a partner"
        assert set(memory.blocked) == who.blocked, "the memory forgets a block"
        assert memory.present == (visitor_key(who.partner) if who.shown else 0)

    def _frame_arrived(self, who: ScriptedVisitor, frame: bytes) -> None:
        sender, match = frame.decode().split("|")
        mine = who.session.summary
        assert mine.phase == "matched", "a frame for a visitor who is in no match"
        assert (mine.partner, mine.match) == (sender, match), "a frame of another match"

    def _nobody_is_stranded(self, who: ScriptedVisitor) -> None:
        mine = who.session.summary
        match mine.phase:
            case "searching":
                assert who.offered is not None, "searches, but no ticket is offered"
                assert who.offered.id == mine.ticket
            case "reserved":
                assert who.offered is None
                assert who.accepted is not None
                assert events.ProposalTimedOut(who.accepted) in who.timers, "reserved without a timer"
            case _:
                assert who.offered is None, "a ticket of a visitor who does not search"

    def _take(self, queue: tuple[str, str]) -> Item:
        item = self.queues[queue].popleft()
        if not self.queues[queue]:
            del self.queues[queue]
        return item
