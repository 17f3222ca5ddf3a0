"""A WebSocket from the upgrade to its close: it reads `hello`, then gives each frame to the hub."""

import asyncio
import time
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from math import inf

from aiohttp import WSCloseCode, WSMsgType, web
from msgspec import UNSET

from services.contract.errors import (
    BadFrame,
    BanInForce,
    CloseCode,
    DescriptionRefused,
    InvalidRequest,
    MemoryRefused,
    NoHello,
    PassRefused,
    StaleEpoch,
    TokenRefused,
    TooFast,
    Unavailable,
    ZufallError,
)
from services.contract.ids import DecisionId, MatchId, TokenId, VisitorId
from services.contract.line_digests import LineDigester
from services.contract.passes import PassContent
from services.contract.rate_limit import UNLIMITED, Rate, gcra
from services.contract.tokens import TokenHolder
from services.runtime.client_address import remote_address
from services.runtime.network_rate_limit import NetworkAllowance, NetworkRateLimiter

from ..config import Config
from ..core.messages import (
    SUBPROTOCOL,
    Banned,
    CallConnected,
    Chat,
    Error,
    Find,
    FromBrowser,
    Hello,
    Next,
    Received,
    ToBrowser,
    ToPartner,
    encode,
    parse,
    parse_hello,
)
from ..core.signal_filter import SignalFilter
from ..core.visitor_history import EMPTY_MEMORY, VisitorMemory
from ..core.work_policy import NetworkBans
from . import metrics
from .address_hash import address_hash, crowd_hash, subscriber_hash
from .clients import Client, Handshake
from .conduct_watch import ConductWatch
from .hub import Hub
from .inbound_bytes import InboundBytes
from .match_messages import MatchMessages
from .network_quota import NetworkQuota
from .ports import Standings
from .token_verifier import TokenVerifier
from .websocket import SocketLimits, WebSocket, upgrade_response

NETWORK_FULL_RETRY = 10.0
"""Seconds after which a visitor of a network with too many sockets may try again."""


