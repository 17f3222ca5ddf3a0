"""What the hub relies on when gateways talk, of the bus in memory and of the one on a real nats-server."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.contract.arrivals import Arrival
from services.contract.envelopes import Envelope, pack
from services.contract.ids import GatewayId, MatchId, VisitorId

from .buses import ELSEWHERE, HERE, THERE, InMemory, Network, envelope, nats_network, pair, settled
from .waiting import until


@pytest.fixture(params=["memory", "nats"])
async def network(request: pytest.FixtureRequest) -> AsyncIterator[Network]:
    if request.param == "memory":
        yield InMemory()
        return
    async with nats_network() as made:
        yield made


async def test_envelopes_arrive_in_order_whatever_the_hurry(network: Network) -> None:
    one, other = await pair(network)
    sent = [envelope(number, b"\0frame\xff") for number in range(500)]
    for number, each in enumerate(sent):
        one.bus.publish(THERE, each)
        if number % 50 == 0:
            await asyncio.sleep(0.002)
    await until(lambda: len(other.heard) >= len(sent))
    assert other.heard == sent


async def test_only_the_gateway_that_is_meant_hears(network: Network) -> None:
    one, other = await pair(network)
    third = await network.gateway(ELSEWHERE)
    await settled(one, third, ELSEWHERE)
    for number in range(20):
        one.bus.publish(THERE if number % 2 else ELSEWHERE, envelope(number))
    await until(lambda: len(other.heard) + len(third.heard) >= 20)
    assert [each.match for each in other.heard] == [f"match-{number}" for number in range(1, 20, 2)]
    assert [each.match for each in third.heard] == [f"match-{number}" for number in range(0, 20, 2)]
    assert one.heard == []


async def test_to_a_gateway_that_is_not_there_is_to_nobody(network: Network) -> None:
    one, other = await pair(network)
    one.bus.publish(GatewayId("nowhere"), envelope(1))
    one.bus.publish(THERE, envelope(2))
    await until(lambda: other.heard)
    assert other.heard == [envelope(2)]


async def test_however_much_is_sent_at_once_arrives(network: Network) -> None:
    """More than one NATS message may hold, of the largest frames that a browser may send."""
    one, other = await pair(network)
    sent = [envelope(number, bytes([number]) * 32 * 1024) for number in range(100)]
    for each in sent:
        one.bus.publish(THERE, each)
    await until(lambda: len(other.heard) >= len(sent))
    assert other.heard == sent
    assert one.bus.connected


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"garbage",
        pack([envelope(1)])[:-1],
        b"\x91\x94\xa1\xff\xa1m\x03\xa0",
        b"\x91\x94\xa1v\xa1m\x63\xa0",
    ],
)
async def test_garbage_is_ignored_and_what_follows_arrives(network: Network, garbage: bytes) -> None:
    one, other = await pair(network)
    await network.garbage(THERE, garbage)
    one.bus.publish(THERE, envelope(1))
    await until(lambda: other.heard)
    assert other.heard == [envelope(1)]


async def test_every_gateway_hears_of_standings(network: Network) -> None:
    one, other = await pair(network)
    await network.announce(b"somebody was banned")
    await until(lambda: one.standings and other.standings)
    assert one.standings == other.standings == [b"somebody was banned"]


async def test_an_outage_is_survived_and_nothing_of_it_comes_late(network: Network) -> None:
    one, other = await pair(network)
    await network.stop()
    await until(lambda: not one.bus.connected and not other.bus.connected)
    for number in range(100):
        one.bus.publish(THERE, envelope(number, b"stale"))
    await asyncio.sleep(0.1)
    await network.start()
    await until(lambda: one.bus.connected and other.bus.connected)
    fresh = 0

    def arrived() -> bool:
        nonlocal fresh
        fresh += 1
        one.bus.publish(THERE, envelope(fresh, b"fresh"))
        return len(other.heard) >= 10

    await until(arrived)
    assert {each.body for each in other.heard} == {b"fresh"}
    numbers = [int(each.match.partition("-")[2]) for each in other.heard]
    assert numbers == sorted(numbers)


async def test_who_comes_is_told_to_all_others(network: Network) -> None:
    one, other = await pair(network)
    third = await network.gateway(ELSEWHERE)
    await settled(one, third, ELSEWHERE)
    told = [Arrival(VisitorId(f"visitor-{number}"), 0.5, MatchId("match")) for number in range(1200)]
    for arrival in told:
        one.bus.announce(arrival)
    await until(lambda: len(other.arrived) == len(third.arrived) == len(told))
    assert other.arrived == third.arrived == [(HERE, arrival) for arrival in told]
    assert one.arrived == []


async def test_who_parted_is_told_to_all_others(network: Network) -> None:
    one, other = await pair(network)
    third = await network.gateway(ELSEWHERE)
    await settled(one, third, ELSEWHERE)
    told = [(number, 2**64 - 1 - number) for number in range(700)]
    for parting in told:
        one.bus.tell_parting(*parting)
    await until(lambda: len(other.parted) == len(third.parted) == len(told))
    assert other.parted == third.parted == told
    assert one.parted == []


async def test_a_fault_over_one_envelope_leaves_the_others_of_its_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with nats_network() as network:
        one, other = await pair(network)
        hear = other.on_envelope

        def faulty(heard: Envelope) -> None:
            if heard.match == "match-1":
                raise KeyError(heard.match)
            hear(heard)

        monkeypatch.setattr(other, "on_envelope", faulty)
        for number in range(4):
            one.bus.publish(THERE, envelope(number))
        await until(lambda: envelope(3) in other.heard)
        assert other.heard == [envelope(0), envelope(2), envelope(3)]
