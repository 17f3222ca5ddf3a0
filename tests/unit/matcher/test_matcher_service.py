"""What the exchange does between two batches, with a batch, and for a gateway that does not read."""

import asyncio
from itertools import count
from math import inf

import pytest
from prometheus_client import CollectorRegistry

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, random_id
from services.matcher.core.batch_limiter import BatchLimiter
from services.matcher.core.interest_counts import InterestCounts
from services.matcher.core.lanes import LaneAdvisor
from services.matcher.core.stages import Stages
from services.matcher.core.waiting_room import WaitingRoom
from services.matcher.shell.gateway_stream import LIMIT, TOO_SLOW, GatewayStream
from services.matcher.shell.matcher_service import POPULAR_EVERY, MatcherService
from services.matcher.shell.metrics import Metrics

from ...timing import scaled

numbers = count(1)


def offer(*avoided: str) -> wire.Offer:
    return wire.Offer(
        ticket=next(numbers),
        visitor=random_id(),
        mode=wire.MODE_VIDEO,
        epoch=1,
        attempt=1,
        languages=["en"],
        country="DE",
        avoid_countries=avoided,
    )


def make_exchange(room: WaitingRoom, interval: float = 0.0) -> MatcherService:
    counts = InterestCounts(room.searches)
    return MatcherService(
        "replica", room, BatchLimiter(interval, 1), LaneAdvisor(10.0), counts, Metrics(CollectorRegistry())
    )


def two_behind_a_crowd(exchange: MatcherService, stream: GatewayStream) -> None:
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
            ticket=next(numbers),
            visitor=random_id(),
            epoch=1,
            mode=wire.MODE_VIDEO,
            interests=[f"i{number % 15}"],
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
    monkeypatch.setattr("services.matcher.shell.matcher_service.POOLS_EVERY", inf)


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


# --- one visitor at two gateways ------------------------------------------------------------------------


async def test_the_gateway_of_the_older_ticket_hears_that_it_is_superseded() -> None:
    exchange = make_exchange(WaitingRoom(Stages()))
    one, two = exchange.open(GatewayId("one")), exchange.open(GatewayId("two"))
    older = offer()
    newer = wire.Offer()
    newer.CopyFrom(older)
    newer.ticket, newer.epoch, newer.mode = next(numbers), 2, wire.MODE_TEXT
    told = wire.Superseded(ticket=older.ticket, epoch=2, gateway="two")
    exchange.receive(one, wire.GatewayBatch(offers=[older]))
    exchange.receive(two, wire.GatewayBatch(offers=[newer]))
    assert list((await one.take()).superseded) == [told]
    exchange.receive(one, wire.GatewayBatch(offers=[older]))
    assert list((await one.take()).superseded) == [told], "and whenever it offers the older one again"
    assert not (await two.take()).superseded
    assert sum(exchange._room.waiting().values()) == 1
    exchange.leave()


async def test_a_ticket_of_a_side_lane_that_is_superseded_is_not_sent_on() -> None:
    room = WaitingRoom(Stages())
    exchange = make_exchange(room)
    one = exchange.open(GatewayId("one"))
    newer, older = offer(), offer()
    older.visitor, newer.epoch, older.lane, older.lanes = newer.visitor, 2, 1, 2
    exchange.receive(one, wire.GatewayBatch(offers=[newer, older]))
    batch = await one.take()
    assert [told.ticket for told in batch.superseded] == [older.ticket]
    assert len(exchange._side_lanes) == 0
    exchange.leave()


async def test_a_gateway_that_reads_nothing_cannot_collect_such_news_without_end() -> None:
    exchange = make_exchange(WaitingRoom(Stages()))
    stream = exchange.open(GatewayId("one"))
    newer = offer()
    newer.epoch = 2
    older = [wire.Offer(ticket=next(numbers), visitor=newer.visitor, epoch=1, mode=wire.MODE_VIDEO)] * 1000
    exchange.receive(stream, wire.GatewayBatch(offers=[newer]))
    for _ in range(LIMIT // 1000 + 1):
        exchange.receive(stream, wire.GatewayBatch(offers=older))
    assert stream.ended.result() is TOO_SLOW
    exchange.leave()


# --- what is popular ------------------------------------------------------------------------------------


def looking(network: bytes, *interests: str, audience: int = wire.AUDIENCE_EVERYONE) -> wire.Offer:
    wanted = offer("DE")
    wanted.audience, wanted.network = audience, network
    wanted.interests.extend(interests)
    wanted.spellings.extend(interests)
    return wanted


async def popular_of(stream: GatewayStream) -> dict[str, int]:
    """The next list that the gateway is told."""
    async with asyncio.timeout(scaled(5)):
        while not (batch := await stream.take()).popular_told:
            pass
    return {counted.interest: counted.networks for counted in batch.popular}


async def test_every_gateway_is_told_what_is_popular_also_one_that_comes_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.matcher.shell.matcher_service.POPULAR_EVERY", 0.05)
    exchange = make_exchange(WaitingRoom(Stages()))
    one, two = exchange.open(GatewayId("one")), exchange.open(GatewayId("two"))
    hidden = looking(b"c", "chess", audience=wire.AUDIENCE_RESTRICTED)
    exchange.receive(
        one, wire.GatewayBatch(offers=[looking(b"a", "chess"), looking(b"b", "chess", "bees"), hidden])
    )
    assert await popular_of(one) == await popular_of(two) == {"chess": 2, "bees": 1}
    exchange.receive(two, wire.GatewayBatch(offers=[looking(b"b", "bees"), looking(b"a", "bees")]))
    assert await popular_of(one) == {"chess": 2, "bees": 2}
    three = exchange.open(GatewayId("three"))
    assert await popular_of(three) == {"chess": 2, "bees": 2}
    exchange.leave()


async def test_a_list_goes_out_every_five_seconds_at_most_and_only_if_it_is_another() -> None:
    exchange = make_exchange(WaitingRoom(Stages()))
    stream = exchange.open(GatewayId("one"))
    exchange.receive(stream, wire.GatewayBatch(offers=[looking(b"a", "chess")]))
    assert await popular_of(stream) == {"chess": 1}
    exchange.receive(stream, wire.GatewayBatch(offers=[looking(b"b", "chess")]))
    now = exchange._loop.time()
    exchange._advance(now)
    assert not (await stream.take()).popular_told
    assert exchange._popular_due() == pytest.approx(now + POPULAR_EVERY, abs=scaled(1))
    exchange._advance(now + POPULAR_EVERY + 0.1)
    assert await popular_of(stream) == {"chess": 2}
    exchange.receive(stream, wire.GatewayBatch(offers=[looking(b"b", "chess")]))
    exchange._advance(now + 2 * POPULAR_EVERY + 0.2)
    assert not (await stream.take()).popular_told, "nothing is new"
    exchange.leave()


async def test_what_a_superseded_offer_looks_for_does_not_count() -> None:
    exchange = make_exchange(WaitingRoom(Stages()))
    stream = exchange.open(GatewayId("one"))
    newer, older = looking(b"a", "chess"), looking(b"a", "bees")
    older.visitor, newer.epoch = newer.visitor, 2
    exchange.receive(stream, wire.GatewayBatch(offers=[newer, older]))
    assert await popular_of(stream) == {"chess": 1}
    exchange.leave()
