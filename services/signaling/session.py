"""What one visitor goes through: idle, searching, reserved, in a conversation. Decides without I/O.

The session of the gateway that holds a visitor's socket is the only authority over that visitor:
everybody else proposes, and it reserves one match at a time. Times are monotonic seconds.
"""

from collections.abc import Callable

from msgspec import UNSET, structs

from services.contract.envelopes import Acceptance, Asker, Kind, pack
from services.contract.errors import CloseCode, NoWish, RewindRefused
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId, visitor_key
from services.contract.passes import PassContent

from . import events
from .effects import (
    Close,
    Drop,
    Effect,
    Forget,
    HandOver,
    Introduce,
    Send,
    SendFrame,
    ShowSearch,
    Tell,
    Wake,
    Welcome,
    Withdraw,
)
from .events import Event, InMatch
from .match.conversation import Conversation
from .match.encounters import Encounter, Party, Proposed
from .match.handover import Handover, handover_of, learn
from .match.partings import Parting, WayBack
from .memories import Memory
from .messages import (
    Banned,
    Ended,
    EndReason,
    Error,
    Find,
    FromBrowser,
    Next,
    Rewind,
    Stop,
    ToPartner,
)
from .search.looking import Begun, Known, Looking
from .states import PARTNERS_BELIEF, Idle, Reserved, Searching, State, answer, not_in, undo

ANSWER_TIME = 1.0
"""Seconds in which the partner's gateway must answer a pairing."""


