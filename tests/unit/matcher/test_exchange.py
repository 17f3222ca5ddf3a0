"""What the exchange does between two batches, with a batch, and for a gateway that does not read."""

import asyncio
from itertools import count
from math import inf

import pytest
from prometheus_client import CollectorRegistry

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, random_id
from services.matcher.exchange import Exchange
from services.matcher.lanes import Advisor
from services.matcher.metrics import Metrics
from services.matcher.pace import Pace
from services.matcher.stages import Stages
from services.matcher.streams import GatewayStream
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


def make_exchange(room: WaitingRoom, interval: float = 0.0) -> Exchange:
    return Exchange("replica", room, Pace(interval, 1), Advisor(10.0), Metrics(CollectorRegistry()))


def two_behind_a_crowd(exchange: Exchange, stream: GatewayStream) -> None:
    """Two who may meet each other come to two hundred kinds whom nobody may meet."""
    crowd = [offer("DE", f"{one}{other}") for one in "ABCDEFGHIJKLMNOPQRST" for other in "ABCDEFGHIJ"]
    exchange.receive(stream, wire.GatewayBatch(offers=crowd))
    exchange.receive(stream, wire.GatewayBatch(offers=[offer(), offer()]))


async def test_who_comes_among_many_is_not_treated_as_if_alone() -> None:
    """Thirty who share an interest with one other each come at once, as after a replica's death."""
    exchange = make_exchange(WaitingRoom(Stages()))
    stream = exchange.open(GatewayId("one"))
    await stream.take()
    crowd = [
        wire.Offer(
            ticket=next(numbers), visitor=random_id(), mode=wire.MODE_VIDEO, interests=[f"i{number % 15}"]
        )
        for number in range(30)
    ]
    exchange.receive(stream, wire.GatewayBatch(offers=crowd))
    pairings = (await stream.take()).pairings
    assert len(pairings) == 30
    assert all(pairing.shared_interests for pairing in pairings)
    exchange.leave()


async def test_a_gateway_that_does_not_read_is_told_sizes_only_once() -> None:
    exchange = make_exchange(WaitingRoom(Stages()))
    slow, busy = exchange.open(GatewayId("slow")), exchange.open(GatewayId("busy"))
    await slow.take()
    for _ in range(50):
        exchange.receive(busy, wire.GatewayBatch(offers=[offer("DE"), offer("DE")]))
        exchange._pools_told = float("-inf")
        exchange._advance(exchange._loop.time())
    batch = await slow.take()
    assert [(size.mode, size.waiting) for size in batch.pools] == [(wire.MODE_VIDEO, 100)]
    exchange.leave()


async def test_looks_go_on_between_two_batches() -> None:
    """The next batch may go out in a minute; by then two have found each other behind two hundred kinds."""
    room = WaitingRoom(Stages(), steps=2)
    exchange = make_exchange(room, interval=60.0)
    stream = exchange.open(GatewayId("one"))
    two_behind_a_crowd(exchange, stream)
    assert sum(room.waiting().values()) == 202
    async with asyncio.timeout(scaled(5)):
        while sum(room.waiting().values()) > 200:  # noqa: ASYNC110 -- counts have no event
            await asyncio.sleep(0.005)
    assert not (await stream.take()).pairings
    exchange.leave()
    assert len((await stream.take()).pairings) == 2


@pytest.fixture
def without_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is told only because a second is over."""
    monkeypatch.setattr("services.matcher.exchange.POOLS_EVERY", inf)


@pytest.mark.usefixtures("without_sizes")
async def test_a_pair_that_a_look_finds_goes_out() -> None:
    exchange = make_exchange(WaitingRoom(Stages(), steps=2))
    stream = exchange.open(GatewayId("one"))
    two_behind_a_crowd(exchange, stream)
    async with asyncio.timeout(scaled(5)):
        while not (batch := await stream.take()).pairings:
            pass
    assert len(batch.pairings) == 2
    exchange.leave()


@pytest.mark.usefixtures("without_sizes")
async def test_who_is_lonely_in_a_side_lane_is_sent_on() -> None:
    exchange = make_exchange(WaitingRoom(Stages()))
    stream = exchange.open(GatewayId("one"))
    lonely = offer()
    lonely.lane, lonely.lanes = 1, 2
    exchange.receive(stream, wire.GatewayBatch(offers=[lonely]))
    async with asyncio.timeout(scaled(10)):
        while not (batch := await stream.take()).overflow:
            pass
    assert list(batch.overflow) == [lonely.ticket]
    exchange.leave()
