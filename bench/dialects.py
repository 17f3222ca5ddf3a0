"""How the same messages look on the wire of each product: `zufall.v2` and Socket.IO 4.

Frames are put together from bytes that were encoded once; only the match is spliced in.
"""

from pathlib import Path
from typing import Final, Protocol

import aiohttp
import msgspec

from bench.client import Socket, dial, fetch_token, greet

SAMPLES: Final = Path(__file__).parent / "samples"


class Wish(msgspec.Struct, frozen=True):
    """The fields of `find`."""

    mode: str
    interests: tuple[str, ...]
    languages: tuple[str, ...]


class Matched(msgspec.Struct, frozen=True):
    """What a client needs of `matched`."""

    match: str
    polite: bool


class Ended(msgspec.Struct, frozen=True):
    """What a client needs of `ended`."""

    match: str


class Dialect(Protocol):
    """One product's wire format."""

    pong: bytes
    """The answer to a frame whose kind is `ping`."""

    async def enter(self, http: aiohttp.ClientSession, origin: str) -> Socket:
        """A socket that is ready for `find`."""

    def wrap(self, kind: bytes, fields: bytes) -> bytes:
        """A frame of `kind` with these members of a JSON object (without its braces)."""

    def kind(self, frame: bytes) -> bytes:
        """The kind of a received frame."""

    def body(self, frame: bytes) -> bytes:
        """The JSON object inside a received frame."""


class Zufall:
    """`{"type":"find",…}`. Pings are WebSocket control frames, so `pong` is never sent."""

    pong = b""

    async def enter(self, http: aiohttp.ClientSession, origin: str) -> Socket:
        socket, _ = await greet(origin, await fetch_token(http, origin))
        return socket

    def wrap(self, kind: bytes, fields: bytes) -> bytes:
        return b'{"type":"%b",%b}' % (kind, fields)

    def kind(self, frame: bytes) -> bytes:
        return frame[9 : frame.index(b'"', 9)]

    def body(self, frame: bytes) -> bytes:
        return frame


class SocketIo:
    """`42["find",{…}]`: an Engine.IO message with a Socket.IO event. Pings are text frames."""

    pong = b"3"

    async def enter(self, http: aiohttp.ClientSession, origin: str) -> Socket:
        url = "ws" + origin.removeprefix("http") + "/socket.io/?EIO=4&transport=websocket"
        socket = await dial(url, origin=origin)
        await self._expect(socket, b"0{")
        socket.send(b"40")
        await self._expect(socket, b"40{")
        return socket

    async def _expect(self, socket: Socket, start: bytes) -> None:
        frame = await socket.receive()
        if not frame.startswith(start):
            raise ConnectionError(f"expected a frame {start!r}, got {frame[:80]!r}")

    def wrap(self, kind: bytes, fields: bytes) -> bytes:
        return b'42["%b",{%b}]' % (kind, fields)

    def kind(self, frame: bytes) -> bytes:
        return (
            frame[4 : frame.index(b'"', 4)]
            if frame.startswith(b"42")
            else b"ping"
            if frame == b"2"
            else frame
        )

    def body(self, frame: bytes) -> bytes:
        return frame[frame.index(b"{") : -1]


def members(value: object) -> bytes:
    """The members of `value` as JSON, without the braces around them."""
    return msgspec.json.encode(value)[1:-1]


class Script:
    """What each side of a match sends: one description, then its candidates, one or all in a frame."""

    def __init__(self, dialect: Dialect, *, bundled: bool) -> None:
        self._dialect = dialect
        self._descriptions = {role: _description(role) for role in ("offer", "answer")}
        candidates: list[object] = msgspec.json.decode((SAMPLES / "candidates.json").read_bytes())
        bundles = [candidates] if bundled else [[one] for one in candidates]
        self._bundles = [members({"candidates": bundle}) for bundle in bundles]
        self.frames_each_way = 1 + len(self._bundles)

    def frames(self, match: str, role: str) -> list[bytes]:
        """All frames of the side with `role` (offer or answer), in their order."""
        reference = b'"match":"%b",' % match.encode()
        description = self._dialect.wrap(b"description", reference + self._descriptions[role])
        return [
            description,
            *(self._dialect.wrap(b"candidates", reference + bundle) for bundle in self._bundles),
        ]


def _description(role: str) -> bytes:
    sdp = (SAMPLES / f"{role}.sdp").read_bytes().decode()
    return members({"description": {"type": role, "sdp": sdp}})
