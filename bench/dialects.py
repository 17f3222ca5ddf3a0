"""Encodes the same messages for each product: as `zufall.v2` and as Socket.IO 4.

Frames that the partner gets are put together from bytes that were encoded once; only the match is spliced in.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import aiohttp
import msgspec

from bench.client.client import ZufallClient
from bench.client.events import ClientEvent, SignalReceived, UnreadableFrame
from bench.client.http import fetch_token
from bench.client.transports.picows import PicowsTransport, dial, dial_url
from services.signaling.core.messages import Ended, Find, Ice, Matched, Partner, Searching

SAMPLES: Final = Path(__file__).parent / "samples"
WELCOME_SECONDS = 10.0


class LoadClient(Protocol):
    """The load generator drives a client through this interface, whichever product it is for."""

    def find(self, wish: Find) -> None:
        """Look for a stranger."""

    def next(self) -> None:
        """Leave the match and search again."""

    def stop(self) -> None:
        """Leave the match or the search."""

    def receive(self, frame: bytes, now: float) -> Sequence[ClientEvent]:
        """Take one frame and return what happened; a ping is no event."""

    def frames_to_send(self) -> list[bytes]:
        """Return what is to be sent since the last call."""


class Dialect(Protocol):
    """One product's wire format."""

    async def enter(self, http: aiohttp.ClientSession, origin: str) -> tuple[PicowsTransport, LoadClient]:
        """Return a client that is ready for `find`, and its connection."""

    def wrap(self, kind: bytes, fields: bytes) -> bytes:
        """Return a frame of `kind` with these members of a JSON object (without its braces)."""


class ZufallDialect:
    """`{"type":"find",…}`."""

    async def enter(self, http: aiohttp.ClientSession, origin: str) -> tuple[PicowsTransport, LoadClient]:
        client = ZufallClient(await fetch_token(http, origin))
        transport = await dial(origin)
        client.connect(time.time())
        for frame in client.frames_to_send():
            await transport.send(frame)
        answer = await _next_frame(transport)
        client.receive(answer, time.monotonic())
        if client.phase != "idle":
            raise ConnectionError(f"{origin} answered hello with {answer[:200]!r}")
        return transport, client

    def wrap(self, kind: bytes, fields: bytes) -> bytes:
        return b'{"type":"%b",%b}' % (kind, fields)


class SocketIoMatched(msgspec.Struct, frozen=True):
    """The body of `matched`."""

    match: str
    polite: bool


_matched = msgspec.json.Decoder(SocketIoMatched)
_ended = msgspec.json.Decoder(Ended)
_NOBODY = Partner([], [])
_NO_ICE = Ice([], "all")
_SEARCHING: Sequence[ClientEvent] = (Searching(1, 1),)


class SocketIoClient:
    """`42["find",{…}]`: an Engine.IO message with a Socket.IO event. Pings are text frames."""

    def __init__(self) -> None:
        self._match = ""
        self._outgoing: list[bytes] = []

    def find(self, wish: Find) -> None:
        self._outgoing.append(wrap_socket_io(b"find", members(wish)))

    def next(self) -> None:
        self._outgoing.append(wrap_socket_io(b"next", b'"match":"%b"' % self._match.encode()))

    def stop(self) -> None:
        self._outgoing.append(wrap_socket_io(b"stop", b""))

    def receive(self, frame: bytes, now: float) -> Sequence[ClientEvent]:
        if frame.startswith((b'42["candidates"', b'42["description"')):
            return (SignalReceived(frame),)
        if frame == b"2":
            self._outgoing.append(b"3")
            return ()
        if frame.startswith(b'42["searching"'):
            return _SEARCHING
        if frame.startswith(b'42["matched"'):
            found = _matched.decode(frame[frame.index(b"{") : -1])
            self._match = found.match
            return (Matched(found.match, found.polite, "", "", _NOBODY, _NO_ICE),)
        if frame.startswith(b'42["ended"'):
            return (_ended.decode(frame[frame.index(b"{") : -1]),)
        return (UnreadableFrame(frame),)

    def frames_to_send(self) -> list[bytes]:
        frames, self._outgoing = self._outgoing, []
        return frames


class SocketIoDialect:
    """The product whose messages are events of Socket.IO."""

    async def enter(self, http: aiohttp.ClientSession, origin: str) -> tuple[PicowsTransport, LoadClient]:
        url = "ws" + origin.removeprefix("http") + "/socket.io/?EIO=4&transport=websocket"
        transport = await dial_url(url)
        await self._expect(transport, b"0{")
        await transport.send(b"40")
        await self._expect(transport, b"40{")
        return transport, SocketIoClient()

    async def _expect(self, transport: PicowsTransport, start: bytes) -> None:
        frame = await _next_frame(transport)
        if not frame.startswith(start):
            raise ConnectionError(f"expected a frame {start!r}, got {frame[:80]!r}")

    def wrap(self, kind: bytes, fields: bytes) -> bytes:
        return wrap_socket_io(kind, fields)


def wrap_socket_io(kind: bytes, fields: bytes) -> bytes:
    """Return an event of Socket.IO with these members of a JSON object."""
    return b'42["%b",{%b}]' % (kind, fields)


def members(value: object) -> bytes:
    """Return the members of `value` as JSON, without the braces around them and without a type."""
    fields = msgspec.to_builtins(value)
    fields.pop("type", None)
    return msgspec.json.encode(fields)[1:-1]


async def _next_frame(transport: PicowsTransport) -> bytes:
    async with asyncio.timeout(WELCOME_SECONDS):
        return await transport.receive()


class Script:
    """Yields what each side of a match sends: one description, then its candidates, one or all in a frame."""

    def __init__(self, dialect: Dialect, *, bundled: bool) -> None:
        self._dialect = dialect
        self._descriptions = {role: _description(role) for role in ("offer", "answer")}
        candidates: list[object] = msgspec.json.decode((SAMPLES / "candidates.json").read_bytes())
        bundles = [candidates] if bundled else [[one] for one in candidates]
        self._bundles = [members({"candidates": bundle}) for bundle in bundles]
        self.frames_each_way = 1 + len(self._bundles)

    def frames(self, match: str, role: str) -> list[bytes]:
        """Return all frames of the side with `role` (offer or answer), in their order."""
        reference = b'"match":"%b",' % match.encode()
        description = self._dialect.wrap(b"description", reference + self._descriptions[role])
        return [
            description,
            *(self._dialect.wrap(b"candidates", reference + bundle) for bundle in self._bundles),
        ]


def _description(role: str) -> bytes:
    sdp = (SAMPLES / f"{role}.sdp").read_bytes().decode()
    return members({"description": {"type": role, "sdp": sdp}})
