"""Provides runs of a plan on an installation of their own."""

from collections.abc import Callable, Coroutine

import pytest

from bench.swarm.events import write

from ..databases import Postgres
from .installation import installed
from .plan import Plan
from .run import Outcome, run

RunPlan = Callable[..., Coroutine[None, None, Outcome]]


@pytest.fixture(scope="module")
def run_plan(tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres) -> RunPlan:
    """Run a plan. All events go to `history.jsonl`, beside the logs of the services."""

    async def run_plan(plan: Plan, gateway_program: str = "") -> Outcome:
        folder = tmp_path_factory.mktemp("plan")
        async with installed(folder, postgres_server, plan.shape, gateway_program) as installation:
            outcome = await run(plan, installation)
        write(outcome.history, folder / "history.jsonl")
        return outcome

    return run_plan
