"""In a short run visitors see nothing wrong while parts of the installation die and come back.

And the proof that the suite would notice: without the reservation step it fails, and without the epochs.
`make faults` runs longer.
"""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bench.swarm.events import Struck, write
from bench.swarm.person import Habits

from ..databases import Postgres
from ..requirements import require
from .installation import installed
from .plan import BOUNDS, Plan
from .recovery import assert_recovered
from .report import as_table
from .run import Outcome, run
from .schedule import FaultTemplate, Pace, Shape, fault_templates
from .wall_clock import playable

SHORT = Plan(
    seed=3557,
    storm=20,
    warm_up=1,
    templates=list({template.name: template for template in playable(fault_templates(Shape()))}.values()),
    pace=Pace(gap=(0.5, 1.3), lasts=(1, 4)),
)

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
"""The margin for slow machines would hide the missing step, because few stay alone for so long."""

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


def test_every_kind_of_fault_is_drawn() -> None:
    assert SHORT.missing_kinds() == set()


def test_a_calm_is_longer_than_every_checked_wait() -> None:
    assert SHORT.calm > SHORT.bounds.longest()
    assert SHORT.calm > SHORT.bounds.grace + SHORT.bounds.agree + SHORT.bounds.margin
    assert ONE_SIDED.calm > BOUNDS.agree + BOUNDS.margin


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Provide the outcomes of five runs. Three run at a time, because they mostly wait."""

    short: Outcome
    real: Outcome
    hasty: Outcome
    fenced: Outcome
    unfenced: Outcome


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres) -> Outcomes:
    async def made(name: str, plan: Plan, program: str = "") -> Outcome:
        return await run_on(tmp_path_factory.mktemp(name), postgres_server, plan, program)

    async def together() -> Outcomes:
        async with asyncio.TaskGroup() as group:
            short = group.create_task(made("short", SHORT))
            proof = (made("real", ONE_SIDED), made("hasty", NOT_EXCUSED, HASTY))
            real, hasty = await asyncio.gather(*proof)
            proof = (made("fenced", LATE), made("unfenced", LATE, UNFENCED))
            fenced, unfenced = await asyncio.gather(*proof)
        return Outcomes(short.result(), real, hasty, fenced, unfenced)

    return asyncio.run(together())


async def run_on(folder: Path, server: Postgres, plan: Plan, gateway_program: str) -> Outcome:
    """Run a plan. All events go to `history.jsonl`, beside the logs of the services."""
    async with installed(folder, server, plan.shape, gateway_program) as installation:
        outcome = await run(plan, installation)
    write(outcome.history, folder / "history.jsonl")
    return outcome


def test_visitors_see_nothing_wrong(outcomes: Outcomes) -> None:
    outcome = outcomes.short
    print(as_table(outcome.recovery))
    assert not outcome.explain(), outcome.explain()
    assert_recovered(outcome.recovery, SHORT.pace.lasts[1])


def test_wall_clocks_jumped(outcomes: Outcomes) -> None:
    """`strike_clock` has seen that they did."""
    require("faketime")
    assert "jump" in {event.fault for event in outcomes.short.history if isinstance(event, Struck)}


def test_a_pairing_that_one_side_hears_of_is_none(outcomes: Outcomes) -> None:
    assert not outcomes.real.explain(), outcomes.real.explain()


def test_without_the_reservation_it_is_and_the_suite_fails(outcomes: Outcomes) -> None:
    """Without this step the run fails, which proves that the checker can fail."""
    hasty = outcomes.hasty
    assert any(one.invariant == 1 for one in hasty.violations), hasty.explain()


def test_a_paused_gateway_cannot_change_a_visitor_who_moved(outcomes: Outcomes) -> None:
    assert not outcomes.fenced.explain(), outcomes.fenced.explain()


def test_without_epochs_it_does_and_the_suite_fails(outcomes: Outcomes) -> None:
    """Without epochs visitors lose the gateway that they have moved to."""
    unfenced = outcomes.unfenced
    assert any(one.what.endswith("was thrown out with 4409") for one in unfenced.violations), (
        unfenced.explain()
    )
