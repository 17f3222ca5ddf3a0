"""The matcher service between two batches, with a batch, and with a gateway that does not read."""

import asyncio
from itertools import count
from math import inf

import pytest
from prometheus_client import CollectorRegistry

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, TraceContext, random_id
from services.matcher.core.batch_limiter import BatchLimiter
from services.matcher.core.interest_counts import InterestCounts
from services.matcher.core.lanes import LaneAdvisor
from services.matcher.core.stages import Stages
from services.matcher.core.waiting_room import WaitingRoom
from services.matcher.shell.gateway_stream import MAX_ENTRIES, TOO_SLOW, GatewayStream
from services.matcher.shell.matcher_service import MatcherService
from services.matcher.shell.metrics import Metrics
from services.runtime.tracer import NoTracer, Tracer

from ...timing import scaled
from ...traces import RecordingTracer
from .rooms import BUSY

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


def make_service(
    room: WaitingRoom | None = None,
    interval: float = 0.0,
    tracer: Tracer | None = None,
    registry: CollectorRegistry | None = None,
    **periods: float,
) -> MatcherService:
    room = room or WaitingRoom(Stages())
    counts = InterestCounts(room.is_searching)
    return MatcherService(
        "replica",
        room,
        BatchLimiter(interval, 1),
        LaneAdvisor(10.0),
        counts,
        Metrics(registry or CollectorRegistry()),
        tracer or NoTracer(),
        **periods,
    )


def two_behind_a_crowd(service: MatcherService, stream: GatewayStream) -> None:
    """Offer two tickets that may meet behind two hundred classes that they may not meet."""
    crowd = [offer("DE", f"{one}{other}") for one in "ABCDEFGHIJKLMNOPQRST" for other in "ABCDEFGHIJ"]
    service.receive(stream, wire.GatewayBatch(offers=crowd))
    service.receive(stream, wire.GatewayBatch(offers=[offer(), offer()]))


async def test_a_gateway_that_does_not_read_is_told_sizes_only_once() -> None:
    service = make_service(pools_every=0.0)
    slow, busy = service.open(GatewayId("slow")), service.open(GatewayId("busy"))
    await slow.take()
    for _ in range(50):
        service.receive(busy, wire.GatewayBatch(offers=[offer("DE"), offer("DE")]))
    batch = await slow.take()
    assert [(size.mode, size.waiting) for size in batch.pools] == [(wire.MODE_VIDEO, 100)]
    service.shut_down()


async def test_scans_go_on_between_two_batches() -> None:
    """The next batch may go out in a minute. Until then two find each other behind two hundred classes."""
    room = WaitingRoom(Stages(), scans_per_turn=2)
    service = make_service(room, interval=60.0, pools_every=inf)
    stream = service.open(GatewayId("one"))
    two_behind_a_crowd(service, stream)
    await stream.take()
    async with asyncio.timeout(scaled(5)):
        while sum(room.waiting().values()) > 200:  # noqa: ASYNC110 -- counts have no event
            await asyncio.sleep(0.005)
    service.shut_down()
    assert len((await stream.take()).pairings) == 2


async def test_a_pair_that_a_deferred_scan_finds_goes_out() -> None:
    service = make_service(WaitingRoom(Stages(), scans_per_turn=2), pools_every=inf)
    stream = service.open(GatewayId("one"))
    two_behind_a_crowd(service, stream)
    async with asyncio.timeout(scaled(5)):
        while not (batch := await stream.take()).pairings:
            pass
    assert len(batch.pairings) == 2
    service.shut_down()


async def test_visitors_meet_those_of_the_region_that_their_gateway_names() -> None:
    registry = CollectorRegistry()
    service = make_service(WaitingRoom(BUSY), registry=registry, pools_every=inf)
    streams = [
        service.open(GatewayId(name), region) for name, region in (("a", "eu"), ("b", "us"), ("c", "eu"))
    ]

    def across() -> float | None:
        return registry.get_sample_value("zufall_matcher_pairings_across_regions_total")

    async def partners() -> list[list[str]]:
        return [[each.partner_gateway for each in (await stream.take()).pairings] for stream in streams]

    for stream in streams:
        service.receive(stream, wire.GatewayBatch(offers=[offer()]))
    assert (await partners(), across()) == ([["c"], [], ["a"]], 0)
    patient = offer()
    patient.age_ms = 6000
    service.receive(streams[0], wire.GatewayBatch(offers=[patient]))
    assert (await partners(), across()) == ([["b"], ["a"], []], 1)
    service.shut_down()


async def test_a_ticket_that_overflows_is_sent_on() -> None:
    service = make_service(pools_every=inf)
    stream = service.open(GatewayId("one"))
    lonely = offer()
    lonely.lane, lonely.lanes = 1, 2
    service.receive(stream, wire.GatewayBatch(offers=[lonely]))
    async with asyncio.timeout(scaled(10)):
        while not (batch := await stream.take()).overflow:
            pass
    assert list(batch.overflow) == [lonely.ticket]
    service.shut_down()


