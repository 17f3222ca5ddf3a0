"""The waits of visitors who arrive as a Poisson process, against the best that is possible."""

import asyncio
import random
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from statistics import fmean
from time import perf_counter

from bench.products import Product
from bench.progress import RoundProgress
from services.signaling.core.messages import Find, Mode

from .arrivals import ideal_mean_wait, poisson, rate_of
from .figures import Figure, at_most, over_rounds
from .meeting_history import MeetingHistory
from .seekers import Seeker, Seekers

RESTED = 2.0
"""Seconds before a visitor who left is used again. Every frame arrives within them."""

PATIENCE = 20.0
"""Seconds after which a visitor who is left beside somebody counts as stranded, on a slow machine, too."""

WARM_UP = 3.0
"""Seconds of arrivals before those that count, because lane advice follows the rate of the last seconds."""

PART = "arrivals by chance"
BAR = at_most(1.1)


@dataclass(slots=True)
class ArrivalGroup:
    """Visitors who meet only each other. Times are in seconds."""

    wish: Find
    arrivals: list[float] = field(default_factory=list)
    late: float = 0.0
    """The longest delay of an arrival behind its plan, which is the delay of this process."""
    waits: list[float] = field(default_factory=list)
    stranded: int = 0
    """The visitors who were left beside somebody whom they might have met."""


@dataclass(frozen=True, slots=True)
class PoissonRound:
    """One round of all groups together."""

    rate: float
    """The measured arrivals a second in one group."""
    mean: float
    ideal: float
    """The shortest mean wait that these arrivals allow."""
    pairs: int
    stranded: int
    late: float
    """The longest delay of this process. If it is long, other processes on this machine were late, too."""

    @property
    def in_gaps(self) -> float:
        """The mean wait × 2λ. Its expected value is 1 at best."""
        return 2 * self.rate * self.mean


PoissonRounds = Sequence[PoissonRound]

MODES: tuple[Mode, ...] = ("video", "audio", "text")
WISHES = tuple(
    Find(mode, languages=[language], strict_language=True) for language in ("en", "de") for mode in MODES
)
"""One `find` for each group. Several groups run side by side to save time."""


@dataclass(frozen=True, slots=True)
class PoissonPlan:
    """Plans rounds of `seconds` for each of `rates`, which are arrivals a second in each group.

    `total` is about the arrivals a second in all groups, so that no rate makes more work than another. There
    are so many `visitors` that two hardly ever come together twice, because they may not meet for a minute.
    """

    name: str
    rates: tuple[float, ...]
    total: float
    rounds: int
    seconds: float
    visitors: int


async def measure(product: Product, plan: PoissonPlan, progress: RoundProgress) -> list[PoissonRounds]:
    """Return the rounds at each rate."""
    crowd = Seekers()
    await crowd.enter(product.origins, plan.visitors)
    arrivals = ArrivalDriver(crowd)
    measured: list[PoissonRounds] = []
    for rate in plan.rates:
        wishes = WISHES[: ceil(plan.total / rate)]
        await arrivals.take(wishes, rate, min(WARM_UP, plan.seconds))
        turns = progress.rounds(f"{plan.name}, λ = {rate:g}", plan.rounds)
        measured.append([summarize(await arrivals.take(wishes, rate, plan.seconds)) for _ in turns])
    crowd.leave()
    crowd.check()
    return measured


