"""How long visitors wait who come by chance (Poisson), against the best that is possible."""

import asyncio
import random
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from statistics import fmean
from time import perf_counter

from bench.products import Product
from services.signaling.core.messages import Find, Mode

from .acquaintance import Acquaintance
from .arrivals import ideal_mean_wait, poisson, rate_of
from .figures import Figure, at_most, over_rounds
from .seekers import Seeker, Seekers

RESTED = 2.0
"""Seconds for which a visitor who left is not sent in again: longer than any frame is under way."""

WARM_UP = 3.0
"""Seconds of arrivals before those that count: lanes are advised by the rate of the last seconds."""

PART = "arrivals by chance"
BAR = at_most(1.1)


@dataclass(slots=True)
class Market:
    """Visitors who meet only each other. Times in seconds."""

    wish: Find
    arrivals: list[float] = field(default_factory=list)
    late: float = 0.0
    """The most by which an arrival came later than planned: the delay of this very process."""
    waits: list[float] = field(default_factory=list)
    stranded: int = 0
    """Who was left although another was whom they might have met."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All markets together."""

    rate: float
    """Arrivals a second in one market, as it came out."""
    mean: float
    ideal: float
    """The mean wait at best, for these very arrivals."""
    pairs: int
    stranded: int
    late: float
    """The greatest delay of this process: when it is long, so was that of every other on this machine."""

    @property
    def in_gaps(self) -> float:
        """The mean wait × 2λ: 1 at best, on average over all that chance may bring."""
        return 2 * self.rate * self.mean


Rounds = Sequence[Outcome]

MODES: tuple[Mode, ...] = ("video", "audio", "text")
WISHES = tuple(
    Find(mode, languages=[language], strict_language=True) for language in ("en", "de") for mode in MODES
)
"""One for each market. Several run side by side: one alone would need several times as long."""


@dataclass(frozen=True, slots=True)
class Plan:
    """For each of `rates` (arrivals a second in each market) so many rounds of `seconds`.

    `total`: arrivals a second in all markets together, about, so that no rate makes more work than another.
    `visitors`: so many that two hardly ever come together twice, for they do not meet again within a minute.
    """

    rates: tuple[float, ...]
    total: float
    rounds: int
    seconds: float
    visitors: int


async def measure(product: Product, plan: Plan) -> list[Rounds]:
    """The rounds at each rate."""
    crowd = Seekers()
    await crowd.enter(product.origins, plan.visitors)
    visits = Visits(crowd)
    measured: list[Rounds] = []
    for rate in plan.rates:
        wishes = WISHES[: ceil(plan.total / rate)]
        await visits.take(wishes, rate, min(WARM_UP, plan.seconds))
        measured.append([outcome(await visits.take(wishes, rate, plan.seconds)) for _ in range(plan.rounds)])
    crowd.leave()
    crowd.check()
    return measured


