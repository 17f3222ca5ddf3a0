"""Waiting rooms of several depths, each in its own process. Their rounds alternate."""

from collections.abc import Iterator, Sequence

import msgspec

from bench.progress import RoundProgress

from .figures import Figure, at_least, over_rounds, ratios
from .room import COMPARED, Rates
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

DEQUES = {"plain": "a deque that pairs any two", "languages": "a deque for each language"}

BARS = {("interests", "plain"): at_least(0.25)}
"""The bars for the ratio of the shallowest room to a deque."""

REBUILT = 3
"""The most rounds of a measurement that sets up a room for each round, which takes long."""

FLAT = ("fifo", "language", "interests", "obstructed", "avoided")
"""The wishes whose rate must not fall with the number of waiting tickets."""


def measure(depths: Sequence[int], offers: int, rounds: int, progress: RoundProgress) -> Iterator[Figure]:
    """Measure all wishes. `offers` is the number of offers in one round."""
    for wish in WISHES:
        turns_of_it = min(rounds, REBUILT) if wish == "widening" else rounds
        with workers(*(("room", wish, depth, offers) for depth in depths)) as rooms:
            turns = [
                [msgspec.json.decode(room.ask(), type=Rates) for room in rooms]
                for _ in progress.rounds(WISHES[wish], turns_of_it)
            ]
        yield from _figures(wish, depths, turns)


def _figures(wish: str, depths: Sequence[int], turns: Sequence[Sequence[Rates]]) -> Iterator[Figure]:
    """Yield the ratios and then the rates. `turns` holds the rates of each depth in each round."""
    name = WISHES[wish]
    by_depth = [[rates["room"] for rates in rounds] for rounds in zip(*turns, strict=True)]
    shallowest, deepest = by_depth[0], by_depth[-1]
    if wish in COMPARED:
        of_deques = {deque: [turn[0][deque] for turn in turns] for deque in DEQUES}
        for deque, rates in of_deques.items():
            against = f"{name}: {depths[0]:,} wait, against {DEQUES[deque]}"
            yield ratios(PART, against, shallowest, rates, BARS.get((wish, deque)))
    flat = at_least(0.8) if wish in FLAT else None
    yield ratios(PART, f"{name}: {depths[-1]:,} against {depths[0]:,}", deepest, shallowest, flat)
    for depth, rates in zip(depths, by_depth, strict=True):
        yield over_rounds(PART, f"{name}: {depth:,} wait", rates, "/s")
    if wish in COMPARED:
        for deque, rates in of_deques.items():
            yield over_rounds(PART, f"{name}: {DEQUES[deque]}", rates, "/s")
