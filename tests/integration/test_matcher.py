"""The matcher behind a real gRPC server on loopback, as gateways see it."""

import asyncio
from typing import Any

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from protos import matcher_pb2 as wire
from services.contract.ids import VisitorId, random_id, visitor_key
from services.matcher.core.stages import Stages

from ..timing import scaled, until
from .matcher_streams import MatcherReplica, Open, gateways, ticket_numbers


async def test_two_gateways_hear_of_one_match(gateway: Open) -> None:
    """Both sides get the same match and each other's address, and exactly one is polite."""
    one, other = gateway("one"), gateway("other")
    mine = await one.find(interests=["chess", "music"], languages=["en"], epoch=7)
    theirs = await other.find(interests=["music", "tea"], languages=["en", "de"], epoch=2**53 - 1)
    a, b = await one.pairing(), await other.pairing()
    assert a.match == b.match
    assert len(a.match) == 22
    assert (a.ticket, a.partner_gateway, a.partner_visitor) == (mine.ticket, "other", theirs.visitor)
    assert (b.ticket, b.partner_gateway, b.partner_visitor) == (theirs.ticket, "one", mine.visitor)
    assert (a.partner_epoch, b.partner_epoch) == (2**53 - 1, 7)
    assert a.polite != b.polite
    assert list(a.shared_interests) == list(b.shared_interests) == ["music"]


async def test_two_lonely_visitors_meet_at_once_whatever_they_wish() -> None:
    """By age alone they would wait for minutes."""
    replica = MatcherReplica(Stages(ages=(600, 1200, 1800)))
    async with gateways(await replica.server.start()) as gateway:
        one = gateway("one")
        await one.find(interests=["chess"], languages=["cy"])
        stage = (await one.read()).stages[0]
        assert (stage.stage, stage.widens_in_ms) == (3, 0)
        await one.find(interests=["tea"], languages=["de"])
        await one.pairing()
    await replica.server.stop()


async def test_a_withdrawn_ticket_is_not_paired(replica: MatcherReplica, gateway: Open) -> None:
    one = gateway("one")
    gone = await one.find()
    await one.send(withdrawals=(gone.ticket,))
    left = await one.find()
    last = await one.find()
    assert (await one.pairing()).ticket in (left.ticket, last.ticket)
    assert replica.waiting == 0


async def test_a_withdrawal_in_the_same_batch_wins(replica: MatcherReplica, gateway: Open) -> None:
    one = gateway("one")
    offer = wire.Offer(ticket=next(ticket_numbers), visitor=random_id(), epoch=1, mode=wire.MODE_TEXT)
    await one.send(offer, withdrawals=(offer.ticket,))
    await one.find()
    await until(lambda: replica.waiting == 1)
    assert (await one.read()).stages[0].ticket != offer.ticket


async def test_the_end_of_a_stream_removes_its_tickets(replica: MatcherReplica, gateway: Open) -> None:
    one, other = gateway("one"), gateway("other")
    await one.find()
    await until(lambda: replica.waiting == 1)
    one.stream.cancel()
    await until(lambda: replica.waiting == 0)
    await other.find()
    await until(lambda: replica.waiting == 1)


async def test_a_newer_stream_of_a_gateway_takes_over(replica: MatcherReplica, gateway: Open) -> None:
    """The older stream is told why and loses its tickets, and its end does not affect the newer one."""
    older, newer = gateway("one"), gateway("one")
    await older.find()
    await until(lambda: replica.waiting == 1)
    offer = await newer.find()
    assert await older.code() == grpc.StatusCode.ABORTED
    await until(lambda: replica.waiting == 1)
    await newer.find()
    assert (await newer.pairing()).ticket in (offer.ticket, offer.ticket + 1)


async def test_only_the_newest_ticket_of_a_visitor_waits(replica: MatcherReplica, gateway: Open) -> None:
    """This holds for every pool, and the gateway of the older ticket hears where the visitor is now."""
    one, other = gateway("one"), gateway("other")
    visitor = random_id()
    older = await one.find(visitor, mode=wire.MODE_TEXT, epoch=4)
    await until(lambda: replica.waiting == 1)
    newer = await other.find(visitor, epoch=5)
    while not (batch := await one.read()).superseded:
        pass
    assert list(batch.superseded) == [wire.Superseded(ticket=older.ticket, epoch=5, gateway="other")]
    late = await one.find(visitor, epoch=4)
    assert list((await one.read()).superseded) == [
        wire.Superseded(ticket=late.ticket, epoch=5, gateway="other")
    ]
    assert replica.waiting == 1
    assert replica.value("zufall_matcher_superseded_tickets_total") == 2
    third = await one.find()
    assert (await other.pairing()).ticket == newer.ticket
    assert (await one.pairing()).ticket == third.ticket


async def test_popular_interests_are_told_to_every_gateway(gateway: Open) -> None:
    one, other = gateway("one"), gateway("other")
    beating = [asyncio.create_task(each.beat()) for each in (one, other)]
    for network in (b"a", b"a", b"b"):
        await one.find(interests=["cafe", "@joe"], spellings=["café", ""], network=network)
    counted = [wire.PopularInterest(interest="café", networks=2)]
    async with asyncio.timeout(scaled(10)):
        for each in (one, other):
            while (batch := await each.next()).popular != counted:
                pass
            assert batch.popular_told
    for task in beating:
        task.cancel()


