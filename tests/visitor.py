"""A visitor without a browser, whose socket sends only what the test wants."""

import asyncio
import base64
import io
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bench.client.client import ClientMatch, ZufallClient
from bench.client.connection import ClientConnection
from bench.client.events import ClientEvent
from bench.client.http import fetch_token
from bench.client.transports import ConnectionClosed
from bench.client.transports.aiohttp import AiohttpTransport, dial
from services.signaling.core import messages

from .timing import scaled

ORIGIN = "http://zufall.test"
Frame = dict[str, Any]

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:Zf4l",
        "a=ice-pwd:9uB6a1ILZ2kO9sVQ0mT5rE3y",
        "a=ice-options:trickle",
        "a=fingerprint:sha-256 " + ":".join(["7B"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=sctp-port:5000",
        "a=max-message-size:262144",
        "",
    ]
)


@dataclass(slots=True)
class BrowserStorage:
    """The storage of one visitor in a browser, which all tabs share."""

    epoch: int = 0
    memory: str = ""


_storages: dict[str, BrowserStorage] = defaultdict(BrowserStorage)
"""The storages by the tokens of their visitors."""


class ManualVisitor:
    """One socket to one gateway. `name`, `gateway` and `match` are what the gateway said last.

    The client keeps the state of the protocol. What it would send by itself, such as acknowledgements, is
    dropped unless a method says that it answers.
    """

    def __init__(
        self, http: aiohttp.ClientSession, url: str, client: ZufallClient, transport: AiohttpTransport
    ) -> None:
        self.http = http
        self.url = url
        self.client = client
        self.transport = transport
        self.token = client.token
        self.name = ""
        self.gateway = ""
        self.welcome: Frame = {}
        self.match: ClientMatch

    @property
    def socket(self) -> aiohttp.ClientWebSocketResponse:
        return self.transport.socket

    @property
    def authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def memory(self) -> str:
        """Return the newest memory that any gateway gave to any tab, empty before the first."""
        return _storages[self.token].memory

    def next_epoch(self) -> int:
        """Return the epoch of the next dial, which is higher than that of any tab."""
        return int(self._new_hello()["epoch"])

    async def hello(self, **fields: Any) -> None:
        """Say hello, with `fields` in place of what the client would say; None leaves one out."""
        said = {name: value for name, value in (self._new_hello() | fields).items() if value is not None}
        await self.say(**said)
        self.welcome = await self.hear("welcome")
        self.name, self.gateway = self.welcome["visitor"], self.welcome["gateway"]

    def _new_hello(self) -> Frame:
        storage = _storages[self.token]
        self.client.epoch, self.client.memory = storage.epoch, storage.memory
        self.client.connect(time.time())
        storage.epoch = self.client.epoch
        (frame,) = self.client.frames_to_send()
        hello: Frame = json.loads(frame)
        return hello

    async def say(self, type: str, **fields: Any) -> None:
        """Send a frame of any kind and content."""
        await self.say_bytes(json.dumps({"type": type, **fields}).encode())

    async def say_bytes(self, frame: bytes) -> None:
        """Send a text frame of any bytes."""
        await self.transport.send(frame)

    async def hear_bytes(self, seconds: float = 15, answer: bool = False) -> bytes:
        """Return the next frame as it came. Raises `TimeoutError`, and `ConnectionError` at the end.

        `answer`: send what the client has to say to it.
        """
        async with asyncio.timeout(scaled(seconds)):
            frame = await self.transport.receive()
        self._take(frame)
        for answered in self.client.frames_to_send():
            if answer:
                await self.transport.send(answered)
        return frame

    def _take(self, frame: bytes) -> None:
        self.client.receive(frame, time.monotonic())
        if b'"memory":' in frame:
            _storages[self.token].memory = self.client.memory
        if self.client.match is not None:
            self.match = self.client.match

    async def hear(self, kind: str, seconds: float = 15, answer: bool = False) -> Frame:
        """Return the next frame of this kind, and skip others. Raises as `hear_bytes` does."""
        async with asyncio.timeout(scaled(seconds)):
            while True:
                frame: Frame = json.loads(await self.hear_bytes(seconds, answer))
                if frame["type"] == kind:
                    return frame

    async def does_not_hear(self, kind: str, seconds: float = 0.5) -> None:
        """Check that no frame of this kind comes.

        It would come within milliseconds. Every passing run waits for the whole time, so it is not scaled.
        """
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.hear(kind)

    async def live(self, handle: Callable[[ClientEvent], None]) -> None:
        """Let the client do all that it does by itself, until this is cancelled."""
        raise ConnectionClosed(await ClientConnection(self.client, self.transport).converse(handle))

    async def close_code(self) -> int:
        """Wait until the gateway closes the socket."""
        async with asyncio.timeout(scaled(30)):
            try:
                while True:
                    self._take(await self.transport.receive())
            except ConnectionClosed as closed:
                return closed.code

    def cut(self) -> None:
        """Lose the network: no close frame, no goodbye."""
        self.transport.abort()

    async def find(self, mode: messages.Mode = "text", **wish: Any) -> None:
        self.client.find(messages.Find(mode, **wish))
        for frame in self.client.frames_to_send():
            await self.transport.send(frame)

    async def meet(self) -> Frame:
        return await self.hear("matched")

    async def say_here(self, kind: str, **fields: Any) -> None:
        """Send something about the last match."""
        await self.say(kind, match=self.match.id, **fields)

    async def chat(self, text: str, id: str = "1") -> None:
        """Send a line with its number, whether or not the partner is there."""
        await self._send_numbered(messages.Chat(self.match.id, 1, text, id))

    async def reveal(self) -> None:
        await self._send_numbered(messages.Reveal(self.match.id, 1))

    async def _send_numbered(self, message: messages.Chat | messages.Reveal) -> None:
        numbered = self.match.sending.add(message)
        self.match.sending.sent(time.monotonic())
        await self.transport.send(messages.encode(numbered))

    async def received(self, n: int) -> None:
        """Acknowledge every `chat` and `reveal` of the partner up to `n`."""
        await self.say_here("received", n=n)

    async def file(self, **fields: Any) -> aiohttp.ClientResponse:
        """`POST /api/reports` about the present partner, unless `fields` say otherwise."""
        body = {"reason": "spam"} | fields
        if "pass" not in body:
            body["pass"] = self.match.sealed_pass
        return await self.http.post(f"{self.url}/api/reports", json=body, headers=self.authorization)

    async def report(self, reason: str) -> str:
        """File a report about the present partner, with a picture; return its id."""
        answer = await self.file(
            reason=reason, frames=[picture()], chat=[{"from": "accused", "text": "hello"}]
        )
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["report"])