class ArrivalDriver:
    """Sends visitors in one by one. Each leaves as soon as it is matched."""

    def __init__(self, crowd: Seekers) -> None:
        self._randomness = random.Random(7)
        self._free = crowd.everybody.copy()
        self._resting: deque[tuple[float, Seeker]] = deque()
        self._searching: dict[Seeker, ArrivalGroup] = {}
        self._met: dict[str, int] = {}
        self._meetings = MeetingHistory()
        crowd.on_matched = self._on_matched

    async def take(self, wishes: Sequence[Find], rate: float, seconds: float) -> list[ArrivalGroup]:
        """Send all arrivals of `seconds`. A visitor who is alone at the end leaves, too."""
        groups = [ArrivalGroup(wish) for wish in wishes]
        plan = [(time, group) for group in groups for time in poisson(rate, seconds, self._randomness)]
        start = perf_counter()
        for time, group in sorted(plan, key=lambda arrival: arrival[0]):
            await asyncio.sleep(start + time - perf_counter())
            group.late = max(group.late, perf_counter() - start - time)
            self._send(group)
        deadline = perf_counter() + PATIENCE
        while (  # noqa: ASYNC110 # an event would have to follow every match
            self._count_stranded(groups) and perf_counter() < deadline
        ):
            await asyncio.sleep(0.02)
        for seeker in list(self._searching):
            self._leave(seeker)
        return groups

    def _send(self, group: ArrivalGroup) -> None:
        while self._resting and self._resting[0][0] <= perf_counter():
            self._free.append(self._resting.popleft()[1])
        if not self._free:
            longest = perf_counter() - min(one.found_at for one in self._searching)
            raise RuntimeError(f"{len(self._searching)} visitors wait, one of them for {longest:.1f} s")
        seeker = self._free.pop(self._randomness.randrange(len(self._free)))
        self._searching[seeker] = group
        seeker.find(group.wish)
        group.arrivals.append(seeker.found_at)

    def _on_matched(self, seeker: Seeker) -> None:
        match = seeker.match or ""
        partner = self._met.pop(match, None)
        if partner is None:
            self._met[match] = seeker.number
        else:
            self._meetings.part(partner, seeker.number, perf_counter())
        group = self._leave(seeker)
        group.waits.append(seeker.matched_at - seeker.found_at)

    def _count_stranded(self, groups: Sequence[ArrivalGroup]) -> int:
        """Note the stranded visitors in each group, and return their sum."""
        for group in groups:
            waiting = [seeker.number for seeker, where in self._searching.items() if where is group]
            # Former partners are for those who have waited for 15 s, and nobody does here.
            group.stranded = len(self._meetings.stranded(waiting, perf_counter(), apart=inf))
        return sum(group.stranded for group in groups)

    def _leave(self, seeker: Seeker) -> ArrivalGroup:
        seeker.stop()
        self._resting.append((perf_counter() + RESTED, seeker))
        return self._searching.pop(seeker)


def summarize(groups: Sequence[ArrivalGroup]) -> PoissonRound:
    """Return the figures of all groups together. A visitor left alone by an odd number does not count."""
    waits = [wait for group in groups for wait in group.waits]
    return PoissonRound(
        rate=fmean(rate_of(group.arrivals) for group in groups),
        mean=fmean(waits),
        ideal=sum(ideal_mean_wait(one.arrivals) * (len(one.arrivals) // 2) for one in groups)
        / sum(len(one.arrivals) // 2 for one in groups),
        pairs=len(waits) // 2,
        stranded=sum(group.stranded for group in groups),
        late=max(group.late for group in groups),
    )


def by_gateways(measured: Mapping[int, PoissonRounds]) -> Iterator[Figure]:
    """Yield the figures by the number of gateways, with one lane."""
    for gateways, rounds in measured.items():
        where = f"{gateways} gateway{'s' if gateways > 1 else ''}"
        yield _in_gaps(where, rounds, lanes=1)
        against = f"{where}: mean wait / the best for the same arrivals"
        yield over_rounds(PART, against, [one.mean / one.ideal for one in rounds], "", BAR)
        added = [1000 * (one.mean - one.ideal) for one in rounds]
        yield over_rounds(PART, f"{where}: added to each wait", added, "ms")


def by_lanes(measured: Mapping[int, PoissonRounds]) -> Iterator[Figure]:
    """Yield the figures by the number of lanes, each with the same rate. λ is that of one lane."""
    for lanes, rounds in measured.items():
        yield _in_gaps(f"{lanes} lanes", rounds, lanes)


def at_one_rate(measured: Mapping[int, PoissonRounds]) -> Iterator[Figure]:
    """Yield the figures by the number of lanes that share one rate. λ is that of the pool."""
    for lanes, rounds in measured.items():
        name = f"{lanes} lanes share what one lane had: mean wait × 2λ of the pool"
        yield over_rounds(PART, name, [one.in_gaps for one in rounds], "")


def of_all(rounds: PoissonRounds) -> Iterator[Figure]:
    """Yield the number of stranded visitors, and the longest delay of the load generator."""
    yield Figure(PART, "stranded", sum(one.stranded for one in rounds), "", at_most(0))
    late = 1000 * max(one.late for one in rounds)
    yield Figure(PART, "greatest delay of the load generator itself", late, "ms")


def _in_gaps(where: str, rounds: PoissonRounds, lanes: int) -> Figure:
    pairs = sum(one.pairs for one in rounds)
    name = f"{where}: mean wait × 2λ ({pairs:,} pairs, ±{100 / pairs**0.5:.0f} %)"
    return over_rounds(PART, name, [one.in_gaps / lanes for one in rounds], "", BAR)
