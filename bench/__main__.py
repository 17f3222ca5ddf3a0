"""`python -m bench`: CPU, latency, memory and lost lines of Zufall and of Socket.IO, side by side."""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import uvloop

from bench.drops.measure import measure_drops
from bench.drops.outcome import DropOutcomes
from bench.drops.plan import DropPlan, plan_drops, plan_storm
from bench.drops.report import drop_table
from bench.products import CHATS, SCALES, STARTERS, Starter, running
from bench.progress import RoundProgress
from bench.report import Results, summary, table
from bench.sessions import Extent, measure_sessions
from bench.workload import Workload

WORKLOADS = ("idle", "calm", "paced", "closed", "scaling", "drops", "storm")


def main() -> int:
    options = _options()
    chosen = [name for name in WORKLOADS if name in options.workloads]
    progress = RoundProgress(len(chosen))
    results: list[Results] = []
    outcomes: DropOutcomes = {}
    with tempfile.TemporaryDirectory(prefix="zufall-bench-") as folder:
        for starters, workloads in _groups(options.products, options.rate):
            own = [one for one in workloads if one.name in chosen]
            if own and starters:
                results.append(_measure(starters, own, Path(folder), options, progress))
                progress.clear()
                print(table(results[-1]), flush=True)
        plans = [plan for plan in _plans(options) if plan.name in chosen]
        if plans:
            with running(_chats(options.products), Path(folder)) as products:
                outcomes = uvloop.run(measure_drops(products, plans, progress))
            progress.clear()
            print(drop_table(plans, outcomes), flush=True)
    line = summary(results, outcomes, options.visitors)
    if options.json:
        options.json.write_bytes(line + b"\n")
    print(f"\n{line.decode()}")
    return _verdict(results, outcomes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each workload with sessions")
    parser.add_argument("--seconds", type=float, default=2.5, help="length of a round")
    parser.add_argument("--visitors", type=int, default=1000, help="connected to each product")
    parser.add_argument("--rate", type=float, default=500, help="sessions/s of paced and scaling")
    parser.add_argument("--pause", type=float, default=5, help="ms between candidates; 0: all at once")
    parser.add_argument("--talkers", type=int, default=200, help="visitors of the workload drops")
    parser.add_argument("--talk", type=float, default=20, help="seconds of the workload drops")
    parser.add_argument("--storm", type=int, default=2000, help="visitors of the workload storm")
    for option, known in (("--products", [*STARTERS]), ("--workloads", [*WORKLOADS])):
        parser.add_argument(option, type=_some_of(known), default=known, help=f"some of {','.join(known)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON line here too")
    parser.add_argument("--quick", action="store_true", help="only prove that every workload completes")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.visitors, options.rate = 1, 1.0, 200, 100
        options.talkers, options.talk, options.storm = 20, 6.0, 100
    return options


def _some_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(known):
            raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
        return names

    return parse


def _groups(names: Sequence[str], rate: float) -> list[tuple[list[Starter], list[Workload]]]:
    """Return which products run at the same time, and under which workloads."""
    # 80 sessions/s relay about 1,000 frames/s, at 20 hardly two sessions overlap.
    sessions = [
        Workload("idle", 20),
        Workload("calm", 80),
        Workload("paced", rate),
        Workload("closed", None),
    ]
    scales = list(SCALES.values()) if "zufall" in names else []
    return [([STARTERS[name] for name in names], sessions), (scales, [Workload("scaling", rate)])]


def _chats(names: Sequence[str]) -> list[Starter]:
    """Return where visitors talk. Connection state recovery is another way to start what `stock` starts."""
    names = [*names, "recovery"] if "stock" in names else names
    return [CHATS[name] for name in names if name in CHATS]


def _plans(options: argparse.Namespace) -> list[DropPlan]:
    randomness = random.Random(7)
    return [
        plan_drops(options.talkers, options.talk, interval=0.5, cut_every=5.0, randomness=randomness),
        plan_storm(options.storm, interval=1.0 if options.quick else 4.0, randomness=randomness),
    ]


def _measure(
    starters: Sequence[Starter],
    workloads: Sequence[Workload],
    folder: Path,
    options: argparse.Namespace,
    progress: RoundProgress,
) -> Results:
    extent = Extent(options.rounds, options.seconds, options.visitors, options.pause / 1000)
    with running(starters, folder) as products:
        return uvloop.run(measure_sessions(products, workloads, extent, progress))


def _verdict(results: Sequence[Results], outcomes: DropOutcomes) -> int:
    """0 when every session that was begun saw all its frames and we lost no line, else 1."""
    products = [line for part in results for lines in part.stretches.values() for line in lines.values()]
    rounds = [one for product in products for one in product]
    faults = [fault for one in rounds for fault in one.tally.faults]
    for talkers in outcomes.values():
        faults += talkers["zufall"].wrongs() if "zufall" in talkers else []
    for fault in faults[:10]:
        print(f"fault: {fault}")
    return 1 if faults or not all(one.tally.sessions for one in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
