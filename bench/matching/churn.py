"""Visitors who press Next again and again: how often two meet again, and whether one is left behind."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from bench.products import Product
from bench.progress import RoundProgress

from .figures import Figure, at_most
from .meeting_history import MeetingHistory
from .seekers import ANYONE, Seeker, Seekers

PATIENCE = 20.0
"""Seconds after the last Next within which every visitor meets somebody they may meet.

These visitors have no keys of devices, so they are deferred as soon as the pool is busy. Those who came
before and after that moment meet each other only when they have waited for 15 seconds.
"""


@dataclass(frozen=True, slots=True)
class ChurnPlan:
    """`visitors` press Next every `every` seconds for `seconds`, each at its own moment."""

    visitors: int
    every: float
    seconds: float


@dataclass(frozen=True, slots=True)
class ChurnResult:
    meetings: MeetingHistory
    seconds: float
    one_sided: int
    """The number of matches that only one side saw."""
    alone: int
    """The visitors who waited at the end because they had met all others who waited within the minute."""
    stranded: int
    """The visitors who waited at the end beside somebody whom they might meet."""


class Churn:
    """Follows the matches as both sides see them."""

    def __init__(self, crowd: Seekers) -> None:
        self._sides: dict[str, tuple[int, ...]] = {}
        """The visitors who saw each match. One may have left before the other sees it."""
        self._ended: dict[str, float] = {}
        self.meetings = MeetingHistory()
        crowd.on_matched = self._on_matched
        crowd.on_ended = lambda _, match: self._part(match)

    @property
    def one_sided(self) -> int:
        """The number of matches that only one side saw."""
        return sum(len(sides) == 1 for sides in self._sides.values())

    def press_next(self, seeker: Seeker) -> None:
        """Press Next, if there is a match."""
        if seeker.match is not None:
            self._part(seeker.match)
            seeker.press_next()

    def _on_matched(self, seeker: Seeker) -> None:
        match = seeker.match or ""
        sides = self._sides[match] = (*self._sides.get(match, ()), seeker.number)
        if len(sides) == 2:
            self.meetings.meet(sides[0], sides[1], perf_counter())
            self._remember(match)

    def _part(self, match: str) -> None:
        """Note that the first of the two leaves."""
        if match not in self._ended:
            self._ended[match] = perf_counter()
            self._remember(match)

    def _remember(self, match: str) -> None:
        """Record the parting as soon as the match is over and both sides are known."""
        sides = self._sides[match]
        if len(sides) == 2 and match in self._ended:
            self.meetings.part(sides[0], sides[1], self._ended[match])


async def measure(product: Product, plan: ChurnPlan, progress: RoundProgress) -> list[Figure]:
    """Run the plan, which takes a few seconds longer than `plan.seconds`."""
    crowd = Seekers()
    await crowd.enter(product.origins, plan.visitors)
    progress.tell(f"{plan.seconds:g} seconds")
    outcome = await _run(crowd, plan)
    crowd.leave()
    crowd.check()
    return list(_figures(plan, len(product.origins), outcome))


async def _run(crowd: Seekers, plan: ChurnPlan) -> ChurnResult:
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
    return ChurnResult(churn.meetings, seconds, churn.one_sided, len(waiting) - len(stranded), len(stranded))


async def _press(churn: Churn, seeker: Seeker, due: float, plan: ChurnPlan, start: float) -> None:
    while due < start + plan.seconds:
        await asyncio.sleep(due - perf_counter())
        churn.press_next(seeker)
        due += plan.every


async def _settle(churn: Churn, crowd: Seekers) -> None:
    """Wait until nobody is stranded, or until `PATIENCE` is over."""
    deadline = perf_counter() + PATIENCE
    while _left(churn, crowd)[1] and perf_counter() < deadline:  # noqa: ASYNC110 # an event would follow each Next
        await asyncio.sleep(0.05)


def _left(churn: Churn, crowd: Seekers) -> tuple[list[int], set[int]]:
    """Return the visitors who wait, and those of them who are stranded."""
    waiting = [one.number for one in crowd.everybody if one.match is None]
    return waiting, churn.meetings.stranded(waiting, perf_counter())


def _figures(plan: ChurnPlan, gateways: int, outcome: ChurnResult) -> Iterator[Figure]:
    part = (
        f"churn of {plan.visitors} visitors who press Next every {1000 * plan.every:.0f} ms"
        f" for {plan.seconds:.0f} s, {gateways} gateways"
    )
    known, others = outcome.meetings, plan.visitors - 1
    met = 2 * known.pairs / plan.visitors
    yield Figure(part, "pairs a second", known.meetings / outcome.seconds, "/s")
    yield Figure(part, f"different partners of a visitor, of {others} others (mean)", met, "")
    repeats = 100 * known.repeats / max(1, known.meetings)
    yield Figure(part, "met again within 60 s of parting", repeats, "%", at_most(0))
    yield Figure(part, "matches that only one side saw", outcome.one_sided, "")
    yield Figure(part, "wait at the end, having just met all others who wait", outcome.alone, "")
    yield Figure(part, "stranded at the end", outcome.stranded, "", at_most(0))
