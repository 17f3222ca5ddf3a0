"""Several replicas and their gateways: heartbeats, side lanes, lane advice and shutdown."""

import asyncio

import grpc

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, random_id
from services.contract.lanes import OVERFLOW_AFTER
from services.runtime.rpc import HEARTBEAT_TIMEOUT

from ..timing import scaled, until
from .matcher_streams import MatcherReplica, Open


async def test_both_sides_of_an_idle_stream_send_heartbeats(gateway: Open) -> None:
    one = gateway("one")
    beating = asyncio.create_task(one.beat())
    first = await one.next()
    assert first.replica == "replica"
    began = asyncio.get_running_loop().time()
    beats = [await one.next() for _ in range(5)]
    assert asyncio.get_running_loop().time() - began > HEARTBEAT_TIMEOUT, "we were heard"
    assert not any(batch.replica for batch in beats)
    beating.cancel()


async def test_a_silent_gateway_is_given_up(replica: MatcherReplica, gateway: Open) -> None:
    """No partner may be promised to somebody whose gateway hangs."""
    silent, other = gateway("silent"), gateway("other")
    await silent.find()
    await until(lambda: replica.waiting == 1)
    assert await silent.code() == grpc.StatusCode.UNAVAILABLE
    assert replica.waiting == 0
    await other.find()
    await until(lambda: replica.waiting == 1)


async def test_a_lonely_ticket_in_a_side_lane_overflows(replica: MatcherReplica, gateway: Open) -> None:
    one = gateway("one")
    beating = asyncio.create_task(one.beat())
    side = await one.find(lane=1, lanes=2)
    home = await one.find("a" * 22, mode=wire.MODE_TEXT, lane=0, lanes=2)
    while not (batch := await one.read()).overflow:
        pass
    assert list(batch.overflow) == [side.ticket]
    await until(lambda: replica.waiting == 1)
    await one.find(mode=wire.MODE_TEXT)
    assert (await one.pairing()).ticket in (home.ticket, home.ticket + 1)
    assert replica.value("zufall_matcher_overflows_total") == 1
    beating.cancel()


async def test_a_ticket_paired_in_a_side_lane_does_not_overflow(
    replica: MatcherReplica, gateway: Open
) -> None:
    one = gateway("one")
    await one.find(lane=1, lanes=2)
    await one.find(lane=1, lanes=2)
    await one.pairing()
    await asyncio.sleep(OVERFLOW_AFTER + 0.2)
    assert replica.value("zufall_matcher_overflows_total") == 0


async def test_lanes_are_advised_from_the_rate(gateway: Open) -> None:
    """Thirty tickets a second need three lanes of ten each, and later one lane is enough again."""
    one = gateway("one")

    enough = asyncio.Event()

    async def crowd() -> None:
        while not enough.is_set():
            await one.find(mode=wire.MODE_AUDIO, lane=0, lanes=1)
            await asyncio.sleep(1 / 30)

    async def advised(wanted: range) -> None:
        while not any(
            advice.lanes in wanted for advice in (await one.next()).advice if advice.mode == wire.MODE_AUDIO
        ):
            pass

    coming = asyncio.create_task(crowd())
    await advised(range(2, 5))
    enough.set()
    await coming  # gRPC would cancel the whole call if it were cancelled while it writes
    beating = asyncio.create_task(one.beat())
    async with asyncio.timeout(scaled(15)):
        await advised(range(1, 2))
    beating.cancel()


async def test_a_replica_that_leaves_sends_its_last_pairs(replica: MatcherReplica, gateway: Open) -> None:
    one = gateway("one")
    await one.send()
    await one.next()
    offers = [
        wire.Offer(ticket=number, visitor=random_id(), epoch=1, mode=wire.MODE_VIDEO) for number in range(201)
    ]
    replica.service.receive(replica.service._streams[GatewayId("one")], wire.GatewayBatch(offers=offers))
    replica.service.shut_down()
    assert len((await one.read()).pairings) == 200
    assert await one.code() == grpc.StatusCode.UNAVAILABLE
