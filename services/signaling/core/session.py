"""The session of one visitor: idle, searching, reserved, in a conversation. It decides without I/O.

The session of the gateway that holds a visitor's socket is the only authority over that visitor:
everybody else proposes, and it reserves one match at a time. Times are monotonic seconds.
"""

from collections.abc import Callable
from typing import TypeAlias, assert_never

from services.contract import gateway_messages as said
from services.contract.errors import CloseCode, NoWish, RewindRefused, StaleEpoch
from services.contract.ids import EndReason, MatchId, Place, TicketId, VisitorId, visitor_key
from services.contract.passes import PassContent

from . import events
from .conversation import Conversation
from .current_search import CurrentSearch, NewSearch, TimedKeys
from .early_answers import EarlyAnswers
from .effects import (
    CloseSocket,
    CountDropped,
    Effect,
    EndSession,
    SendMatched,
    SendMemory,
    SendMessage,
    SendSearching,
    SendToGateway,
    SendWelcome,
    SetTimer,
    WithdrawTicket,
)
from .events import Event, MatchEvent
from .match_side import MatchProposal, Participant
from .messages import Ended, Error, Find, FromBrowser, Next, Rewind, Stop, ToPartner
from .pacer import Pacer
from .rewind import RewindHandshake, RewindWindow
from .states import Idle, Reserved, SessionSummary, WaitingForMatch
from .visitor_history import EMPTY_MEMORY, EncounterHistory, VisitorMemory, VisitorRecord
from .wishes import SearchTicket

State: TypeAlias = Idle | WaitingForMatch | Reserved | Conversation

ACCEPT_TIMEOUT = 1.0
"""Seconds in which the partner's gateway must answer a pairing."""


