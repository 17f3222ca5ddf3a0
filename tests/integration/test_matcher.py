"""The matcher behind a real gRPC server on loopback, as gateways see it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry

from protos import matcher_pb2 as wire
from protos import matcher_pb2_grpc
from services.contract.ids import GatewayId, random_id, visitor_key
from services.contract.lanes import OVERFLOW
from services.matcher.exchange import Exchange
from services.matcher.lanes import Advisor
from services.matcher.metrics import Metrics
from services.matcher.pace import Pace
from services.matcher.server import MatcherServer
from services.matcher.stages import Stages
from services.matcher.waiting_room import WaitingRoom
from services.runtime.rpc import OPTIONS, SILENCE
from tests.timing import scaled

_tickets = count(1)


class Replica:
    """A matcher on a free port of its own."""

    def __init__(self, stages: Stages) -> None:
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.room = WaitingRoom(random_id, stages)
        self.exchange = Exchange("replica", self.room, Pace(0.02), Advisor(lane_rate=10), self.metrics)
        self.server = MatcherServer("127.0.0.1:0", self.exchange, self.metrics)
        self.port = 0

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    @property
    def waiting(self) -> int:
        return sum(self.room.waiting().values())


class Gateway:
    """The matcher's view of a gateway: one stream."""

    def __init__(self, channel: aio.Channel, name: str) -> None:
        self.name = name
        self.stream = matcher_pb2_grpc.MatcherStub(channel).Pair()
        self._writing = asyncio.Lock()

    async def send(self, *offers: wire.Offer, withdrawals: tuple[int, ...] = ()) -> None:
        async with self._writing:
            await self.stream.write(
                wire.GatewayBatch(gateway=self.name, offers=offers, withdrawals=withdrawals)
            )

    async def find(self, visitor: str | None = None, **wish: object) -> wire.Offer:
        wanted = {"mode": wire.MODE_VIDEO} | wish
        offer = wire.Offer(ticket=next(_tickets), visitor=visitor or random_id(), attempt=1, **wanted)
        await self.send(offer)
        return offer

    async def next(self) -> wire.MatcherBatch:
        batch = await asyncio.wait_for(self.stream.read(), scaled(5))
        assert batch is not aio.EOF, await self.stream.code()
        return batch

    async def read(self) -> wire.MatcherBatch:
        """The next batch about tickets."""
        while not ((batch := await self.next()).pairings or batch.stages or batch.overflow):
            pass
        return batch

    async def beat(self) -> None:
        """Say every now and then that we are there."""
        while True:
            await self.send()
            await asyncio.sleep(0.5)

    async def pairing(self) -> wire.Pairing:
        """The next pairing, whatever else comes before it."""
        while True:
            for pairing in (await self.read()).pairings:
                return pairing

    async def code(self) -> grpc.StatusCode:
        """How the stream ends; a status comes only after all that was sent before it is read."""
        try:
            while await asyncio.wait_for(self.stream.read(), scaled(5)) is not aio.EOF:
                pass
        except aio.AioRpcError as error:
            return error.code()
        return await self.stream.code()


@pytest.fixture
async def replica() -> AsyncIterator[Replica]:
    made = Replica(Stages(ages=(0.2, 0.4, 0.8)))
    made.port = await made.server.start()
    yield made
    await made.server.stop()


Open = Callable[[str], Gateway]


@pytest.fixture
async def gateway(replica: Replica) -> AsyncIterator[Open]:
    """Opens streams to the replica, each on a connection of its own as separate processes would."""
    async with _channels(replica.port) as opened:
        yield opened


@asynccontextmanager
async def _channels(port: int) -> AsyncIterator[Open]:
    channels: list[aio.Channel] = []

    def opened(name: str) -> Gateway:
        channel = aio.insecure_channel(
            f"127.0.0.1:{port}", options=[*OPTIONS, ("grpc.use_local_subchannel_pool", 1)]
        )
        channels.append(channel)
        return Gateway(channel, name)

    yield opened
    for channel in channels:
        await channel.close()


async def until(true: Callable[[], bool]) -> None:
    """Wait for something in the same process that tells nobody."""
    async with asyncio.timeout(scaled(5)):
        while not true():  # noqa: ASYNC110 -- counts have no event
            await asyncio.sleep(0.005)


