"""Compares how a gateway and wsproto understand the bytes of a client."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import cast

from aiohttp import WSMsgType, web
from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed

from services.contract.errors import CloseCode
from services.signaling.core.messages import MAX_FRAME_BYTES
from services.signaling.shell.queue_budget import QueueBudget
from services.signaling.shell.websocket import SocketLimits, WebSocket

_PIECES = (1, 2, 3, 7, 64, 4096)
"""Sizes in which bytes arrive."""

_TAIL = b"\xff" * 16
"""The end of each stream. wsproto judges some headers only when the payload begins."""

_BAD_GATEWAY = 1014
"""A close code that is registered, and that wsproto does not know."""


@dataclass(slots=True)
class Understanding:
    """The messages that a side understood, and the code of the close frame that it sends."""

    messages: list[tuple[int, bytes]] = field(default_factory=list)
    code: int | None = None

    def on_message(self, kind: WSMsgType, payload: bytes) -> None:
        self.messages.append((int(kind), bytes(payload)))

    def on_closed(self, code: int) -> None:
        """Do nothing: only what this side sends is compared."""


class _ClientEnd:
    """The transport of a gateway, and aiohttp's connection, which lets it go. It reads the close frame."""

    def __init__(self, understanding: Understanding) -> None:
        self._understanding = understanding
        self.transport: object = None

    def write(self, data: bytes) -> None:
        if data:
            assert data[:2] == b"\x88\x02"
            self._understanding.code = int.from_bytes(data[2:])

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, name: str) -> "_ClientEnd":
        return self

    def setsockopt(self, level: int, option: int, value: int) -> None:
        """Do nothing: there is no system that buffers."""

    def set_write_buffer_limits(self, high: int) -> None:
        """Do nothing: everything is written at once."""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Do nothing: the bytes are given to the protocol directly."""

    def connection_lost(self, error: Exception | None) -> None:
        """Do nothing: there is no connection."""

    def close(self) -> None:
        """Do nothing: the client goes on writing."""

    abort = close


def compare(stream: bytes) -> None:
    """Fail if the two understand a stream differently. Its first byte chooses the size of the pieces."""
    size = _PIECES[stream[0] % len(_PIECES)] if stream else 1
    whole = stream[1:] + _TAIL
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    ours, theirs = asyncio.run(_of_gateway(pieces)), _of_wsproto(pieces)
    if ours.code == CloseCode.TOO_LARGE or theirs.code == CloseReason.INVALID_FRAME_PAYLOAD_DATA:
        # wsproto has no limit, and it refuses a text at its first bad byte where a gateway waits for its end.
        common = min(len(ours.messages), len(theirs.messages))
        assert ours.messages[:common] == theirs.messages[:common]
    elif ours.code != _BAD_GATEWAY:
        assert ours.messages == theirs.messages
        assert _alike(ours.code) == _alike(theirs.code)


def _alike(code: int | None) -> int | None:
    """Return one code for the two of a broken frame: a close frame can have a bad code and a bad reason."""
    return CloseReason.PROTOCOL_ERROR if code == CloseReason.INVALID_FRAME_PAYLOAD_DATA else code


async def _of_gateway(pieces: list[bytes]) -> Understanding:
    understanding = Understanding()
    end = _ClientEnd(understanding)
    limits = SocketLimits(MAX_FRAME_BYTES, 1 << 20, QueueBudget(inf), 3600.0)
    socket = WebSocket(cast(asyncio.Transport, end), limits, lambda _: 0.0)
    socket.open(cast(web.RequestHandler, end), b"", understanding)
    for piece in pieces:
        socket.data_received(piece)
    socket.connection_lost(None)
    return understanding


def _of_wsproto(pieces: list[bytes]) -> Understanding:
    understanding, protocol = Understanding(), FrameProtocol(client=False, extensions=[])
    begun = b""
    try:
        for frame in _frames(protocol, pieces):
            if frame.opcode is Opcode.CLOSE:
                code = cast(tuple[int, str], frame.payload)[0]
                understanding.code = 1000 if code == CloseReason.NO_STATUS_RCVD else int(code)
                break
            payload = cast(bytes | str, frame.payload)
            content = payload.encode() if isinstance(payload, str) else payload
            if frame.opcode.iscontrol():
                understanding.messages.append((int(frame.opcode), content))
                continue
            begun += content
            if frame.message_finished:
                understanding.messages.append((int(frame.opcode), begun))
                begun = b""
    except ParseFailed as failed:
        understanding.code = int(failed.code)
    return understanding


def _frames(protocol: FrameProtocol, pieces: list[bytes]) -> Iterator[Frame]:
    for piece in pieces:
        protocol.receive_bytes(piece)
        yield from protocol.received_frames()
