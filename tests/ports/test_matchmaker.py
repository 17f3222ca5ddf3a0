"""Tests of the port `Matchmaker`: with the replica of the cluster in memory, and with real matchers."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import get_args

import pytest

from services.contract.ids import GatewayId, VisitorId, random_id
from services.signaling.core.events import TicketSuperseded
from services.signaling.core.messages import Mode
from services.signaling.core.wishes import SearchTicket

from ..in_memory.matcher import Link, Replica
from ..in_memory.network import PromptNetwork
from ..timing import until
from .matchers import MatcherProcess, MatchmakerClient, connect, replicas, ticket

MODES: tuple[Mode, ...] = get_args(Mode)


class TwoMatchmakers:
    """Two gateways, and a matcher that can be restarted."""

    def __init__(
        self, one: MatchmakerClient, other: MatchmakerClient, restart: Callable[[], Awaitable[None]]
    ) -> None:
        self.one = one
        self.other = other
        self.restart = restart


@asynccontextmanager
async def in_memory() -> AsyncIterator[TwoMatchmakers]:
    replica = Replica(PromptNetwork(), time.monotonic, "replica", count(1))

    async def restart() -> None:
        replica.crash()
        open_links()

    def open_links() -> None:
        for link in replica.links.values():
            link.open()

    async with matchmakers() as (one, other):
        for name, client in (("one", one), ("other", other)):
            Link(GatewayId(name), client.matchmaker, replica)
        open_links()
        yield TwoMatchmakers(one, other, restart)


@asynccontextmanager
async def on_grpc() -> AsyncIterator[TwoMatchmakers]:
    async with replicas(1) as (replica,), matchmakers(replica) as (one, other):

        async def restart() -> None:
            await replica.kill()
            await until(lambda: not one.matchmaker.ready and not other.matchmaker.ready)
            await replica.start()

        yield TwoMatchmakers(one, other, restart)


@asynccontextmanager
async def matchmakers(*of: MatcherProcess) -> AsyncIterator[tuple[MatchmakerClient, MatchmakerClient]]:
    """Provides two gateways that have found every replica."""
    addresses = [replica.address for replica in of]
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(connect(name, addresses)) for name in ("one", "other")]
        await until(lambda: ready(one) == ready(other) == set(addresses))
        yield one, other


def ready(of: MatchmakerClient) -> set[str]:
    streams = of.matchmaker._streams
    return {address for address, stream in streams.items() if stream.ready}


@pytest.fixture(params=["memory", "grpc"])
async def market(request: pytest.FixtureRequest) -> AsyncIterator[TwoMatchmakers]:
    async with (in_memory if request.param == "memory" else on_grpc)() as made:
        yield made


async def meet(
    one: MatchmakerClient, mine: SearchTicket, other: MatchmakerClient, theirs: SearchTicket
) -> None:
    """Assert that both got proposals for one match, and that one side is polite."""
    await until(lambda: mine.id in one.proposals and theirs.id in other.proposals)
    first, second = one.proposals[mine.id], other.proposals[theirs.id]
    assert first.match == second.match
    assert first.polite is not second.polite
    assert (first.partner, second.partner) == (theirs.visitor, mine.visitor)


async def test_visitors_of_two_gateways_are_paired(market: TwoMatchmakers) -> None:
    mine = market.one.offer(ticket(interests=("music", "chess")))
    theirs = market.other.offer(ticket(interests=("hiking", "music")))
    await meet(market.one, mine, market.other, theirs)
    proposal = market.one.proposals[mine.id]
    assert (proposal.partner_gateway, proposal.shared_interests) == ("other", ("music",))
    assert market.other.proposals[theirs.id].partner_gateway == "one"


async def test_visitors_of_one_gateway_are_paired(market: TwoMatchmakers) -> None:
    mine, theirs = market.one.offer(ticket()), market.one.offer(ticket())
    await meet(market.one, mine, market.one, theirs)
    assert market.one.proposals[mine.id].partner_gateway == "one"


async def test_a_crowd_is_paired_two_by_two(market: TwoMatchmakers) -> None:
    tickets = [(market.one, market.other)[number % 2].offer(ticket()) for number in range(100)]
    await until(lambda: len(market.one.proposals) + len(market.other.proposals) == len(tickets))
    proposals = [*market.one.proposals.values(), *market.other.proposals.values()]
    assert len({proposal.match for proposal in proposals}) == len(tickets) / 2
    assert {proposal.partner for proposal in proposals} == {one.visitor for one in tickets}


async def test_a_withdrawn_ticket_is_not_paired(market: TwoMatchmakers) -> None:
    gone = market.one.offer(ticket())
    await until(lambda: market.one.matchmaker.waiting("video", False) == 1)
    market.one.matchmaker.withdraw(gone.id)
    market.one.matchmaker.withdraw(gone.id)
    await until(lambda: market.one.matchmaker.waiting("video", False) == 0)
    mine, theirs = market.other.offer(ticket()), market.one.offer(ticket())
    await meet(market.other, mine, market.one, theirs)
    assert gone.id not in market.one.proposals


async def test_a_ticket_that_is_withdrawn_at_once_is_not_paired(market: TwoMatchmakers) -> None:
    gone = market.one.offer(ticket())
    market.one.matchmaker.withdraw(gone.id)
    mine, theirs = market.one.offer(ticket()), market.other.offer(ticket())
    await meet(market.one, mine, market.other, theirs)
    assert gone.id not in market.one.proposals


async def test_only_tickets_of_one_pool_are_paired(market: TwoMatchmakers) -> None:
    alone = [market.one.offer(ticket(mode)) for mode in MODES]
    apart = [market.other.offer(ticket(mode), restricted=True) for mode in MODES]
    await until(lambda: all(market.one.matchmaker.waiting(mode, False) == 1 for mode in MODES))
    await until(lambda: all(market.other.matchmaker.waiting(mode, True) == 1 for mode in MODES))
    assert not market.one.proposals
    assert not market.other.proposals
    for mode, mine, theirs in zip(MODES, alone, apart, strict=True):
        await meet(market.one, mine, market.other, market.other.offer(ticket(mode)))
        await meet(market.other, theirs, market.one, market.one.offer(ticket(mode), restricted=True))


async def test_only_tickets_of_one_room_are_paired(market: TwoMatchmakers) -> None:
    rooms = ("", "p:berlin", "p:tokyo", "m:berlin")
    alone = [market.one.offer(ticket(room=room)) for room in rooms]
    apart = [market.other.offer(ticket(room=room), restricted=True) for room in rooms]
    await until(lambda: all(market.one.matchmaker.waiting_in_room(each.id) == 1 for each in alone))
    await until(lambda: all(market.other.matchmaker.waiting_in_room(each.id) == 1 for each in apart))
    assert not market.one.proposals
    assert not market.other.proposals
    for room, mine, theirs in zip(rooms, alone, apart, strict=True):
        await meet(market.one, mine, market.other, market.other.offer(ticket(room=room)))
        late = market.one.offer(ticket(room=room), restricted=True)
        await meet(market.other, theirs, market.one, late)


async def test_a_ticket_in_a_room_is_paired_after_a_restart_of_the_matcher(market: TwoMatchmakers) -> None:
    mine = market.one.offer(ticket(room="p:berlin"))
    await until(lambda: market.one.matchmaker.waiting_in_room(mine.id) == 1)
    await market.restart()
    await meet(market.one, mine, market.other, market.other.offer(ticket(room="p:berlin")))


async def test_only_the_newest_ticket_of_a_visitor_waits_and_the_other_gateway_learns_it(
    market: TwoMatchmakers,
) -> None:
    """In any order and any pool, no visitor meets themself or somebody who moved away."""
    myself = VisitorId(random_id())
    older = market.one.offer(ticket("text", visitor=myself, epoch=7))
    await until(lambda: market.one.matchmaker.waiting("text", False) == 1)
    newer = market.other.offer(ticket(visitor=myself, epoch=8))
    await until(lambda: market.one.superseded == [TicketSuperseded(older.id, 8, GatewayId("other"))])
    late = market.one.offer(ticket(visitor=myself, epoch=7))
    await until(lambda: market.one.superseded[1:] == [TicketSuperseded(late.id, 8, GatewayId("other"))])
    theirs = market.one.offer(ticket())
    await meet(market.other, newer, market.one, theirs)
    assert market.one.proposals[theirs.id].partner_epoch == 8
    assert market.other.superseded == []
    assert not {older.id, late.id} & market.one.proposals.keys()


async def test_a_ticket_carries_what_is_known_of_its_visitor(market: TwoMatchmakers) -> None:
    """An epoch that no ticket has any more does not block later searches."""
    myself = VisitorId(random_id())
    newer = market.other.offer(ticket(visitor=myself, epoch=8))
    await until(lambda: market.one.matchmaker.waiting("video", False) == 1)
    market.other.matchmaker.withdraw(newer.id)
    await until(lambda: market.one.matchmaker.waiting("video", False) == 0)
    older, theirs = market.one.offer(ticket(visitor=myself, epoch=7)), market.other.offer(ticket())
    await meet(market.one, older, market.other, theirs)
    assert market.other.proposals[theirs.id].partner_epoch == 7


async def test_a_later_ticket_of_one_place_replaces_the_earlier_silently(market: TwoMatchmakers) -> None:
    myself = VisitorId(random_id())
    earlier = market.one.offer(ticket("text", visitor=myself))
    later = market.one.offer(ticket(visitor=myself))
    market.one.matchmaker.withdraw(earlier.id)
    theirs = market.other.offer(ticket())
    await meet(market.one, later, market.other, theirs)
    assert market.one.superseded == []


async def test_waiting_visitors_are_paired_after_a_restart_of_the_matcher(market: TwoMatchmakers) -> None:
    mine, gone = market.one.offer(ticket("video")), market.one.offer(ticket("audio"))
    await until(lambda: market.one.matchmaker.waiting("video", False) == 1)
    market.one.matchmaker.withdraw(gone.id)
    await market.restart()
    theirs, late = market.other.offer(ticket("video")), market.other.offer(ticket("audio"))
    await meet(market.one, mine, market.other, theirs)
    assert late.id not in market.other.proposals


# --- the real one ----------------------------------------------------------------------------------


async def test_an_offer_before_the_matcher_starts_is_kept() -> None:
    replica = MatcherProcess()
    async with connect("one", [replica.address]) as one:
        mine, theirs = one.offer(ticket()), one.offer(ticket())
        assert not one.matchmaker.ready
        await replica.start()
        try:
            await meet(one, mine, one, theirs)
        finally:
            await replica.stop()


async def test_a_stage_change_is_reported_with_the_next_time() -> None:
    async with replicas(1) as (replica,), matchmakers(replica) as (one, _):
        mine = one.offer(ticket(interests=("chess",)))
        await until(lambda: one.stages)
        assert {change.ticket for change in one.stages} == {mine.id}
        last = one.stages[-1]
        assert (last.stage, last.widens_in) == (3, None), "in a market of one, anybody will do at once"


async def test_both_gateways_choose_the_same_replica_for_every_pool() -> None:
    async with replicas(2) as both, matchmakers(*both) as (one, other):
        for mode in MODES:
            for restricted in (False, True):
                mine, theirs = one.offer(ticket(mode), restricted), other.offer(ticket(mode), restricted)
                await meet(one, mine, other, theirs)


async def test_tickets_of_a_replica_that_dies_move_to_the_other() -> None:
    async with replicas(2) as both, matchmakers(*both) as (one, other):
        waiting = {
            (mode, restricted): one.offer(ticket(mode), restricted)
            for mode in MODES
            for restricted in (False, True)
        }
        await until(lambda: all(one.matchmaker.waiting(*pool) == 1 for pool in waiting))
        await both[0].kill()
        await until(lambda: ready(one) == ready(other) == {both[1].address})
        for (mode, restricted), mine in waiting.items():
            await meet(one, mine, other, other.offer(ticket(mode), restricted))
        await both[0].start()
        await until(lambda: len(ready(one) & ready(other)) == 2)
        for mode in MODES:
            await meet(one, one.offer(ticket(mode)), other, other.offer(ticket(mode)))
