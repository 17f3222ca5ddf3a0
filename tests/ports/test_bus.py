"""Tests of the port `Bus`: in memory, and on a real nats-server."""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
from prometheus_client import REGISTRY

from services.contract import subjects
from services.contract.gateway_messages import GatewayMessage, pack
from services.contract.ids import GatewayId, MatchId

from ..timing import until
from .buses import (
    ELSEWHERE,
    HERE,
    THERE,
    InMemory,
    Network,
    OnNats,
    decline,
    nats_network,
    pair,
    reached,
    relay,
    settled,
)


@pytest.fixture(params=["memory", "nats"])
async def network(request: pytest.FixtureRequest) -> AsyncIterator[Network]:
    if request.param == "memory":
        yield InMemory()
        return
    async with nats_network() as made:
        yield made


async def test_urgent_and_other_messages_arrive_in_order(network: Network) -> None:
    one, other = await pair(network)
    sent: list[GatewayMessage] = [
        relay(number, b"\0frame\xff") if number % 3 else decline(f"match-{number}") for number in range(500)
    ]
    for number, each in enumerate(sent):
        one.bus.send(THERE, each)
        if number % 50 == 0:
            await asyncio.sleep(0.002)
    await until(lambda: len(other.heard) >= len(sent))
    assert other.heard == sent


async def test_a_message_reaches_only_its_gateway(network: Network) -> None:
    one, other = await pair(network)
    third = await network.gateway(ELSEWHERE)
    await settled(one, third, ELSEWHERE)
    for number in range(20):
        one.bus.send(THERE if number % 2 else ELSEWHERE, relay(number))
    await until(lambda: len(other.heard) + len(third.heard) >= 20)
    assert other.matches == [f"match-{number}" for number in range(1, 20, 2)]
    assert third.matches == [f"match-{number}" for number in range(0, 20, 2)]
    assert one.heard == []


async def test_a_message_to_an_unknown_gateway_is_dropped(network: Network) -> None:
    one, other = await pair(network)
    one.bus.send(GatewayId("nowhere"), relay(1))
    one.bus.send(THERE, relay(2))
    await until(lambda: other.heard)
    assert other.heard == [relay(2)]


async def test_a_large_burst_arrives(network: Network) -> None:
    """The largest frames that a browser may send need more than one NATS message."""
    one, other = await pair(network)
    sent = [relay(number, bytes([number]) * 32 * 1024) for number in range(100)]
    for each in sent:
        one.bus.send(THERE, each)
    await until(lambda: len(other.heard) >= len(sent))
    assert other.heard == sent
    assert one.bus.connected


async def test_messages_sent_in_an_outage_never_arrive_late(network: Network) -> None:
    one, other = await pair(network)
    await network.stop()
    await until(lambda: not one.bus.connected and not other.bus.connected)
    for number in range(100):
        one.bus.send(THERE, relay(number, b"stale"))
    await asyncio.sleep(0.1)
    await network.start()
    await until(lambda: one.bus.connected and other.bus.connected)
    fresh = 0

    def arrived() -> bool:
        nonlocal fresh
        fresh += 1
        one.bus.send(THERE, relay(fresh, b"fresh"))
        return len(other.heard) >= 10

    await until(arrived)
    assert set(other.frames) == {b"fresh"}
    numbers = [int(match.partition("-")[2]) for match in other.matches]
    assert numbers == sorted(numbers)


# --- on the subject of a match ---------------------------------------------------------------------

MATCH = MatchId("match-1")


async def test_a_message_to_a_match_reaches_only_its_subscribers(network: Network) -> None:
    one, other = await pair(network)
    third = await network.gateway(ELSEWHERE)
    await settled(one, third, ELSEWHERE)
    other.bus.subscribe_to_match(MATCH)
    third.bus.subscribe_to_match(MatchId("match-2"))
    await reached(one.bus, other)
    one.bus.publish_to_match(decline("match-2"))
    one.bus.publish_to_match(decline("match-3"))
    one.bus.publish_to_match(relay(1, b"the last"))
    await until(lambda: relay(1, b"the last") in other.calls)
    await until(lambda: third.calls)
    assert {call.match for call in other.calls} == {"match-1"}
    assert {call.match for call in third.calls} == {"match-2"}
    assert one.calls == one.heard == other.heard == third.heard == []


async def test_of_two_that_subscribe_and_publish_at_once_one_receives(network: Network) -> None:
    """Two gateways that look for each other always meet, however close together they begin."""
    one, other = await pair(network)
    matches = [MatchId(f"match-{number}") for number in range(200)]
    for match in matches:
        for each, name in ((one, "one"), (other, "other")):
            each.bus.subscribe_to_match(match)
            each.bus.publish_to_match(relay(int(match[6:]), name.encode()))
        await asyncio.sleep(0)

    def found() -> set[str]:
        at_one = {call.match for call in one.calls if call == relay(int(call.match[6:]), b"other")}
        return at_one | {call.match for call in other.calls if call == relay(int(call.match[6:]), b"one")}

    await until(lambda: found() == set(matches))


async def test_a_gateway_that_listens_receives_what_it_publishes_itself(network: Network) -> None:
    one = await network.gateway(HERE)
    one.bus.subscribe_to_match(MATCH)
    await reached(one.bus, one)


async def test_an_unsubscribed_gateway_receives_nothing_of_the_match(network: Network) -> None:
    one, other = await pair(network)
    other.bus.subscribe_to_match(MATCH)
    other.bus.subscribe_to_match(MatchId("match-2"))
    await reached(one.bus, other)
    other.bus.unsubscribe_from_match(MATCH)
    other.bus.send(HERE, decline("stopped"))  # it is sent after the end of the subscription
    await until(lambda: "stopped" in one.matches)
    other.calls.clear()
    for _ in range(10):
        one.bus.publish_to_match(decline(MATCH))
    one.bus.publish_to_match(decline("match-2"))
    await until(lambda: other.calls)
    assert other.calls == [decline("match-2")]


