"""A short run for every day: visitors see nothing wrong while parts of the installation die and come back.

And the proof that the suite would notice: without the reservation step it fails. `make faults` runs longer.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bench.swarm.person import Habits

from ..databases import Postgres
from ..timing import scaled
from .installation import installed
from .plan import BOUNDS, Plan
from .recovery import Bars
from .report import as_table
from .run import Outcome, run
from .schedule import Card, Pace, Shape, deck

pytestmark = pytest.mark.timeout(scaled(120))

SHORT = Plan(
    seed=3557,
    storm=22,
    cards=list({card.name: card for card in deck(Shape())}.values()),
    pace=Pace(gap=(0.5, 1.5), lasts=(1, 5)),
    bars=Bars(calls=0.9, searches=0.9, least=1),
)

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
    visitors=120,
    shape=LONELY,
    pace=Pace(gap=(5, 5.5), lasts=(1.5, 2)),
    cards=[Card("swallow", LONELY.links("matcher"), ["back"])],  # only one of the two hears of a pairing
    habits=RESTLESS,
    bounds=replace(BOUNDS, talkative=0),
    asks=[1],
)


def test_every_kind_of_fault_is_dealt() -> None:
    assert SHORT.undealt() == set()


def test_a_calm_is_longer_than_what_may_be_seen_in_it() -> None:
    assert SHORT.calm > SHORT.bounds.longest()
    assert SHORT.calm > SHORT.bounds.grace + SHORT.bounds.agree + SHORT.bounds.margin
    assert ONE_SIDED.calm > BOUNDS.agree + BOUNDS.margin


async def test_visitors_see_nothing_wrong(tmp_path: Path, postgres_server: Postgres) -> None:
    async with installed(tmp_path, postgres_server, SHORT.shape) as installation:
        outcome = await run(SHORT, installation)
    print(as_table(outcome.recovery))
    assert not outcome.explain(), outcome.explain()
    assert outcome.recovery.calls["kill"].total > 0
    assert outcome.recovery.searches.total > 0


async def test_a_pairing_that_one_side_hears_of_is_none(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres
) -> None:
    """And without the reservation it is one, and the suite fails: the checker would notice."""
    real, hasty = await asyncio.gather(
        one_sided(tmp_path_factory.mktemp("real"), postgres_server),
        one_sided(tmp_path_factory.mktemp("hasty"), postgres_server, "tests.faults.hasty_gateway"),
    )
    assert not real.explain(), real.explain()
    assert len([one for one in hasty.violations if one.invariant == 1]) > 2, hasty.explain()


async def one_sided(folder: Path, server: Postgres, gateway_program: str = "") -> Outcome:
    async with installed(folder, server, LONELY, gateway_program) as installation:
        return await run(ONE_SIDED, installation)
