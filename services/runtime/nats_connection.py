"""A connection to NATS: plain, or with a certificate that also says which user this is."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any
from urllib.parse import ParseResult, urlsplit

from nats.aio.client import Client
from nats.aio.transport import TcpTransport
from nats.errors import Error, StaleConnectionError

from . import nats_metrics
from .logs import logger
from .tls import TlsFolder

_SHUTDOWN_TIMEOUT = 1.0
"""Seconds to wait for the goodbye of a server, which may hang, before another one is tried."""

_CONNECT_TIMEOUT = 2
"""Seconds for one attempt to connect."""

_PING_INTERVAL, _MOST_PINGS = 2, 2
"""Seconds between pings, and how many may be unanswered: a server that hangs is left within six seconds."""

_ROUND_TRIP_INTERVAL, _ROUND_TRIP_TIMEOUT = 5.0, 2
"""Seconds between two pings that are measured, and for which an answer is awaited."""


def parse_servers(text: str) -> tuple[str, ...]:
    """Parse the URLs of NATS servers, separated by commas. Raises `ValueError`, which quotes no password."""
    servers = tuple(part.strip() for part in text.split(",") if part.strip())
    if not servers or not all(map(_is_server, servers)):
        raise ValueError("each NATS server has a URL such as nats://nats:4222; commas separate them")
    return servers


def _is_server(text: str) -> bool:
    try:
        url = urlsplit(text)
        named = bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is none
        return False
    return named and url.scheme in ("nats", "tls") and not url.path.strip("/")


class _TlsTransport(TcpTransport):
    """A connection with TLS from its first byte.

    nats-py itself begins without TLS, and waits for ever for the end of a connection whose handshake failed.
    """

    def __init__(self, server: str, certificate: TlsFolder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # nats-py's
        self._server = server
        self._certificate = certificate

    def __bool__(self) -> bool:
        return True  # or nats-py would put a transport of its own in its place

    async def connect(self, uri: ParseResult, buffer_size: int, connect_timeout: int) -> None:
        """Connect with the certificate of now."""
        async with asyncio.timeout(connect_timeout):
            self._io_reader, self._io_writer = await asyncio.open_connection(
                uri.hostname,
                uri.port,
                limit=buffer_size,
                ssl=self._certificate.client_context(),
                server_hostname=self._server,
                ssl_shutdown_timeout=_SHUTDOWN_TIMEOUT,
            )

    async def connect_tls(
        self, uri: str | ParseResult, ssl_context: ssl.SSLContext, buffer_size: int, connect_timeout: int
    ) -> None:
        """Do nothing, because it is TLS already."""


class NatsConnection(Client):
    """A client that reads its certificate anew each time that it connects."""

    def __init__(self, server: str, inbox: str, certificate: TlsFolder | None = None) -> None:
        """`server` is the name in the server's certificate. `inbox` is the prefix of subjects for replies."""
        super().__init__()
        self._inbox = inbox
        self._is_tls = certificate is not None
        self._closed = asyncio.Event()
        nats_metrics.CONNECTED.set_function(lambda: self.is_connected)
        nats_metrics.QUEUED_BYTES.set_function(lambda: self.pending_data_size)
        if certificate is not None:
            self._transport = _TlsTransport(server, certificate)

    async def dial(
        self,
        servers: Sequence[str],
        *,
        reconnected_cb: Callable[[], Awaitable[None]] | None = None,
        **options: Any,
    ) -> None:
        """Connect to one of `servers`, again and again, and whenever the connection breaks.

        A server that hangs is left before the grace of a match is over. With a certificate, a server that
        does not begin with TLS is refused. Raises `nats.errors.Error` if the addresses make no sense.
        """

        async def reconnected() -> None:
            nats_metrics.RECONNECTS.inc()
            if reconnected_cb is not None:
                await reconnected_cb()

        await self.connect(
            servers=list(servers),
            inbox_prefix=self._inbox,
            max_reconnect_attempts=-1,
            tls_handshake_first=self._is_tls,
            closed_cb=self._on_closed,
            reconnected_cb=reconnected,
            **{
                "connect_timeout": _CONNECT_TIMEOUT,
                "ping_interval": _PING_INTERVAL,
                "max_outstanding_pings": _MOST_PINGS,
                **options,
            },
        )

    async def watch(self) -> None:
        """Wait until the connection is closed for good, then raise `ConnectionError`.

        nats-py does not connect again after some errors of a server, such as a user that was removed. Only a
        new start of the process helps then. Cancel this before `close`.
        """
        await self._closed.wait()
        logger().error("NATS ended the connection for good", reason=str(self.last_error))
        raise ConnectionError("NATS ended the connection for good")

    async def _on_closed(self) -> None:
        self._closed.set()

    async def measure_round_trips(self) -> None:
        """Measure forever how long the server takes to answer, while there is one."""
        while True:
            await asyncio.sleep(_ROUND_TRIP_INTERVAL)
            await self.measure_round_trip()

    def is_lost(self, error: Exception) -> bool:
        """Tell whether there is no connection, or this error is the end of it."""
        return not self.is_connected or isinstance(error, StaleConnectionError)

    async def measure_round_trip(self) -> None:
        """Measure it once, unless the server is away or does not answer soon."""
        if not self.is_connected:  # nats-py would say at once that all is well
            return
        begun = monotonic()
        try:
            await self.flush(_ROUND_TRIP_TIMEOUT)
        except Error:  # whoever uses the connection hears of it
            return
        nats_metrics.ROUND_TRIP.observe(monotonic() - begun)


async def close(client: Client) -> None:
    """Close the connection. A server that is gone is no error, though nats-py still tries to flush to it."""
    try:
        await client.close()
    except (RuntimeError, OSError) as error:  # uvloop's RuntimeError: the connection is closed already
        logger().warning("closed NATS with messages unsent", reason=str(error))
