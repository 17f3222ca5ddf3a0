"""`make faults-rollout`: all gateways are replaced as Kubernetes does it, with one surge after the other."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from .manifest import gateway_settings
from .outcome import RolloutOutcome
from .rolling_update import Portion
from .run import RolloutPlan, run

MOST_MOVES = 1.3
"""The mean number of moves that the surge of our manifest may cost a visitor."""


def main() -> int:
    options = _options()
    plan = _plan(options)
    print("\n".join(_heading(plan)), flush=True)
    outcomes = {}
    for surge in options.surges:
        settings = replace(plan.settings, max_surge=surge)
        with tempfile.TemporaryDirectory(prefix="zufall-rollout-") as folder:
            outcomes[surge] = asyncio.run(run(replace(plan, settings=settings), Path(folder)))
        print(_row(surge, outcomes[surge]), flush=True)
    problems = [problem for outcome in outcomes.values() for problem in outcome.problems()]
    ours = outcomes.get(plan.settings.max_surge)
    if ours and ours.mean_moves > MOST_MOVES:
        problems.append(f"a visitor moves more often than {MOST_MOVES} times")
    print("\n".join(problems) or "\nno call ended, and nothing is wrong")
    return 1 if problems else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults-rollout", description=__doc__)
    parser.add_argument("--surges", type=_surges, default="1,25%,50%,100%", help="default 1,25%%,50%%,100%%")
    parser.add_argument("--gateways", type=int, default=10, help="how many are replaced (default 10)")
    parser.add_argument("--visitors", type=int, default=200, help="a multiple of eight (default 200)")
    parser.add_argument("--drain", type=float, default=40, help="seconds of each drain (default 40)")
    parser.add_argument("--longest-start", type=float, default=20, help="seconds from 2 to this (default 20)")
    parser.add_argument("--min-ready", type=float, help="instead of the manifest's minReadySeconds")
    parser.add_argument("--pre-stop", type=float, help="instead of the manifest's preStop")
    parser.add_argument("--faster", type=float, default=1, help="divide all times but the grace by this")
    parser.add_argument("--seed", type=int, default=1, help="of what is left to chance (default 1)")
    return parser.parse_args()


def _surges(text: str) -> list[Portion]:
    return [surge if surge.endswith("%") else int(surge) for surge in text.split(",")]


def _plan(options: argparse.Namespace) -> RolloutPlan:
    settings = gateway_settings()
    if options.min_ready is not None:
        settings = replace(settings, min_ready=options.min_ready)
    if options.pre_stop is not None:
        settings = replace(settings, pre_stop=options.pre_stop)
    plan = RolloutPlan(
        settings,
        options.gateways,
        options.visitors,
        options.drain,
        (2.0, options.longest_start),
        seed=options.seed,
    )
    return plan.faster(options.faster)


def _heading(plan: RolloutPlan) -> Iterator[str]:
    settings = plan.settings
    least, longest = plan.start
    yield f"{plan.replicas} gateways, {plan.visitors} visitors in calls, seed {plan.seed}"
    yield f"a pod starts in {least:g} to {longest:g} s and is available {settings.min_ready:g} s later"
    yield f"one that stops waits for {settings.pre_stop:g} s, and then drains in {plan.drain:g} s"
    columns = ("maxSurge", "moves", "most", "ended", "violations", "peak", "of one", "seconds")
    yield "\n" + "".join(f"{column:>12}" for column in columns)


def _row(surge: Portion, outcome: RolloutOutcome) -> str:
    columns: Sequence[object] = (
        surge,
        f"{outcome.mean_moves:.2f}",
        max(outcome.moves),
        outcome.ended,
        len(outcome.violations),
        outcome.busiest,
        outcome.busiest_gateway,
        f"{outcome.seconds:.0f}",
    )
    return "".join(f"{column!s:>12}" for column in columns)


if __name__ == "__main__":
    sys.exit(main())