async def test_subscribing_twice_around_an_unsubscribe_holds(network: Network) -> None:
    one, other = await pair(network)
    other.bus.subscribe_to_match(MATCH)
    other.bus.unsubscribe_from_match(MATCH)
    other.bus.subscribe_to_match(MATCH)
    other.bus.subscribe_to_match(MATCH)
    await reached(one.bus, other)
    assert other.calls.count(relay(1, b"reached")) == 1, "listening twice is listening once"
    other.bus.unsubscribe_from_match(MATCH)
    other.bus.unsubscribe_from_match(MATCH)
    other.bus.unsubscribe_from_match(MatchId("match-2"))
    other.bus.send(HERE, decline("stopped"))
    await until(lambda: "stopped" in one.matches)


async def test_a_subscription_survives_an_outage(network: Network) -> None:
    """A subscription of before or during the outage holds. Messages during the outage are lost."""
    one, other = await pair(network)
    other.bus.subscribe_to_match(MATCH)
    await reached(one.bus, other)
    await network.stop()
    await until(lambda: not one.bus.connected and not other.bus.connected)
    other.bus.subscribe_to_match(MatchId("match-2"))
    one.bus.publish_to_match(relay(1, b"stale"))
    one.bus.publish_to_match(relay(2, b"stale"))
    await asyncio.sleep(0.1)
    await network.start()
    await until(lambda: one.bus.connected and other.bus.connected)
    other.calls.clear()

    def both_called() -> bool:
        for number in (1, 2):
            one.bus.publish_to_match(relay(number, b"fresh"))
        return {call.match for call in other.calls} == {"match-1", "match-2"}

    await until(both_called)
    assert relay(1, b"stale") not in other.calls
    assert relay(2, b"stale") not in other.calls


# --- only on NATS ----------------------------------------------------------------------------------


@pytest.fixture
async def on_nats() -> AsyncIterator[OnNats]:
    async with nats_network() as made:
        yield made


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"garbage",
        pack([relay(1)])[:-1],
        msgspec.msgpack.encode([[2, b"\xff", "m", 7, "here"]]),
        msgspec.msgpack.encode([[2, "v", "m", "seven", "here"]]),
        msgspec.msgpack.encode([["a word", "v", "m", 7, "here"]]),
        msgspec.msgpack.encode({"to": "v"}),
        b"\xdd\xff\xff\xff\xff",
    ],
)
async def test_garbage_is_ignored_and_what_follows_arrives(on_nats: OnNats, garbage: bytes) -> None:
    one, other = await pair(on_nats)
    await on_nats.publish(subjects.gateway(THERE), garbage)
    one.bus.send(THERE, relay(1))
    await until(lambda: other.heard)
    assert other.heard == [relay(1)]


async def test_the_delay_of_frames_is_measured_by_a_stamp_that_older_gateways_lack(on_nats: OnNats) -> None:
    """A stamp of the future is the other host's clock, and counts as no delay."""

    def measured(kind: str) -> float:
        return REGISTRY.get_sample_value(f"zufall_gateway_relay_seconds_{kind}") or 0.0

    one, other = await pair(on_nats)
    count = measured("count")
    one.bus.send(THERE, relay(1))
    await until(lambda: other.heard)
    assert measured("count") == count + 1
    total, now = measured("sum"), time.time()
    older = msgspec.msgpack.encode([msgspec.msgpack.decode(pack([relay(2)]))[0][:-1]])
    stamped = (msgspec.structs.replace(relay(3), sent=int(at * 1e6)) for at in (now - 60, now + 60))
    for payload in (older, *(pack([each]) for each in stamped)):
        await on_nats.publish(subjects.gateway(THERE), payload)
    await until(lambda: len(other.heard) == 4)
    assert other.heard == [relay(1), relay(2), relay(3), relay(3)]
    assert measured("count") == count + 3
    assert 60 <= measured("sum") - total < 90


async def test_every_gateway_hears_of_standings(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    await on_nats.publish(subjects.STANDING, b"somebody was banned")
    await until(lambda: one.standings and other.standings)
    assert one.standings == other.standings == [b"somebody was banned"]


async def test_unknown_messages_of_a_newer_gateway_are_left_out(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    newer = [99, "visitor", "match-1", 7, "here", {"of": "a later version"}]
    longer = [*msgspec.msgpack.decode(msgspec.msgpack.encode(decline("match-2"))), "a later field"]
    known = [msgspec.Raw(msgspec.msgpack.encode(decline(f"match-{number}"))) for number in range(3, 5)]
    said = msgspec.msgpack.encode([newer, known[0], longer, known[1]])
    await on_nats.publish(subjects.gateway(THERE), said)
    await until(lambda: "match-4" in other.matches)
    assert other.matches == ["match-3", "match-2", "match-4"]
    other.bus.subscribe_to_match(MATCH)
    await reached(one.bus, other)
    other.calls.clear()
    await on_nats.publish(subjects.match(MATCH), b"garbage")
    await on_nats.publish(subjects.match(MATCH), said)
    await until(lambda: len(other.calls) == 3)


async def test_a_fault_in_one_message_spares_the_others_of_its_batch(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    other.fails_at = relay(1)
    for number in range(4):
        one.bus.send(THERE, relay(number))
    await until(lambda: relay(3) in other.heard)
    assert other.heard == [relay(0), relay(2), relay(3)]
