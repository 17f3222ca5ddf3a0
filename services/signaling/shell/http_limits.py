"""Limits on requests before their visitor is known: for each network, and in time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from aiohttp import web

from services.contract.errors import TooFast, Unavailable

from . import metrics
from .network_quota import NetworkQuota


class ConcurrencyLimit:
    """Admits at most `most` large requests at once, and at most a quarter of them from one network."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._networks = NetworkQuota(max(1, most // 4))

    @contextmanager
    def slot(self, address: str) -> Iterator[None]:
        """Hold a slot for the address. Raises `Unavailable` if there is none."""
        if self._taken >= self._most or not self._networks.take(address):
            metrics.REFUSED_REQUESTS.labels("busy").inc()
            raise Unavailable("too many reports are on their way")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
            self._networks.give_back(address)


class FirstRequestTimeout:
    """Cuts connections off that send no request within `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: set[asyncio.BaseProtocol] = set()

    def opened(self, transport: asyncio.BaseTransport, protocol: asyncio.BaseProtocol) -> None:
        self._waiting.add(protocol)
        asyncio.get_running_loop().call_later(self._seconds, self._cut, transport, protocol)

    def received(self, request: web.BaseRequest) -> None:
        self._waiting.discard(request.protocol)

    def _cut(self, transport: asyncio.BaseTransport, protocol: asyncio.BaseProtocol) -> None:
        if protocol in self._waiting:
            self._waiting.discard(protocol)
            if not transport.is_closing():
                metrics.REFUSED_REQUESTS.labels("no_request").inc()
                cast(asyncio.Transport, transport).abort()


def too_fast(wait: float) -> TooFast:
    metrics.REFUSED_REQUESTS.labels("too_fast").inc()
    return TooFast("too many requests come from your network", retry_after=wait)
