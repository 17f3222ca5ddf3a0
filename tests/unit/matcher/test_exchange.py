"""The exchange goes on with unfinished looks while the pace holds the next batch back."""

import asyncio
from itertools import count

from prometheus_client import CollectorRegistry

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, random_id
from services.matcher.exchange import Exchange
from services.matcher.lanes import Advisor
from services.matcher.metrics import Metrics
from services.matcher.pace import Pace
from services.matcher.stages import Stages
from services.matcher.waiting_room import WaitingRoom

from ...timing import scaled

numbers = count(1)


def offer(*avoided: str) -> wire.Offer:
    return wire.Offer(
        ticket=next(numbers),
        visitor=random_id(),
        mode=wire.MODE_VIDEO,
        attempt=1,
        languages=["en"],
        country="DE",
        avoid_countries=avoided,
    )


async def test_looks_go_on_between_two_batches() -> None:
    """The next batch may go out in a minute; by then two have found each other behind two hundred."""
    room = WaitingRoom(random_id, Stages(), steps=2)
    exchange = Exchange("replica", room, Pace(60.0, 1), Advisor(10.0), Metrics(CollectorRegistry()))
    stream = exchange.open(GatewayId("one"))
    crowd = [offer("DE") for _ in range(200)]
    exchange.receive(stream, wire.GatewayBatch(gateway="one", offers=crowd))
    exchange.receive(stream, wire.GatewayBatch(gateway="one", offers=[offer(), offer()]))
    assert sum(room.waiting().values()) == 202
    async with asyncio.timeout(scaled(5)):
        while sum(room.waiting().values()) > 200:  # noqa: ASYNC110 -- counts have no event
            await asyncio.sleep(0.005)
    assert not (await stream.take()).pairings
    exchange.leave()
    assert len((await stream.take()).pairings) == 2
