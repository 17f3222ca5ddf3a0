"""Sockets that are cheap to open by the thousand. They send prepared bytes without a library.

What a peer does is a list of byte strings; it sends the next one whenever something has come.
"""

import asyncio
import base64
import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from typing import cast

MASK = b"\0\0\0\0"
"""A mask that changes nothing. RFC 6455 demands a mask from clients."""


def frame(text: bytes) -> bytes:
    """Return a text frame as a client sends it."""
    length = len(text)
    head = bytes((0x81, 0x80 | length)) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
    return head + MASK + text


def upgrade(address: str = "") -> bytes:
    """Return a request for a socket. `address` is where a trusted proxy would say that it comes from."""
    forwarded = f"X-Forwarded-For: {address}\r\n" if address else ""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        "GET /ws HTTP/1.1\r\nHost: zufall.test\r\nOrigin: http://zufall.test\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: zufall.v2\r\nSec-WebSocket-Key: {key}\r\n{forwarded}\r\n"
    ).encode()


def hello(token: str) -> bytes:
    epoch = int(time.time() * 1000)
    return frame(json.dumps({"type": "hello", "token": token, "epoch": epoch}).encode())


class Peer(asyncio.Protocol):
    """A peer that sends the first of `says` when it is connected, and each other one after an answer."""

    def __init__(self, says: Sequence[bytes], outcomes: Counter[str]) -> None:
        self._says = list(says)
        self._outcomes = outcomes
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._say()

    def data_received(self, data: bytes) -> None:
        self._outcomes[outcome(data)] += 1
        self._say()

    def connection_lost(self, _: Exception | None) -> None:
        self._outcomes["ended"] += 1

    def _say(self) -> None:
        if self._says and self.transport is not None:
            self.transport.write(self._says.pop(0))


def outcome(data: bytes) -> str:
    """Return one word: the status of an answer, or the type of a frame."""
    if data.startswith(b"HTTP/1.1 "):
        return data[9:12].decode()
    if data[0] == 0x88:
        return f"closed {int.from_bytes(data[2:4], 'big')}"
    return data.partition(b'"type":"')[2].partition(b'"')[0].decode(errors="replace") or "other"
