"""Pairs that talk and never read: `python -m tests.hostile.deaf PORT PAIRS`; speaks as `crowd` does.

Each visitor comes from a network of its own, meets another one, stops reading, and sends long lines.
"""

import asyncio
import json
import os
import re
import socket
import sys
import time
from collections import Counter

import uvloop

from services.contract.keys import parse_ring
from services.contract.tokens import TokenSigner
from services.signaling.core.messages import MAX_CHAT_LENGTH

from .crowd import NICENESS, address, lines
from .peers import Peer, frame, hello, upgrade

PAUSE = 0.02
"""Seconds between two lines. A visitor may send 100 frames a second."""

FIND = frame(json.dumps({"type": "find", "mode": "text"}).encode())
MATCH = re.compile(rb'"type":"matched","match":"([^"]+)"')


class DeafPeer(Peer):
    """A visitor who stops reading as soon as they are matched."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        matched = MATCH.search(data)
        if matched and self.transport is not None:
            self._outcomes["talking"] += 1
            self.transport.pause_reading()
            self._talk(matched[1].decode(), 1)

    def _talk(self, match: str, n: int) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        line = {"type": "chat", "match": match, "n": n, "id": str(n), "text": "x" * MAX_CHAT_LENGTH}
        if not self.transport.get_write_buffer_size():
            self.transport.write(frame(json.dumps(line).encode()))
        asyncio.get_running_loop().call_later(PAUSE, self._talk, match, n + 1)


async def run(port: int, pairs: int) -> None:
    signer = TokenSigner(parse_ring(os.environ["ZUFALL_TOKEN_KEYS"]))
    outcomes: Counter[str] = Counter()
    loop, orders = asyncio.get_running_loop(), await lines()
    print("ready", flush=True)  # noqa: T201 -- spoken to the test
    await orders.readline()
    for number in range(2 * pairs):
        says = [upgrade(address(number)), hello(signer.issue(time.time())), FIND]
        await loop.create_connection(lambda says=says: DeafPeer(says, outcomes), "127.0.0.1", port)  # type: ignore[misc]
    while await orders.readline():
        print(json.dumps(outcomes), flush=True)  # noqa: T201


if __name__ == "__main__":
    os.nice(NICENESS)
    uvloop.run(run(int(sys.argv[1]), int(sys.argv[2])))
