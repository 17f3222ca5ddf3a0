"""Standing changes over NATS: faster than `WatchStandings`, and only as sure as NATS."""

import asyncio
from collections.abc import Callable

from nats import errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.contract import subjects
from services.runtime.logs import logger
from services.runtime.nats_connection import close

from . import metrics


class NatsAnnouncer:
    """Implements the port `StandingAnnouncer`. Works on without NATS and connects again for ever."""

    def __init__(self, url: str, heard: Callable[[], None]) -> None:
        """`heard` is called when any replica has announced something."""
        self._url = url
        self._heard = heard
        self._client = Client()
        self._connecting: asyncio.Task[None] | None = None
        self._closing = False
        self._away = False
        metrics.NATS_CONNECTED.set_function(lambda: self._client.is_connected)

    def start(self) -> None:
        """Connect in the background: reports are taken without NATS too."""
        self._connecting = asyncio.create_task(self._connect())

    async def announce(self, batch: bytes) -> None:
        if not self._client.is_connected:  # it would be sent when it is old
            return
        try:
            await self._client.publish(subjects.STANDING, batch)
        except errors.Error as error:  # the decision is committed: gateways find out a moment later
            await self._on_error(error)

    async def close(self) -> None:
        self._closing = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await close(self._client)

    async def _connect(self) -> None:
        await self._client.connect(
            self._url,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_connected,
        )
        await self._on_connected()
        await self._client.subscribe(subjects.STANDING, cb=self._on_message)

    async def _on_message(self, _: Msg) -> None:
        self._heard()

    async def _on_error(self, error: Exception) -> None:
        """Also called for every attempt to connect: to hear of it once is enough."""
        if self._client.is_connected:
            logger().warning("nats", reason=str(error) or type(error).__name__)
        else:
            await self._on_disconnected()

    async def _on_disconnected(self) -> None:
        if not (self._away or self._closing):
            logger().warning("NATS is away: bans reach gateways up to a second later")
        self._away = True

    async def _on_connected(self) -> None:
        if self._away:
            logger().info("NATS is there")
        self._away = False
