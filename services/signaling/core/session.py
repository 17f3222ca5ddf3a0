"""The session of one visitor: a state machine that decides without I/O. Times are monotonic seconds.

The session at the gateway that holds a visitor's socket is the only authority over that visitor. All others
only propose, and it reserves one match at a time. So nobody ever has two partners.
"""

from collections.abc import Iterator
from typing import TypeAlias, assert_never

from services.contract import gateway_messages as wire
from services.contract.errors import CloseCode, NoWish, RewindRefused, StaleEpoch
from services.contract.ids import EndReason, MatchId, Place, TicketId, VisitorId, visitor_key
from services.contract.passes import PassContent

from . import events
from .conversation import Conversation
from .current_search import CurrentSearch, TimedKeys
from .early_answers import EarlyAnswers
from .effects import (
    CloseSocket,
    CountDropped,
    CountEnded,
    CountProposal,
    Effect,
    EndSession,
    MatchFigures,
    OfferTicket,
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
from .signal_filter import SignalFilter
from .states import Idle, Reserved, SessionSummary, WaitingForMatch
from .visitor_history import EMPTY_MEMORY, EncounterHistory, VisitorMemory, VisitorRecord
from .wishes import SearchTicket

State: TypeAlias = Idle | WaitingForMatch | Reserved | Conversation

ACCEPT_TIMEOUT = 1.0
"""Seconds in which the partner's gateway must accept or decline a proposal."""

MAX_PAST_MATCHES = 8
"""The number of past matches whose ends a session remembers. A partner may ask for one seconds later."""

_STALE_MATCH, _NO_SOCKET = CountDropped("stale_match"), CountDropped("no_socket")
_RESERVED, _DECLINED, _VOID = CountProposal("reserved"), CountProposal("declined"), CountProposal("void")


class Session:
    """One visitor's session at one gateway. The shell sees nothing of it but `summary`."""

    __slots__ = ("_filter", "_past_matches", "_record", "_rewind", "_search", "_state")

    def __init__(
        self,
        me: Participant,
        country: str,
        ticket_ids: Iterator[TicketId],
        history: EncounterHistory,
        pacer: Pacer,
        signal_filter: SignalFilter,
        interrupted: VisitorMemory = EMPTY_MEMORY,
    ) -> None:
        self._record = VisitorRecord(me, history, interrupted.places)
        self._search = CurrentSearch(self._record, country, ticket_ids, pacer, interrupted)
        self._filter = signal_filter
        self._state: State = Idle()
        self._rewind = RewindHandshake()
        self._past_matches: tuple[tuple[MatchId, EndReason], ...] = ()

    @property
    def summary(self) -> SessionSummary:
        return self._state.summary(self._me, self._search.kind)

    def relay(
        self, message: ToPartner, frame: bytes, digest: bytes, now: float
    ) -> SendToGateway | CountDropped:
        """Relay what the partner may get of a message that came as `frame`. Raises `DescriptionRefused`."""
        conversation = self._in_match(message.match)
        if conversation is None:
            return _STALE_MATCH
        relayed = self._filter.filter(message, frame, now)
        return relayed if isinstance(relayed, CountDropped) else conversation.relay(message, relayed, digest)

    def deliver(self, relay: wire.Relay) -> list[Effect] | None:
        """Return None if our browser may get this frame of the partner's, else what to do instead."""
        conversation = self._in_match(relay.match)
        if conversation is None:
            rejected = self._reject_outdated(relay)
            return [_STALE_MATCH] if rejected is None else rejected
        place = conversation.partner_place
        elsewhere = relay.epoch != place.epoch or relay.gateway != place.gateway
        if elsewhere and (rejected := self._reject_outdated(relay)) is not None:
            return rejected
        return None if conversation.deliver(relay) else [_NO_SOCKET]

    def receive(self, message: FromBrowser | events.MeetingRequested, now: float) -> list[Effect]:
        """Handle a message of the visitor's browser that is not for the partner."""
        match message:
            case Find() | events.MeetingRequested():
                return self._find(message, now)
            case Next():
                return self._next(message, now)
            case Stop():
                return self._become_idle("stop", now)
            case Rewind():
                asked = self._rewind.request(MatchId(message.match), self._me, now)
                return self._rewind_if_agreed(asked, now)
            case _:  # the shell handles `hello`, `block` and `connected`, and relays the others
                raise TypeError(f"a session does not take {type(message).__name__}")

    def resume(self, content: PassContent, started: float, now: float) -> list[Effect]:
        """Go on with the match of a pass, which began at `started`."""
        self._search.restore_wish(content.find)
        self._state = Conversation.from_pass(self._record, content, started)
        return self._state.resume(now)

    def on_event(self, event: Event, now: float) -> list[Effect]:
        """Handle any other event. One about another match than the current one changes nothing."""
        if isinstance(event, wire.VisitorMessage) and (answer := self._reject_outdated(event)) is not None:
            return answer
        match event:
            case MatchProposal():
                return self._on_proposal(event, now)
            case wire.Accept():
                return self._on_accept(event, now)
            case events.ProposalTimedOut():
                return self._on_proposal_timed_out(event.match, now)
            case wire.Decline():
                return self._on_partner_gone(event.match, "lost", now)
            case wire.PartnerLeft():
                return self._on_partner_gone(event.match, event.reason, now)
            case events.StageChanged():
                return self._on_stage_changed(event)
            case events.BlockRequested():
                return self._block(event, now)
            case wire.RequestRewind():
                return self._rewind_if_agreed(self._rewind.on_request(event, self._me, now), now)
            case wire.DeclineRewind():
                return self._rewind.on_declined(event.match)
            case wire.TakeoverAck():
                return self._on_takeover_ack(event)
            case events.Connected():
                return [self._welcome()]
            case events.Disconnected():
                return self._on_disconnected(event, now)
            case events.Reconnected():
                return self._on_reconnected(event)
            case events.ConfirmationDue():
                return [self._conversation.location_message()] if self._conversation else []
            case events.GatewayLost():
                return self._conversation.on_gateway_lost(event.gateway, now) if self._conversation else []
            case events.VisitorMoved():
                return self._on_moved(event, now)
            case events.VisitorBanned():
                effects = self._become_idle("banned", now)
                return [*effects, SendMessage(event.notice), CloseSocket(CloseCode.BANNED)]
            case events.AudienceChanged() | events.SearchRefused():
                return self._leave_pool(event)
            case events.Draining():
                return self._drain()
            case _:
                return self._on_match_event(event, now)

    # --- the current state -------------------------------------------------------------------------

    @property
    def _me(self) -> Participant:
        return self._record.me

    @property
    def _conversation(self) -> Conversation | None:
        return self._state if isinstance(self._state, Conversation) else None

    def _in_match(self, match: str) -> Conversation | None:
        state = self._state
        return state if isinstance(state, Conversation) and state.side.match == match else None

    def _reserved_for(self, match: MatchId) -> Reserved | None:
        state = self._state
        return state if isinstance(state, Reserved) and state.proposal.match == match else None

    # --- fencing -----------------------------------------------------------------------------------

    def _reject_outdated(self, message: wire.VisitorMessage) -> list[Effect] | None:
        """Return the answer to a message from an older place than the partner's newest known; else None."""
        known = self._partner_in(message.match)
        if known is None or message.epoch == wire.UNKNOWN_EPOCH or isinstance(message, wire.TakeoverAck):
            return None
        partner, place = known
        if (message.epoch, message.gateway) >= (place.epoch, place.gateway):
            return None
        if message.gateway == place.gateway:
            return []  # it was under way when its sender learned of the newer place
        newer = wire.Superseded(partner, message.match, place.epoch, place.gateway)
        return [SendToGateway(message.gateway, newer)]

    def _partner_in(self, match: MatchId) -> tuple[VisitorId, Place] | None:
        """Return the partner in a match, and their newest known place."""
        if conversation := self._in_match(match):
            return conversation.partner, conversation.partner_place
        if reserved := self._reserved_for(match):
            return reserved.proposal.partner, reserved.proposal.partner_place
        return self._rewind.partner_in(match)

    # --- searching ---------------------------------------------------------------------------------

    def _find(self, asked: Find | events.MeetingRequested, now: float) -> list[Effect]:
        return [*self._leave("next", now), *self._wait(self._search.begin(asked, now))]

    def _next(self, message: Next, now: float) -> list[Effect]:
        if message.match and not self._in_match(message.match):
            return [_STALE_MATCH]
        if (wish := self._search.wish) is None:
            return [SendMessage(Error(NoWish.code, "send `find` before `next`"))]
        if isinstance(self._state, WaitingForMatch | Reserved):
            return []
        return [*self._leave("next", now), *self._wait(self._search.start(wish, now))]

    def _wait(self, offer: OfferTicket) -> list[Effect]:
        """Offer a ticket and wait for a proposal."""
        self._state = WaitingForMatch(offer.ticket, EarlyAnswers())
        return [offer] if offer.ticket.attempt > 1 else [self._search.first_status(offer.ticket), offer]

    def _retry(self, ticket: SearchTicket, unreachable: TimedKeys = ()) -> list[Effect]:
        return self._wait(self._search.retry(ticket, unreachable))

    def _leave_pool(self, event: events.AudienceChanged | events.SearchRefused) -> list[Effect]:
        """End a refused search, or move its ticket, with its age, to the pool of the new audience."""
        if not isinstance(state := self._state, WaitingForMatch):
            return []
        if isinstance(event, events.SearchRefused):
            self._state = Idle()
            return [SendMessage(event.error)]
        return [WithdrawTicket(state.ticket.id), *self._retry(state.ticket)]

    def _on_stage_changed(self, event: events.StageChanged) -> list[Effect]:
        state = self._state
        if isinstance(state, WaitingForMatch) and state.ticket.id == event.ticket:
            hint = state.ticket.wish.hint_as_typed(event.hint)
            return [SendSearching(state.ticket, event.stage, event.widens_in, hint)]
        return []

    def _drain(self) -> list[Effect]:
        """Give the browser what the next gateway needs: how long it has searched, or its lines of chat."""
        if isinstance(state := self._state, WaitingForMatch | Reserved):
            return [SendMemory(self._record.memory(since=state.ticket.since))]
        return self._conversation.fresh_pass() if self._conversation else []

    # --- reserving ---------------------------------------------------------------------------------

    def _on_proposal(self, proposal: MatchProposal, now: float) -> list[Effect]:
        state = self._state
        if not isinstance(state, WaitingForMatch) or state.ticket.id != proposal.ticket:
            return [self._decline(proposal), _DECLINED]
        early = state.early.get(proposal.match)
        if self._is_barred(proposal.partner, early.device if early else 0, now):
            return [self._decline(proposal), _DECLINED, *self._retry(state.ticket)]
        reserved = Reserved(state.ticket, proposal, now)
        if early is not None:
            return [self._accept(reserved), _RESERVED, *self._start_match(reserved, early, now)]
        gone = proposal.match in state.early
        return [_VOID, *self._retry(state.ticket)] if gone else self._reserve(reserved)

    def _is_barred(self, partner: VisitorId, device: int, now: float) -> bool:
        return partner == self._me.visitor or self._record.history.is_barred(partner, device, now)

    def _reserve(self, reserved: Reserved) -> list[Effect]:
        self._state = reserved
        timed_out = events.ProposalTimedOut(reserved.proposal.match)
        return [self._accept(reserved), _RESERVED, SetTimer(ACCEPT_TIMEOUT, timed_out)]

    def _accept(self, reserved: Reserved) -> SendToGateway:
        me, proposal = self._me, reserved.proposal
        header, languages = me.header(proposal.partner, proposal.match), list(reserved.ticket.wish.languages)
        country = self._search.country or None
        accept = wire.Accept(*header, languages, country, me.address_hash, me.device, proposal.trace)
        return SendToGateway(proposal.partner_gateway, accept)

    def _decline(self, proposal: MatchProposal) -> SendToGateway:
        header = self._me.header(proposal.partner, proposal.match)
        return SendToGateway(proposal.partner_gateway, wire.Decline(*header))

    def _on_accept(self, accept: wire.Accept, now: float) -> list[Effect]:
        if reserved := self._reserved_for(accept.match):
            if self._record.history.has_blocked(reserved.proposal.partner, accept.device):
                return [self._decline(reserved.proposal), *self._release(reserved)]
            return self._start_match(reserved, accept, now)
        if window := self._rewind.agreed_window(accept.match, now):
            effects, reserved = self._prepare_rewind(window, now)
            return [*effects, self._accept(reserved), _RESERVED, *self._start_match(reserved, accept, now)]
        if isinstance(self._state, WaitingForMatch):
            self._state.early.add(accept.match, accept)
        return []

    def _on_proposal_timed_out(self, match: MatchId, now: float) -> list[Effect]:
        """Search on. The ticket names the unreachable partner, or the matcher would propose them again."""
        if reserved := self._reserved_for(match):
            unreachable = ((visitor_key(reserved.proposal.partner), now),)
            return [self._decline(reserved.proposal), *self._release(reserved, unreachable)]
        return []

    def _release(self, reserved: Reserved, unreachable: TimedKeys = ()) -> list[Effect]:
        """Search on, because the partner's gateway has not reserved."""
        ticket = reserved.ticket
        if not reserved.rewind:
            return [_VOID, *self._retry(ticket, unreachable)]
        refused = SendMessage(Error(RewindRefused.code, "the stranger has met somebody else"))
        return [_VOID, refused, *self._wait(OfferTicket(self._search.new_ticket(ticket.wish, ticket.since)))]

    def _start_match(self, reserved: Reserved, accept: wire.Accept, now: float) -> list[Effect]:
        proposal, record, ticket = reserved.proposal, self._record, reserved.ticket
        shared = ticket.wish.as_typed(proposal.shared_interests)
        self._state = Conversation.from_accept(record, proposal, accept, shared, now)
        repeat, memory = record.history.has_met(proposal.partner), record.memory(proposal.partner)
        figures = MatchFigures(ticket.wish.mode, now - ticket.since, now - reserved.at, repeat)
        return [SendMatched(self._state.side, record.find, memory, shared, accept, figures)]

    # --- rewinding ---------------------------------------------------------------------------------

    def _rewind_if_agreed(self, asked: list[Effect] | RewindWindow, now: float) -> list[Effect]:
        """Reserve the match in which the two meet again if both have asked for it."""
        if not isinstance(asked, RewindWindow):
            return asked
        effects, reserved = self._prepare_rewind(asked, now)
        return [*effects, *self._reserve(reserved)]

    def _prepare_rewind(self, window: RewindWindow, now: float) -> tuple[list[Effect], Reserved]:
        """Leave the current state, and return what to reserve instead."""
        state = self._state
        since = state.ticket.since if isinstance(state, WaitingForMatch | Reserved) else now
        ticket = self._search.new_ticket(window.wish, since)
        self._rewind.close()
        effects = self._leave("next", now)  # this opens the rewind to the present partner
        if isinstance(state, Conversation):
            effects += [SendMessage(Ended(state.match, "next")), self._search.first_status(ticket)]
        return effects, Reserved(ticket, window.proposal, now, rewind=True)

    # --- in a match --------------------------------------------------------------------------------

    def _on_match_event(self, event: MatchEvent, now: float) -> list[Effect]:
        state = self._in_match(event.match)
        if state is None:
            return self._deny_match(event)
        match event:
            case wire.PartnerLocation():
                return state.on_partner_location(event, now)
            case wire.LocatePartner():
                return state.on_locate_partner(event, now)
            case wire.PartnerNotHere():
                return state.on_partner_not_here(event, now)
            case events.PartnerSearchDue():
                return state.on_partner_search_due(event)
            case events.UnsubscribeDue():
                return state.on_unsubscribe_due(event)
            case events.ResumeTimedOut():
                return state.on_resume_timed_out()
            case events.GraceExpired():
                return self._give_up(state, event, now) if state.has_grace_expired(event.since) else []
            case events.PartnerGraceExpired():
                expired = state.has_partner_grace_expired(event.since)
                return self._give_up_partner(state, now) if expired else []
            case _:
                assert_never(event)

    def _deny_match(self, word: MatchEvent) -> list[Effect]:
        """Tell a partner who believes in a match that is over for our visitor."""
        if not isinstance(word, wire.PartnerLocation | wire.LocatePartner) or self._reserved_for(word.match):
            return []  # if it is reserved, their acceptance is under way and was overtaken
        reason = dict(self._past_matches).get(word.match, "lost")
        left = wire.PartnerLeft(*self._me.header(word.sender, word.match), reason)
        return [SendToGateway(word.gateway, left)]

    def _on_takeover_ack(self, ack: wire.TakeoverAck) -> list[Effect]:
        """Handle the answer of a former gateway of our visitor, which may know where the partner is."""
        self._record.forget_former_place(ack.gateway)
        conversation = self._in_match(ack.match)
        return conversation.on_partner_moved(ack.partner) if conversation and ack.partner else []

    def _on_reconnected(self, event: events.Reconnected) -> list[Effect]:
        self._record.me, self._search.country = event.me, event.country
        return self._conversation.on_reconnected() if self._conversation else []

    def _give_up(self, state: Conversation, over: events.GraceExpired, now: float) -> list[Effect]:
        """End the session. One who lost the connection may be at another gateway, which may end the match."""
        if over.page_closed:
            return [*self._become_idle("lost", now), EndSession()]
        ended = self._record_parting(state, "lost", now)
        self._state = Idle()
        return [ended, state.not_here_message(), *state.stop_search(), EndSession()]

    def _give_up_partner(self, state: Conversation, now: float) -> list[Effect]:
        return [*state.leave("lost"), *self._on_partner_gone(state.match, "lost", now)]

    def _on_partner_gone(self, match: MatchId, reason: EndReason, now: float) -> list[Effect]:
        """End the match or the reservation, which does not hold at the partner's gateway."""
        if isinstance(self._state, WaitingForMatch):
            self._state.early.add(match, None)
        elif reserved := self._reserved_for(match):
            return self._release(reserved)
        elif conversation := self._in_match(match):
            ended = self._record_parting(conversation, reason, now)
            self._state = Idle()
            return [ended, *conversation.stop_search(), *self._after_match(conversation, reason, now)]
        return []

    def _after_match(self, ended: Conversation, reason: EndReason, now: float) -> list[Effect]:
        """Tell our browser, if it is there, that the partner ended the match, and search on."""
        if not ended.here:
            return [EndSession()]
        if not ended.welcomed:
            return [self._welcome(is_over=True)]
        effects: list[Effect] = [*ended.fresh_pass(), SendMessage(Ended(ended.match, reason))]
        if reason in ("next", "lost") and self._search.wish is not None and not self._search.once:
            effects += self._wait(OfferTicket(self._search.new_ticket(self._search.wish, since=now)))
        return effects

    def _welcome(self, is_over: bool = False) -> SendWelcome:
        return SendWelcome(None, self._record.find, self._record.memory(), is_over=is_over)

    def _block(self, block: events.BlockRequested, now: float) -> list[Effect]:
        self._record.history.block(block.partner, block.device)
        self._rewind.close_to_blocked(self._record.history)
        effects = self._apply_block(now)
        present = self._conversation.partner if self._conversation else None
        return [*effects, SendMemory(self._record.memory(present), block.match)]

    def _apply_block(self, now: float) -> list[Effect]:
        state, wish, history = self._state, self._search.wish, self._record.history
        if isinstance(state, Reserved) and history.has_blocked(state.proposal.partner):
            return [*self._leave("blocked", now), *self._retry(state.ticket)]
        if isinstance(state, Conversation) and state.is_blocked and wish is not None:
            ended = SendMessage(Ended(state.match, "blocked"))
            return [*self._leave("blocked", now), ended, *self._wait(self._search.start(wish, now))]
        if isinstance(state, WaitingForMatch) and set(state.ticket.blocked) != set(history.blocked):
            # A matcher that does not know of the block would tell the visitor that the two can meet again.
            return [WithdrawTicket(state.ticket.id), *self._wait(self._search.replace(state.ticket, now))]
        return []

    # --- leaving -----------------------------------------------------------------------------------

    def _on_disconnected(self, gone: events.Disconnected, now: float) -> list[Effect]:
        """Keep a match for a while for a visitor whose socket is gone, unless they are leaving."""
        if self._conversation and not gone.leaving:
            self._rewind.close()  # nobody goes back to a visitor who is not there
            return self._conversation.on_disconnected(gone.page_closed, now)
        return [*self._become_idle("lost", now), EndSession()]

    def _on_moved(self, moved: events.VisitorMoved, now: float) -> list[Effect]:
        """End the session of a visitor who has a newer connection, which may go on with the match."""
        if conversation := self._in_match(moved.match):
            effects = conversation.stop_search()
            self._state = Idle()
        else:
            effects = self._become_idle("lost", now)
        stale = StaleEpoch(moved.place.epoch)
        error = SendMessage(Error(stale.code, stale.message, epoch=stale.epoch))
        return [*effects, error, CloseSocket(CloseCode.CONNECTED_ELSEWHERE), EndSession()]

    def _become_idle(self, reason: EndReason, now: float) -> list[Effect]:
        """Leave the match or the queue."""
        effects = self._leave(reason, now)
        self._rewind.close()
        self._state = Idle()
        return effects

    def _leave(self, reason: EndReason, now: float) -> list[Effect]:
        """Retract what the current state promised to others. The caller sets the next state."""
        match self._state:
            case Idle():
                return []
            case WaitingForMatch() as state:
                return [WithdrawTicket(state.ticket.id)]
            case Reserved() as state:
                return [self._decline(state.proposal), _VOID]  # for our visitor it never was a match
            case Conversation() as state:
                ended = self._record_parting(state, reason, now)
                welcome = [] if state.welcomed else [self._welcome(is_over=True)]
                return [ended, *welcome, *state.fresh_pass(), *state.leave(reason)]
            case never:
                assert_never(never)

    def _record_parting(self, state: Conversation, reason: EndReason, now: float) -> CountEnded:
        wish = self._search.wish
        self._past_matches = (*self._past_matches, (state.match, reason))[-MAX_PAST_MATCHES:]
        self._record.history.record_parting(state.partner, now)
        self._rewind.close()
        if reason == "next" and wish is not None:
            self._rewind.open(RewindWindow(state.side, wish, state.shared_interests, now))
        return CountEnded(reason)
