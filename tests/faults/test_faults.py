"""In a short run visitors see nothing wrong while parts of the installation die and come back.

`make faults` runs longer.
"""

import asyncio

import pytest

from bench.swarm.events import Struck

from ..requirements import require
from ..timing import scaled
from .conftest import RunPlan
from .plan import Plan
from .recovery import assert_recovered
from .report import as_table
from .run import Outcome
from .schedule import Pace, Shape, fault_templates
from .wall_clock import playable

SHORT = Plan(
    seed=3557,
    storm=20,
    warm_up=1,
    templates=list({template.name: template for template in playable(fault_templates(Shape()))}.values()),
    pace=Pace(gap=(0.5, 1.3), lasts=(1, 4)),
)


def test_every_kind_of_fault_is_drawn() -> None:
    assert SHORT.missing_kinds() == set()


def test_a_calm_is_longer_than_every_checked_wait() -> None:
    assert SHORT.calm > SHORT.bounds.longest()
    assert SHORT.calm > SHORT.bounds.grace + SHORT.bounds.agree + SHORT.bounds.margin


@pytest.fixture(scope="module")
def outcome(run_plan: RunPlan) -> Outcome:
    return asyncio.run(run_plan(SHORT))


def test_visitors_see_nothing_wrong(outcome: Outcome) -> None:
    print(as_table(outcome.recovery))
    assert not outcome.explain(), outcome.explain()
    assert_recovered(outcome.recovery, scaled(SHORT.pace.lasts[1]))


def test_wall_clocks_jumped(outcome: Outcome) -> None:
    """`strike_clock` has seen that they did."""
    require("faketime")
    assert "jump" in {event.fault for event in outcome.history if isinstance(event, Struck)}
