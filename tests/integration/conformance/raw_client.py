"""A client that writes any bytes and reads with wsproto, which judges every byte of the gateway.

wsproto's `WSConnection` reports a frame that no server may send as if the server had closed the socket. So it
does only the handshake here, and its `FrameProtocol` reads the frames.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Self, cast

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Request
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import Frame, FrameProtocol, Opcode
from yarl import URL

from services.signaling.core.messages import SUBPROTOCOL
from tests.timing import scaled
from tests.visitor import ORIGIN

from .cases import Answer
from .frames import close, ping, text

LAST = b"the end of the case"


class RawClient:
    """One socket. Reading raises `ParseFailed` for anything that no server may send."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._frames = FrameProtocol(client=True, extensions=[])
        self.handshake: AcceptConnection

    async def open(self, host: str) -> Self:
        """Shake hands, and offer compression, too."""
        protocol = WSConnection(ConnectionType.CLIENT)
        request = Request(
            host,
            "/ws",
            extensions=[PerMessageDeflate()],
            subprotocols=[SUBPROTOCOL],
            extra_headers=[(b"Origin", ORIGIN.encode())],
        )
        self._writer.write(protocol.send(request))
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), scaled(10))
        protocol.receive_data(head)
        (accepted,) = protocol.events()
        assert isinstance(accepted, AcceptConnection), accepted
        self.handshake = accepted
        return self

    async def hello(self, token: str, epoch: int) -> None:
        self.write(text(json.dumps({"type": "hello", "token": token, "epoch": epoch})))
        assert json.loads(cast(str, (await self._read_frame()).payload))["type"] == "welcome"

    def write(self, pieces: Iterable[bytes]) -> None:
        """Write each piece with a call of its own. The system may still join some."""
        for piece in pieces:
            self._writer.write(piece)

    async def answers(self) -> tuple[Answer, ...]:
        """Return what the gateway answers, until it closes the socket."""
        answers: list[Answer] = []
        while not (answers and isinstance(answers[-1], int)):
            answers.append(_answer(await self._read_frame()))
        return tuple(answers)

    async def last_answers(self) -> tuple[Answer, ...]:
        """Return what the gateway answers, and check that the socket works up to its end."""
        self.write((ping(LAST), close(1001)))
        *answers, last, code = await self.answers()
        assert (last, code) == (LAST, 1001)
        assert await self._read() == b""
        return tuple(answers)

    async def _read_frame(self) -> Frame:
        """Return the next frame, whole. A gateway sends no fragments."""
        content = ""
        async with asyncio.timeout(scaled(10)):
            while True:
                for frame in self._frames.received_frames():
                    if frame.opcode is not Opcode.TEXT:
                        return frame
                    content += str(frame.payload)
                    if frame.message_finished:
                        return frame._replace(payload=content)
                data = await self._read()
                assert data, "the gateway ended the connection without a close frame"
                self._frames.receive_bytes(data)

    async def _read(self) -> bytes:
        return await self._reader.read(65_536)


def _answer(frame: Frame) -> Answer:
    payload = frame.payload
    if frame.opcode is Opcode.CLOSE:
        assert isinstance(payload, tuple)
        return int(payload[0])
    if frame.opcode is Opcode.PONG:
        return bytes(cast(bytes, payload))
    assert frame.opcode is Opcode.TEXT, frame
    return str(json.loads(cast(str, payload))["code"])


@asynccontextmanager
async def raw_client(url: str) -> AsyncIterator[RawClient]:
    """Open a WebSocket to the gateway at `url` without a hello."""
    address = URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        yield await RawClient(reader, writer).open(address.authority)
    finally:
        writer.close()
