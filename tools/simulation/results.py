"""What came of the searches: counts while the simulation runs, figures for people and programs after it."""

from array import array
from collections.abc import Sequence
from math import ceil, inf

import msgspec

FEW = 30
"""Visitors below which the figures of a population are chance."""


class SearchCounts:
    """Counts the searches of some visitors. Waits are in seconds."""

    __slots__ = (
        "countries_shared",
        "interests_shared",
        "languages_shared",
        "met_nobody",
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
        """Of the searches that ended in a match."""
        self.repeats = 0
        self.repeats_within_minute = 0
        self.languages_shared = 0
        self.interests_shared = 0
        self.countries_shared = 0

    def add(self, other: "SearchCounts") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class PopulationStats(msgspec.Struct, frozen=True):
    """Of one population. Shares are from 0 to 1; what cannot be told is None."""

    name: str
    visitors: int
    searches: int
    matched: float | None
    """The share of searches that ended in a match; the others are `unmatched`."""
    unmatched: float | None
    met_nobody: float | None
    """The share of visitors who left without having met anybody."""
    wait_mean: float | None
    """Seconds, of the matched searches."""
    wait_p50: float | None
    """Seconds within which half of all searches are matched; None when fewer ever are."""
    wait_p90: float | None
    wait_p99: float | None
    repeats: float | None
    """The share of matches with somebody whom the visitor had met before."""
    repeats_within_minute: int
    """Matches of two who had parted less than 60 s before: never any."""
    shared_language: float | None
    """The share of matches of two who name a language in common."""
    shared_interest: float | None
    shared_country: float | None
    matches_per_minute: float


class SimulationResult:
    """One run: how many were present on average, and what came of the searches of each population."""

    def __init__(self, present: float, minutes: float, tallies: dict[str, SearchCounts]) -> None:
        self.present = present
        self.waits = {name: sorted(tally.waits) for name, tally in tallies.items()}
        self.figures = [_figures(name, tallies[name], self.waits[name], minutes) for name in tallies]


def _figures(name: str, tally: SearchCounts, waits: Sequence[float], minutes: float) -> PopulationStats:
    matches = len(waits)
    searches = matches + tally.unmatched
    return PopulationStats(
        name=name,
        visitors=tally.visitors,
        searches=searches,
        matched=_part(matches, searches),
        unmatched=_part(tally.unmatched, searches),
        met_nobody=_part(tally.met_nobody, tally.visitors),
        wait_mean=_rounded(sum(waits) / matches) if matches else None,
        wait_p50=_within(waits, searches, 0.5),
        wait_p90=_within(waits, searches, 0.9),
        wait_p99=_within(waits, searches, 0.99),
        repeats=_part(tally.repeats, matches),
        repeats_within_minute=tally.repeats_within_minute,
        shared_language=_part(tally.languages_shared, matches),
        shared_interest=_part(tally.interests_shared, matches),
        shared_country=_part(tally.countries_shared, matches),
        matches_per_minute=_rounded(matches / minutes),
    )


def _part(of: int, all: int) -> float | None:
    return _rounded(of / all) if all else None


def _within(waits: Sequence[float], searches: int, share: float) -> float | None:
    needed = ceil(share * searches)
    return _rounded(waits[needed - 1]) if 0 < needed <= len(waits) else None


def _rounded(value: float) -> float:
    return round(value, 4)


def severity(one: PopulationStats) -> tuple[float, float, float]:
    """Sorts populations by how they fare, the worst last."""
    return _ever(one.wait_p99), one.unmatched or 0.0, _ever(one.wait_p50)


def _ever(wait: float | None) -> float:
    return inf if wait is None else wait
