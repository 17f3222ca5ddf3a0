"""`python -m bench`: CPU, latency and memory of Zufall and of Socket.IO, in interleaved rounds."""

import argparse
import gc
import random
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.dialects import Script
from bench.load_generator import LoadGenerator, draw_wishes
from bench.processes import MissingPartError
from bench.products import STARTERS, Product
from bench.report import Results, summary, table
from bench.workload import Stretch, Workload, meet, run, settle


@dataclass(frozen=True, slots=True)
class Contender:
    """A line of the table: a product and how its visitors send candidates."""

    name: str
    product: Product
    generator: LoadGenerator
    script: Script

    async def measure(self, workload: Workload, seconds: float) -> Stretch:
        self.generator.script = self.script
        return await run(self.generator, workload, seconds, self.product.servers.cpu_seconds)


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="zufall-bench-") as folder, ExitStack() as stack:
        products = []
        for name in options.products.split(","):
            try:
                product = STARTERS[name](Path(folder))
            except MissingPartError as missing:
                print(f"{missing}.", flush=True)
                continue
            stack.callback(product.servers.stop)
            products.append(product)
        results = uvloop.run(_measure(products, options))
    print(table(results))
    line = summary(results)
    if options.json:
        options.json.write_bytes(line + b"\n")
    print(f"\n{line.decode()}")
    return _verdict(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each workload")
    parser.add_argument("--seconds", type=float, default=2.5, help="length of a round")
    parser.add_argument("--visitors", type=int, default=1000, help="connected to each product")
    parser.add_argument("--rate", type=float, default=500, help="sessions/s of the paced workload")
    parser.add_argument("--pause", type=float, default=5, help="ms between candidates; 0: all at once")
    parser.add_argument("--products", default="zufall,cluster,single", help="which to measure")
    parser.add_argument("--workloads", default="idle,calm,paced,closed", help="which to run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON line here too")
    parser.add_argument("--quick", action="store_true", help="only prove that sessions complete")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.visitors, options.rate = 1, 1.0, 200, 100
    return options


async def _measure(products: list[Product], options: argparse.Namespace) -> Results:
    contenders = [one for product in products for one in await _contenders(product, options)]
    gc.collect()
    gc.freeze()
    workloads = _workloads(options)
    stretches: dict[str, dict[str, list[Stretch]]] = {}
    for workload in workloads:
        lines = stretches[workload.name] = {one.name: [] for one in contenders}
        for turn in range(options.rounds):
            print(f"{workload.name}, round {turn + 1} of {options.rounds}", file=sys.stderr, flush=True)
            for one in contenders:
                lines[one.name].append(await one.measure(workload, options.seconds))
                one.product.servers.check_alive()
    memory = {one.name: round(one.servers.memory_bytes() / 2**20, 1) for one in products}
    for one in contenders:
        one.generator.leave()
    return Results(workloads, stretches, memory, options.visitors)


def _workloads(options: argparse.Namespace) -> list[Workload]:
    # 80 sessions/s relay about 1,000 frames/s, at 20 hardly two sessions overlap.
    known = [
        Workload("idle", 20),
        Workload("calm", 80),
        Workload("paced", options.rate),
        Workload("closed", None),
    ]
    chosen = options.workloads.split(",")
    return [one for one in known if one.name in chosen]


async def _contenders(product: Product, options: argparse.Namespace) -> list[Contender]:
    randomness = random.Random(7)
    script = Script(product.dialect, bundled=False)
    generator = LoadGenerator(
        product.dialect, script, pause=options.pause / 1000, fits=product.fits, randomness=randomness
    )
    await generator.enter(product.origins, draw_wishes(options.visitors, randomness))
    await meet(generator)
    await settle(generator)
    lines = [Contender(product.name, product, generator, script)]
    if product.name == "zufall":
        lines.append(Contender("bundled", product, generator, Script(product.dialect, bundled=True)))
    return lines


def _verdict(results: Results) -> int:
    """0 when every session that was begun saw all its frames, else 1."""
    rounds = [one for lines in results.stretches.values() for line in lines.values() for one in line]
    faults = [fault for one in rounds for fault in one.tally.faults]
    for fault in faults[:10]:
        print(f"fault: {fault}")
    return 1 if faults or not all(one.tally.sessions for one in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