async def test_after_parting_each_meets_the_third(gateway: Open) -> None:
    one, other = gateway("one"), gateway("other")
    a, b, c = VisitorId(random_id()), VisitorId(random_id()), VisitorId(random_id())
    await one.find(a, partners=[visitor_key(b)], parted_ms_ago=[10])
    await other.find(b, partners=[visitor_key(a)], parted_ms_ago=[5])
    await one.find(c)
    met = await one.pairing()
    assert {met.partner_visitor} <= {a, b, c}
    assert met.partner_visitor in ((a, c) if met.partner_gateway == "one" else (b, c))


@pytest.mark.parametrize(
    "mend",
    [
        {"mode": wire.MODE_UNSPECIFIED},
        {"audience": 7},
        {"visitor": "short"},
        {"visitor": "!" * 22},
        {"interests": [str(number) for number in range(11)]},
        {"interests": [""]},
        {"languages": ["x" * 641]},
        {"languages": ["a", "b", "c", "d", "e", "f"]},
        {"country": "Wales"},
        {"avoid_countries": ["de"]},
        {"partners": list(range(257)), "parted_ms_ago": list(range(257))},
        {"partners": [1, 2], "parted_ms_ago": [1]},
        {"blocked": list(range(2000))},
        {"epoch": 0},
        {"epoch": 2**53},
        {"interests": ["chess", "tea"], "spellings": ["chess"], "network": b"n"},
        {"interests": ["chess"], "spellings": ["x" * 65], "network": b"n"},
        {"network": b"n" * 33},
    ],
)
async def test_a_malformed_offer_is_refused_and_the_stream_lives(
    replica: MatcherReplica, gateway: Open, mend: dict[str, Any]
) -> None:
    one = gateway("one")
    await one.find(**mend)
    await one.find()
    await one.find()
    await one.pairing()
    assert replica.value("zufall_matcher_refused_offers_total") == 1
    assert replica.waiting == 0


async def test_a_stream_without_a_gateway_is_refused(gateway: Open) -> None:
    nameless = gateway("")
    await nameless.find()
    assert await nameless.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_bytes_that_are_no_batch_end_only_their_stream(replica: MatcherReplica, gateway: Open) -> None:
    one = gateway("one")
    await one.find()
    await until(lambda: replica.waiting == 1)
    async with aio.insecure_channel(f"127.0.0.1:{replica.port}") as channel:
        open_stream: Any = channel.stream_stream("/zufall.matcher.v1.Matcher/Pair")
        broken = open_stream()
        await broken.write(b"\xff\xff\xff")
        assert await asyncio.wait_for(broken.code(), scaled(5)) != grpc.StatusCode.OK
    await one.find()
    await one.pairing()


async def test_a_gateway_that_does_not_read_is_cut_off_and_others_are_not(
    replica: MatcherReplica, gateway: Open
) -> None:
    slow, quick = gateway("slow"), gateway("quick")
    batch = wire.GatewayBatch(gateway="slow")
    for number in range(1000):
        for _ in range(2):
            batch.offers.add(
                ticket=next(ticket_numbers),
                visitor=random_id(),
                epoch=1,
                mode=wire.MODE_VIDEO,
                interests=[f"{number}-{tag}-{'x' * 50}" for tag in range(10)],
            )

    async def flood() -> None:
        while slow.stream.done() is False:
            await slow.stream.write(batch)

    flooding = asyncio.create_task(flood())
    await until(lambda: replica.value("zufall_matcher_ended_streams_total", status="resource_exhausted") == 1)
    flooding.cancel()
    await asyncio.gather(flooding, return_exceptions=True)
    await until(lambda: replica.waiting == 0)
    await quick.find()
    await quick.find()
    await quick.pairing()


async def test_a_shutdown_is_announced_first_and_is_quick(replica: MatcherReplica, gateway: Open) -> None:
    one = gateway("one")
    await one.find()
    await until(lambda: replica.waiting == 1)
    async with aio.insecure_channel(f"127.0.0.1:{replica.port}") as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        began = asyncio.get_running_loop().time()
        stopping = asyncio.create_task(replica.server.stop())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert await one.code() == grpc.StatusCode.UNAVAILABLE
        watch.cancel()
        await stopping
    assert asyncio.get_running_loop().time() - began < scaled(2)


async def test_an_offered_age_counts() -> None:
    """After the loss of another replica, both tickets keep their age."""
    replica = MatcherReplica(Stages(ages=(60, 120, 180), thin=0, tiny=0))
    replica.port = await replica.server.start()
    async with gateways(replica.port) as opened:
        one = opened("one")
        await one.find(interests=["tea"], languages=["en"], age_ms=120_000)
        await one.find(interests=["chess"], languages=["de"], age_ms=120_000)
        assert (await one.pairing()).partner_gateway == "one"
    await replica.server.stop()


async def test_batches_carry_pool_sizes(gateway: Open) -> None:
    one = gateway("one")
    await one.find()
    while not (batch := await one.next()).pools:
        pass
    sizes = [(size.mode, size.audience, size.waiting) for size in batch.pools]
    assert sizes == [(wire.MODE_VIDEO, wire.AUDIENCE_EVERYONE, 1)]