class Visits:
    """Sends visitors in one by one; each leaves as soon as somebody is there."""

    def __init__(self, crowd: Seekers) -> None:
        self._randomness = random.Random(7)
        self._free = crowd.everybody.copy()
        self._resting: deque[tuple[float, Seeker]] = deque()
        self._searching: dict[Seeker, Market] = {}
        self._met: dict[str, int] = {}
        self._acquaintance = Acquaintance()
        crowd.on_matched = self._on_matched

    async def take(self, wishes: Sequence[Find], rate: float, seconds: float) -> list[Market]:
        """All arrivals of so many seconds; whoever is alone at the end leaves too."""
        markets = [Market(wish) for wish in wishes]
        plan = [(time, market) for market in markets for time in poisson(rate, seconds, self._randomness)]
        start = perf_counter()
        for time, market in sorted(plan, key=lambda arrival: arrival[0]):
            await asyncio.sleep(start + time - perf_counter())
            market.late = max(market.late, perf_counter() - start - time)
            self._send(market)
        deadline = perf_counter() + RESTED
        while (  # noqa: ASYNC110 # an event would have to follow every match
            self._count_stranded(markets) and perf_counter() < deadline
        ):
            await asyncio.sleep(0.02)
        for seeker in list(self._searching):
            self._leave(seeker)
        return markets

    def _send(self, market: Market) -> None:
        while self._resting and self._resting[0][0] <= perf_counter():
            self._free.append(self._resting.popleft()[1])
        if not self._free:
            longest = perf_counter() - min(one.found_at for one in self._searching)
            raise RuntimeError(f"{len(self._searching)} visitors wait, one of them for {longest:.1f} s")
        seeker = self._free.pop(self._randomness.randrange(len(self._free)))
        self._searching[seeker] = market
        seeker.find(market.wish)
        market.arrivals.append(seeker.found_at)

    def _on_matched(self, seeker: Seeker) -> None:
        match = seeker.match or ""
        partner = self._met.pop(match, None)
        if partner is None:
            self._met[match] = seeker.number
        else:
            self._acquaintance.part(partner, seeker.number, perf_counter())
        market = self._leave(seeker)
        market.waits.append(seeker.matched_at - seeker.found_at)

    def _count_stranded(self, markets: Sequence[Market]) -> int:
        """Note it in each market, and return all of them."""
        for market in markets:
            waiting = [seeker.number for seeker, where in self._searching.items() if where is market]
            # Former partners are for those who have waited for 15 s, and nobody does here.
            market.stranded = len(self._acquaintance.stranded(waiting, perf_counter(), apart=inf))
        return sum(market.stranded for market in markets)

    def _leave(self, seeker: Seeker) -> Market:
        seeker.stop()
        self._resting.append((perf_counter() + RESTED, seeker))
        return self._searching.pop(seeker)


def outcome(markets: Sequence[Market]) -> Outcome:
    """Of all markets together. Each one who was left alone, where the number is odd, counts nowhere."""
    waits = [wait for market in markets for wait in market.waits]
    return Outcome(
        rate=fmean(rate_of(market.arrivals) for market in markets),
        mean=fmean(waits),
        ideal=sum(ideal_mean_wait(one.arrivals) * (len(one.arrivals) // 2) for one in markets)
        / sum(len(one.arrivals) // 2 for one in markets),
        pairs=len(waits) // 2,
        stranded=sum(market.stranded for market in markets),
        late=max(market.late for market in markets),
    )


def by_gateways(measured: Mapping[int, Rounds]) -> Iterator[Figure]:
    """By the number of gateways; one lane."""
    for gateways, rounds in measured.items():
        where = f"{gateways} gateway{'s' if gateways > 1 else ''}"
        yield _in_gaps(where, rounds, lanes=1)
        against = f"{where}: mean wait / the best for the same arrivals"
        yield over_rounds(PART, against, [one.mean / one.ideal for one in rounds], "", BAR)
        added = [1000 * (one.mean - one.ideal) for one in rounds]
        yield over_rounds(PART, f"{where}: added to each wait", added, "ms")


def by_lanes(measured: Mapping[int, Rounds]) -> Iterator[Figure]:
    """By the number of lanes, each of which has the same rate: λ is that of one lane."""
    for lanes, rounds in measured.items():
        yield _in_gaps(f"{lanes} lanes", rounds, lanes)


def at_one_rate(measured: Mapping[int, Rounds]) -> Iterator[Figure]:
    """By the number of lanes that share one rate: λ is that of the pool."""
    for lanes, rounds in measured.items():
        name = f"{lanes} lanes share what one lane had: mean wait × 2λ of the pool"
        yield over_rounds(PART, name, [one.in_gaps for one in rounds], "")


def of_all(rounds: Rounds) -> Iterator[Figure]:
    """What went wrong anywhere."""
    yield Figure(PART, "stranded", sum(one.stranded for one in rounds), "", at_most(0))
    late = 1000 * max(one.late for one in rounds)
    yield Figure(PART, "greatest delay of the load generator itself", late, "ms")


def _in_gaps(where: str, rounds: Rounds, lanes: int) -> Figure:
    pairs = sum(one.pairs for one in rounds)
    name = f"{where}: mean wait × 2λ ({pairs:,} pairs, ±{100 / pairs**0.5:.0f} %)"
    return over_rounds(PART, name, [one.in_gaps / lanes for one in rounds], "", BAR)
