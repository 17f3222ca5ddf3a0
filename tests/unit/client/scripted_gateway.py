"""A gateway in memory that answers one client at a time, with whatever the test says."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from bench.client.transports.memory import MemoryTransport

from ...timing import scaled

ICE: dict[str, Any] = {"servers": [], "policy": "all"}
PARTNER: dict[str, Any] = {"languages": [], "shared_interests": []}


class ScriptedGateway:
    """A gateway whose `dial` opens a socket. `answers` gives its frames by the type of the client's frame."""

    def __init__(self, answers: dict[str, list[dict[str, Any]]]) -> None:
        self.answers = answers
        self.heard: list[dict[str, Any]] = []
        self.sockets: list[MemoryTransport] = []
        self.closed: list[int] = []

    async def dial(self) -> MemoryTransport:
        socket = MemoryTransport(self._on_frame, self.closed.append)
        self.sockets.append(socket)
        return socket

    def say(self, kind: str, **fields: Any) -> None:
        self.sockets[-1].deliver(msgspec.json.encode({"type": kind, **fields}))

    def close(self, code: int) -> None:
        self.sockets[-1].deliver_close(code)

    def _on_frame(self, frame: bytes) -> None:
        said = msgspec.json.decode(frame)
        self.heard.append(said)
        for answer in self.answers.get(said["type"], []):
            self.say(**answer)

    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.heard]


def welcome(**more: Any) -> dict[str, Any]:
    ice = {"policy": "all"}
    return {"kind": "welcome", "visitor": "v", "gateway": "g", "memory": "memory", "ice": ice, **more}


def matched(match: str) -> dict[str, Any]:
    sealed = {"pass": f"pass of {match}", "memory": f"memory of {match}"}
    return {"kind": "matched", "match": match, "polite": True, "partner": PARTNER, "ice": ICE, **sealed}


async def until(true: Callable[[], bool]) -> None:
    """Let other tasks run until a condition is true."""
    async with asyncio.timeout(scaled(5)):
        while not true():  # noqa: ASYNC110 -- a count has no event
            await asyncio.sleep(0)


SEARCHING: dict[str, Any] = {"kind": "searching", "waiting": 1, "stage": 1}
