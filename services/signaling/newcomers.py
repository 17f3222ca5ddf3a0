"""Requests before anybody knows whose they are: bounded for each network, and in time."""

import asyncio
import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from os import urandom
from typing import cast

from aiohttp import web

from services.contract.errors import InvalidRequest, RequestTooSlow, TooFast, Unavailable

from . import metrics
from .allowance import Rate, drawn
from .visitors import network

_SLOTS = 1 << 14


class Networks:
    """One token bucket for each network that an address may be of (/24, or /64 of IPv6).

    Networks share the slots of a table, which so never grows: who of thousands that ask often shares one with
    another is chance, for the place of a network hangs on a secret of this process.
    """

    __slots__ = ("_full", "_rate", "_secret")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full = array("d", bytes(8 * _SLOTS))  # when nothing of the bucket will be in use any more
        self._secret = urandom(16)

    def wait(self, address: str, now: float) -> float:
        """0 and one request less, or seconds until there is one; `now` in monotonic seconds."""
        slot = self._slot(address)
        wait, self._full[slot] = drawn(self._full[slot], self._rate, now)
        return wait

    def _slot(self, address: str) -> int:
        digest = hashlib.blake2b(network(address).encode(), key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "big") % _SLOTS


class Places:
    """For what is big and slow to come in: `most` at once, and of each network a quarter of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """Raises `Unavailable` when there is none."""
        whose = network(address)
        if self._taken.total() >= self._most or self._taken[whose] >= max(1, self._most // 4):
            metrics.REFUSED.labels("busy").inc()
            raise Unavailable("too many reports are on their way")
        self._taken[whose] += 1
        try:
            yield
        finally:
            self._taken[whose] -= 1
            self._taken += Counter()  # forgets who has none


class Speechless:
    """Connections that have not yet asked for anything: they get `seconds`, and are cut off."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: set[asyncio.BaseProtocol] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def arrived(self, transport: asyncio.BaseTransport, protocol: asyncio.BaseProtocol) -> None:
        self._waiting.add(protocol)
        asyncio.get_running_loop().call_later(self._seconds, self._cut, transport, protocol)

    def spoke(self, request: web.BaseRequest) -> None:
        self._waiting.discard(request.protocol)

    def _cut(self, transport: asyncio.BaseTransport, protocol: asyncio.BaseProtocol) -> None:
        if protocol in self._waiting:
            self._waiting.discard(protocol)
            if not transport.is_closing():
                metrics.CLOSED.labels("no_request").inc()
                cast(asyncio.Transport, transport).abort()


async def read_body(request: web.Request, most: int, seconds: float) -> bytes:
    """At most `most` bytes, else 413; raises `RequestTooSlow`, or `InvalidRequest` for half a body."""
    try:
        async with asyncio.timeout(seconds):
            return await request.clone(client_max_size=most).read()
    except TimeoutError:
        raise RequestTooSlow("the request did not come in time") from None
    except ConnectionError:
        raise InvalidRequest("the request broke off") from None


def too_fast(wait: float) -> TooFast:
    metrics.REFUSED.labels("too_fast").inc()
    return TooFast("too many requests come from your network", retry_after=wait)