class Session:
    """One visitor's session, at the gateway that `me` names. `summary` is all that others see of it."""

    __slots__ = ("_past_matches", "_record", "_rewind", "_search", "_state")

    def __init__(
        self,
        me: Participant,
        country: str,
        next_ticket: Callable[[], TicketId],
        history: EncounterHistory,
        pacer: Pacer,
        interrupted: VisitorMemory = EMPTY_MEMORY,
    ) -> None:
        self._record = VisitorRecord(me, history, interrupted.places)
        self._search = CurrentSearch(self._record, country, next_ticket, pacer, interrupted)
        self._state: State = Idle()
        self._rewind = RewindHandshake()
        self._past_matches: tuple[tuple[MatchId, EndReason], ...] = ()
        """The last eight matches that this visitor was in, and how each ended for them."""

    @property
    def summary(self) -> SessionSummary:
        return self._state.summary(self._me)

    @property
    def _me(self) -> Participant:
        return self._record.me

    def receive(self, message: FromBrowser, frame: bytes, now: float) -> list[Effect]:
        """The visitor's browser said `message`, in the bytes `frame`."""
        if isinstance(message, ToPartner):
            state = self._state
            if isinstance(state, Conversation) and state.match == message.match:
                return state.relay(message, frame)
            return [CountDropped("stale_match")]
        match message:
            case Find():
                return self._find(message, now)
            case Next():
                return self._next(message, now)
            case Stop():
                return self._withdraw("stop", now)
            case Rewind():
                asked = self._rewind.request(MatchId(message.match), self._me, now)
                return self._rewind_if_agreed(asked, now)
            case _:  # `hello` and `block` need keys: the hub has answered them
                raise TypeError(f"a session does not take {type(message).__name__}")

    def resume(self, content: PassContent, started: float, now: float) -> list[Effect]:
        """Go on with the match of a pass, which began at `started` (monotonic seconds)."""
        self._search.restore_wish(content.find)
        self._state = Conversation.from_pass(self._record, content, started)
        return self._state.resume(now)

    def on_event(self, event: Event, now: float) -> list[Effect]:
        """Something else happened. Events about another match than the current one change nothing."""
        if isinstance(event, said.VisitorMessage) and (answer := self._reject_outdated(event)) is not None:
            return answer
        if isinstance(event, said.Relay):  # first, for there are more of them than of all others
            return self._on_relay(event)
        match event:
            case MatchProposal():
                return self._on_proposal(event, now)
            case said.Accept():
                return self._on_accept(event, now)
            case events.ProposalTimedOut():
                return self._on_proposal_timed_out(event.match, now)
            case said.Decline():
                return self._on_partner_gone(event.match, "lost", now)
            case said.PartnerLeft():
                return self._on_partner_gone(event.match, event.reason, now)
            case events.StageChanged():
                return self._on_stage_changed(event)
            case events.BlockRequested():
                return self._block(event, now)
            case said.RequestRewind():
                return self._rewind_if_agreed(self._rewind.on_request(event, self._me, now), now)
            case said.DeclineRewind():
                return self._rewind.on_declined(event.match)
            case said.TakeoverAck():
                return self._on_takeover_ack(event)
            case events.Connected():
                return [self._welcome()]
            case events.Disconnected():
                return self._on_disconnected(event.leaving, now)
            case events.Reconnected():
                return self._on_reconnected(event)
            case events.ConfirmationDue():
                state = self._state
                return [state.location_message()] if isinstance(state, Conversation) else []
            case events.GatewayLost():
                state = self._state
                return state.on_gateway_lost(event.gateway, now) if isinstance(state, Conversation) else []
            case events.VisitorMoved():
                return self._on_moved(event, now)
            case events.VisitorBanned():
                effects = self._withdraw("banned", now)
                return [*effects, SendMessage(event.notice), CloseSocket(CloseCode.BANNED)]
            case events.AudienceChanged():
                return self._change_pool()
            case events.Draining():
                return self._drain()
            case _:
                return self._on_match_event(event, now)

    # --- fencing -----------------------------------------------------------------------------------

    def _reject_outdated(self, told: said.SessionMessage) -> list[Effect] | None:
        """The answer to a message from an older place of the partner than the newest known; else None."""
        known = self._partner_in(told.match)
        if known is None or told.epoch == said.UNKNOWN_EPOCH or isinstance(told, said.TakeoverAck):
            return None
        partner, place = known
        if (told.epoch, told.gateway) >= (place.epoch, place.gateway):
            return None
        if told.gateway == place.gateway:
            return []  # it was on its way, and its sender knows
        return [SendToGateway(told.gateway, said.Superseded(partner, told.match, place.epoch, place.gateway))]

    def _partner_in(self, match: MatchId) -> tuple[VisitorId, Place] | None:
        """The partner in a match, and the newest known place of them."""
        state = self._state
        if isinstance(state, Conversation) and state.match == match:
            return state.partner, state.partner_place
        if isinstance(state, Reserved) and state.proposal.match == match:
            return state.proposal.partner, state.proposal.partner_place
        return self._rewind.partner_in(match)

    # --- searching ---------------------------------------------------------------------------------

    def _find(self, find: Find, now: float) -> list[Effect]:
        effects = self._leave("next", now)
        return effects + self._wait(self._search.start(self._search.set_wish(find), now))

    def _next(self, message: Next, now: float) -> list[Effect]:
        wish = self._search.wish
        if message.match and not self._in(MatchId(message.match)):
            return [CountDropped("stale_match")]
        if wish is None:
            return [SendMessage(Error(NoWish.code, "say with `find` what you look for, before `next`"))]
        if isinstance(self._state, WaitingForMatch | Reserved):
            return []
        return [*self._leave("next", now), *self._wait(self._search.start(wish, now))]

    def _in(self, match: MatchId) -> bool:
        return isinstance(self._state, Conversation) and self._state.match == match

    def _wait(self, offered: NewSearch) -> list[Effect]:
        ticket, effects = offered
        self._state = WaitingForMatch(ticket, EarlyAnswers())
        return effects

    def _retry(self, ticket: SearchTicket, unreachable: TimedKeys = ()) -> list[Effect]:
        return self._wait(self._search.retry(ticket, unreachable))

    def _change_pool(self) -> list[Effect]:
        """The ticket waits in the wrong pool: a new one waits on in the right one, with its age."""
        state = self._state
        if isinstance(state, WaitingForMatch):
            return [WithdrawTicket(state.ticket.id), *self._retry(state.ticket)]
        return []

    def _on_stage_changed(self, event: events.StageChanged) -> list[Effect]:
        if isinstance(self._state, WaitingForMatch) and self._state.ticket.id == event.ticket:
            hint = self._state.ticket.wish.hint_as_typed(event.hint)
            return [SendSearching(self._state.ticket, event.stage, event.widens_in, hint)]
        return []

    def _drain(self) -> list[Effect]:
        """Another gateway is to go on with the search, and its age."""
        state = self._state
        if isinstance(state, WaitingForMatch | Reserved):
            return [SendMemory(self._record.memory(since=state.ticket.since))]
        return []

    # --- reserving ---------------------------------------------------------------------------------

    def _on_proposal(self, proposal: MatchProposal, now: float) -> list[Effect]:
        state = self._state
        if not isinstance(state, WaitingForMatch) or state.ticket.id != proposal.ticket:
            return [self._decline(proposal)]
        if self._is_barred(proposal, now):
            return [self._decline(proposal), *self._retry(state.ticket)]
        if proposal.match not in state.early:
            return self._reserve(Reserved(state.ticket, proposal))
        early = state.early[proposal.match]
        if early is None:
            return self._retry(state.ticket)
        reserved = Reserved(state.ticket, proposal)
        return [self._accept(reserved), *self._start_match(reserved, early, now)]

    def _is_barred(self, proposal: MatchProposal, now: float) -> bool:
        return proposal.partner == self._me.visitor or self._record.history.is_barred(proposal.partner, now)

    def _reserve(self, reserved: Reserved) -> list[Effect]:
        self._state = reserved
        timed_out = events.ProposalTimedOut(reserved.proposal.match)
        return [self._accept(reserved), SetTimer(ACCEPT_TIMEOUT, timed_out)]

    def _accept(self, reserved: Reserved) -> SendToGateway:
        me, proposal = self._me, reserved.proposal
        accept = said.Accept(
            proposal.partner,
            proposal.match,
            me.place.epoch,
            me.place.gateway,
            list(reserved.ticket.wish.languages),
            self._search.country or None,
            me.address_hash,
            me.device,
        )
        return SendToGateway(proposal.partner_gateway, accept)

    def _decline(self, proposal: MatchProposal) -> SendToGateway:
        place = self._me.place
        declined = said.Decline(proposal.partner, proposal.match, place.epoch, place.gateway)
        return SendToGateway(proposal.partner_gateway, declined)

    def _on_accept(self, accept: said.Accept, now: float) -> list[Effect]:
        state = self._state
        if isinstance(state, Reserved) and state.proposal.match == accept.match:
            return self._start_match(state, accept, now)
        if window := self._rewind.agreed_window(accept.match, now):
            effects, reserved = self._prepare_rewind(window, now)
            return [*effects, self._accept(reserved), *self._start_match(reserved, accept, now)]
        if isinstance(state, WaitingForMatch):
            state.early.add(accept.match, accept)
        return []

    def _on_proposal_timed_out(self, match: MatchId, now: float) -> list[Effect]:
        """Nobody answered in time. Without `unreachable` the matcher would propose the same two again."""
        state = self._state
        if isinstance(state, Reserved) and state.proposal.match == match:
            unreachable = ((visitor_key(state.proposal.partner), now),)
            return [self._decline(state.proposal), *self._release_reservation(state, unreachable)]
        return []

    def _release_reservation(self, state: Reserved, unreachable: TimedKeys = ()) -> list[Effect]:
        """The partner's gateway has not reserved."""
        if not state.rewind:
            return self._retry(state.ticket, unreachable)
        refused = SendMessage(Error(RewindRefused.code, "the stranger has met somebody else"))
        return [refused, *self._wait(self._search.start_since(state.ticket.wish, state.ticket.since))]

    def _start_match(self, reserved: Reserved, accept: said.Accept, now: float) -> list[Effect]:
        proposal, record = reserved.proposal, self._record
        shared = reserved.ticket.wish.as_typed(proposal.shared_interests)
        self._state = Conversation.from_accept(record, proposal, accept, shared, now)
        repeat, waited = record.history.has_met(proposal.partner), now - reserved.ticket.since
        memory = record.memory(proposal.partner)
        return [SendMatched(self._state.side, record.find, memory, shared, accept, waited, repeat)]

    # --- going back to the last partner ------------------------------------------------------------

    def _rewind_if_agreed(self, wanted: list[Effect] | RewindWindow, now: float) -> list[Effect]:
        """Tell what is to be told; or, when both want it, reserve the match in which they meet again."""
        if not isinstance(wanted, RewindWindow):
            return wanted
        effects, reserved = self._prepare_rewind(wanted, now)
        return [*effects, *self._reserve(reserved)]

    def _prepare_rewind(self, window: RewindWindow, now: float) -> tuple[list[Effect], Reserved]:
        """Leave what there is, and what to reserve instead."""
        state = self._state
        since = state.ticket.since if isinstance(state, WaitingForMatch | Reserved) else now
        ticket = self._search.new_ticket(window.wish, since)
        left: list[Effect] = []
        if isinstance(state, Conversation):
            left = [SendMessage(Ended(state.match, "next")), self._search.initial_status(ticket)]
        self._rewind.close()
        left += self._leave("next", now)  # opens the way back to whom they leave now
        return left, Reserved(ticket, window.proposal, rewind=True)

    # --- in a conversation -------------------------------------------------------------------------

    def _on_relay(self, relay: said.Relay) -> list[Effect]:
        state = self._state
        if isinstance(state, Conversation) and state.match == relay.match:
            return state.deliver(relay)
        return [CountDropped("stale_match")]

    def _on_match_event(self, event: MatchEvent, now: float) -> list[Effect]:
        state = self._state
        if not isinstance(state, Conversation) or state.match != event.match:
            return self._deny_match(event)
        match event:
            case said.PartnerLocation():
                return state.on_partner_location(event, now)
            case said.LocatePartner():
                return state.on_locate_partner(event, now)
            case said.PartnerNotHere():
                return state.on_partner_not_here(event, now)
            case events.PartnerSearchDue():
                return state.on_partner_search_due(event)
            case events.UnsubscribeDue():
                return state.on_unsubscribe_due(event)
            case events.ResumeTimedOut():
                return state.on_resume_timed_out()
            case events.GraceExpired():
                return self._on_grace_expired(state, now) if state.has_grace_expired(event.since) else []
            case events.PartnerGraceExpired():
                return (
                    self._on_partner_grace_expired(state, now)
                    if state.has_partner_grace_expired(event.since)
                    else []
                )
            case _:
                assert_never(event)

    def _on_takeover_ack(self, gave_way: said.TakeoverAck) -> list[Effect]:
        """A former gateway of our visitor has answered, and perhaps knows where their partner is."""
        self._record.forget_former_place(gave_way.gateway)
        state, partner = self._state, gave_way.partner
        if isinstance(state, Conversation) and state.match == gave_way.match and partner is not None:
            return state.on_partner_moved(partner)
        return []

    def _deny_match(self, event: MatchEvent) -> list[Effect]:
        """The partner believes in a match that is over for our visitor: tell them."""
        if isinstance(self._state, Reserved) and self._state.proposal.match == event.match:
            return []  # their acceptance is on its way to us, and was overtaken
        match event:
            case said.PartnerLocation() | said.LocatePartner():
                place = self._me.place
                reason = dict(self._past_matches).get(event.match, "lost")
                left = said.PartnerLeft(event.sender, event.match, place.epoch, place.gateway, reason)
                return [SendToGateway(event.gateway, left)]
            case _:
                return []

    def _on_reconnected(self, event: events.Reconnected) -> list[Effect]:
        self._record.me, self._search.country = event.me, event.country
        state = self._state
        return state.on_reconnected() if isinstance(state, Conversation) else []

    def _on_grace_expired(self, state: Conversation, now: float) -> list[Effect]:
        """Our visitor did not come back to this gateway. Whether elsewhere, is not for it to say."""
        self._record_parting(state, "lost", now)
        self._state = Idle()
        return [state.not_here_message(), *state.stop_search(), EndSession()]

    def _on_partner_grace_expired(self, state: Conversation, now: float) -> list[Effect]:
        """The partner did not come back."""
        return [*state.leave("lost"), *self._on_partner_gone(state.match, "lost", now)]

    def _on_partner_gone(self, match: MatchId, reason: EndReason, now: float) -> list[Effect]:
        """The partner's gateway has no reservation, or no longer, whatever this one believed."""
        state = self._state
        if isinstance(state, WaitingForMatch):
            state.early.add(match, None)
        elif isinstance(state, Reserved) and state.proposal.match == match:
            return self._release_reservation(state)
        elif isinstance(state, Conversation) and state.match == match:
            self._record_parting(state, reason, now)
            self._state = Idle()
            return [*state.stop_search(), *self._after_match(state, reason, now)]
        return []

    def _after_match(self, ended: Conversation, reason: EndReason, now: float) -> list[Effect]:
        """Tell our browser, if it is there, of a match that others have ended."""
        if not ended.here:
            return [EndSession()]
        if not ended.welcomed:
            return [self._welcome()]
        told: list[Effect] = [SendMessage(Ended(ended.match, reason))]
        if reason in ("next", "lost") and self._search.wish is not None:
            return told + self._wait(self._search.start_since(self._search.wish, since=now))
        return told

    def _welcome(self) -> SendWelcome:
        return SendWelcome(None, self._record.find, self._record.memory())

    def _block(self, opened: events.BlockRequested, now: float) -> list[Effect]:
        self._record.history.block(opened.partner)
        self._rewind.close_to(opened.partner)
        return [*self._leave_blocked_partner(opened, now), self._block_memory(opened.match)]

    def _leave_blocked_partner(self, opened: events.BlockRequested, now: float) -> list[Effect]:
        state, wish = self._state, self._search.wish
        if isinstance(state, Reserved) and state.proposal.partner == opened.partner:
            return [*self._leave("blocked", now), *self._retry(state.ticket)]
        if isinstance(state, Conversation) and state.partner == opened.partner and wish is not None:
            ended = SendMessage(Ended(state.match, "blocked"))
            return [*self._leave("blocked", now), ended, *self._wait(self._search.start(wish, now))]
        return []

    def _block_memory(self, match: MatchId) -> SendMemory:
        state = self._state
        present = state.partner if isinstance(state, Conversation) else None
        return SendMemory(self._record.memory(present), match)

    # --- leaving -----------------------------------------------------------------------------------

    def _on_disconnected(self, leaving: bool, now: float) -> list[Effect]:
        """The socket is gone. A match waits for its visitor, unless they said goodbye."""
        state = self._state
        if isinstance(state, Conversation) and not leaving:
            self._rewind.close()  # nobody is taken back to somebody while they are not there
            return state.on_disconnected(now)
        return [*self._withdraw("lost", now), EndSession()]

    def _on_moved(self, moved: events.VisitorMoved, now: float) -> list[Effect]:
        """The visitor is at a newer place, which goes on with `moved.match`, if it is this one's."""
        state = self._state
        if not isinstance(state, Conversation) or state.match != moved.match:
            left = self._withdraw("lost", now)
        else:
            left = state.stop_search()
            self._state = Idle()
        stale = StaleEpoch(moved.place.epoch)
        told = SendMessage(Error(stale.code, stale.message, epoch=moved.place.epoch))
        return [*left, told, CloseSocket(CloseCode.CONNECTED_ELSEWHERE), EndSession()]

    def _withdraw(self, reason: EndReason, now: float) -> list[Effect]:
        """Leave whatever there is, and look for nobody."""
        effects = self._leave(reason, now)
        self._rewind.close()
        self._state = Idle()
        return effects

    def _leave(self, reason: EndReason, now: float) -> list[Effect]:
        """Take back what the current state promised to others. The caller sets the next state."""
        state = self._state
        match state:
            case Idle():
                return []
            case WaitingForMatch():
                return [WithdrawTicket(state.ticket.id)]
            case Reserved():
                return [self._decline(state.proposal)]  # for our visitor it never was a match
            case Conversation():
                self._record_parting(state, reason, now)
                unheard: list[Effect] = [] if state.welcomed else [self._welcome()]
                return [*unheard, *state.leave(reason)]
            case _:
                assert_never(state)

    def _record_parting(self, state: Conversation, reason: EndReason, now: float) -> None:
        wish = self._search.wish
        self._past_matches = (*self._past_matches, (state.match, reason))[
            -8:
        ]  # a partner may ask seconds later
        self._record.history.record_parting(state.partner, now)
        self._rewind.close()
        if reason == "next" and wish is not None:
            self._rewind.open(RewindWindow(state.side, wish, state.shared_interests, now))
