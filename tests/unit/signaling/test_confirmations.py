"""Each match is confirmed once in three seconds, those with one gateway together, in even shares."""

from collections import Counter
from itertools import pairwise

import pytest

from services.contract.gateway_messages import PartnerAt
from services.contract.ids import GatewayId, VisitorId
from services.signaling.core.confirmations import EVERY, Confirmations

from .gateways import Town

TICK = 0.1
Matches = list[tuple[GatewayId, VisitorId]]


def matches(count: int, gateways: int = 3) -> Matches:
    return [(GatewayId(f"g{number % gateways}"), VisitorId(f"v{number}")) for number in range(count)]


def turns(
    confirmations: Confirmations, matched: Matches, seconds: float, start: float
) -> list[list[VisitorId]]:
    """The visitors that have their turn, tick by tick."""
    ticks = round(seconds / TICK)
    return [list(confirmations.turn(lambda: matched, start + tick * TICK)) for tick in range(ticks)]


@pytest.mark.parametrize("count", [1, 7, 31, 100, 1000])
def test_each_has_a_turn_in_three_seconds_and_only_one(count: int) -> None:
    confirmations = Confirmations()
    first = turns(confirmations, matches(count), EVERY, start=100.0)
    assert Counter(who for tick in first for who in tick) == Counter(who for _, who in matches(count))
    later = turns(confirmations, matches(count), 10 * EVERY, start=100.0 + EVERY)
    assert {9, 10, 11} >= set(Counter(who for tick in later for who in tick).values())


def test_the_work_is_spread_over_the_time() -> None:
    shares = [len(tick) for tick in turns(Confirmations(), matches(3000), EVERY, start=100.0)]
    assert max(shares) <= 3000 / 30 + 1


def test_those_with_partners_at_one_gateway_follow_each_other() -> None:
    matched = matches(100, gateways=4)
    order = [who for tick in turns(Confirmations(), matched, EVERY, start=100.0) for who in tick]
    where = {who: gateway for gateway, who in matched}
    changes = sum(where[one] != where[other] for one, other in pairwise(order))
    assert changes == 3


def test_who_is_in_no_match_costs_nothing() -> None:
    assert not any(turns(Confirmations(), [], 2 * EVERY, start=100.0))


def test_a_hub_confirms_the_matches_with_other_gateways_in_one_go_for_each() -> None:
    town = Town()
    here, there, far = map(town.hub, ("here", "there", "far"))
    for hub in (here, there, there, far):
        town.meet(town.searching(here), town.searching(hub))
    told = []
    for _ in range(round(EVERY / TICK)):
        town.now += TICK
        here.tick()
        told += [gateway for gateway, message in town.wire.queue if isinstance(message, PartnerAt)]
        town.wire.queue.clear()
    assert sorted(told) == ["far", "there", "there"], "those who are both here need no confirmation"
    assert sum(one != other for one, other in pairwise(told)) == 1
