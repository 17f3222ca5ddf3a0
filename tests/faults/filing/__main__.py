"""`make faults-reports`: reports on both databases under every fault; on violations the status is 1."""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...databases import Postgres, postgres
from .judge import ReportTally
from .run import FilingOutcome, run, run_appeals
from .stage import staged
from .strikes import COMMITS, ON_POSTGRESQL, ON_SQLITE, at_random


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults-reports", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of each fault on each database (default 5)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments that are left to chance")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zufall-filing-") as folder, postgres() as server:
        outcomes = [
            asyncio.run(_rounds(Path(folder), database, parsed.rounds, parsed.seed))
            for database in (server, None)
        ]
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    print(as_table({name: tally for one in outcomes for name, tally in one.tallies.items()}))
    print("\n".join(problems) or f"\nnothing is wrong after {sum(one.attempts for one in outcomes)} attempts")
    return 1 if problems else 0


async def _rounds(folder: Path, server: Postgres | None, rounds: int, seed: int) -> FilingOutcome:
    kind = "PostgreSQL" if server else "SQLite"
    total = FilingOutcome([], {}, 0)
    for number in range(rounds):
        faults = [
            *(ON_POSTGRESQL if server else ON_SQLITE),
            *at_random(random.Random(f"{seed}/{number}"), server is None),
        ]
        place = folder / f"{kind}-{number}"
        place.mkdir()
        async with staged(place, server) as stage:
            outcome = await run(stage, faults, print)
            problems = [*outcome.problems, *await run_appeals(stage, COMMITS[kind.lower()])]
        tallies = {f"{kind}: {name}": one for name, one in outcome.tallies.items()}
        print(as_table(tallies), *problems, sep="\n", flush=True)
        total = FilingOutcome(
            [*total.problems, *problems], added(total.tallies, tallies), total.attempts + outcome.attempts
        )
    return total


def added(one: dict[str, ReportTally], other: dict[str, ReportTally]) -> dict[str, ReportTally]:
    none = ReportTally(0, 0, 0, 0)
    return {name: one.get(name, none) + tally for name, tally in other.items()}


def as_table(tallies: dict[str, ReportTally]) -> str:
    rows: list[Sequence[object]] = [("fault", "filed", "acknowledged", "lost", "doubled")]
    rows += [(name, one.filed, one.acknowledged, one.lost, one.doubled) for name, one in tallies.items()]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
