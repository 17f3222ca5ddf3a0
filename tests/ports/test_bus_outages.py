"""The bus while nats-server has not started, is away, or hangs."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvloop
from structlog.testing import capture_logs

from services.contract.gateway_messages import PartnerLeft, Relay
from services.contract.ids import MatchId
from services.signaling.shell.adapters.nats_bus import NatsBus

from ..timing import scaled, until
from .buses import HERE, THERE, VISITOR, BusEndpoint, OnNats, decline, nats_network, pair, relay, settled


@pytest.fixture
async def on_nats() -> AsyncIterator[OnNats]:
    async with nats_network() as made:
        yield made


async def test_only_messages_during_an_outage_of_nats_are_lost(
    on_nats: OnNats,
) -> None:
    """A gateway that needs an answer asks again, so no message of an outage has to arrive late."""
    one, other = await pair(on_nats)
    await on_nats.stop()
    await until(lambda: not one.bus.connected and not other.bus.connected)
    for message in (relay(1), PartnerLeft(VISITOR, MatchId("m"), 7, HERE, "next"), decline("m")):
        one.bus.send(THERE, message)
    await asyncio.sleep(0.1)
    assert one.times_back == other.times_back == 1
    await on_nats.start()
    await until(lambda: one.times_back == other.times_back == 2)
    one.bus.send(THERE, decline("fresh"))
    await until(lambda: other.heard)
    assert other.heard == [decline("fresh")]


async def test_a_lost_connection_is_one_line_with_the_reason(on_nats: OnNats) -> None:
    one = await on_nats.gateway(HERE)
    with capture_logs() as lines:
        await on_nats.stop()
        await until(lambda: not one.bus.connected)
        await until(lambda: lines)
    assert [(line["event"], line["problem"]) for line in lines] == [("NATS is away", "nats: unexpected EOF")]


async def test_nats_may_start_after_the_gateway(on_nats: OnNats) -> None:
    await on_nats.stop()
    one = on_nats.unstarted(HERE)
    starting = asyncio.create_task(one.start())
    await asyncio.sleep(0.5)
    assert not one.bus.connected
    assert not starting.done(), "it goes on trying"
    await on_nats.start()
    await asyncio.wait_for(starting, scaled(10))
    assert one.times_back == 1, "what it brings now comes before what is due here"
    other = await on_nats.gateway(THERE)
    await settled(other, one, HERE)


async def test_messages_before_nats_starts_are_not_kept(on_nats: OnNats) -> None:
    other = await on_nats.gateway(THERE)
    await on_nats.stop()
    one = on_nats.unstarted(HERE)
    starting = asyncio.create_task(one.start())
    for number in range(100):
        one.bus.send(THERE, relay(number, b"stale"))
    await asyncio.sleep(0.1)
    await on_nats.start()
    await asyncio.wait_for(starting, scaled(10))
    await until(lambda: other.bus.connected)

    def arrived() -> bool:
        one.bus.send(THERE, relay(1, b"fresh"))
        return bool(other.heard)

    await until(arrived)
    assert set(other.frames) == {b"fresh"}


async def test_a_subscription_from_before_nats_starts_counts(on_nats: OnNats) -> None:
    other = await on_nats.gateway(THERE)
    await on_nats.stop()
    one = on_nats.unstarted(HERE)
    starting = asyncio.create_task(one.start())
    for number in range(3):
        one.bus.subscribe_to_match(MatchId(f"match-{number}"))
    one.bus.unsubscribe_from_match(MatchId("match-0"))
    await asyncio.sleep(0.1)
    await on_nats.start()
    await asyncio.wait_for(starting, scaled(10))
    await until(lambda: other.bus.connected)

    def called() -> bool:
        for number in range(3):
            other.bus.publish_to_match(decline(f"match-{number}"))
        return len(one.calls) >= 10

    await until(called)
    assert {call.match for call in one.calls} == {"match-1", "match-2"}


async def test_an_invalid_address_raises_at_once() -> None:
    bus = NatsBus(HERE, ["nats://[nowhere"])
    with pytest.raises(OSError, match="NATS"):
        await BusEndpoint(bus).start()
    await bus.stop()


async def test_a_gateway_may_stop_before_nats_starts(on_nats: OnNats) -> None:
    await on_nats.stop()
    one = on_nats.unstarted(HERE)
    starting = asyncio.create_task(one.start())
    await asyncio.sleep(0.5)
    starting.cancel()
    assert isinstance(one.bus, NatsBus)
    await asyncio.wait_for(one.bus.stop(), scaled(5))


async def test_a_server_that_hangs_costs_frames_and_not_memory(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    assert isinstance(one.bus, NatsBus)
    sent = 10_000  # 300 MB, as some systems take 40 MB and more into the buffers of one connection
    frame = b"x" * 30_000
    with on_nats.server.hanging():
        for number in range(sent):  # in less time than it takes to give up a server that hangs
            one.bus.send(THERE, relay(number, frame))
            if number % 10 == 0:
                await asyncio.sleep(0)
            if number % 500 == 0:
                one.bus.send(THERE, decline(f"no frame {number}"))
        one.bus.send(THERE, decline("last"))
        waiting = [each for queue in one.bus._outgoing.values() for each in queue]
        assert sum(len(each.frame) for each in waiting if isinstance(each, Relay)) < 17 * 2**20
    await until(lambda: "last" in other.matches)
    assert 100 < len(other.frames) < sent
    assert len(other.heard) - len(other.frames) == 21, "only what browsers say is given up"


async def test_an_outage_in_the_middle_of_a_flood_does_not_end_the_sender(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    flooding = True

    async def flood() -> None:
        while flooding:
            for _ in range(10):
                one.bus.send(THERE, relay(0, b"x" * 30_000))
            await asyncio.sleep(0)

    task = asyncio.create_task(flood())
    await asyncio.sleep(0.2)
    await on_nats.stop()
    await asyncio.sleep(0.5)
    flooding = False
    await task
    await on_nats.start()
    await until(lambda: one.bus.connected and other.bus.connected)
    await settled(one, other, THERE)


def test_a_gateway_stops_while_nats_is_away() -> None:
    """This runs on uvloop, which refuses writes to a closed connection."""
    for _ in range(3):
        uvloop.run(_stop_without_nats())


async def _stop_without_nats() -> None:
    async with nats_network() as on_nats:
        one = await on_nats.gateway(HERE)
        assert isinstance(one.bus, NatsBus)
        going = asyncio.create_task(on_nats.stop())
        while await one.bus.publish("zufall.test", b"to nobody"):  # noqa: ASYNC110 -- it speaks, and waits for nothing
            await asyncio.sleep(0)
        await going
        await one.bus.stop()
