"""Heartbeats over a real nats-server: gateways start, shut down and are killed, NATS fails and hangs."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial

import nats
import pytest
from nats.aio.msg import Msg

from services.contract import subjects
from services.contract.gateway_messages import GatewayMessage
from services.contract.ids import GatewayId
from services.contract.presence import (
    DEAD_AFTER,
    HEARTBEAT_INTERVAL,
    WAIT_BUCKETS,
    Heartbeat,
    HistoryReply,
    MinuteCounts,
    ModeCounts,
    RoomCount,
    pack,
    unpack_history_reply,
)
from services.signaling.shell.adapters.nats_bus import NatsBus
from services.signaling.shell.failure_detector import FailureDetector
from services.signaling.shell.heartbeats import Heartbeats
from services.signaling.shell.history_exchange import HistoryExchange
from services.signaling.shell.people_count import PeopleCounts
from services.signaling.shell.stats.cluster_stats import (
    ClusterStats,
    ClusterStatus,
    PeopleByMode,
    PoolNumbers,
)
from services.signaling.shell.stats.minute_counters import MinuteCounters

from ..servers import NatsServer, nats_server
from ..timing import scaled, until


class HeartbeatGateway:
    """A gateway that only sends heartbeats. It notes which gateways it has lost and heard again."""

    def __init__(self, name: str, server: NatsServer) -> None:
        self.online, self.searching = 0, 0
        self.lost: list[GatewayId] = []
        self.back: list[GatewayId] = []
        self.counters = MinuteCounters()
        self.failure_detector = FailureDetector()
        self._bus = NatsBus(GatewayId(name), [server.url])
        stats = ClusterStats(pools={"berlin": "Berlin", "tokyo": "Tokyo"})
        self._history = HistoryExchange(self._bus, stats)
        self._heartbeats = Heartbeats(
            GatewayId(name), self._bus, self.counters, stats, self.failure_detector, self._history, self
        )
        self._tasks: list[asyncio.Task[None]] = []

    def __len__(self) -> int:
        return self.online

    def count_people(self) -> PeopleCounts:
        rooms = {"p:berlin": RoomCount(self.online, 1), "m:two": RoomCount(2, 0)} if self.online else {}
        return PeopleCounts(ModeCounts(text=self.online), rooms)

    def on_gateway_lost(self, gateway: GatewayId) -> None:
        self.lost.append(gateway)

    def on_gateway_back(self, gateway: GatewayId) -> None:
        self.back.append(gateway)

    def on_message(self, message: GatewayMessage) -> None:
        raise AssertionError("no gateway sends a message")

    def on_match_message(self, message: GatewayMessage) -> None:
        raise AssertionError("no gateway publishes to a match")

    def on_bus_reconnected(self) -> None:
        pass

    @property
    def status(self) -> ClusterStatus:
        return self._heartbeats.cluster_status()

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._heartbeats.run()), asyncio.create_task(self._start())]

    async def _start(self) -> None:
        await self._bus.start(self, lambda _: None)
        await self._heartbeats.start()
        await self._history.start()

    async def stop(self) -> None:
        if self._tasks:
            await self._end()
            self._history.stop()
            await self._heartbeats.stop()
            await self._bus.stop()

    async def kill(self) -> None:
        """End without a last heartbeat."""
        await self._end()
        await self._bus.stop()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def meet(self, sides: int = 2, waited: float = 0.1) -> None:
        for _ in range(sides):
            self.counters.count_match(waited, repeat=False, wall=time.time())

    def matches(self) -> int:
        return sum(minute.matches for minute in self.status.hour)


Start = Callable[[str], HeartbeatGateway]


@pytest.fixture
async def server() -> AsyncIterator[NatsServer]:
    async with nats_server() as running:
        yield running


@pytest.fixture
async def start(server: NatsServer) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        def started(name: str) -> HeartbeatGateway:
            gateway = HeartbeatGateway(name, server)
            gateway.start()
            stack.push_async_callback(gateway.stop)
            return gateway

        yield started


def knows(gateway: HeartbeatGateway, online: int, matches: int) -> bool:
    status = gateway.status
    return status.complete and (status.online, gateway.matches()) == (online, matches)


async def test_each_gateway_knows_all_gateways(start: Start) -> None:
    one, other = start("one"), start("other")
    one.online, one.searching, other.online = 3, 1, 4
    one.meet(2, 0.1)
    other.meet(6, 0.1)
    for gateway in (one, other):
        await until(partial(knows, gateway, online=7, matches=4))
    assert one.status == other.status
    assert (one.status.waiting, one.status.gateways) == (1, 2)
    assert one.status.pools == [PoolNumbers("berlin", "Berlin", 7, 2), PoolNumbers("tokyo", "Tokyo", 0, 0)]
    assert one.status.people == PeopleByMode(video=0, audio=0, text=7)
    assert one.status.wait.p50 == pytest.approx(0.1, rel=0.125)


async def test_a_single_gateway_has_a_complete_status(start: Start) -> None:
    one = start("one")
    one.online = 1
    await until(lambda: one.status.complete)
    assert (one.status.online, one.status.gateways) == (1, 1)


async def test_a_new_gateway_gets_the_last_hour_also_of_gateways_that_are_gone(start: Start) -> None:
    gone, old = start("gone"), start("old")
    gone.meet(6)
    old.meet(4)
    await until(lambda: old.matches() == 5 and old.status.complete)
    await gone.stop()
    new = start("new")
    await until(lambda: new.status.complete)
    assert new.matches() == 5
    await until(lambda: old.status.gateways == 2)
    await old.stop()
    newest = start("newest")
    await until(lambda: newest.status.complete)
    assert newest.matches() == 5


async def test_a_shutdown_is_seen_at_once_and_a_kill_after_a_while(start: Start) -> None:
    one, leaving, killed = start("one"), start("leaving"), start("killed")
    one.online, leaving.online, killed.online = 1, 10, 100
    await until(lambda: one.status.online == 111)
    await leaving.stop()
    await until(lambda: one.status.online == 101, 1)
    await killed.kill()
    assert one.status.online == 101
    await until(lambda: one.status.online == 1, DEAD_AFTER + 0.5)


async def test_garbage_is_ignored(start: Start, server: NatsServer) -> None:
    one, other = start("one"), start("other")
    stranger = await nats.connect(server.url)
    for garbage in (b"", b"garbage", b"\x96\xa1x\x01\x01\x01\x90\xc2"[:-2], b"\xff" * 1000):
        await stranger.publish(subjects.PRESENCE, garbage)
        await stranger.publish(subjects.STATUS_HISTORY, garbage)
    await stranger.close()
    one.online, other.online = 1, 2
    await until(lambda: one.status.online == other.status.online == 3)


def running_minute(sides: int) -> MinuteCounts:
    return MinuteCounts(int(time.time() // 60), sides, 0, 0, (0,) * WAIT_BUCKETS)


def past(name: str, sides: int, last: bool = False) -> bytes:
    return pack(HistoryReply(GatewayId(name), [running_minute(sides)], last))


async def nobody_listens(server: NatsServer, subject: str) -> None:
    """Wait until NATS says that nobody listens on `subject`."""
    client = await nats.connect(server.url)
    while True:
        try:
            await client.request(subject, b"", timeout=0.1)
        except nats.errors.NoRespondersError:
            break
        except nats.errors.TimeoutError:
            continue
    await client.close()


async def test_a_status_is_complete_after_the_last_reply_and_the_inbox_closes(
    start: Start, server: NatsServer
) -> None:
    teller, asked = await nats.connect(server.url), asyncio.Queue[str]()

    async def question(message: Msg) -> None:
        await asked.put(message.reply)

    await teller.subscribe(subjects.STATUS_HISTORY, "gateways", question)
    await teller.flush()
    one = start("one")
    inbox = await asked.get()
    await teller.publish(inbox, past("first", 2))
    await until(lambda: one.matches() == 1)
    assert not one.status.complete
    await teller.publish(inbox, past("second", 4, last=True))
    await until(lambda: one.status.complete)
    assert one.matches() == 3
    await asyncio.wait_for(nobody_listens(server, inbox), scaled(5))
    await teller.close()


async def test_a_flood_of_requests_gets_one_answer_at_a_time(start: Start, server: NatsServer) -> None:
    one, questions = start("one"), 200
    await until(lambda: one.status.complete)
    stranger, ends = await nats.connect(server.url), list[HistoryReply]()

    async def answered(message: Msg) -> None:
        if (told := unpack_history_reply(message.data)).last:
            ends.append(told)

    await stranger.subscribe("stranger", cb=answered)
    for number in range(100):
        heartbeat = Heartbeat(GatewayId(f"made up {number}"), 1, 0, 0, [running_minute(2)])
        await stranger.publish(subjects.PRESENCE, pack(heartbeat))
    await until(lambda: one.matches() == 100)
    for _ in range(questions):
        await stranger.publish(subjects.STATUS_HISTORY, b"", reply="stranger")
    await until(lambda: len(ends) > 0)
    await asyncio.sleep(0.5)  # gives unwanted replies the time to arrive
    assert len(ends) < questions / 4
    await stranger.publish(subjects.STATUS_HISTORY, b"", reply="stranger")
    answers = len(ends)
    await until(lambda: len(ends) == answers + 1)
    await stranger.close()


async def test_the_status_is_incomplete_in_an_outage_and_catches_up_after_it(
    start: Start, server: NatsServer
) -> None:
    one, other = start("one"), start("other")
    one.online = 1
    await until(lambda: one.status.complete and other.status.complete and one.status.gateways == 2)
    await server.stop()
    await until(lambda: not one.status.complete and not other.status.complete)
    other.meet(4)
    await until(lambda: one.status.gateways == 1, DEAD_AFTER + 2)
    assert (one.status.online, one.matches()) == (1, 0)
    await server.start()
    await until(lambda: one.status.complete and one.matches() == 2)
    assert one.status.gateways == 2


async def test_nats_may_start_late(start: Start, server: NatsServer) -> None:
    await server.stop()
    one = start("one")
    one.online = 5
    await until(lambda: one.status.online == 5)
    assert not one.status.complete
    await server.start()
    await until(lambda: one.status.complete)


async def test_a_shutdown_is_reported_at_once_and_a_kill_within_seconds(start: Start) -> None:
    stays, leaves, dies = start("stays"), start("leaves"), start("dies")
    await until(lambda: stays.status.gateways == 3)
    await leaves.stop()
    await until(lambda: stays.lost == ["leaves"], HEARTBEAT_INTERVAL)
    await dies.kill()
    killed = time.monotonic()
    await until(lambda: stays.lost == ["leaves", "dies"])
    assert time.monotonic() - killed < scaled(5)
    assert stays.failure_detector.is_suspected(GatewayId("dies"))


async def test_new_and_returning_gateways_are_reported_with_their_first_heartbeat(
    start: Start,
) -> None:
    stays, hangs = start("stays"), start("hangs")
    await until(lambda: stays.back == ["hangs"] and hangs.back == ["stays"])
    await hangs.kill()
    await until(lambda: stays.lost == ["hangs"])
    assert stays.back == ["hangs"], "it is no news that somebody goes on beating"
    again = start("hangs")
    await until(lambda: stays.back == ["hangs", "hangs"])
    await until(lambda: again.back == ["stays"])


async def test_no_gateway_is_lost_while_nats_is_away(start: Start, server: NatsServer) -> None:
    one, other = start("one"), start("other")
    await until(lambda: one.status.gateways == other.status.gateways == 2)
    await server.stop()
    await until(lambda: one.status.gateways == 1, DEAD_AFTER + 3)
    await server.start()
    await until(lambda: one.status.gateways == other.status.gateways == 2)
    assert one.lost == other.lost == []
    assert (one.back, other.back) == (["other"], ["one"]), "when they came, and not again"


async def test_no_gateway_is_lost_while_nats_hangs(start: Start, server: NatsServer) -> None:
    """Connections to NATS look alive until pings have gone unanswered."""
    one, other, dies = start("one"), start("other"), start("dies")
    await until(lambda: one.status.gateways == other.status.gateways == 3)
    server.send(signal.SIGSTOP)
    await asyncio.sleep(DEAD_AFTER + 2 * HEARTBEAT_INTERVAL)
    assert one.lost == other.lost == []
    server.send(signal.SIGCONT)
    await until(lambda: one.status.gateways == other.status.gateways == 3)
    await dies.kill()
    await until(lambda: one.lost == other.lost == ["dies"])