async def test_two_gateways_hear_of_one_match(gateway: Open) -> None:
    """Both sides get the same match, each the other's address, and exactly one is polite."""
    one, other = gateway("one"), gateway("other")
    mine = await one.find(interests=["chess", "music"], languages=["en"])
    theirs = await other.find(interests=["music", "tea"], languages=["en", "de"])
    a, b = await one.pairing(), await other.pairing()
    assert a.match == b.match
    assert len(a.match) == 22
    assert (a.ticket, a.partner_gateway, a.partner_visitor) == (mine.ticket, "other", theirs.visitor)
    assert (b.ticket, b.partner_gateway, b.partner_visitor) == (theirs.ticket, "one", mine.visitor)
    assert a.polite != b.polite
    assert list(a.shared_interests) == list(b.shared_interests) == ["music"]


async def test_two_lonely_visitors_meet_at_once_whatever_they_wish(gateway: Open) -> None:
    one = gateway("one")
    loop = asyncio.get_running_loop()
    await one.find(interests=["chess"], languages=["cy"])
    stage = (await one.read()).stages[0]
    assert (stage.stage, stage.widens_in_ms) == (3, 0)
    began = loop.time()
    await one.find(interests=["tea"], languages=["de"])
    await one.pairing()
    assert loop.time() - began < scaled(0.15)


async def test_a_withdrawn_ticket_is_not_paired(replica: Replica, gateway: Open) -> None:
    one = gateway("one")
    gone = await one.find()
    await one.send(withdrawals=(gone.ticket,))
    left = await one.find()
    last = await one.find()
    assert (await one.pairing()).ticket in (left.ticket, last.ticket)
    assert replica.waiting == 0


async def test_a_withdrawal_in_the_same_batch_wins(replica: Replica, gateway: Open) -> None:
    one = gateway("one")
    offer = wire.Offer(ticket=next(_tickets), visitor=random_id(), mode=wire.MODE_TEXT)
    await one.send(offer, withdrawals=(offer.ticket,))
    await one.find()
    await until(lambda: replica.waiting == 1)
    assert (await one.read()).stages[0].ticket != offer.ticket


async def test_the_end_of_a_stream_removes_its_tickets(replica: Replica, gateway: Open) -> None:
    one, other = gateway("one"), gateway("other")
    await one.find()
    await until(lambda: replica.waiting == 1)
    one.stream.cancel()
    await until(lambda: replica.waiting == 0)
    await other.find()
    await until(lambda: replica.waiting == 1)


async def test_a_newer_stream_of_a_gateway_takes_over(replica: Replica, gateway: Open) -> None:
    """The older one is told so, its tickets are gone, and its end does not touch the newer one's."""
    older, newer = gateway("one"), gateway("one")
    await older.find()
    await until(lambda: replica.waiting == 1)
    offer = await newer.find()
    assert await older.code() == grpc.StatusCode.ABORTED
    await until(lambda: replica.waiting == 1)
    await newer.find()
    assert (await newer.pairing()).ticket in (offer.ticket, offer.ticket + 1)


