"""A short run for every day: visitors see nothing wrong while parts of the installation die and come back.

And the proof that the suite would notice: without the reservation step it fails. `make faults` runs longer.
"""

from pathlib import Path

import pytest

from bench.swarm.person import Habits

from ..databases import Postgres
from ..timing import scaled
from .report import as_table
from .run import Plan, run
from .schedule import Card, Pace, Shape

pytestmark = pytest.mark.timeout(scaled(120))

SHORT = Plan(seed=1, storm=20, calm=17, visitors=60, pace=Pace(gap=(0.5, 2.5), lasts=(1, 5)))

LONELY = Shape(gateways=2, matchers=1)
HASTY = Plan(
    seed=1,
    storm=16,
    calm=3,
    visitors=60,
    shape=LONELY,
    pace=Pace(gap=(5, 5.5), lasts=(1.5, 2)),
    cards=[Card("swallow", LONELY.links("matcher"), ["back"])],  # only one of the two hears of a pairing
    gateway_program="tests.faults.hasty_gateway",
    habits=Habits().without("say", "cut"),  # nothing but time shows them that nobody is there
)


async def test_visitors_see_nothing_wrong(tmp_path: Path, postgres_server: Postgres) -> None:
    outcome = await run(SHORT, tmp_path, postgres_server)
    print(as_table(outcome.recovery))
    assert not outcome.explain(), outcome.explain()


async def test_without_the_reservation_it_fails(tmp_path: Path, postgres_server: Postgres) -> None:
    outcome = await run(HASTY, tmp_path, postgres_server)
    assert [one for one in outcome.violations if one.invariant == 1]