def picture() -> str:
    """Return a JPEG in base64."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


@asynccontextmanager
async def opened(
    url: str,
    token: str | None = None,
    *,
    origin: str | None = ORIGIN,
    address: str | None = None,
    connector: aiohttp.BaseConnector | None = None,
) -> AsyncIterator[ManualVisitor]:
    """Open a socket to the gateway at `url` without a hello. The token is new or the one given.

    `address` is where a trusted proxy would say that the visitor comes from. `connector` finds the gateway.
    """
    headers = {"Origin": origin} if origin is not None else {}
    if address is not None:
        headers["X-Forwarded-For"] = address
    async with aiohttp.ClientSession(headers=headers, connector=connector) as http:
        client = ZufallClient(token or await fetch_token(http, url))
        transport = await dial(http, url)
        async with transport.socket:
            yield ManualVisitor(http, url, client, transport)


@asynccontextmanager
async def visitor(
    url: str,
    token: str | None = None,
    *,
    address: str | None = None,
    connector: aiohttp.BaseConnector | None = None,
    **hello: Any,
) -> AsyncIterator[ManualVisitor]:
    """Open the socket of a visitor whom the gateway at `url` welcomes."""
    async with opened(url, token, address=address, connector=connector) as one:
        await one.hello(**hello)
        yield one


@asynccontextmanager
async def resumed(url: str, former: ManualVisitor, **hello: Any) -> AsyncIterator[ManualVisitor]:
    """Open another socket of the same visitor, which asks to resume the match that they were in."""
    async with opened(url, former.token) as one:
        one.client.match = former.match
        await one.hello(**hello)
        yield one
