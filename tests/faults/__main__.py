"""`make faults`: a long run, its schedule as it happens, what it showed. On violations the status is 1."""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.swarm.events import write

from ..databases import Postgres, postgres
from ..requirements import faketime
from .installation import installed
from .plan import Plan
from .report import as_json, as_table
from .run import Outcome, run
from .schedule import Shape, fault_templates
from .wall_clock import playable

STORM = 60.0


def main() -> int:
    parsed = _parser().parse_args()
    seed = random.randrange(2**31) if parsed.seed is None else parsed.seed
    templates = [
        template for template in playable(fault_templates(Shape())) if parsed.only in (None, template.name)
    ]
    if not templates:
        names = ", ".join(sorted({template.name for template in fault_templates(Shape())}))
        sys.exit(f"make faults: there is no fault {parsed.only!r}; there are {names}")
    plan = Plan(seed, storm=STORM, visitors=parsed.visitors, templates=templates)
    storms = max(1, round(parsed.minutes * 60 / (STORM + plan.calm)))
    plan = replace(plan, storms=storms)
    weather = f"{storms} storms of {STORM:.0f} s, a calm of {plan.calm:.1f} s after each"
    print(f"seed {seed}, {weather}", flush=True)
    if faketime() is None:
        print("the package faketime is not installed: wall clocks do not jump", flush=True)
    outcome = _run(plan, parsed.logs)
    if parsed.history:
        write(outcome.history, parsed.history)
    if parsed.json:
        parsed.json.write_text(json.dumps(as_json(plan, outcome), indent=1) + "\n")
    print(as_table(outcome.recovery))
    print(outcome.explain() or f"\nnothing is wrong in {len(outcome.history)} events")
    return 1 if outcome.explain() else 0


def _run(plan: Plan, logs: Path | None) -> Outcome:
    with postgres() as server, tempfile.TemporaryDirectory(prefix="zufall-faults-") as folder:
        if logs:
            logs.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_run_on(plan, logs or Path(folder), server))


async def _run_on(plan: Plan, folder: Path, server: Postgres) -> Outcome:
    async with installed(folder, server, plan.shape) as installation:
        return await run(plan, installation, lambda line: print(line, flush=True))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="about how long (default 5)")
    parser.add_argument("--seed", type=int, help="the same seed, the same schedule (default: a new one)")
    parser.add_argument("--visitors", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--only", metavar="FAULT", help='nothing but this, such as "kill gateway"')
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--history", type=Path, metavar="FILE", help="write all events as JSON lines")
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep what the processes log")
    return parser


if __name__ == "__main__":
    sys.exit(main())