class Session:
    """One visitor's session, at the gateway that `me` names.

    The allowance in `memory` is spent on searches that the visitor asks for, not on those that others cause.
    """

    __slots__ = ("_next_ticket", "_way_back", "looking", "me", "memory", "state")

    def __init__(self, me: Party, country: str, next_ticket: Callable[[], TicketId], memory: Memory) -> None:
        self.me = me
        self.memory = memory
        self.looking = Looking(me.visitor, country, next_ticket, memory)
        self.looking.device = me.device
        self.state: State = Idle()
        self._next_ticket = next_ticket
        self._way_back = WayBack()

    @property
    def visitor(self) -> VisitorId:
        return self.me.visitor

    def began(self, wall: float) -> Encounter | None:
        """The match of which the visitor is about to be told began at `wall` (Unix seconds)."""
        if not isinstance(self.state, Conversation):
            return None
        self.state.encounter = structs.replace(self.state.encounter, started=wall)
        return self.state.encounter

    def goes_on_with(self, match: MatchId) -> bool:
        """Whether the visitor is in this match, with or without a socket."""
        return isinstance(self.state, Conversation) and self.state.match == match

    def receive(self, message: FromBrowser, frame: bytes, now: float) -> list[Effect]:
        """The visitor's browser said `message`, in the bytes `frame`."""
        if isinstance(message, ToPartner):
            state = self.state
            if isinstance(state, Conversation) and state.match == message.match:
                return state.say(message, frame)
            return [Drop("stale_match")]
        match message:
            case Find():
                return self._look(message, now)
            case Next():
                return self._next(message, now)
            case Stop():
                return self._retire("stop", now)
            case Rewind():
                asker = Asker(self.me.visitor, self.me.gateway)
                return self._go_back(self._way_back.ask(MatchId(message.match), asker, now), now)
            case _:  # `hello` and `block` need keys: the hub has answered them
                raise TypeError(f"a session does not take {type(message).__name__}")

    def on_event(self, event: Event, now: float) -> list[Effect]:
        """Something else happened. Events about another match than the current one change nothing."""
        match event:
            case events.PartnerSaid():
                return [SendFrame(event.frame)] if self.goes_on_with(event.match) else [Drop("stale_match")]
            case Proposed():
                return self._proposed(event, now)
            case events.Accepted():
                return self._accepted(event, now)
            case events.Unanswered():
                return self._unanswered(event.match, now)
            case events.PartnerLeft():
                return self._gone(event.match, event.reason, now)
            case events.StageChanged():
                return self._stage_changed(event)
            case events.PassOpened():
                return self._block(event, now)
            case events.PartnerAsksBack():
                return self._go_back(self._way_back.asked(event, now), now)
            case events.WayBackRefused():
                return self._way_back.refused(event.match)
            case events.Disconnected():
                return self._disconnected(event.leaving, now)
            case events.Reconnected():
                self.me, self.looking.country, self.looking.device = event.me, event.country, event.me.device
                return self._in_conversation(event, now)
            case events.MovedAway():
                return self._hand_over(event, now)
            case events.HandedOver():
                return self._take_over(event.match, event.handover, now)
            case events.StandingLost():
                return self._ban(event.notice, now)
            case events.AudienceChanged():
                return self._move()
            case _:
                return self._in_conversation(event, now)

    # --- searching ---------------------------------------------------------------------------------

    def _look(self, find: Find, now: float) -> list[Effect]:
        effects = self._leave("next", now)
        return effects + self._enter(self.looking.begin(self.looking.wishes(find), now))

    def _next(self, message: Next, now: float) -> list[Effect]:
        wish = self.looking.wish
        if message.match and not self.goes_on_with(MatchId(message.match)):
            return [Drop("stale_match")]
        if wish is None:
            return [Send(Error(NoWish.code, "say with `find` what you look for, before `next`"))]
        if isinstance(self.state, Searching | Reserved):
            return []
        return [*self._leave("next", now), *self._enter(self.looking.begin(wish, now))]

    def _enter(self, begun: Begun) -> list[Effect]:
        self.state, effects = begun
        return effects

    def _move(self) -> list[Effect]:
        """The ticket waits in the wrong pool: a new one waits on in the right one, with its age."""
        state = self.state
        if isinstance(state, Searching):
            return [Withdraw(state.ticket.id), *self._enter(self.looking.again(state.ticket))]
        return []

    def _stage_changed(self, event: events.StageChanged) -> list[Effect]:
        if isinstance(self.state, Searching) and self.state.ticket.id == event.ticket:
            hint = self.state.ticket.wish.hint_as_typed(event.hint)
            return [ShowSearch(self.state.ticket, event.stage, event.widens_in, hint)]
        return []

    # --- reserving ---------------------------------------------------------------------------------

    def _proposed(self, proposal: Proposed, now: float) -> list[Effect]:
        state = self.state
        if not isinstance(state, Searching) or state.ticket.id != proposal.ticket:
            return [answer(proposal, Kind.DECLINE)]
        if self._refuses(proposal, now):
            return [answer(proposal, Kind.DECLINE), *self._enter(self.looking.again(state.ticket))]
        if proposal.match not in state.early:
            return self._reserve(Reserved(state.ticket, proposal))
        early = state.early[proposal.match]
        if early is None:
            return self._enter(self.looking.again(state.ticket))
        reserved = Reserved(state.ticket, proposal)
        return [self._accept(reserved), *self._meet(reserved, early, now)]

    def _refuses(self, proposal: Proposed, now: float) -> bool:
        return proposal.partner == self.visitor or self.memory.acquaintances.bars(proposal.partner, now)

    def _reserve(self, reserved: Reserved) -> list[Effect]:
        self.state = reserved
        return [self._accept(reserved), Wake(ANSWER_TIME, events.Unanswered(reserved.proposal.match))]

    def _accept(self, reserved: Reserved) -> Tell:
        languages = list(reserved.ticket.wish.languages)
        body = pack(Acceptance(languages, self.looking.country or None, self.me.address_hash))
        return answer(reserved.proposal, Kind.ACCEPT, body)

    def _accepted(self, event: events.Accepted, now: float) -> list[Effect]:
        state = self.state
        if isinstance(state, Reserved) and state.proposal.match == event.match:
            return self._meet(state, event.acceptance, now)
        if parting := self._way_back.accepted(event.match, now):
            effects, reserved = self._turn_back(parting, now)
            return [*effects, self._accept(reserved), *self._meet(reserved, event.acceptance, now)]
        if isinstance(state, Searching):
            state.early.keep(event.match, event.acceptance)
        return []

    def _unanswered(self, match: MatchId, now: float) -> list[Effect]:
        """Of all who wait the next may be better: else the matcher would propose the same two again."""
        state = self.state
        if isinstance(state, Reserved) and state.proposal.match == match:
            vain = ((visitor_key(state.proposal.partner), now),)
            return [answer(state.proposal, Kind.DECLINE), *self._void(state, vain)]
        return []

    def _void(self, state: Reserved, vain: Known = ()) -> list[Effect]:
        """The partner's gateway has not reserved."""
        if not state.rewind:
            return self._enter(self.looking.again(state.ticket, vain))
        refused = Send(Error(RewindRefused.code, "the stranger has met somebody else"))
        return [refused, *self._enter(self.looking.search(state.ticket.wish, state.ticket.since))]

    def _meet(self, reserved: Reserved, acceptance: Acceptance, now: float) -> list[Effect]:
        proposal = reserved.proposal
        encounter = Encounter.agreed(proposal, acceptance.address_hash)
        shared = reserved.ticket.wish.as_typed(proposal.shared_interests)
        self.state = self._conversation(encounter, now)
        self.state.shared_interests = shared
        repeat = self.memory.acquaintances.met(proposal.partner)
        return [Introduce(encounter, shared, acceptance, now - reserved.ticket.since, repeat)]

    # --- going back to the last partner ------------------------------------------------------------

    def _go_back(self, wanted: list[Effect] | Parting, now: float) -> list[Effect]:
        """What is to be told; or, when both want it, reserve the match in which they meet again."""
        if not isinstance(wanted, Parting):
            return wanted
        effects, reserved = self._turn_back(wanted, now)
        return [*effects, *self._reserve(reserved)]

    def _turn_back(self, parting: Parting, now: float) -> tuple[list[Effect], Reserved]:
        """Leave what there is, and what to reserve instead."""
        state = self.state
        since = state.ticket.since if isinstance(state, Searching | Reserved) else now
        ticket = self.looking.ticket(parting.wish, since)
        left: list[Effect] = []
        if isinstance(state, Conversation):
            left = [Send(Ended(state.match, "next")), self.looking.shown(ticket)]
        self._way_back.close()
        left += self._leave("next", now)  # opens the way back to whom they leave now
        return left, Reserved(ticket, parting.proposal, rewind=True)

    # --- in a conversation -------------------------------------------------------------------------

    def resume(self, content: PassContent, former: GatewayId | None, now: float) -> list[Effect]:
        """Go on with the match of a pass. `former`: the gateway that had this visitor, if it may live."""
        self.looking.learn(content.find)
        self.state = self._conversation(Encounter.in_pass(content), now)
        return self.state.resume(former, now)

    def _conversation(self, encounter: Encounter, now: float) -> Conversation:
        # Unique, so that a partner can tell a stream that goes on from one that begins again.
        return Conversation(self.me, encounter, f"{self.me.gateway}/{self._next_ticket()}", now)

    def _in_conversation(self, event: InMatch, now: float) -> list[Effect]:
        state = self.state
        if not isinstance(state, Conversation) or not state.concerns(event):
            absent = isinstance(state, Conversation) and not state.here
            return [] if absent else not_in(event, self._how_it_ended(event))
        match event:
            case events.Overdue():
                return self._give_up_waiting(state, now) if state.overdue(event.since) else []
            case events.PartnerOverdue():
                return self._give_up(state, now) if state.partner_overdue(event.since) else []
            case _:
                return state.on_event(event, now)

    def _how_it_ended(self, event: InMatch) -> EndReason:
        by_next = isinstance(event, PARTNERS_BELIEF) and self._way_back.was_to(event.match)
        return "next" if by_next else "lost"

    def _give_up_waiting(self, state: Conversation, now: float) -> list[Effect]:
        """Our visitor did not come back to this gateway. Whether elsewhere, is not for it to say."""
        self._part(state, "lost", now)
        self.state = Idle()
        return [state.absence(), Forget()]

    def _give_up(self, state: Conversation, now: float) -> list[Effect]:
        """The partner did not come back."""
        return [*undo(state, "lost"), *self._gone(state.match, "lost", now)]

    def _gone(self, match: MatchId, reason: EndReason, now: float) -> list[Effect]:
        """The partner's gateway has no reservation, or no longer, whatever this one believed."""
        state = self.state
        if isinstance(state, Searching):
            state.early.keep(match, None)
        elif isinstance(state, Reserved) and state.proposal.match == match:
            return self._void(state)
        elif isinstance(state, Conversation) and state.match == match:
            self._part(state, reason, now)
            self.state = Idle()
            return self._after(state, reason, now)
        return []

    def _after(self, ended: Conversation, reason: EndReason, now: float) -> list[Effect]:
        """What our browser is told, if it is there, of a match that others have ended."""
        if not ended.here:
            return [Forget()]
        if not ended.welcomed:
            return [Welcome(None)]
        unheard = ended.unheard() if reason == "lost" else []
        told: list[Effect] = [Send(Ended(ended.match, reason, unheard or UNSET))]
        if reason in ("next", "lost") and self.looking.wish is not None:
            return told + self._enter(self.looking.search(self.looking.wish, since=now))
        return told

    def _block(self, opened: events.PassOpened, now: float) -> list[Effect]:
        self.memory.acquaintances.block(opened.partner)
        self._way_back.block(opened.partner)
        state = self.state
        if isinstance(state, Reserved) and state.proposal.partner == opened.partner:
            return [*self._leave("blocked", now), *self._enter(self.looking.again(state.ticket))]
        wish = self.looking.wish
        if isinstance(state, Conversation) and state.partner == opened.partner and wish is not None:
            ended = Send(Ended(state.match, "blocked"))
            return [*self._leave("blocked", now), ended, *self._enter(self.looking.begin(wish, now))]
        return []

    # --- leaving -----------------------------------------------------------------------------------

    def _disconnected(self, leaving: bool, now: float) -> list[Effect]:
        """The socket is gone. A match waits for its visitor, unless they said goodbye."""
        state = self.state
        if isinstance(state, Conversation) and not leaving:
            self._way_back.close()  # nobody is taken back to somebody while they are not there
            return state.lose_browser(now)
        if isinstance(state, Searching | Reserved):
            self.memory.interrupt(self.looking.find, state.ticket.wish, state.ticket.since, now)
        return [*self._retire("lost", now), Forget()]

    def _hand_over(self, moved: events.MovedAway, now: float) -> list[Effect]:
        """The visitor is at another gateway now, which goes on with `moved.match`, if it is this one."""
        state = self.state
        goes_on = isinstance(state, Conversation) and state.match == moved.match
        left = [] if goes_on else self._disconnected(True, now)
        conversed = state.written() if isinstance(state, Conversation) and goes_on else None
        self.state = Idle()
        handover = handover_of(self.memory, self.looking.find, conversed, now)
        return [*left, HandOver(moved.gateway, moved.match, handover)]

    def _take_over(self, match: MatchId, handover: Handover, now: float) -> list[Effect]:
        """What a former gateway knew, and this one does not know better. `match`: of its conversation."""
        news = learn(self.memory, handover, now)
        self.looking.learn(handover.find)
        state = self.state
        if isinstance(state, Conversation) and state.match == match:
            return state.adopt(handover.conversed)
        if isinstance(state, Searching) and (news or self.memory.interrupted):
            return [Withdraw(state.ticket.id), *self._enter(self.looking.resume(state.ticket, now))]
        return []

    def _ban(self, notice: Banned, now: float) -> list[Effect]:
        return [*self._retire("banned", now), Send(notice), Close(CloseCode.BANNED)]

    def _retire(self, reason: EndReason, now: float) -> list[Effect]:
        """Leave whatever there is, and look for nobody."""
        effects = self._leave(reason, now)
        self._way_back.close()
        self.state = Idle()
        return effects

    def _leave(self, reason: EndReason, now: float) -> list[Effect]:
        """Take back what the current state promised to others. The caller sets the next state."""
        state = self.state
        if not isinstance(state, Conversation):
            return undo(state, reason)
        self._part(state, reason, now)
        unheard: list[Effect] = [] if state.welcomed else [Welcome(None)]
        return [*unheard, *undo(state, reason)]

    def _part(self, state: Conversation, reason: EndReason, now: float) -> None:
        self.memory.acquaintances.part(state.partner, now)
        self._way_back.close()
        if reason == "next" and self.looking.wish is not None:
            self._way_back.open(Parting(state.encounter, self.looking.wish, state.shared_interests, now))
