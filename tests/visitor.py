"""A visitor without a browser: gets a token, opens a socket, and says what a page would say."""

import asyncio
import base64
import io
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import WSMsgType
from PIL import Image

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
class Storage:
    """A browser keeps this of one visitor from one socket to the next."""

    epoch: int = 0
    memory: str = ""
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """The number of the last `chat` or `reveal` in each match."""

    def next_epoch(self) -> int:
        """Higher than any before, and at least the time in milliseconds."""
        self.epoch = max(self.epoch + 1, int(time.time() * 1000))
        return self.epoch

    def next_number(self, match: str) -> int:
        self.numbers[match] += 1
        return self.numbers[match]


_storages: dict[str, Storage] = defaultdict(Storage)
"""By the token of the visitor."""


class Visitor:
    """One socket to one gateway. `name`, `gateway` and `match` are what the gateway said last.

    All sockets of one token share a `storage`, as the tabs of a browser do.
    """

    def __init__(
        self, http: aiohttp.ClientSession, url: str, token: str, socket: aiohttp.ClientWebSocketResponse
    ) -> None:
        self.http = http
        self.url = url
        self.token = token
        self.socket = socket
        self.storage = _storages[token]
        self.name = ""
        self.gateway = ""
        self.welcome: Frame = {}
        self.match: Frame = {}

    @property
    def authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def memory(self) -> str:
        """The newest that any gateway gave, empty before the first."""
        return self.storage.memory

    async def hello(self, **fields: Any) -> None:
        """With the next epoch and the newest memory, unless `fields` say otherwise; None leaves one out."""
        usual = {"token": self.token, "epoch": self.storage.next_epoch(), "memory": self.memory or None}
        said = {name: value for name, value in (usual | fields).items() if value is not None}
        await self.say("hello", **said)
        self.welcome = await self.hear("welcome")
        self.name, self.gateway = self.welcome["visitor"], self.welcome["gateway"]

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def say_bytes(self, frame: bytes) -> None:
        """A text frame of any bytes."""
        await self.socket.send_frame(frame, WSMsgType.TEXT)

    async def hear_bytes(self, seconds: float = 15) -> bytes:
        """The next frame as it came. Raises `TimeoutError`, and `ConnectionError` when the socket closes."""
        async with asyncio.timeout(scaled(seconds)):
            message = await self.socket.receive()
        if message.type is not WSMsgType.TEXT:
            raise ConnectionError(f"closed with {self.socket.close_code}")
        return self._taken(message.data)

    def _taken(self, data: bytes | str) -> bytes:
        """A text frame; the memory in it is kept."""
        frame = data if isinstance(data, bytes) else data.encode()
        if b'"memory":' in frame:
            self.storage.memory = json.loads(frame).get("memory", self.memory)
        return frame

    async def hear(self, kind: str, seconds: float = 15) -> Frame:
        """The next frame of this kind; others are passed over. Raises as `hear_bytes` does."""
        async with asyncio.timeout(scaled(seconds)):
            while True:
                frame: Frame = json.loads(await self.hear_bytes(seconds))
                if frame["type"] == kind:
                    return frame

    async def close_code(self) -> int | None:
        """Waits until the gateway closes the socket. aiohttp forgets the code when its answer comes late."""
        async with asyncio.timeout(scaled(30)):
            while True:
                message = await self.socket.receive()
                if message.type is WSMsgType.CLOSE:
                    return int(message.data)
                if message.type is WSMsgType.TEXT:
                    self._taken(message.data)
                elif message.type is not WSMsgType.BINARY:
                    return self.socket.close_code

    def cut(self) -> None:
        """The network is gone: no close frame, no goodbye."""
        connection = self.socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()

    async def find(self, mode: str = "text", **wish: Any) -> None:
        await self.say("find", mode=mode, **wish)

    async def meet(self) -> Frame:
        self.match = await self.hear("matched")
        return self.match

    async def say_here(self, kind: str, **fields: Any) -> None:
        """Something about the present match."""
        await self.say(kind, match=self.match["match"], **fields)

    async def chat(self, text: str, id: str = "1") -> None:
        await self.say_here("chat", n=self.storage.next_number(self.match["match"]), text=text, id=id)

    async def reveal(self) -> None:
        await self.say_here("reveal", n=self.storage.next_number(self.match["match"]))

    async def received(self, n: int) -> None:
        """I have every `chat` and `reveal` of the partner up to `n`."""
        await self.say_here("received", n=n)

    async def file(self, **fields: Any) -> aiohttp.ClientResponse:
        """`POST /api/reports` about the present partner, unless `fields` say otherwise."""
        body = {"pass": self.match["pass"], "reason": "spam"} | fields
        return await self.http.post(f"{self.url}/api/reports", json=body, headers=self.authorization)

    async def report(self, reason: str) -> str:
        """File a report about the present partner, with a picture; returns its id."""
        answer = await self.file(
            reason=reason, frames=[picture()], chat=[{"from": "accused", "text": "hello"}]
        )
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["report"])


def picture() -> str:
    """A JPEG in base64."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


@asynccontextmanager
async def opened(
    url: str, token: str | None = None, *, origin: str | None = ORIGIN, address: str | None = None
) -> AsyncIterator[Visitor]:
    """A socket to the gateway at `url` on which nothing was said yet; its token is new or the one given.

    `address` is where a trusted proxy would say that the visitor comes from.
    """
    headers = {"Origin": origin} if origin is not None else {}
    if address is not None:
        headers["X-Forwarded-For"] = address
    async with aiohttp.ClientSession(headers=headers) as http:
        if token is None:
            token = await new_token(http, url)
        socket_url = f"{url}/ws".replace("http", "ws", 1)
        async with http.ws_connect(socket_url, protocols=("zufall.v2",), max_msg_size=0) as socket:
            yield Visitor(http, url, token, socket)


async def new_token(http: aiohttp.ClientSession, url: str) -> str:
    async with http.post(f"{url}/api/session", json={}) as session:
        assert session.status == 201, await session.text()
        return str((await session.json())["token"])


@asynccontextmanager
async def visitor(
    url: str, token: str | None = None, *, address: str | None = None, **hello: Any
) -> AsyncIterator[Visitor]:
    """A visitor whom the gateway at `url` has welcomed."""
    async with opened(url, token, address=address) as one:
        await one.hello(**hello)
        yield one