async def test_after_parting_each_meets_the_third(gateway: Open) -> None:
    one, other = gateway("one"), gateway("other")
    a, b, c = random_id(), random_id(), random_id()
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
    ],
)
async def test_a_malformed_offer_is_refused_and_the_stream_lives(
    replica: Replica, gateway: Open, mend: dict[str, object]
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


async def test_bytes_that_are_no_batch_end_only_their_stream(replica: Replica, gateway: Open) -> None:
    one = gateway("one")
    await one.find()
    await until(lambda: replica.waiting == 1)
    async with aio.insecure_channel(f"127.0.0.1:{replica.port}") as channel:
        broken = channel.stream_stream("/zufall.matcher.v1.Matcher/Pair")()
        await broken.write(b"\xff\xff\xff")
        assert await asyncio.wait_for(broken.code(), scaled(5)) != grpc.StatusCode.OK
    await one.find()
    await one.pairing()


async def test_a_gateway_that_does_not_read_is_cut_off_and_others_are_not(
    replica: Replica, gateway: Open
) -> None:
    slow, quick = gateway("slow"), gateway("quick")
    partner = [random_id() for _ in range(2)]
    batch = wire.GatewayBatch(gateway="slow")
    for number in range(1000):
        for visitor in partner:
            batch.offers.add(
                ticket=next(_tickets),
                visitor=visitor,
                mode=wire.MODE_VIDEO,
                interests=[f"{number}-{tag}-{'x' * 100}" for tag in range(10)],
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


async def test_leaving_says_so_first_and_is_quick(replica: Replica, gateway: Open) -> None:
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
    """As after the loss of another replica: both go on where they were."""
    replica = Replica(Stages(ages=(60, 120, 180), thin=0, tiny=0))
    replica.port = await replica.server.start()
    async with _channels(replica.port) as opened:
        one = opened("one")
        await one.find(interests=["tea"], languages=["en"], age_ms=120_000)
        await one.find(interests=["chess"], languages=["de"], age_ms=120_000)
        assert (await one.pairing()).partner_gateway == "one"
    await replica.server.stop()


async def test_pool_sizes_come_along(gateway: Open) -> None:
    one = gateway("one")
    await one.find()
    while not (batch := await one.next()).pools:
        pass
    sizes = [(size.mode, size.audience, size.waiting) for size in batch.pools]
    assert sizes == [(wire.MODE_VIDEO, wire.AUDIENCE_EVERYONE, 1)]


async def test_both_sides_of_an_idle_stream_say_that_they_are_there(gateway: Open) -> None:
    one = gateway("one")
    beating = asyncio.create_task(one.beat())
    first = await one.next()
    assert first.replica == "replica"
    began = asyncio.get_running_loop().time()
    beats = [await one.next() for _ in range(5)]
    assert asyncio.get_running_loop().time() - began > SILENCE, "we were heard"
    assert not any(batch.replica for batch in beats)
    beating.cancel()


async def test_a_gateway_that_says_nothing_is_given_up(replica: Replica, gateway: Open) -> None:
    """So a partner is not promised to somebody whose gateway hangs."""
    silent, other = gateway("silent"), gateway("other")
    await silent.find()
    await until(lambda: replica.waiting == 1)
    assert await silent.code() == grpc.StatusCode.UNAVAILABLE
    assert replica.waiting == 0
    await other.find()
    await until(lambda: replica.waiting == 1)


async def test_who_finds_nobody_in_a_side_lane_is_sent_on(replica: Replica, gateway: Open) -> None:
    one = gateway("one")
    beating = asyncio.create_task(one.beat())
    side = await one.find(lane=1, lanes=2)
    home = await one.find("a" * 22, mode=wire.MODE_TEXT, lane=0, lanes=2)
    await until(lambda: replica.waiting == 2)
    while not (batch := await one.read()).overflow:
        pass
    assert list(batch.overflow) == [side.ticket]
    await until(lambda: replica.waiting == 1)
    await one.find(mode=wire.MODE_TEXT)
    assert (await one.pairing()).ticket in (home.ticket, home.ticket + 1)
    assert replica.value("zufall_matcher_overflows_total") == 1
    beating.cancel()


async def test_who_was_paired_in_a_side_lane_is_not_sent_on(replica: Replica, gateway: Open) -> None:
    one = gateway("one")
    await one.find(lane=1, lanes=2)
    await one.find(lane=1, lanes=2)
    await one.pairing()
    await asyncio.sleep(OVERFLOW + 0.2)
    assert replica.value("zufall_matcher_overflows_total") == 0


async def test_lanes_are_advised_from_the_rate(gateway: Open) -> None:
    """Thirty a second where one lane takes ten; and one lane again when nobody comes."""
    one = gateway("one")

    async def crowd() -> None:
        while True:
            await one.find(mode=wire.MODE_AUDIO, lane=0, lanes=1)
            await asyncio.sleep(1 / 30)

    async def advised(wanted: range) -> None:
        while not any(
            advice.lanes in wanted for advice in (await one.next()).advice if advice.mode == wire.MODE_AUDIO
        ):
            pass

    coming = asyncio.create_task(crowd())
    await advised(range(2, 5))
    coming.cancel()
    beating = asyncio.create_task(one.beat())
    async with asyncio.timeout(scaled(15)):
        await advised(range(1, 2))
    beating.cancel()


async def test_the_last_pairs_of_a_replica_that_leaves_are_handed_out(
    replica: Replica, gateway: Open
) -> None:
    one = gateway("one")
    await one.send()
    await one.next()
    offers = [wire.Offer(ticket=number, visitor=random_id(), mode=wire.MODE_VIDEO) for number in range(201)]
    replica.exchange.receive(replica.exchange._streams[GatewayId("one")], wire.GatewayBatch(offers=offers))
    replica.exchange.leave()
    assert len((await one.read()).pairings) == 200
    assert await one.code() == grpc.StatusCode.UNAVAILABLE
