"""Announces decisions over NATS. This is faster than `WatchStandings`, and only as reliable as NATS."""

import asyncio
from collections.abc import Callable, Sequence

from nats import errors
from nats.aio.msg import Msg

from services.contract import identities, subjects
from services.runtime.logs import logger
from services.runtime.nats_connection import NatsConnection, close
from services.runtime.nats_outage import NatsOutage, describe
from services.runtime.tls import TlsFolder


class NatsAnnouncer:
    """Implements the port `StandingAnnouncer`. It works on without NATS, and reconnects forever."""

    def __init__(
        self,
        servers: Sequence[str],
        on_announcement: Callable[[], None],
        certificate: TlsFolder | None = None,
    ) -> None:
        """`on_announcement` is called when any replica has announced a decision."""
        self._servers = servers
        self._on_announcement = on_announcement
        inbox = subjects.inbox(identities.REPORTS)
        self._client = NatsConnection(identities.NATS, inbox, certificate)
        self._connection: asyncio.Task[None] | None = None
        self._opened = False
        self._closing = False
        self._outage = NatsOutage(servers, "bans reach gateways up to a second later")

    def start(self) -> "asyncio.Task[None]":
        """Connect in the background, for reports are accepted without NATS too. Return the task.

        It never ends by itself, and raises `OSError` when no connection is possible any more.
        """
        self._connection = asyncio.create_task(self._connect())
        return self._connection

    async def measure_round_trips(self) -> None:
        """Measure forever how long NATS takes to answer."""
        await self._client.measure_round_trips()

    async def announce(self, batch: bytes) -> None:
        if not self._client.is_connected:  # or it would be sent late
            return
        try:
            await self._client.publish(subjects.STANDING, batch)
        except errors.Error as error:  # gateways learn of it by WatchStandings
            await self._on_error(error)

    async def close(self) -> None:
        """Close the connection."""
        self._closing = True
        if self._connection is not None:
            self._connection.cancel()
            await asyncio.gather(self._connection, return_exceptions=True)
        if self._opened:  # nats-py cannot close a connection that never opened
            await close(self._client)

    async def _connect(self) -> None:
        try:
            await self._client.dial(
                self._servers,
                reconnect_time_wait=1,
                error_cb=self._on_error,
                disconnected_cb=self._on_disconnected,
                reconnected_cb=self._on_connected,
            )
        except errors.Error as error:
            raise OSError(f"NATS: {error}") from None
        self._opened = True
        await self._on_connected()
        await self._client.subscribe(subjects.STANDING, cb=self._on_message)
        await self._client.watch()

    async def _on_message(self, _: Msg) -> None:
        self._on_announcement()

    async def _on_error(self, error: Exception) -> None:
        """Log the error. Failed attempts to connect come here, too."""
        if not self._client.is_lost(error):
            logger().warning("NATS reports a problem", problem=describe(error))
        elif not self._closing:
            self._outage.away(error)

    async def _on_disconnected(self) -> None:
        if not self._closing:
            self._outage.away()

    async def _on_connected(self) -> None:
        self._outage.back()