class ConnectionRejected(Exception):
    """The connection is closed with `code` after an `error` message."""

    def __init__(
        self,
        code: CloseCode,
        message: str,
        error: str = BadFrame.code,
        epoch: int = 0,
        retry_after: float = 0,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.error = Error(error, message, retry_after=retry_after or UNSET, epoch=epoch or UNSET)


@dataclass(frozen=True, slots=True)
class WebSocketEndpoint:
    """Serves `/ws`. It holds what all connections of this gateway share."""

    config: Config
    hub: Hub
    tokens: TokenVerifier
    messages: MatchMessages
    standings: Standings
    stopping: Callable[[], bool]
    """Returns whether this gateway sends its visitors to others."""
    frame_rate: Rate
    socket_limits: SocketLimits
    quota: NetworkQuota
    lines: NetworkRateLimiter
    """Limits the lines of chat of each network."""
    inbound: InboundBytes
    digester: LineDigester
    bans: NetworkBans
    """Counts the banned visitors of each network, whose next tokens take more work."""
    conduct: ConductWatch
    """Notes signs of spam."""
    connections: "set[Connection]" = field(init=False, default_factory=set)
    _closed: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def new_signal_filter(self) -> SignalFilter:
        """Return the filter for the signals of a new visitor."""
        config = self.config
        if not config.limits:
            return SignalFilter(config.signal_policy, inf, UNLIMITED)
        size = Rate(config.limit_signal_bytes_per_second, config.limit_signal_bytes_burst)
        return SignalFilter(config.signal_policy, config.limit_candidates, size)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve `GET /ws`. The caller has checked the origin. Raises `InvalidRequest` or `TooFast`."""
        answer = upgrade_response(request, SUBPROTOCOL)
        address, transport = remote_address(request, self.config.trusted_proxies), request.transport
        if transport is None:
            raise InvalidRequest("the client has gone")
        if not self.quota.take(address):
            metrics.REFUSED_REQUESTS.labels("network_full").inc()
            raise TooFast("too many sockets of your network are open", NETWORK_FULL_RETRY)
        Connection(self, transport, address).open(request.protocol, answer)
        return web.Response(status=101)  # goes nowhere, because aiohttp no longer has the connection

    async def close(self) -> None:
        """Send everybody away who is still here, and wait until their sockets are closed."""
        leaving = set(self.connections)
        for connection in leaving:
            connection.close(CloseCode.RESTART)
        while not leaving.isdisjoint(self.connections):  # others may come until the process stops to listen
            self._closed.clear()
            await self._closed.wait()

    def close_revoked(self, tokens: Set[TokenId]) -> None:
        """Close the sockets of visitors whose token was revoked."""
        for connection in list(self.connections):
            if not tokens.isdisjoint(connection.tokens):
                connection.refuse_token("the token was revoked")

    def forget(self, connection: "Connection") -> None:
        """Forget a connection that has ended."""
        self.connections.discard(connection)
        self.quota.give_back(connection.address)
        self._closed.set()


class Connection:
    """One visitor's connection: the listener of their socket."""

    __slots__ = (
        "_client",
        "_endpoint",
        "_frames_tat",
        "_hello_timer",
        "_lines",
        "_socket",
        "address",
        "tokens",
    )

    def __init__(self, endpoint: WebSocketEndpoint, transport: asyncio.Transport, address: str) -> None:
        self._endpoint = endpoint
        self.address = address
        self._socket = WebSocket(transport, endpoint.socket_limits, endpoint.inbound.meter(address))
        self._client: Client | None = None
        self._lines: NetworkAllowance | None = None
        self._frames_tat = 0.0
        self.tokens: tuple[TokenId, ...] = ()
        """The ids of tokens that close this connection when they are revoked."""
        self._hello_timer: asyncio.TimerHandle | None = None

    def open(self, http: web.RequestHandler, answer: bytes) -> None:
        """Take the connection from aiohttp with this answer, and wait for the hello."""
        self._socket.open(http, answer, self)
        self._endpoint.connections.add(self)
        loop, seconds = asyncio.get_running_loop(), self._endpoint.config.limit_hello_seconds
        self._hello_timer = loop.call_later(seconds, self._on_hello_timeout)

    def close(self, code: CloseCode) -> None:
        self._socket.close(code)

    def refuse_token(self, why: str) -> None:
        """Send the visitor away to get another token."""
        self._send(Error(TokenRefused.code, why))
        self._socket.close(CloseCode.TOKEN_REFUSED)

    def on_message(self, kind: WSMsgType, payload: bytes) -> None:
        try:
            if kind is not WSMsgType.TEXT:
                self._on_other(kind, payload)
            elif self._client is None:
                self._on_hello(_parse(payload, parse_hello))
            else:
                self._on_frame(self._client, payload)
        except ConnectionRejected as rejected:
            if self._client is None:
                metrics.refuse_handshake(rejected.error.code)
            self._send(rejected.error)
            self._socket.close(rejected.code)

    def on_closed(self, code: int) -> None:
        """Tell the hub that the socket is gone, and whether the visitor will come back."""
        self._endpoint.forget(self)
        self._cancel_hello_timer()
        if self._client is not None:
            if self._socket.closed_with is CloseCode.BANNED:
                me = self._client.me
                self._record_ban(self._endpoint.standings.ban(me.visitor, me.device))
            self._endpoint.hub.disconnect(self._client, self._is_leaving(), self._is_page_closed(code))

    def _is_leaving(self) -> bool:
        """Return whether the visitor will not come back, because they were refused.

        Whoever has a newer token than a revoked one comes back to their match.
        """
        return self._socket.closed_with not in (None, CloseCode.RESTART, CloseCode.TOKEN_REFUSED)

    def _is_page_closed(self, code: int) -> bool:
        """Return whether the page has ended. A browser says the same when it loads the page again."""
        return self._socket.closed_with is None and code == WSCloseCode.GOING_AWAY

    def _on_other(self, kind: WSMsgType, payload: bytes) -> None:
        """Handle a control frame, which costs its sender as much as any other, or a binary message."""
        self._charge_frame()
        if kind is WSMsgType.PING:
            self._socket.pong(payload)
        elif kind is not WSMsgType.PONG:
            raise ConnectionRejected(CloseCode.BAD_FRAME, "frames must be text")

    # --- hello -------------------------------------------------------------------------------------

    def _on_hello_timeout(self) -> None:
        metrics.refuse_handshake(NoHello.code)
        self._send(Error(NoHello.code, "the first frame must come soon"))
        self._socket.close(CloseCode.NO_HELLO)

    def _cancel_hello_timer(self) -> None:
        if self._hello_timer is not None:
            self._hello_timer.cancel()
            self._hello_timer = None

    def _on_hello(self, hello: FromBrowser) -> None:
        """Connect a visitor with a valid token, or close the socket."""
        self._cancel_hello_timer()
        if not isinstance(hello, Hello):
            raise ConnectionRejected(CloseCode.BAD_FRAME, "the first frame must be `hello`")
        if self._endpoint.stopping():
            metrics.refuse_handshake(Unavailable.code)
            self._socket.close(CloseCode.RESTART)
            return
        try:
            holder = self._endpoint.tokens.verify(hello.token)
        except TokenRefused as refused:
            raise ConnectionRejected(CloseCode.TOKEN_REFUSED, refused.message, refused.code) from None
        self.tokens = holder.revocable_by
        notice = self._endpoint.standings.ban(holder.visitor, holder.device_key)
        if notice is None:
            self._client = self._connect(holder, hello)
        else:
            self._refuse_banned(holder.visitor, hello, notice)

    def _refuse_banned(self, visitor: VisitorId, hello: Hello, notice: Banned) -> None:
        resume, _ = self._open_pass(hello, visitor)
        if resume is not None:
            self._endpoint.hub.refuse_resume(visitor, hello.epoch, resume)
        self._record_ban(notice)
        metrics.refuse_handshake(BanInForce.code)
        self._send(notice)
        self._socket.close(CloseCode.BANNED)

    def _record_ban(self, notice: Banned | None) -> None:
        """Count the ban for the network, unless it has just ended."""
        if notice is None:
            return
        network = subscriber_hash(self.address, self._endpoint.config.pass_keys[0], time.time())
        self._endpoint.bans.record(network, DecisionId(notice.decision), time.monotonic())

    def _connect(self, holder: TokenHolder, hello: Hello) -> Client:
        """Connect the visitor, even if their pass or memory is refused."""
        endpoint, config, address = self._endpoint, self._endpoint.config, self.address
        key, wall = config.pass_keys[0], time.time()
        resume, pass_refused = self._open_pass(hello, holder.visitor)
        remembered, memory_refused = self._open_memory(hello, holder.visitor, holder.device_key)
        new = Handshake(
            holder.visitor,
            hello.epoch,
            address_hash(address, key, wall),
            self._socket,
            endpoint.new_signal_filter(),
            config.countries.country(address) if config.countries else "",
            holder.device_key,
            crowd_hash(address, key, wall),
            remembered,
            resume,
            counts_interests=config.popular_from > 0,
        )
        try:
            client = endpoint.hub.connect(new)
        except StaleEpoch as stale:
            raise ConnectionRejected(
                CloseCode.CONNECTED_ELSEWHERE, stale.message, stale.code, stale.epoch
            ) from None
        for refused in filter(None, (pass_refused, memory_refused)):
            self._send(Error(refused.code, refused.message))
        return client

    def _open_pass(self, hello: Hello, visitor: VisitorId) -> tuple[PassContent | None, ZufallError | None]:
        """Return the pass of the match that the visitor wants to resume, and why it is refused if it is."""
        if not hello.pass_:
            return None, None
        try:
            return self._endpoint.messages.open_pass(hello.pass_, visitor), None
        except PassRefused as refused:
            metrics.RESUMES.labels("refused").inc()
            return None, refused

    def _open_memory(
        self, hello: Hello, visitor: VisitorId, device: int
    ) -> tuple[VisitorMemory, ZufallError | None]:
        """Return the memory that the browser shows, and why it is refused if it is."""
        if not hello.memory:
            return EMPTY_MEMORY, None
        try:
            return self._endpoint.messages.open_memory(hello.memory, visitor, device), None
        except MemoryRefused as refused:
            return EMPTY_MEMORY, refused

    # --- frames ------------------------------------------------------------------------------------

    def _on_frame(self, client: Client, frame: bytes) -> None:
        """Handle one text frame after `hello`."""
        message = _parse(frame)
        if not (isinstance(message, Received) and client.spend_ack_credit()):
            self._charge_frame()
        if isinstance(message, ToPartner):
            self._relay(client, message, frame)
        elif isinstance(message, CallConnected):
            _count_call(client, message)
        elif isinstance(message, Hello):
            raise ConnectionRejected(CloseCode.BAD_FRAME, "`hello` must come once")
        else:
            if isinstance(message, Find | Next):
                self._endpoint.conduct.on_press(client, time.monotonic())
            self._endpoint.hub.receive(client, message)

    def _relay(self, client: Client, message: ToPartner, frame: bytes) -> None:
        """Let the partner have the frame, as far as its content may pass."""
        if isinstance(message, Chat):
            if wait := self._wait_for_line():
                metrics.DROPPED_FRAMES.labels("too_many_lines").inc()
                told = "too many lines come from your network; yours will be sent again"
                self._send(Error(TooFast.code, told, retry_after=wait))
                return
            self._endpoint.conduct.on_line(client, message, time.monotonic())
        try:
            self._endpoint.hub.relay(client, message, frame, self._digest(client, message))
        except DescriptionRefused as refused:
            metrics.DROPPED_FRAMES.labels(refused.reason).inc()
            self._send(Error(refused.code, refused.message))

    def _digest(self, client: Client, message: ToPartner) -> bytes:
        """Return the digest that proves a line of chat, and nothing for another message."""
        if not isinstance(message, Chat):
            return b""
        return self._endpoint.digester.digest(MatchId(message.match), client.visitor, message.text)

    def _wait_for_line(self) -> float:
        """Count one line of chat for the network and return 0, or return the seconds until one is free."""
        if self._lines is None:
            self._lines = self._endpoint.lines.allowance(self.address)
        return self._lines.take(time.monotonic())

    def _charge_frame(self) -> None:
        """Count one frame; raise `ConnectionRejected` if there were too many."""
        wait, self._frames_tat = gcra(self._frames_tat, self._endpoint.frame_rate, time.monotonic())
        if wait:
            raise ConnectionRejected(CloseCode.TOO_FAST, "too many frames", TooFast.code, retry_after=wait)

    def _send(self, message: ToBrowser) -> None:
        self._socket.send(encode(message))


def _count_call(client: Client, message: CallConnected) -> None:
    """Count a call by its route, once for each match of the visitor."""
    match = client.session.summary.match
    if message.match != match:
        metrics.DROPPED_FRAMES.labels("stale_match").inc()
    elif client.counted_call != match:
        client.counted_call = match
        metrics.CALLS.labels("relay" if message.relay else "direct").inc()


def _parse(frame: bytes, parse: Callable[[bytes], FromBrowser] = parse) -> FromBrowser:
    try:
        return parse(frame)
    except ValueError as error:
        metrics.DROPPED_FRAMES.labels("bad_frame").inc()
        raise ConnectionRejected(CloseCode.BAD_FRAME, str(error)) from None
