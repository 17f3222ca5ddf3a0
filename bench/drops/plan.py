"""Draws who says what, and whose connection is cut, before anybody connects: the same for all products."""

import random
from collections.abc import Iterator
from typing import Literal

import msgspec


class PlannedAct(msgspec.Struct, frozen=True, array_like=True):
    """A visitor says `line`, or their connection is cut, `at` seconds after the beginning."""

    at: float
    what: Literal["say", "cut"]
    visitor: int
    line: str = ""


class DropPlan(msgspec.Struct, frozen=True):
    """Visitors 0 to `visitors` - 1 talk in pairs. `title` is for people."""

    name: str
    title: str
    visitors: int
    acts: tuple[PlannedAct, ...]


def plan_drops(
    visitors: int, seconds: float, interval: float, cut_every: float, randomness: random.Random
) -> DropPlan:
    """Let each say a line every `interval` seconds, and cut each connection every `cut_every` or so.

    No connection is cut before its visitor has heard a line: Socket.IO's recovery needs that.
    """
    acts = list(_lines(visitors, seconds, interval, randomness))
    for visitor in range(visitors):
        at = 2 * interval + randomness.uniform(0.0, cut_every)
        while at < seconds:
            acts.append(PlannedAct(at, "cut", visitor))
            at += cut_every * randomness.uniform(0.5, 1.5)
    title = (
        f"{visitors:,} visitors in pairs, a line each every {interval:g} s for {seconds:g} s, "
        f"each connection cut about every {cut_every:g} s"
    )
    return DropPlan("drops", title, visitors, _in_order(acts))


def plan_storm(visitors: int, interval: float, randomness: random.Random) -> DropPlan:
    """Let each say three lines, one every `interval` seconds, and cut all connections after the first."""
    acts = list(_lines(visitors, 3 * interval, interval, randomness))
    acts += [PlannedAct(1.25 * interval, "cut", visitor) for visitor in range(visitors)]
    title = f"{visitors:,} visitors in pairs, a line each every {interval:g} s, all connections cut at once"
    return DropPlan("storm", title, visitors, _in_order(acts))


def _lines(visitors: int, seconds: float, interval: float, randomness: random.Random) -> Iterator[PlannedAct]:
    for visitor in range(visitors):
        first = randomness.uniform(0.0, interval)
        for number in range(int(seconds / interval)):
            yield PlannedAct(first + number * interval, "say", visitor, f"{visitor} {number + 1}")


def _in_order(acts: list[PlannedAct]) -> tuple[PlannedAct, ...]:
    return tuple(sorted(acts, key=lambda act: act.at))
