"""A short run for every day: visitors see nothing wrong while parts of the installation die and come back.

And the proof that the suite would notice: without the reservation step it fails. `make faults` runs longer.
"""

from pathlib import Path

import pytest

from bench.swarm.checker import Bounds
from bench.swarm.person import Habits

from ..databases import Postgres
from ..timing import FACTOR, scaled
from .installation import installed
from .report import as_table
from .run import Plan, run
from .schedule import Card, Pace, Shape

pytestmark = pytest.mark.timeout(scaled(120))

SHORT = Plan(seed=3557, storm=22, calm=17, visitors=60, pace=Pace(gap=(0.5, 2.5), lasts=(1, 5)))

LONELY = Shape(gateways=2, matchers=1)
RESTLESS = Habits(
    pause=0.5,
    acts={
        "matched": {"next": 0.25, "wait": 0.75},
        "searching": {"wait": 1.0},
        "idle": {"find": 1.0},
        "away": {"wait": 1.0},
    },
)
"""Many meetings, and nothing but the gateways' own reminders shows anybody that nobody is there."""

ONE_SIDED = Plan(
    seed=1,
    storm=11,
    calm=3,
    visitors=120,
    shape=LONELY,
    pace=Pace(gap=(5, 5.5), lasts=(1.5, 2)),
    cards=[Card("swallow", LONELY.links("matcher"), ["back"])],  # only one of the two hears of a pairing
    habits=RESTLESS,
    bounds=Bounds(agree=1.0, margin=0.3 * FACTOR),
)


async def test_visitors_see_nothing_wrong(tmp_path: Path, postgres_server: Postgres) -> None:
    async with installed(tmp_path, postgres_server, SHORT.shape) as installation:
        outcome = await run(SHORT, installation)
    print(as_table(outcome.recovery))
    assert not outcome.explain(), outcome.explain()


async def test_a_pairing_that_one_side_hears_of_is_none(tmp_path: Path, postgres_server: Postgres) -> None:
    async with installed(tmp_path, postgres_server, LONELY) as installation:
        outcome = await run(ONE_SIDED, installation)
    assert not outcome.explain(), outcome.explain()


async def test_without_the_reservation_it_is_and_the_suite_fails(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    """The same, with the one step switched off: as a proof that the checker would notice."""
    async with installed(tmp_path, postgres_server, LONELY, "tests.faults.hasty_gateway") as installation:
        outcome = await run(ONE_SIDED, installation)
    assert len([one for one in outcome.violations if one.invariant == 1]) > 2, outcome.explain()
