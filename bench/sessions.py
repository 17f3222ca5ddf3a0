"""Measures what a session costs each product, in interleaved rounds of each workload."""

import gc
import random
from collections.abc import Sequence
from dataclasses import dataclass

from bench.dialects import Script
from bench.load_generator import LoadGenerator, draw_wishes
from bench.products import Product
from bench.progress import RoundProgress
from bench.report import Results
from bench.workload import Stretch, Workload, meet, run, settle


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: `seconds` is the length of a round, `pause` the seconds between candidates."""

    rounds: int
    seconds: float
    visitors: int
    pause: float


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


async def measure_sessions(
    products: Sequence[Product], workloads: Sequence[Workload], extent: Extent, progress: RoundProgress
) -> Results:
    """Connect the visitors of all products, and let the products take turns in each workload."""
    contenders = [one for product in products for one in await _contenders(product, extent)]
    gc.collect()
    gc.freeze()
    stretches: dict[str, dict[str, list[Stretch]]] = {}
    for workload in workloads:
        lines = stretches[workload.name] = {one.name: [] for one in contenders}
        progress.begin(workload.name)
        for _ in progress.rounds("sessions", extent.rounds):
            for one in contenders:
                lines[one.name].append(await one.measure(workload, extent.seconds))
                one.product.servers.check_alive()
    memory = {one.name: round(one.servers.memory_bytes() / 2**20, 1) for one in products}
    for one in contenders:
        one.generator.leave()
    return Results(workloads, stretches, memory)


async def _contenders(product: Product, extent: Extent) -> list[Contender]:
    randomness = random.Random(7)
    script = Script(product.dialect, bundled=False)
    generator = LoadGenerator(
        product.dialect, script, pause=extent.pause, fits=product.fits, randomness=randomness
    )
    await generator.enter(product.origins, draw_wishes(extent.visitors, randomness))
    await meet(generator)
    await settle(generator)
    lines = [Contender(product.name, product, generator, script)]
    if product.name == "zufall":
        lines.append(Contender("bundled", product, generator, Script(product.dialect, bundled=True)))
    return lines
