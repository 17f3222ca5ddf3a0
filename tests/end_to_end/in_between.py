"""Somebody between two visitors, who ends both connections and forwards pictures, sound and messages."""

import asyncio
import json
from typing import Any

from playwright.async_api import Page, WebSocketRoute

from .visitor import Visitor

_FORWARD = """async () => {
    await navigator.mediaDevices.getUserMedia({ audio: true }); // otherwise browsers hide the addresses
    const ends = [new RTCPeerConnection(), new RTCPeerConnection()];
    const channels = ends.map((end) => end.createDataChannel("page", { negotiated: true, id: 0 }));
    window.forwarded = [];
    for (const [place, channel] of channels.entries())
        channel.onmessage = ({ data }) => {
            window.forwarded.push(data);
            channels[1 - place].send(data);
        };
    const gathered = async (end) => {
        while (end.iceGatheringState !== "complete")
            await new Promise((done) => {
                end.onicegatheringstatechange = done;
            });
        const { type, sdp } = end.localDescription;
        return { type, sdp };
    };
    /** Takes the offer of the first, and returns one for the other. */
    window.offered = async (offer) => {
        await ends[0].setRemoteDescription(offer);
        for (const { track } of ends[0].getReceivers()) ends[1].addTrack(track, new MediaStream([track]));
        await ends[1].setLocalDescription();
        return gathered(ends[1]);
    };
    /** Takes the answer of the other, and returns one for the first. */
    window.answered = async (answer) => {
        await ends[1].setRemoteDescription(answer);
        for (const { track } of ends[1].getReceivers()) ends[0].addTrack(track, new MediaStream([track]));
        await ends[0].setLocalDescription();
        return gathered(ends[0]);
    };
}"""


class InBetween:
    """Has taken over both gateways: no description or candidate goes from visitor to visitor any more."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sockets: dict[Visitor, WebSocketRoute] = {}
        self._matches: dict[Visitor, str] = {}
        self._answered: set[str] = set()
        self._busy = asyncio.Lock()

    async def between(self, *visitors: Visitor) -> None:
        """Stand between two visitors, who must not have opened the page yet.

        The page of the one in between must be at a safe origin.
        """
        await self._page.evaluate(_FORWARD)
        for visitor in visitors:
            await self._stand_at(visitor)

    async def forwarded(self) -> list[dict[str, Any]]:
        """Return the messages that went from page to page."""
        said: list[str] = await self._page.evaluate("window.forwarded")
        return [json.loads(text) for text in said]

    async def _stand_at(self, visitor: Visitor) -> None:
        def connect(socket: WebSocketRoute) -> None:
            self._sockets[visitor] = socket
            server = socket.connect_to_server()

            async def from_page(text: str | bytes) -> None:
                frame = json.loads(text)
                if frame["type"] == "description":
                    await self._described(visitor, frame["description"])
                elif frame["type"] != "candidates":
                    server.send(text)

            def from_server(text: str | bytes) -> None:
                frame = json.loads(text)
                if frame["type"] == "matched":
                    self._matches[visitor] = frame["match"]
                socket.send(text)

            socket.on_message(from_page)
            server.on_message(from_server)

        await visitor.page.route_web_socket("**/ws", connect)

    async def _described(self, visitor: Visitor, description: dict[str, Any]) -> None:
        async with self._busy:
            kind = description["type"]
            if kind not in ("offer", "answer") or kind in self._answered:
                return  # it is repeated
            self._answered.add(kind)
            (other,) = (one for one in self._sockets if one is not visitor)
            does = "offered" if kind == "offer" else "answered"
            made = await self._page.evaluate(f"one => window.{does}(one)", description)
            frame = {"type": "description", "match": self._matches[other], "description": made}
            self._sockets[other].send(json.dumps(frame))
