"""Tests of what the matcher's client sends, with a server that only listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
import pytest
from grpc import aio

from protos import matcher_pb2 as pb
from protos import matcher_pb2_grpc as rpc
from services.contract.ids import GatewayId, VisitorId, visitor_key
from services.contract.lanes import lane_owners
from services.runtime.rpc import HEARTBEAT, LARGE_MESSAGES
from services.signaling.core.events import TicketSuperseded
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.adapters.matcher_stream import Lane, MatcherStream, pool_name
from services.signaling.shell.stats.popular_interests import PopularInterests

from ..servers import free_port
from ..timing import until
from .matchers import MatchmakerClient, connect, ticket

HOME = Lane(pool_name("video", False), restricted=False, number=0, lanes=1)
BIG = tuple(f"{number} {chr(0x10428) * 30}" for number in range(10))  # four bytes each


class ListeningMatcher(rpc.MatcherServicer):
    """A matcher that pairs nobody and keeps the batches it gets, without heartbeats."""

    def __init__(self, port: int, name: str = "") -> None:
        self.address = f"127.0.0.1:{port}"
        self.name = name or self.address
        self.advice: list[pb.LaneAdvice] = []
        self.news: list[pb.MatcherBatch] = []
        self.batches: list[pb.GatewayBatch] = []
        self._server: aio.Server

    async def Pair(self, requests: AsyncIterator[pb.GatewayBatch], context: Any) -> None:  # noqa: N802 -- gRPC
        beating = asyncio.create_task(self._beat(context))
        async for batch in requests:
            if batch != pb.GatewayBatch():
                self.batches.append(batch)
        beating.cancel()

    async def _beat(self, context: Any) -> None:
        while True:
            await context.write(pb.MatcherBatch(replica=self.name, advice=self.advice))
            while self.news:
                await context.write(self.news.pop(0))
            await asyncio.sleep(HEARTBEAT)

    async def start(self) -> None:
        self._server = aio.server(options=LARGE_MESSAGES)
        rpc.add_MatcherServicer_to_server(self, self._server)
        self._server.add_insecure_port(self.address)
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop(None)

    @property
    def offers(self) -> list[pb.Offer]:
        return [offer for batch in self.batches for offer in batch.offers]

    @property
    def withdrawn(self) -> list[int]:
        return [number for batch in self.batches for number in batch.withdrawals]


@asynccontextmanager
async def listeners(number: int) -> AsyncIterator[list[ListeningMatcher]]:
    async with AsyncExitStack() as stack:
        made = [ListeningMatcher(free_port()) for _ in range(number)]
        for listener in made:
            await listener.start()
            stack.push_async_callback(listener.stop)
        yield made


@pytest.fixture
async def listener() -> AsyncIterator[ListeningMatcher]:
    async with listeners(1) as (made,):
        yield made


@pytest.fixture
async def gateway(listener: ListeningMatcher) -> AsyncIterator[MatchmakerClient]:
    async with connect("here", [listener.address]) as made:
        await until(lambda: made.matchmaker.ready)
        yield made


async def offered_once(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> tuple[SearchTicket, MatcherStream]:
    """Offer a ticket, and return it with the stream by which the matcher got it."""
    offered = gateway.offer(ticket())
    await until(lambda: listener.offers)
    (stream,) = gateway.streams
    return offered, stream


async def test_the_first_batch_names_the_gateway(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> None:
    await until(lambda: listener.batches)
    assert listener.batches == [pb.GatewayBatch(gateway="here")]


async def test_an_offer_has_all_fields(gateway: MatchmakerClient, listener: ListeningMatcher) -> None:
    plain = ticket("text", age=5.0, interests=("Chess",))
    blocked, partner = (visitor_key(VisitorId(letter * 22)) for letter in "AB")
    partners = ((partner, plain.since - 2),)
    offered = SearchTicket(
        plain.id,
        plain.visitor,
        plain.wish,
        "AT",
        plain.since,
        3,
        (blocked,),
        partners,
        device=77,
        epoch=2**53 - 1,
        network=b"n",
        spellings=("Chess",),
        deferred=True,
    )
    gateway.offer(offered)
    await until(lambda: listener.offers)
    (offer,) = listener.offers
    assert 5000 <= offer.age_ms < 60_000
    assert offer.parted_ms_ago[0] - offer.age_ms == pytest.approx(2000, abs=2)
    del offer.parted_ms_ago[:]
    assert offer == pb.Offer(
        ticket=offered.id,
        visitor=offered.visitor,
        age_ms=offer.age_ms,
        mode=pb.MODE_TEXT,
        audience=pb.AUDIENCE_EVERYONE,
        interests=["chess"],
        country="AT",
        blocked=[blocked],
        partners=[partner],
        attempt=3,
        lane=0,
        lanes=0,  # it has waited for a long time
        device=77,
        epoch=2**53 - 1,
        network=b"n",
        spellings=["Chess"],
        deferred=True,
    )


async def test_an_offer_of_a_restricted_visitor_names_no_popular_interests(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> None:
    gateway.offer(ticket(interests=("chess",), network=b"n"), restricted=True)
    await until(lambda: listener.offers)
    (offer,) = listener.offers
    assert offer.audience == pb.AUDIENCE_RESTRICTED
    assert (list(offer.spellings), offer.network) == ([], b"n")


async def test_a_ticket_keeps_its_age_when_it_is_offered_again(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> None:
    waiting, paired = gateway.offer(ticket(age=60.0)), gateway.offer(ticket(age=1.0))
    await until(lambda: len(listener.offers) == 2)
    gateway.matchmaker.withdraw(paired.id)
    await listener.stop()
    await until(lambda: not gateway.matchmaker.ready)
    listener.batches.clear()
    await listener.start()
    await until(lambda: listener.offers)
    (offer,) = listener.offers
    assert (offer.ticket, offer.attempt) == (waiting.id, 1)
    assert 60_000 <= offer.age_ms < 120_000


async def test_all_tickets_are_offered_after_an_outage(listener: ListeningMatcher) -> None:
    await listener.stop()
    async with connect("here", [listener.address]) as gateway:
        tickets = [gateway.offer(with_a_past(ticket(interests=BIG))) for _ in range(4000)]
        await listener.start()
        await until(lambda: len(listener.offers) >= len(tickets))
        assert [offer.ticket for offer in listener.offers] == [each.id for each in tickets]
        assert max(len(batch.offers) for batch in listener.batches) <= 100, "no batch holds up a matcher"
        assert sum(batch.gateway == "here" for batch in listener.batches) == 1, "the stream never broke"


async def test_a_ticket_withdrawn_before_its_batch_is_not_offered(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> None:
    first = gateway.offer(ticket())
    gateway.matchmaker.withdraw(first.id)
    last = gateway.offer(ticket())
    await until(lambda: listener.offers)
    gateway.matchmaker.withdraw(last.id)
    await until(lambda: last.id in listener.withdrawn)
    assert [offer.ticket for offer in listener.offers] == [last.id]


async def test_a_withdrawal_reaches_the_replica_also_while_another_offer_of_the_ticket_waits(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> None:
    """The replica has the ticket in one lane and is about to get it in another."""
    offered, stream = await offered_once(gateway, listener)
    stream.offer(offered, HOME)
    gateway.matchmaker.withdraw(offered.id)
    await until(lambda: listener.withdrawn == [offered.id])
    assert len(listener.offers) == 1


async def test_a_ticket_that_moves_away_and_back_at_once_is_not_withdrawn(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> None:
    offered, stream = await offered_once(gateway, listener)
    stream.withdraw(offered.id)
    stream.offer(offered, HOME)
    await until(lambda: len(listener.offers) == 2)
    assert listener.withdrawn == []


async def test_a_new_replica_takes_its_lanes_over_from_the_former_owner() -> None:
    async with (
        listeners(2) as (first, second),
        connect("here", [first.address, second.address]) as gateway,
    ):
        await until(lambda: sum(stream.ready for stream in gateway.streams) == 2)
        tickets = [gateway.offer(ticket(mode)) for mode in ("video", "audio", "text")]
        await until(lambda: len(first.offers) + len(second.offers) == len(tickets))
        before = {offer.ticket for offer in second.offers}
        await second.stop()
        await until(lambda: len(first.offers) == len(tickets))
        await second.start()
        await until(lambda: set(first.withdrawn) == before)
        assert {offer.ticket for offer in second.offers} == before


def with_a_past(plain: SearchTicket) -> SearchTicket:
    """Return the ticket of a visitor whose partners and blocks fill the memory."""
    partners = tuple((number, plain.since) for number in range(256))
    return msgspec.structs.replace(plain, blocked=tuple(range(64)), partners=partners)


@pytest.mark.parametrize("broken", ["nosuch.invalid:7010", "a..b:7010"])
async def test_a_name_that_does_not_resolve_leaves_the_others_alone(
    listener: ListeningMatcher, broken: str
) -> None:
    async with connect("here", [broken, listener.address]) as gateway:
        await until(lambda: gateway.matchmaker.ready)
        offered = gateway.offer(ticket())
        await until(lambda: [offer.ticket for offer in listener.offers] == [offered.id])


async def test_a_changed_lane_is_sent_to_the_replica_that_keeps_the_ticket() -> None:
    """Otherwise the replica would keep it in lane 0, while all others meet elsewhere."""
    async with listeners(2) as (stays, comes):
        stays.name, comes.name = names_by_rank("1/everyone")[::-1]
        stays.advice = [pb.LaneAdvice(mode=pb.MODE_VIDEO, lanes=2)]
        comes.advice = stays.advice
        await comes.stop()
        async with connect("here", [stays.address, comes.address]) as gateway:
            await until(lambda: gateway.matchmaker.ready)
            tickets = [gateway.offer(ticket("video")) for _ in range(2)]
            await until(lambda: len(stays.offers) == 2)
            assert {offer.lane for offer in stays.offers} == {0}
            await comes.start()
            await until(lambda: len(comes.offers) == 1 and len(stays.offers) == 3)
            odd = next(each.id for each in tickets if each.id % 2)
            assert (stays.offers[-1].ticket, stays.offers[-1].lane) == (odd, 1)
            assert [offer.lane for offer in comes.offers] == [0]


# --- tickets that are superseded ------------------------------------------------------------------------


def superseded(of: SearchTicket, epoch: int, gateway: str) -> pb.MatcherBatch:
    return pb.MatcherBatch(superseded=[pb.Superseded(ticket=of.id, epoch=epoch, gateway=gateway)])


async def test_a_superseded_ticket_is_reported_once_and_offered_no_more(
    gateway: MatchmakerClient, listener: ListeningMatcher
) -> None:
    older, stays = gateway.offer(ticket(epoch=4)), gateway.offer(ticket())
    await until(lambda: len(listener.offers) == 2)
    listener.news += [superseded(older, 5, "elsewhere")] * 2
    await until(lambda: gateway.superseded and not listener.news)
    assert gateway.superseded == [TicketSuperseded(older.id, 5, GatewayId("elsewhere"))]
    await listener.stop()
    await until(lambda: not gateway.matchmaker.ready)
    listener.batches.clear()
    await listener.start()
    await until(lambda: listener.offers)
    assert [offer.ticket for offer in listener.offers] == [stays.id]
    assert gateway.superseded[1:] == []


@pytest.mark.parametrize(("epoch", "newer"), [(3, "there"), (4, "here"), (4, "elsewhere")])
async def test_a_place_that_is_not_newer_does_not_end_a_ticket(
    gateway: MatchmakerClient, listener: ListeningMatcher, epoch: int, newer: str
) -> None:
    """The ticket may have been offered again with a newer epoch at this gateway."""
    stays = gateway.offer(ticket(epoch=4))
    other = gateway.offer(ticket())
    await until(lambda: len(listener.offers) == 2)
    listener.news += [superseded(stays, epoch, newer), superseded(other, 9, "there")]
    await until(lambda: gateway.superseded)
    assert [event.ticket for event in gateway.superseded] == [other.id]
    gateway.matchmaker.withdraw(stays.id)
    await until(lambda: listener.withdrawn == [stays.id])


async def test_a_superseded_ticket_that_moved_meanwhile_is_withdrawn_where_it_is() -> None:
    async with (
        listeners(2) as (first, second),
        connect("here", [first.address, second.address]) as gateway,
    ):
        await until(lambda: sum(stream.ready for stream in gateway.streams) == 2)
        older = gateway.offer(ticket())
        await until(lambda: len(first.offers) + len(second.offers) == 1)
        keeps, former = (first, second) if first.offers else (second, first)
        former.news.append(superseded(older, 5, "elsewhere"))
        await until(lambda: gateway.superseded)
        await until(lambda: keeps.withdrawn == [older.id])


# --- what is popular ------------------------------------------------------------------------------------


def told(**networks: int) -> pb.MatcherBatch:
    counted = [pb.PopularInterest(interest=interest, networks=count) for interest, count in networks.items()]
    return pb.MatcherBatch(popular=counted, popular_told=True)


async def test_popular_counts_of_present_replicas_add_up() -> None:
    popular = PopularInterests(3)
    async with (
        listeners(2) as (first, second),
        connect("here", [first.address, second.address], popular) as gateway,
    ):
        await until(lambda: sum(stream.ready for stream in gateway.streams) == 2)
        first.news.append(told(chess=2, bees=3))
        second.news.append(told(chess=1))
        await until(lambda: popular.top() == ["bees", "chess"])
        first.news.append(told(chess=2))
        await until(lambda: popular.top() == ["chess"])
        first.news.append(pb.MatcherBatch(pools=[pb.PoolSize(mode=pb.MODE_TEXT, waiting=7)]))
        await until(lambda: gateway.matchmaker.waiting("text", False) == 7)
        assert popular.top() == ["chess"], "nothing new was said of it"
        await second.stop()
        await until(lambda: popular.top() == [])
        first.news.append(told(chess=3))
        await until(lambda: popular.top() == ["chess"])
        first.news.append(told())
        await until(lambda: popular.top() == [])


def names_by_rank(pool: str) -> list[str]:
    """Return two names of replicas, with the owner of the pool's lane 0 first."""
    return lane_owners(pool, 2, ["first", "second"])
