"""A rollout with the numbers of our manifest ends no call and moves nobody twice.

`make faults-rollout` replaces ten gateways in real time.
"""

from pathlib import Path

from .rollout.manifest import gateway_settings
from .rollout.run import RolloutPlan, run

SHORT = RolloutPlan(gateway_settings(), replicas=4, visitors=48, drain=12, start=(2, 20), pause=1)
"""A drain is so short that with a small surge it is over before the next pod goes."""

MOST_MOVES = 1.1
"""Four gateways cost less than ten: 1.25 to 1.31 moves when they go one by one, 1.12 when two by two."""


async def test_visitors_move_about_once(tmp_path: Path) -> None:
    outcome = await run(SHORT.faster(12), tmp_path)
    assert outcome.problems() == []
    assert min(outcome.moves) >= 1, "everybody had to go elsewhere"
    assert outcome.mean_moves <= MOST_MOVES
