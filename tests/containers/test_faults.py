"""The fault suite passes on containers: three NATS servers, PostgreSQL, and faults made by the engine."""

from pathlib import Path

import pytest

from bench.swarm.events import write

from ..faults.plan import Plan
from ..faults.recovery import assert_recovered
from ..faults.report import as_table
from ..faults.run import run
from ..faults.schedule import FaultTemplate, Pace, Shape
from ..timing import scaled
from .cluster import NATS_SERVERS, container_cluster

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1200)]  # the first test builds the image

SHAPE = Shape()
GATEWAYS, MATCHERS = SHAPE.services("gateway"), SHAPE.services("matcher")
PLAN = Plan(
    seed=1,
    storm=16,
    visitors=60,
    pace=Pace(gap=(1, 1.8), lasts=(1, 4)),
    measured=False,
    templates=[
        FaultTemplate("kill", GATEWAYS),
        FaultTemplate("terminate", GATEWAYS),
        FaultTemplate("pause", GATEWAYS),
        FaultTemplate("kill", MATCHERS),
        FaultTemplate("kill", NATS_SERVERS),
        FaultTemplate("cut", NATS_SERVERS),
        FaultTemplate("pause", NATS_SERVERS),
        FaultTemplate("kill", ["reports"]),
        FaultTemplate("cut", ["postgres"]),
    ],
)


def test_every_kind_of_fault_is_drawn() -> None:
    assert PLAN.missing_kinds() == set()


async def test_visitors_see_nothing_wrong(image: str, tmp_path: Path) -> None:
    """The run writes all events to `history.jsonl`."""
    with container_cluster(image, SHAPE) as cluster:
        await cluster.until_ready()
        outcome = await run(PLAN, cluster)
    write(outcome.history, tmp_path / "history.jsonl")
    print(as_table(outcome.recovery))  # noqa: T201 # with `pytest -s` one may look
    assert not outcome.explain(), outcome.explain()
    assert_recovered(outcome.recovery, scaled(PLAN.pace.lasts[1]))
