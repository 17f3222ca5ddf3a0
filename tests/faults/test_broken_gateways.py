"""The suite would notice a broken gateway: it fails without the reservation step, and without epochs."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace

import pytest

from bench.swarm.person import Habits

from .conftest import RunPlan
from .plan import BOUNDS, Plan
from .run import Outcome
from .schedule import FaultTemplate, Pace, Shape

HASTY = "tests.faults.hasty_gateway"
UNFENCED = "tests.faults.unfenced_gateway"
LONELY = Shape(gateways=2, matchers=1)
RESTLESS = Habits(
    pause=0.5,
    acts={
        "matched": {"next": 0.1, "wait": 0.9},
        "searching": {"wait": 1.0},
        "idle": {"find": 1.0},
        "offline": {"wait": 1.0},
    },
)
"""Many meetings in which only the confirmations of gateways show that a partner is gone."""

ONE_SIDED = Plan(
    seed=1,
    storm=18,
    visitors=200,
    shape=LONELY,
    pace=Pace(gap=(3.5, 4), lasts=(1.5, 2)),
    templates=[
        FaultTemplate("swallow", LONELY.links("matcher"), ["back"])
    ],  # only one of the two hears of a pairing
    habits=RESTLESS,
    bounds=replace(BOUNDS, talkative=0),
    asks=[1],
)
NOT_EXCUSED = replace(ONE_SIDED, bounds=replace(ONE_SIDED.bounds, margin=BOUNDS.margin / 2))
"""The margin for slow machines would hide the missing step, because few stay alone for that long."""

MOVING = Habits(
    pause=0.5,
    acts={
        "matched": {"say": 0.4, "next": 0.1, "cut": 0.5},
        "searching": {"wait": 0.9, "cut": 0.1},
        "idle": {"find": 1.0},
        "offline": {"wait": 1.0},
    },
)
"""The connection of a paused gateway is cut, so its visitors go elsewhere, and it learns that last."""

LATE = Plan(
    seed=1,
    storm=14,
    visitors=300,  # without epochs eight to ten of them are thrown out; none would prove nothing
    shape=Shape(gateways=3, matchers=1),
    pace=Pace(gap=(3.5, 4), lasts=(2.5, 3)),
    templates=[
        FaultTemplate("pause", Shape(gateways=3).services("gateway"))
    ],  # what it says afterwards is old
    habits=MOVING,
    bounds=replace(BOUNDS, sociable=0),
    asks=[1],
)


@dataclass(frozen=True, slots=True)
class BothOutcomes:
    """Holds the outcomes of one plan, with real gateways and with broken ones."""

    real: Outcome
    broken: Outcome


@pytest.fixture(scope="module")
def one_sided(run_plan: RunPlan) -> BothOutcomes:
    return asyncio.run(_run_both(run_plan(ONE_SIDED), run_plan(NOT_EXCUSED, HASTY)))


@pytest.fixture(scope="module")
def late(run_plan: RunPlan) -> BothOutcomes:
    return asyncio.run(_run_both(run_plan(LATE), run_plan(LATE, UNFENCED)))


async def _run_both(real: Awaitable[Outcome], broken: Awaitable[Outcome]) -> BothOutcomes:
    """Run both at the same time, because they mostly wait."""
    return BothOutcomes(*await asyncio.gather(real, broken))


def test_a_calm_is_longer_than_the_checked_wait() -> None:
    assert ONE_SIDED.calm > BOUNDS.agree + BOUNDS.margin


def test_a_pairing_that_one_side_hears_of_is_none(one_sided: BothOutcomes) -> None:
    assert not one_sided.real.explain(), one_sided.real.explain()


def test_without_the_reservation_it_is_and_the_suite_fails(one_sided: BothOutcomes) -> None:
    """Without this step the run fails, which proves that the checker can fail."""
    hasty = one_sided.broken
    assert any(one.invariant == 1 for one in hasty.violations), hasty.explain()


def test_a_paused_gateway_cannot_change_a_visitor_who_moved(late: BothOutcomes) -> None:
    assert not late.real.explain(), late.real.explain()


def test_without_epochs_it_does_and_the_suite_fails(late: BothOutcomes) -> None:
    """Without epochs visitors lose the gateway that they have moved to."""
    unfenced = late.broken
    assert any(one.what.endswith("was thrown out with 4409") for one in unfenced.violations), (
        unfenced.explain()
    )
