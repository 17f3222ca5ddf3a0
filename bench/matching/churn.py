"""Visitors who skip again and again: how often they meet the same one, and whether one is left behind."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from bench.products import Product

from .acquaintance import Acquaintance
from .figures import Figure, at_most
from .seekers import ANYONE, Seeker, Seekers

PATIENCE = 10.0
"""Seconds after the last skip in which everybody meets somebody they may meet."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`visitors` press next every `every` seconds, each at an own moment, for `seconds`."""

    visitors: int
    every: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    acquaintance: Acquaintance
    seconds: float
    one_sided: int
    """Matches that only one of the two ever saw."""
    alone: int
    """Who waited at the end, because they had met everybody else who waited within the minute."""
    stranded: int
    """Who waited at the end though somebody else waited whom they might meet."""


class Churn:
    """Follows who is with whom, from the matches that the two sides see."""

    def __init__(self, crowd: Seekers) -> None:
        self._sides: dict[str, tuple[int, ...]] = {}
        """Who saw each match: one may have left before the other sees it."""
        self._ended: dict[str, float] = {}
        self.acquaintance = Acquaintance()
        crowd.on_matched = self._on_matched
        crowd.on_ended = lambda _, match: self._part(match)

    @property
    def one_sided(self) -> int:
        """Matches that only one of the two ever saw."""
        return sum(len(sides) == 1 for sides in self._sides.values())

    def skip(self, seeker: Seeker) -> None:
        """Press next, if there is a match."""
        if seeker.match is not None:
            self._part(seeker.match)
            seeker.skip()

    def _on_matched(self, seeker: Seeker) -> None:
        match = seeker.match or ""
        sides = self._sides[match] = (*self._sides.get(match, ()), seeker.number)
        if len(sides) == 2:
            self.acquaintance.meet(sides[0], sides[1], perf_counter())
            self._remember(match)

    def _part(self, match: str) -> None:
        """The first of the two leaves."""
        if match not in self._ended:
            self._ended[match] = perf_counter()
            self._remember(match)

    def _remember(self, match: str) -> None:
        """As soon as the match is over and both sides are known."""
        sides = self._sides[match]
        if len(sides) == 2 and match in self._ended:
            self.acquaintance.part(sides[0], sides[1], self._ended[match])


async def measure(product: Product, plan: Plan) -> list[Figure]:
    """Needs `plan.seconds`, and a few more at the end."""
    crowd = Seekers()
    await crowd.enter(product.origins, plan.visitors)
    outcome = await _run(crowd, plan)
    crowd.leave()
    crowd.check()
    return list(_figures(plan, len(product.origins), outcome))


async def _run(crowd: Seekers, plan: Plan) -> Outcome:
    churn = Churn(crowd)
    for one in crowd.everybody:
        one.find(ANYONE)
    randomness = random.Random(7)
    start = perf_counter()
    moments = [(start + randomness.uniform(0, plan.every), one) for one in crowd.everybody]
    await asyncio.gather(*(_press(churn, one, first, plan, start) for first, one in moments))
    seconds = perf_counter() - start
    await _settle(churn, crowd)
    waiting, stranded = _left(churn, crowd)
    return Outcome(churn.acquaintance, seconds, churn.one_sided, len(waiting) - len(stranded), len(stranded))


async def _press(churn: Churn, seeker: Seeker, due: float, plan: Plan, start: float) -> None:
    while due < start + plan.seconds:
        await asyncio.sleep(due - perf_counter())
        churn.skip(seeker)
        due += plan.every


async def _settle(churn: Churn, crowd: Seekers) -> None:
    """Until nobody waits who might meet somebody that waits, or patience is over."""
    deadline = perf_counter() + PATIENCE
    while _left(churn, crowd)[1] and perf_counter() < deadline:  # noqa: ASYNC110 # an event would follow each skip
        await asyncio.sleep(0.05)


def _left(churn: Churn, crowd: Seekers) -> tuple[list[int], set[int]]:
    """Who waits, and who of them is stranded."""
    waiting = [one.number for one in crowd.everybody if one.match is None]
    return waiting, churn.acquaintance.stranded(waiting, perf_counter())


def _figures(plan: Plan, gateways: int, outcome: Outcome) -> Iterator[Figure]:
    part = (
        f"churn of {plan.visitors} visitors who skip every {1000 * plan.every:.0f} ms"
        f" for {plan.seconds:.0f} s, {gateways} gateways"
    )
    known, others = outcome.acquaintance, plan.visitors - 1
    met = 2 * known.pairs / plan.visitors
    yield Figure(part, "pairs a second", known.meetings / outcome.seconds, "/s")
    yield Figure(part, f"different partners of a visitor, of {others} others (mean)", met, "")
    repeats = 100 * known.repeats / max(1, known.meetings)
    yield Figure(part, "met again within 60 s of parting", repeats, "%", at_most(0))
    yield Figure(part, "matches that only one side saw", outcome.one_sided, "")
    yield Figure(part, "wait at the end, having just met all others who wait", outcome.alone, "")
    yield Figure(part, "stranded at the end", outcome.stranded, "", at_most(0))
