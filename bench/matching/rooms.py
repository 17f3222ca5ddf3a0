"""Waiting rooms of several depths, each in its own process. Their rounds alternate."""

from collections.abc import Iterator, Sequence
from statistics import median

from .figures import Figure, at_least, over_rounds
from .workers import workers

PART = "waiting room, pairs a CPU-second"

WISHES = {
    "fifo": "anyone",
    "language": "language",
    "interests": "language + 3 interests",
    "obstructed": "language + 3 interests, past some who refuse",
    "avoided": "language, among so many who avoid their country",
    "guests": "language + 3 interests, half meet one who waited",
    "widening": "all who wait widen at once",
}

BARS = {"interests": at_least(400_000)}
REBUILT = 3
"""The most rounds of a measurement that sets up a room for each round, which takes long."""

FLAT = ("fifo", "language", "interests", "obstructed", "avoided")
"""The wishes whose rate must not fall with the number of waiting tickets."""


def measure(depths: Sequence[int], offers: int, rounds: int) -> Iterator[Figure]:
    """Measure all wishes. `offers` is the number of offers in one round."""
    for wish in WISHES:
        turns_of_it = min(rounds, REBUILT) if wish == "widening" else rounds
        with workers(*(("room", wish, depth, offers) for depth in depths)) as rooms:
            turns = [[float(room.ask()) for room in rooms] for _ in range(turns_of_it)]
        yield from _figures(wish, depths, turns)


def _figures(wish: str, depths: Sequence[int], turns: Sequence[Sequence[float]]) -> Iterator[Figure]:
    for depth, rates in zip(depths, zip(*turns, strict=True), strict=True):
        yield over_rounds(PART, f"{WISHES[wish]}: {depth:,} wait", rates, "/s", BARS.get(wish))
    ratio = median(turn[-1] / turn[0] for turn in turns)
    bar = at_least(0.8) if wish in FLAT else None
    yield Figure(PART, f"{WISHES[wish]}: {depths[-1]:,} against {depths[0]:,}", ratio, "", bar)
