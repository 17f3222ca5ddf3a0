"""How long visitors wait who all look for somebody in the same instant."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter

from bench.crowd import draw_wishes
from bench.products import Product
from bench.tally import percentile

from .figures import Figure, at_least, at_most, over_rounds
from .seekers import ANYONE, Seekers, find_frame

PATIENCE = 20.0
"""Seconds after which somebody who was not matched is stranded: longer than every stage and one more."""


@dataclass(frozen=True, slots=True)
class Burst:
    """One round. `waits` in seconds, of those who were matched, from the instant in which all pressed."""

    visitors: int
    waits: Sequence[float]


async def measure(product: Product, visitors: int, rounds: int) -> list[Figure]:
    """Rounds of visitors who want anyone, and of those of whom half have interests."""
    wishes = draw_wishes(visitors, random.Random(7))
    kinds = {
        "anyone": [find_frame(ANYONE)] * visitors,
        "half with interests": [find_frame(wish) for wish in wishes],
    }
    gateways = len(product.origins)
    figures: list[Figure] = []
    for kind, frames in kinds.items():
        bursts = [await _with_new_visitors(product, frames) for _ in range(rounds)]
        figures += _figures(f"{gateways} gateway{'s' if gateways > 1 else ''}, {kind}", bursts)
    return figures


async def _with_new_visitors(product: Product, frames: Sequence[bytes]) -> Burst:
    """They have met nobody before, so nothing keeps any two of them apart for good."""
    crowd = Seekers()
    await crowd.enter(product.origins, len(frames))
    burst = await _burst(crowd, frames)
    crowd.leave()
    crowd.check()
    return burst


async def _burst(crowd: Seekers, frames: Sequence[bytes]) -> Burst:
    waits: list[float] = []
    everybody = asyncio.Event()
    start = perf_counter()

    def note(_: object) -> None:
        waits.append(perf_counter() - start)
        if len(waits) == len(frames):
            everybody.set()

    crowd.on_matched = note
    for one, frame in zip(crowd.everybody, frames, strict=True):
        one.find(frame)
    with suppress(TimeoutError):  # whoever is missing is counted
        async with asyncio.timeout(PATIENCE):
            await everybody.wait()
    return Burst(len(frames), waits)


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
