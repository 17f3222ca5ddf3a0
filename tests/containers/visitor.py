"""A visitor without a browser: gets a token, opens a socket, and says what a page would say."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from PIL import Image

from ..timing import scaled

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


class Visitor:
    """One socket to one gateway, after `welcome`."""

    def __init__(
        self, http: aiohttp.ClientSession, url: str, token: str, socket: aiohttp.ClientWebSocketResponse
    ) -> None:
        self._http = http
        self._url = url
        self._token = token
        self._socket = socket
        self.match: Frame = {}

    async def say(self, kind: str, **fields: Any) -> None:
        await self._socket.send_str(json.dumps({"type": kind, **fields}))

    async def hear(self, kind: str) -> Frame:
        """The next frame of this kind; others are passed over. Raises `TimeoutError`."""
        async with asyncio.timeout(scaled(15)):
            while True:
                frame: Frame = json.loads(await self._socket.receive_str())
                if frame["type"] == kind:
                    return frame

    async def close_code(self) -> int | None:
        """Waits until the gateway closes the socket."""
        async with asyncio.timeout(scaled(30)):
            async for _ in self._socket:
                pass
        return self._socket.close_code

    async def find(self) -> None:
        await self.say("find", mode="text", interests=["containers"], languages=["en"])

    async def meet(self) -> None:
        self.match = await self.hear("matched")

    async def report(self, reason: str) -> str:
        """File a report about the present partner, with a picture; returns its id."""
        picture = io.BytesIO()
        Image.new("RGB", (64, 48), "orange").save(picture, "JPEG")
        body = {
            "pass": self.match["pass"],
            "reason": reason,
            "frames": [base64.b64encode(picture.getvalue()).decode()],
            "chat": [{"from": "accused", "text": "hello"}],
        }
        answer = await self._http.post(
            f"{self._url}/api/reports", json=body, headers={"Authorization": f"Bearer {self._token}"}
        )
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["report"])


@asynccontextmanager
async def visitor(url: str) -> AsyncIterator[Visitor]:
    """A visitor of the gateway at `url`."""
    async with aiohttp.ClientSession(headers={"Origin": ORIGIN}) as http:
        session = await http.post(f"{url}/api/session", json={})
        assert session.status == 201, await session.text()
        token = (await session.json())["token"]
        socket_url = f"{url}/ws".replace("http", "ws", 1)
        async with http.ws_connect(socket_url, protocols=("zufall.v1",)) as socket:
            one = Visitor(http, url, token, socket)
            await one.say("hello", token=token)
            await one.hear("welcome")
            yield one
