"""One visitor in ten is a bot: ten times as fast as a person, and from one of three networks."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from services.matcher.core.crowded_networks import DEFAULT_LIMITS, CrowdLimits
from tools.simulation.crowd_model import Company, CrowdModel, ZipfInterests
from tools.simulation.results import PopulationStats

from ..timing import long
from .plays import play

WITHOUT_RULE = CrowdLimits(tickets=0)
BOTS = Company(bots=0.1, networks=3)
ANYBODY = CrowdModel(company=BOTS)
WISHES = CrowdModel(
    languages={("en",): 0.6, ("es",): 0.15, ("de",): 0.1, ("cy",): 0.01},
    strict=0.05,
    interests=ZipfInterests(50, 3, 0.5),
    company=BOTS,
)


def attacked(
    crowd: CrowdModel, visitors: int, limits: CrowdLimits = DEFAULT_LIMITS, company: Company = BOTS
) -> Mapping[str, PopulationStats]:
    """Play two minutes in which the bots are there, after two minutes in which they came."""
    return play(
        replace(crowd, company=company), visitors=visitors, limits=limits, warm_up=120.0, duration=120.0
    )


def share_of_networks(people: PopulationStats) -> float:
    """Return the share of the bots' networks in all networks. Each of the people has one."""
    return BOTS.networks / (BOTS.networks + people.visitors)


@pytest.mark.parametrize("crowd", [pytest.param(ANYBODY, id="anybody"), long(WISHES)])
@pytest.mark.parametrize("visitors", [1000, long(3000), long(10_000)])
def test_bots_take_at_most_twice_their_networks_share_of_peoples_meetings(
    crowd: CrowdModel, visitors: int
) -> None:
    people = attacked(crowd, visitors)["people"]
    assert people.with_bots is not None
    assert people.with_bots <= 2 * share_of_networks(people)
    assert people.matched == 1


@pytest.mark.parametrize("crowd", [pytest.param(ANYBODY, id="anybody"), long(WISHES)])
def test_without_the_rule_they_take_far_more(crowd: CrowdModel) -> None:
    people = attacked(crowd, 1000, WITHOUT_RULE)["people"]
    assert people.with_bots is not None
    assert people.with_bots > 100 * share_of_networks(people)
    assert people.with_bots > 2 * BOTS.bots, "also more than twice their share of visitors"


def test_people_of_a_large_provider_are_spared_too() -> None:
    """A tenth of all visitors share one network. They are not taken for bots, and meet none."""
    carrier = attacked(ANYBODY, 1000, company=replace(BOTS, carrier=0.1))["carrier"]
    assert carrier.with_bots == 0
    assert carrier.wait_p99 is not None
    assert carrier.wait_p99 < 1.0


@pytest.mark.parametrize("company", [Company(quick=0.005), Company(carrier=0.3), Company(carrier=0.9)])
def test_quick_people_and_large_providers_notice_nothing(company: Company) -> None:
    """Everybody waits as long, to the microsecond, as without the rule."""
    with_rule, without = (
        attacked(ANYBODY, 1000, limits, company) for limits in (DEFAULT_LIMITS, WITHOUT_RULE)
    )
    assert with_rule == without


def test_who_presses_next_every_second_notices_nothing_while_there_are_bots() -> None:
    quick = attacked(ANYBODY, 1000, company=replace(BOTS, quick=0.005))["quick"]
    assert quick.searches > 300
    assert quick.with_bots == 0
    assert quick.wait_p99 is not None
    assert quick.wait_p99 < 1.0


@pytest.mark.long
@pytest.mark.parametrize("visitors", [1000, 3000])
def test_bots_that_refuse_each_other_become_slow(visitors: int) -> None:
    """They wait for fifteen seconds each time, or until they are slow enough not to stand out."""
    refusing = replace(BOTS, refuse=True)
    people, before = (
        attacked(ANYBODY, visitors, limits, refusing)["people"] for limits in (DEFAULT_LIMITS, WITHOUT_RULE)
    )
    assert people.with_bots is not None
    assert before.with_bots is not None
    assert before.with_bots > 0.5
    assert people.with_bots < before.with_bots * 0.6
