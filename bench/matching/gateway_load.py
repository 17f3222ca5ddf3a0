"""`python -m bench.matching.gateway_load ADDRESSES` offers tickets at a steady rate into every pool.

It uses the client of the gateways. Each line that it reads starts a round: `RATE SECONDS`.
"""

import asyncio
import sys
import time
from itertools import count

import msgspec
import uvloop

from services.contract.ids import GatewayId, TicketId, VisitorId, random_id
from services.runtime import logs
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Mode
from services.signaling.core.wishes import SearchTicket, Wish
from services.signaling.shell.adapters.matcher_client import MatcherClient, MatcherEvent
from services.signaling.shell.stats.popular_interests import PopularInterests

EVERY = 0.005
"""Seconds between two groups of offers."""

PATIENCE = 20.0
"""Seconds to wait after the last offer. A ticket stays in a side lane for less."""

POOLS: tuple[tuple[Mode, bool], ...] = (
    ("video", False),
    ("video", True),
    ("audio", False),
    ("audio", True),
    ("text", False),
    ("text", True),
)
"""The mode of each pool, and whether it is the restricted one."""


class GatewayLoadRound(msgspec.Struct, frozen=True):
    """The result of one round."""

    offered: int
    paired: int


class LoadGateway:
    """A gateway without visitors, which offers tickets and counts proposals."""

    def __init__(self, addresses: list[str]) -> None:
        self.client = MatcherClient(GatewayId(random_id()), addresses, PopularInterests())
        self.paired = 0
        self._numbers = count(1)

    async def open(self) -> None:
        """Connect, and return when the replicas are ready. Raises `TimeoutError`."""
        self.client.start(self._hear)
        async with asyncio.timeout(30):
            while not self.client.ready:  # noqa: ASYNC110 # the client tells nobody
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)  # for the others, when the first is ready

    async def offer(self, rate: float, seconds: float) -> GatewayLoadRound:
        """Offer this many tickets a second, an even number into each pool: all are paired in the end."""
        begun, total = self.paired, 2 * len(POOLS) * max(1, round(rate * seconds / (2 * len(POOLS))))
        start = time.monotonic()
        offered = 0
        while offered < total:
            due = min(total, int(rate * (time.monotonic() - start)))
            for number in range(offered, due):
                self._offer_one(*POOLS[number // 2 % len(POOLS)])
            offered = due
            await asyncio.sleep(EVERY)
        deadline = time.monotonic() + PATIENCE
        while (  # noqa: ASYNC110 # an event would have to follow every ticket
            self.paired - begun < total and time.monotonic() < deadline
        ):
            await asyncio.sleep(EVERY)
        return GatewayLoadRound(total, self.paired - begun)

    def _offer_one(self, mode: Mode, restricted: bool) -> None:
        ticket = SearchTicket(
            id=TicketId(next(self._numbers)),
            visitor=VisitorId(random_id()),
            wish=Wish(mode, (), (), False, (), False, ()),
            country="",
            since=time.monotonic(),
            attempt=1,
            blocked=(),
            partners=(),
        )
        self.client.offer(ticket, restricted)

    def _hear(self, event: MatcherEvent) -> None:
        self.paired += isinstance(event, MatchProposal)


async def main() -> None:
    logs.configure("bench", logs.LogConfig("text"))
    gateway = LoadGateway(sys.argv[1].split(","))
    await gateway.open()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        rate, seconds = map(float, line.split())
        print(msgspec.json.encode(await gateway.offer(rate, seconds)).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
