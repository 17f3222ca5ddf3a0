"""The waits of visitors who all begin to search in the same instant."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter

from bench.load_generator import draw_wishes
from bench.products import Product
from bench.progress import RoundProgress
from bench.tally import percentile
from services.signaling.core.messages import Find

from .figures import Figure, at_least, at_most, over_rounds
from .seekers import ANYONE, Seekers

PATIENCE = 20.0
"""Seconds after which an unmatched visitor is stranded. It is longer than every stage and one second more."""


@dataclass(frozen=True, slots=True)
class Burst:
    """One round. `waits` are the seconds from the common start until each match."""

    visitors: int
    waits: Sequence[float]


async def measure(product: Product, visitors: int, rounds: int, progress: RoundProgress) -> list[Figure]:
    """Measure rounds of visitors who accept anyone, and of visitors of whom half have interests."""
    wishes = draw_wishes(visitors, random.Random(7))
    kinds = {
        "anyone": [ANYONE] * visitors,
        "half with interests": wishes,
    }
    gateways = len(product.origins)
    figures: list[Figure] = []
    for kind, wished in kinds.items():
        name = f"{gateways} gateway{'s' if gateways > 1 else ''}, {kind}"
        bursts = [await _with_new_visitors(product, wished) for _ in progress.rounds(name, rounds)]
        figures += _figures(name, bursts)
    return figures


async def _with_new_visitors(product: Product, wishes: Sequence[Find]) -> Burst:
    """Run one round with new visitors, who have met nobody and may therefore all meet."""
    crowd = Seekers()
    await crowd.enter(product.origins, len(wishes))
    burst = await _burst(crowd, wishes)
    crowd.leave()
    crowd.check()
    return burst


async def _burst(crowd: Seekers, wishes: Sequence[Find]) -> Burst:
    waits: list[float] = []
    everybody = asyncio.Event()
    start = perf_counter()

    def note(_: object) -> None:
        waits.append(perf_counter() - start)
        if len(waits) == len(wishes):
            everybody.set()

    crowd.on_matched = note
    for one, wish in zip(crowd.everybody, wishes, strict=True):
        one.find(wish)
    with suppress(TimeoutError):  # whoever is missing is counted
        async with asyncio.timeout(PATIENCE):
            await everybody.wait()
    return Burst(len(wishes), waits)


def _figures(name: str, bursts: Sequence[Burst]) -> Iterator[Figure]:
    part = f"burst of {bursts[0].visitors:,} visitors at once"
    matched = [100 * len(one.waits) / one.visitors for one in bursts]
    yield over_rounds(part, f"{name}: matched", matched, "%", at_least(100))
    for share in (0.5, 0.99, 1.0):
        waits = [1000 * percentile(one.waits, share) for one in bursts]
        bar = at_most(1000) if share == 0.99 else None
        yield over_rounds(part, f"{name}: {_share(share)}", waits, "ms", bar)
    stranded = [float(one.visitors - len(one.waits)) for one in bursts]
    yield over_rounds(part, f"{name}: stranded", stranded, "", at_most(0))


def _share(share: float) -> str:
    return "longest wait" if share == 1 else f"p{100 * share:.0f}"
