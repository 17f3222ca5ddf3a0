"""`zufall swarm`: visitors by the hundred for a running installation, and a verdict on what they saw."""

import argparse
import asyncio
import random
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from bench.client import fetch_token
from bench.swarm.checker import Bounds, Violation, check
from bench.swarm.events import Event, write
from bench.swarm.figures import Figures
from bench.swarm.swarm import Swarm, swarm

SHOWN = 10
"""Violations that are shown with the events around them."""

CHECKING_SHARE = 0.05
"""The share of the time that checking may take while the swarm runs."""


class NobodyAnswers(Exception):
    """Why the swarm cannot start, in one sentence."""


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Simulated browsers meet, chat, press next, lose their connection and come back. At the end a "
        "checker says whether anything they saw breaks what the design promises; then the status is 1."
    )
    parser.add_argument(
        "urls",
        nargs="+",
        metavar="URL",
        type=_origin,
        help="a gateway's origin, such as http://localhost:8080",
    )
    parser.add_argument("--visitors", type=_count, default=200, metavar="N", help="how many (default 200)")
    parser.add_argument("--seconds", type=_seconds, default=60.0, metavar="S", help="how long (default 60)")
    parser.add_argument("--seed", type=int, metavar="N", help="of every chance (default: a new one)")
    parser.add_argument("--history", type=Path, metavar="FILE", help="write all events as JSON lines")
    parser.add_argument(
        "--widest-age",
        type=_seconds,
        default=15.0,
        metavar="S",
        help="the last of the installation's ZUFALL_STAGE_AGES (default 15)",
    )
    parser.set_defaults(command=_run)


def _origin(text: str) -> str:
    origin = text.rstrip("/")
    if not re.fullmatch(r"https?://[^/\s]+", origin):
        raise argparse.ArgumentTypeError(f"{text!r} is not an origin such as http://localhost:8080")
    return origin


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of visitors")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _run(parsed: argparse.Namespace) -> int:
    seed = random.randrange(2**31) if parsed.seed is None else parsed.seed
    bounds = Bounds(widest_age=parsed.widest_age)
    print(f"seed {seed}", flush=True)
    try:
        history = asyncio.run(_watch(parsed.urls, parsed.visitors, parsed.seconds, seed, bounds))
        if parsed.history is not None:
            write(history, parsed.history)
    except (NobodyAnswers, OSError) as problem:
        print(f"zufall swarm: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    violations = check(history, bounds)
    print(verdict(history, violations))
    return 1 if violations else 0


async def _watch(
    origins: Sequence[str], visitors: int, seconds: float, seed: int, bounds: Bounds
) -> list[Event]:
    await _knock(origins)
    async with swarm(origins, visitors, seed) as running:
        progress = Progress(running, bounds)
        while running.history.now < seconds:
            await asyncio.sleep(min(1.0, max(seconds - running.history.now, 0.01)))
            print(await progress.line(), flush=True)
        await running.until_filed(bounds.filed + bounds.margin)
    return running.history.events


async def _knock(origins: Sequence[str]) -> None:
    """Raises `NobodyAnswers` unless every origin gives a token."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        for origin in origins:
            try:
                await fetch_token(http, origin)
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                why = str(error) or type(error).__name__
                raise NobodyAnswers(f"no gateway answers at {origin}: {why}") from None


class Progress:
    """One line each time it is asked."""

    def __init__(self, running: Swarm, bounds: Bounds) -> None:
        self._history = running.history
        self._bounds = bounds
        self._figures = Figures()
        self._taken = 0
        self._violations = 0
        self._next_check = 0.0

    async def line(self) -> str:
        new = self._history.events[self._taken :]
        self._taken += len(new)
        self._figures.take(new)
        await self._check()
        seen = self._figures
        return (
            f"{self._history.now:6.0f} s  {seen.online} online, {seen.count('searching')} searching, "
            f"{seen.count('matched')} in a match; {seen.matches} matches, {seen.lines} lines, "
            f"{seen.returns} reconnects, {self._violations} violations"
        )

    async def _check(self) -> None:
        """The whole history each time: rarely, when that takes long; beside the visitors, who go on."""
        began = time.monotonic()
        if began < self._next_check:
            return
        self._violations = len(await asyncio.to_thread(check, list(self._history.events), self._bounds))
        took = time.monotonic() - began
        self._next_check = began + took / CHECKING_SHARE


def verdict(history: Sequence[Event], violations: Sequence[Violation]) -> str:
    """The text that a person reads at the end."""
    if not violations:
        return f"nothing is wrong in {len(history)} events"
    shown = [violation.explain(history) for violation in violations[:SHOWN]]
    more = len(violations) - len(shown)
    total = f"{len(violations)} violations in {len(history)} events"
    return "\n\n".join([*shown, total if more <= 0 else f"{total}, {more} of them not shown"])
