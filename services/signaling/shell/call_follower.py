"""Follows searches and matches in the log and in traces. It names visitors and matches by keyed hashes."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from services.contract.ids import UNTRACED, GatewayId, TraceContext, VisitorId
from services.contract.log_hashes import LogHasher
from services.runtime.logs import Logger, logger
from services.runtime.tracer import Tracer

from ..core import messages
from ..core.effects import SendMatched
from ..core.match_side import MatchProposal
from ..core.messages import ToBrowser
from ..core.session import Session
from ..core.wishes import SearchTicket

WORTH_A_LINE = ("lost", "banned")
"""The ends of a match that are logged at `info`. All else that is usual is logged at `debug`."""

_TRACE_ID_BYTES = 16


class Followed(Protocol):
    """A visitor of this gateway. `trace` is the span that their present search or match continues."""

    trace: TraceContext

    @property
    def visitor(self) -> VisitorId: ...

    @property
    def session(self) -> Session: ...


Write = Callable[[Followed, Any], None]


class CallFollower:
    """Is told what happens to the visitors of one gateway.

    Without traces, and with a log that begins at `info`, it does nearly nothing.
    """

    def __init__(
        self, gateway: GatewayId, hasher: LogHasher, tracer: Tracer, log: Logger | None = None
    ) -> None:
        self._gateway = gateway
        self._hash = hasher.hash
        self._tracer = tracer
        self._log = log or logger()
        self._debugs = self._log.is_enabled_for(logging.DEBUG)
        self._lines = self._message_lines()

    def _message_lines(self) -> Mapping[type, Write]:
        """Return what writes the line for a message of each type that gets one."""
        if not self._debugs:
            return {messages.Ended: self._on_ended}
        return {
            messages.Welcome: self._on_welcome,
            messages.Error: self._on_error,
            messages.PartnerAway: partial(self._on_partner, "the partner is away"),
            messages.PartnerBack: partial(self._on_partner, "the partner is back"),
            messages.Ended: self._on_ended,
        }

    # --- searching and meeting ---------------------------------------------------------------------

    def on_search(self, client: Followed, ticket: SearchTicket) -> TraceContext:
        """Follow a ticket that is offered, and return the context that travels with it."""
        if ticket.attempt == 1:
            client.trace = self._begin(client, ticket) if self._tracer.is_sampled() else UNTRACED
        if self._debugs:
            self._debug("searches", client, mode=ticket.wish.mode, attempt=ticket.attempt)
        return client.trace

    def _begin(self, client: Followed, ticket: SearchTicket) -> TraceContext:
        return self._tracer.begin("find", {"mode": ticket.wish.mode, **self._who(client)})

    def on_proposal(self, client: Followed, proposal: MatchProposal) -> None:
        """Follow a proposal of the matcher that the visitor's session has just reserved or declined."""
        if not proposal.trace and not self._debugs:
            return
        reserved = client.session.summary.phase in ("reserved", "matched")
        about = {"match": self._hash(proposal.match), "result": "reserved" if reserved else "declined"}
        self._tracer.record(proposal.trace, "reserve", about | self._who(client))
        self._debug("got a proposal", client, **about, **_named(proposal.trace))

    def on_match(self, client: Followed, matched: SendMatched) -> None:
        """Follow a match that both gateways have reserved, just before the browser is told."""
        trace = matched.accept.trace
        if not trace and not self._debugs:
            return
        about, figures = {"match": self._hash(matched.side.match)}, matched.figures
        client.trace = self._tracer.record(trace, "matched", about | self._who(client), figures.reserved_for)
        self._debug("matched", client, **about, waited=round(figures.waited, 3))

    def _who(self, client: Followed) -> dict[str, str]:
        return {"visitor": self._hash(client.visitor), "gateway": self._gateway}

    # --- what follows ------------------------------------------------------------------------------

    def on_message(self, client: Followed, message: ToBrowser) -> None:
        """Follow what the visitor's browser is told, except for what the partner says."""
        write = self._lines.get(type(message))
        if write is not None:
            write(client, message)

    def on_disconnect(self, client: Followed, leaving: bool) -> None:
        """Follow the loss of a socket. `leaving` says that the visitor will not return."""
        if self._debugs:
            self._debug("disconnected", client, leaving=leaving)

    def _on_welcome(self, client: Followed, welcome: messages.Welcome) -> None:
        if isinstance(welcome.resumed, messages.Resumed):
            here = welcome.resumed.partner_here
            self._debug("resumed", client, match=self._hash(welcome.resumed.match), partner_here=here)
        else:
            self._debug("connected", client)

    def _on_error(self, client: Followed, error: messages.Error) -> None:
        self._debug("refused", client, code=error.code)

    def _on_partner(
        self, event: str, client: Followed, message: messages.PartnerAway | messages.PartnerBack
    ) -> None:
        self._debug(event, client, match=self._hash(message.match))

    def _on_ended(self, client: Followed, ended: messages.Ended) -> None:
        worth, reason = ended.reason in WORTH_A_LINE, ended.reason
        if worth or self._debugs:
            level = logging.INFO if worth else logging.DEBUG
            self._write(level, "the match ended", client, match=self._hash(ended.match), reason=reason)

    def _debug(self, event: str, client: Followed, **fields: object) -> None:
        if self._debugs:
            self._write(logging.DEBUG, event, client, **fields)

    def _write(self, level: int, event: str, client: Followed, **fields: object) -> None:
        about = {"visitor": self._hash(client.visitor), **_named(client.trace), **fields}
        self._log.log(level, event, **about)


def _named(trace: TraceContext) -> dict[str, str]:
    return {"trace": trace[:_TRACE_ID_BYTES].hex()} if trace else {}