# --- traces ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("traced", ["both", "the longest", "the latest", "none"])
async def test_the_trace_of_the_longest_wait_goes_on_and_the_other_is_linked(traced: str) -> None:
    tracer, contexts = RecordingTracer(), (TraceContext(b"1" * 24), TraceContext(b"2" * 24))
    service = make_service(tracer=tracer)
    streams = [service.open(GatewayId(name)) for name in ("one", "two")]
    longest, latest = offer(), offer()
    longest.age_ms = 60_000
    longest.trace = contexts[0] if traced in ("both", "the longest") else b""
    latest.trace = contexts[1] if traced in ("both", "the latest") else b""
    for stream, offered in zip(streams, (latest, longest), strict=True):
        service.receive(stream, wire.GatewayBatch(offers=[offered]))
    service.shut_down()
    told = {pairing.trace for stream in streams for pairing in (await stream.take()).pairings}
    if traced == "none":
        assert (tracer.spans, told) == ([], {b""})
        return
    *waits, pairing = tracer.spans
    assert [wait.trace + wait.parent for wait in waits] == [
        each.trace for each in (longest, latest) if each.trace
    ]
    assert (pairing.trace, pairing.parent) == (waits[0].trace, waits[0].id)
    assert pairing.links == tuple(wait.trace for wait in waits[1:])
    assert told == {pairing.trace + pairing.id}


# --- one visitor at two gateways ------------------------------------------------------------------------


async def test_the_gateway_of_the_older_ticket_hears_that_it_is_superseded() -> None:
    room = WaitingRoom(Stages())
    service = make_service(room)
    one, two = service.open(GatewayId("one")), service.open(GatewayId("two"))
    older = offer()
    newer = wire.Offer()
    newer.CopyFrom(older)
    newer.ticket, newer.epoch, newer.mode = next(numbers), 2, wire.MODE_TEXT
    told = wire.Superseded(ticket=older.ticket, epoch=2, gateway="two")
    service.receive(one, wire.GatewayBatch(offers=[older]))
    service.receive(two, wire.GatewayBatch(offers=[newer]))
    assert list((await one.take()).superseded) == [told]
    service.receive(one, wire.GatewayBatch(offers=[older]))
    assert list((await one.take()).superseded) == [told], "and whenever it offers the older one again"
    assert not (await two.take()).superseded
    assert sum(room.waiting().values()) == 1
    service.shut_down()


async def test_a_gateway_that_reads_nothing_is_closed_after_too_many_entries() -> None:
    service = make_service()
    stream = service.open(GatewayId("one"))
    newer = offer()
    newer.epoch = 2
    older = [wire.Offer(ticket=next(numbers), visitor=newer.visitor, epoch=1, mode=wire.MODE_VIDEO)] * 1000
    service.receive(stream, wire.GatewayBatch(offers=[newer]))
    for _ in range(MAX_ENTRIES // 1000 + 1):
        service.receive(stream, wire.GatewayBatch(offers=older))
    assert stream.closed.result() is TOO_SLOW
    service.shut_down()


# --- what is popular ------------------------------------------------------------------------------------


def looking(network: bytes, *interests: str, audience: wire.Audience = wire.AUDIENCE_EVERYONE) -> wire.Offer:
    wanted = offer("DE")
    wanted.audience, wanted.network = audience, network
    wanted.interests.extend(interests)
    wanted.spellings.extend(interests)
    return wanted


async def popular_of(stream: GatewayStream) -> dict[str, int]:
    """Return the next list of popular interests that the gateway is told."""
    async with asyncio.timeout(scaled(5)):
        while not (batch := await stream.take()).popular_told:
            pass
    return {counted.interest: counted.networks for counted in batch.popular}


async def test_every_gateway_is_told_what_is_popular_also_one_that_comes_later() -> None:
    service = make_service(popular_every=0.05)
    one, two = service.open(GatewayId("one")), service.open(GatewayId("two"))
    hidden = looking(b"c", "chess", audience=wire.AUDIENCE_RESTRICTED)
    service.receive(
        one, wire.GatewayBatch(offers=[looking(b"a", "chess"), looking(b"b", "chess", "bees"), hidden])
    )
    assert await popular_of(one) == await popular_of(two) == {"chess": 2, "bees": 1}
    service.receive(two, wire.GatewayBatch(offers=[looking(b"b", "bees"), looking(b"a", "bees")]))
    assert await popular_of(one) == {"chess": 2, "bees": 2}
    three = service.open(GatewayId("three"))
    assert await popular_of(three) == {"chess": 2, "bees": 2}
    service.shut_down()


async def test_a_list_goes_out_only_when_its_time_has_come_and_it_is_another() -> None:
    service = make_service(popular_every=3600.0)
    stream = service.open(GatewayId("one"))
    service.receive(stream, wire.GatewayBatch(offers=[looking(b"a", "chess")]))
    assert await popular_of(stream) == {"chess": 1}
    service.receive(stream, wire.GatewayBatch(offers=[looking(b"b", "chess")]))
    assert not (await stream.take()).popular_told, "too early"
    service.shut_down()
    service = make_service(popular_every=0.0)
    stream = service.open(GatewayId("one"))
    service.receive(stream, wire.GatewayBatch(offers=[looking(b"a", "chess")]))
    assert await popular_of(stream) == {"chess": 1}
    service.receive(stream, wire.GatewayBatch(offers=[looking(b"a", "chess")]))
    assert not (await stream.take()).popular_told, "nothing is new"
    service.shut_down()


async def test_the_interests_of_a_superseded_offer_do_not_count() -> None:
    service = make_service()
    stream = service.open(GatewayId("one"))
    newer, older = looking(b"a", "chess"), looking(b"a", "bees")
    older.visitor, newer.epoch = newer.visitor, 2
    service.receive(stream, wire.GatewayBatch(offers=[newer, older]))
    assert await popular_of(stream) == {"chess": 1}
    service.shut_down()
