"""Matcher replicas start, stop, die and hang. No waiting ticket is lost or paired twice."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import product

import pytest

from services.contract.lanes import OVERFLOW_AFTER, lane_owners
from services.signaling.core.messages import Mode
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.adapters.matcher_stream import pool_name

from ..proxy import Proxy
from ..timing import scaled, until
from .matchers import MatcherProcess, MatchmakerClient, connect, replicas, ticket

MODES: tuple[Mode, ...] = ("video", "audio", "text")
POOLS = list(product(MODES, (False, True)))
PATIENT = {"ZUFALL_THIN_MARKET": "0", "ZUFALL_TINY_MARKET": "0", "ZUFALL_STAGE_AGES": "5,10,300"}
"""Settings under which stages depend on age alone."""


@asynccontextmanager
async def desks(*of: MatcherProcess | Proxy) -> AsyncIterator[tuple[MatchmakerClient, MatchmakerClient]]:
    """Provides two gateways that know where the replicas are."""
    addresses = [replica.address for replica in of]
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(connect(name, addresses)) for name in ("one", "other")]
        yield one, other


def seen(of: MatchmakerClient) -> int:
    """Return how many replicas the gateway can use."""
    return sum(stream.ready for stream in of.streams)


def owner(of: MatchmakerClient, mode: Mode, restricted: bool) -> str:
    """Return the address of the replica that owns lane 0."""
    streams = {one.replica: one for one in of.streams if one.ready}
    (name,) = lane_owners(pool_name(mode, restricted), 1, streams)
    return streams[name]._address


def waiting(of: MatchmakerClient) -> int:
    return sum(of.matchmaker.waiting(*pool) for pool in POOLS)


def fill(of: MatchmakerClient) -> dict[tuple[Mode, bool], SearchTicket]:
    """Offer one ticket in every pool."""
    return {pool: of.offer(ticket(pool[0]), pool[1]) for pool in POOLS}


async def all_meet(
    one: MatchmakerClient, mine: dict[tuple[Mode, bool], SearchTicket], other: MatchmakerClient
) -> None:
    """Offer a second ticket in each pool, and wait until it is paired with the first."""
    theirs = fill(other)
    await until(lambda: all(each.id in one.proposals for each in mine.values()))
    await until(lambda: all(each.id in other.proposals for each in theirs.values()))
    for pool in POOLS:
        first, second = one.proposals[mine[pool].id], other.proposals[theirs[pool].id]
        assert first.match == second.match
        assert (first.partner, second.partner) == (theirs[pool].visitor, mine[pool].visitor)
    assert not one.declined
    assert not other.declined


async def test_a_replica_that_joins_takes_its_pools_without_losing_a_ticket() -> None:
    late = MatcherProcess()
    async with replicas(1) as (first,), desks(first, late) as (one, other):
        await until(lambda: seen(one) == seen(other) == 1)
        mine = fill(one)
        await until(lambda: waiting(one) == len(POOLS))
        await late.start()
        try:
            await until(lambda: seen(one) == seen(other) == 2)
            await until(lambda: waiting(one) == len(POOLS))
            assert {owner(one, *pool) for pool in POOLS} <= {first.address, late.address}
            assert all(owner(one, *pool) == owner(other, *pool) for pool in POOLS)
            await all_meet(one, mine, other)
        finally:
            await late.stop()


async def leave(replica: MatcherProcess) -> None:
    replica.process.terminate()
    assert await replica.process.wait() == 0


async def die(replica: MatcherProcess) -> None:
    replica.process.kill()
    await replica.process.wait()


async def hang(replica: MatcherProcess) -> None:
    replica.pause()


@pytest.mark.parametrize("end", [leave, die, hang])
async def test_tickets_of_a_replica_that_ends_move_within_three_seconds_with_their_age(
    end: object,
) -> None:
    async with replicas(2, **PATIENT) as both, desks(*both) as (one, other):
        await until(lambda: seen(one) == seen(other) == 2)
        ending = both[0] if any(owner(one, *pool) == both[0].address for pool in POOLS) else both[1]
        mine = {pool: one.offer(ticket(pool[0], age=12.0), pool[1]) for pool in POOLS}
        await until(lambda: waiting(one) == len(POOLS))
        one.stages.clear()
        began = time.monotonic()
        await end(ending)  # type: ignore[operator]
        await until(lambda: seen(one) == seen(other) == 1)
        assert time.monotonic() - began < scaled(3)
        await until(lambda: waiting(one) == len(POOLS))
        moved = {change.ticket: change.stage for change in one.stages}
        assert moved, "somebody waited there"
        assert set(moved.values()) == {2}, "as somebody who has waited for twelve seconds"
        await all_meet(one, mine, other)
        if end is hang:
            ending.go_on()
            await until(lambda: seen(one) == seen(other) == 2)
            await all_meet(one, fill(one), other)


async def test_a_gateway_that_hangs_returns_with_all_its_tickets() -> None:
    """A second process acts as the gateway. Its tickets must not be paired while it hangs."""
    async with replicas(1) as (replica,), desks(replica) as (one, _):
        await until(lambda: seen(one) == 1)
        mine = one.offer(ticket())
        await until(lambda: waiting(one) == 1)
        time.sleep(3.0)  # noqa: ASYNC251 -- this process is to stand still, both gateways with it
        await until(lambda: seen(one) == 1 and waiting(one) == 1)
        theirs = one.offer(ticket())
        await until(lambda: {mine.id, theirs.id} <= one.proposals.keys())


async def test_gateways_that_see_different_replicas_agree_as_soon_as_they_see_the_same() -> None:
    async with replicas(2) as (first, second):
        proxy = Proxy(second.port)
        async with (
            connect("one", [first.address, second.address]) as one,
            _cut_off(first, proxy) as other,
        ):
            await until(lambda: seen(one) == 2 and seen(other) == 1)
            apart = [pool for pool in POOLS if owner(one, *pool) == second.address]
            together = [pool for pool in POOLS if pool not in apart]
            mine, theirs = fill(one), fill(other)
            await until(lambda: all(theirs[pool].id in other.proposals for pool in together))
            await asyncio.sleep(1.5)  # long enough for any wrong pair
            met = {number for number in one.proposals if number in {each.id for each in mine.values()}}
            assert met == {mine[pool].id for pool in together}, "in the other pools they wait apart"
            await proxy.open()
            began = time.monotonic()
            await until(lambda: seen(other) == 2)
            agreed = time.monotonic()
            await until(lambda: len(one.proposals) == len(other.proposals) == len(POOLS))
            assert time.monotonic() - agreed < scaled(3)
            assert agreed - began < scaled(5)
            assert {each.match for each in one.proposals.values()} == {
                each.match for each in other.proposals.values()
            }
            await proxy.cut()


@asynccontextmanager
async def _cut_off(first: MatcherProcess, proxy: Proxy) -> AsyncIterator[MatchmakerClient]:
    """Provides a gateway that reaches the second replica only through a proxy."""
    async with connect("other", [first.address, proxy.address]) as made:
        yield made


@pytest.mark.parametrize("room", ["", "p:event"])
async def test_a_busy_pool_is_spread_over_replicas_and_each_ticket_is_paired_once(room: str) -> None:
    async with replicas(2, ZUFALL_LANE_RATE="20") as both, desks(*both) as (one, other):
        await until(lambda: seen(one) == seen(other) == 2)
        lanes: set[int] = set()
        tickets = []
        for number in range(400):
            tickets.append((one, other)[number % 2].offer(ticket(room=room)))
            lanes.add(len(one.matchmaker._replicas.owners(pool_name("video", False, room))))
            await asyncio.sleep(0.01)
        assert lanes == {1, 2}
        await until(lambda: len(one.proposals) + len(other.proposals) == len(tickets))
        pairs = [*one.proposals.values(), *other.proposals.values()]
        assert len({proposal.match for proposal in pairs}) == len(tickets) / 2
        assert {proposal.partner for proposal in pairs} == {one.visitor for one in tickets}
        assert not one.declined
        assert not other.declined


@pytest.mark.parametrize("room", ["", "p:event"])
async def test_two_tickets_in_different_lanes_meet_in_lane_0(room: str) -> None:
    """After a burst the pool keeps two lanes for ten more seconds."""
    async with replicas(2, ZUFALL_LANE_RATE="20") as both, desks(*both) as (one, other):
        await until(lambda: seen(one) == seen(other) == 2)
        rush = [one.offer(ticket(room=room)) for _ in range(200)]
        pool = pool_name("video", False, room)
        await until(lambda: len(one.proposals) == len(rush))
        for each in (one, other):
            await until(lambda each=each: len(each.matchmaker._replicas.owners(pool)) == 2)  # type: ignore[misc]
        while (first := ticket(room=room)).id % 2 != 1:
            pass
        while (second := ticket(room=room)).id % 2 != 0:
            pass
        began = time.monotonic()
        one.offer(first)
        other.offer(second)
        await until(lambda: first.id in {change.ticket for change in one.stages})
        told = {change.ticket: change.hint for change in one.stages}
        assert told[first.id] == "", "it is not alone"
        await until(lambda: first.id in one.proposals and second.id in other.proposals)
        assert time.monotonic() - began > 0.9 * OVERFLOW_AFTER, "they waited in different lanes"
        assert one.proposals[first.id].partner == second.visitor
