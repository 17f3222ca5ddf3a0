"""What one visitor goes through: idle, searching, reserved, matched. Decides without I/O.

The session of the gateway that holds a visitor's socket is the only authority over that visitor:
everybody else proposes, and it reserves one match at a time. Times are monotonic seconds.
"""

from collections.abc import Callable
from typing import assert_never

from services.contract.envelopes import Acceptance, Kind, pack
from services.contract.errors import CloseCode, NotYet, NoWish
from services.contract.ids import MatchId, TicketId, VisitorId

from . import events
from .early import EarlyAnswers
from .effects import (
    AwaitAnswer,
    Close,
    Drop,
    Effect,
    Introduce,
    Search,
    Send,
    SendFrame,
    ShowSearch,
    Tell,
    Withdraw,
)
from .events import Event, Proposed
from .memories import Memory
from .messages import Banned, Ended, EndReason, Error, Find, FromBrowser, Next, Rewind, Stop, ToPartner
from .states import Idle, Matched, Reserved, Searching, State, answer, undo
from .wishes import Ticket, Wish, fold


class Session:
    """One visitor's session. `address_hash` is what a partner's pass says of the visitor's address.

    The allowance in `memory` is spent on searches that the visitor asks for, not on those that others cause.
    """

    __slots__ = (
        "_acquaintances",
        "_address_hash",
        "_country",
        "_next_ticket",
        "_wish",
        "memory",
        "state",
        "visitor",
    )

    def __init__(
        self,
        visitor: VisitorId,
        address_hash: bytes,
        country: str,
        next_ticket: Callable[[], TicketId],
        memory: Memory,
    ) -> None:
        self.visitor = visitor
        self._country = country
        self.state: State = Idle()
        self._address_hash = address_hash
        self._next_ticket = next_ticket
        self._wish: Wish | None = None
        self.memory = memory
        self._acquaintances = memory.acquaintances

    def receive(self, message: FromBrowser, frame: bytes, now: float) -> list[Effect]:
        """The visitor's browser said `message`, in the bytes `frame`."""
        if isinstance(message, ToPartner):
            return self._relay(MatchId(message.match), frame)
        match message:
            case Find():
                return self._find(fold(message), now)
            case Next():
                return self._next(message, now)
            case Stop():
                return self._retire("stop", now)
            case Rewind():
                return [Send(Error(NotYet.code, "going back to the last partner is not built yet"))]
            case _:  # `hello` and `block` need keys: the hub has answered them
                raise TypeError(f"a session does not take {type(message).__name__}")

    def on_event(self, event: Event, now: float) -> list[Effect]:
        """Something else happened. Events about another match than the current one change nothing."""
        match event:
            case events.PartnerSaid():
                return [SendFrame(event.frame)] if self._in(event.match) else [Drop("stale_match")]
            case events.Proposed():
                return self._proposed(event, now)
            case events.Accepted():
                return self._accepted(event, now)
            case events.Unanswered():
                return self._unanswered(event.match)
            case events.PartnerLeft():
                return self._gone(event.match, event.reason, now)
            case events.StageChanged():
                return self._stage_changed(event)
            case events.PassOpened():
                return self._block(event, now)
            case events.Disconnected():
                return self._retire("lost", now)
            case events.StandingLost():
                return self._ban(event.notice, now)
            case events.AudienceChanged():
                return self._move()
            case _:
                assert_never(event)

    # --- searching ---------------------------------------------------------------------------------

    def _find(self, wish: Wish, now: float) -> list[Effect]:
        effects = self._leave("next", now)
        self._wish = wish
        return effects + self._begin(wish, now)

    def _next(self, message: Next, now: float) -> list[Effect]:
        if message.match and not self._in(MatchId(message.match)):
            return [Drop("stale_match")]
        if self._wish is None:
            return [Send(Error(NoWish.code, "say with `find` what you look for, before `next`"))]
        if isinstance(self.state, Searching | Reserved):
            return []
        return self._find(self._wish, now)

    def _begin(self, wish: Wish, now: float) -> list[Effect]:
        """A search that the visitor asks for."""
        return self._search(wish, since=now, after=self.memory.allowance.turn(now))

    def _search(self, wish: Wish, since: float, attempt: int = 1, after: float = 0.0) -> list[Effect]:
        ticket = Ticket(
            id=self._next_ticket(),
            visitor=self.visitor,
            wish=wish,
            country=self._country,
            since=since,
            attempt=attempt,
            blocked=self._acquaintances.blocked,
            partners=self._acquaintances.partners,
        )
        self.state = Searching(ticket, EarlyAnswers())
        picky = wish.interests or (wish.nearby and self._country)  # as the waiting room sees it
        shown: list[Effect] = [ShowSearch(ticket, 0 if picky else 1, None)] if attempt == 1 else []
        return [*shown, Search(ticket, after)]

    def _search_again(self, ticket: Ticket) -> list[Effect]:
        """A pairing did not come about: wait on, with the original age."""
        return self._search(ticket.wish, ticket.since, ticket.attempt + 1)

    def _move(self) -> list[Effect]:
        """The ticket waits in the wrong pool: a new one waits on in the right one, with its age."""
        state = self.state
        if isinstance(state, Searching):
            return [Withdraw(state.ticket.id), *self._search_again(state.ticket)]
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
        if self._refuses(proposal):
            return [answer(proposal, Kind.DECLINE), *self._search_again(state.ticket)]
        body = pack(Acceptance(list(state.ticket.wish.languages), self._country or None, self._address_hash))
        accept = answer(proposal, Kind.ACCEPT, body)
        if proposal.match not in state.early:
            self.state = Reserved(state.ticket, proposal)
            return [accept, AwaitAnswer(proposal.match)]
        early = state.early[proposal.match]
        if early is None:
            return self._search_again(state.ticket)
        return [accept, self._meet(Reserved(state.ticket, proposal), early, now)]

    def _refuses(self, proposal: Proposed) -> bool:
        return proposal.partner == self.visitor or self._acquaintances.blocks(proposal.partner)

    def _accepted(self, event: events.Accepted, now: float) -> list[Effect]:
        state = self.state
        if isinstance(state, Reserved) and state.proposal.match == event.match:
            return [self._meet(state, event.acceptance, now)]
        if isinstance(state, Searching):
            state.early.keep(event.match, event.acceptance)
        return []

    def _gone(self, match: MatchId, reason: EndReason, now: float) -> list[Effect]:
        """The partner's gateway has no reservation, or no longer, whatever this one believed."""
        state = self.state
        if isinstance(state, Searching):
            state.early.keep(match, None)
        elif isinstance(state, Reserved) and state.proposal.match == match:
            return self._search_again(state.ticket)
        elif isinstance(state, Matched) and state.match == match:
            self._acquaintances.part(state.partner, now)
            ended: list[Effect] = [Send(Ended(match, reason))]
            self.state = Idle()
            if reason in ("next", "lost") and self._wish is not None:
                return ended + self._search(self._wish, since=now)
            return ended
        return []

    def _unanswered(self, match: MatchId) -> list[Effect]:
        state = self.state
        if isinstance(state, Reserved) and state.proposal.match == match:
            return [answer(state.proposal, Kind.DECLINE), *self._search_again(state.ticket)]
        return []

    def _meet(self, reserved: Reserved, acceptance: Acceptance, now: float) -> Effect:
        proposal = reserved.proposal
        self.state = Matched(proposal.match, proposal.partner, proposal.partner_gateway)
        return Introduce(
            proposal,
            reserved.ticket.wish.as_typed(proposal.shared_interests),
            acceptance,
            waited=now - reserved.ticket.since,
            repeat=self._acquaintances.met(proposal.partner),
        )

    # --- in a conversation -------------------------------------------------------------------------

    def _in(self, match: MatchId) -> bool:
        return isinstance(self.state, Matched) and self.state.match == match

    def _relay(self, match: MatchId, frame: bytes) -> list[Effect]:
        state = self.state
        if isinstance(state, Matched) and state.match == match:
            return [Tell(state.partner_gateway, state.partner, match, Kind.FRAME, frame)]
        return [Drop("stale_match")]

    def _block(self, opened: events.PassOpened, now: float) -> list[Effect]:
        self._acquaintances.block(opened.partner)
        state = self.state
        if isinstance(state, Reserved) and state.proposal.partner == opened.partner:
            return [*self._leave("blocked", now), *self._search_again(state.ticket)]
        if isinstance(state, Matched) and state.partner == opened.partner and self._wish is not None:
            ended = Send(Ended(state.match, "blocked"))
            return [*self._leave("blocked", now), ended, *self._begin(self._wish, now)]
        return []

    def _ban(self, notice: Banned, now: float) -> list[Effect]:
        return [*self._retire("banned", now), Send(notice), Close(CloseCode.BANNED)]

    def _retire(self, reason: EndReason, now: float) -> list[Effect]:
        """Leave whatever there is, and look for nobody."""
        effects = self._leave(reason, now)
        self.state = Idle()
        return effects

    def _leave(self, reason: EndReason, now: float) -> list[Effect]:
        """Take back what the current state promised to others. The caller sets the next state."""
        if isinstance(self.state, Matched):
            self._acquaintances.part(self.state.partner, now)
        return undo(self.state, reason)
