"""The results of the searches: counts while the simulation runs, and statistics after it."""

from array import array
from collections.abc import Sequence
from math import ceil, inf

import msgspec

FEW = 30
"""The number of visitors below which the statistics of a population are mostly chance."""


class SearchCounts:
    """The counted searches of some visitors. Waits are in seconds."""

    __slots__ = (
        "bots_met",
        "countries_shared",
        "interests_shared",
        "languages_shared",
        "met_nobody",
        "regions_shared",
        "repeats",
        "repeats_within_minute",
        "unmatched",
        "visitors",
        "waits",
    )

    def __init__(self) -> None:
        self.visitors = 0
        self.met_nobody = 0
        self.unmatched = 0
        self.waits = array("d")
        """The waits of the searches that ended in a match."""
        self.repeats = 0
        self.repeats_within_minute = 0
        self.languages_shared = 0
        self.interests_shared = 0
        self.countries_shared = 0
        self.regions_shared = 0
        self.bots_met = 0

    def add(self, other: "SearchCounts") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class PopulationStats(msgspec.Struct, frozen=True):
    """The statistics of one population. Shares are from 0 to 1, and None if there is nothing to divide."""

    name: str
    visitors: int
    searches: int
    matched: float | None
    """The share of searches that ended in a match. The others are `unmatched`."""
    unmatched: float | None
    met_nobody: float | None
    """The share of visitors who left without a single match."""
    wait_mean: float | None
    """Seconds. Only matched searches count."""
    wait_p50: float | None
    """Seconds within which half of all searches end in a match. None if fewer do."""
    wait_p90: float | None
    wait_p99: float | None
    repeats: float | None
    """The share of matches with somebody whom the visitor had met before."""
    repeats_within_minute: int
    """Matches of two visitors who had parted less than 60 s before. The matcher must never make one."""
    shared_language: float | None
    """The share of matches in which both name a language in common."""
    shared_interest: float | None
    shared_country: float | None
    shared_region: float | None
    with_bots: float | None
    """The share of matches with a bot."""
    matches_per_minute: float


class SimulationResult:
    """The result of one run: the average number of visitors, and the statistics of each population."""

    def __init__(self, present: float, minutes: float, counts: dict[str, SearchCounts]) -> None:
        self.present = present
        self.waits = {name: sorted(of_name.waits) for name, of_name in counts.items()}
        self.populations = [_statistics(name, counts[name], self.waits[name], minutes) for name in counts]


def _statistics(name: str, counts: SearchCounts, waits: Sequence[float], minutes: float) -> PopulationStats:
    matches = len(waits)
    searches = matches + counts.unmatched
    return PopulationStats(
        name=name,
        visitors=counts.visitors,
        searches=searches,
        matched=_share(matches, searches),
        unmatched=_share(counts.unmatched, searches),
        met_nobody=_share(counts.met_nobody, counts.visitors),
        wait_mean=_rounded(sum(waits) / matches) if matches else None,
        wait_p50=_within(waits, searches, 0.5),
        wait_p90=_within(waits, searches, 0.9),
        wait_p99=_within(waits, searches, 0.99),
        repeats=_share(counts.repeats, matches),
        repeats_within_minute=counts.repeats_within_minute,
        shared_language=_share(counts.languages_shared, matches),
        shared_interest=_share(counts.interests_shared, matches),
        shared_country=_share(counts.countries_shared, matches),
        shared_region=_share(counts.regions_shared, matches),
        with_bots=_share(counts.bots_met, matches),
        matches_per_minute=_rounded(matches / minutes),
    )


def _share(of: int, all: int) -> float | None:
    return _rounded(of / all) if all else None


def _within(waits: Sequence[float], searches: int, share: float) -> float | None:
    needed = ceil(share * searches)
    return _rounded(waits[needed - 1]) if 0 < needed <= len(waits) else None


def _rounded(value: float) -> float:
    return round(value, 4)


def severity(one: PopulationStats) -> tuple[float, float, float]:
    """Return a key that sorts populations by how long they wait, the longest last."""
    return _or_never(one.wait_p99), one.unmatched or 0.0, _or_never(one.wait_p50)


def _or_never(wait: float | None) -> float:
    return inf if wait is None else wait
