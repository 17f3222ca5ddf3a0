"""`zufall swarm`: visitors by the hundred for a running installation, and a verdict on what they saw."""

import asyncio
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import click

from bench.client.http import fetch_token
from bench.swarm.checker import Bounds, Violation, check
from bench.swarm.counters import SwarmCounters
from bench.swarm.events import Event, write
from bench.swarm.swarm import Swarm
from bench.swarm.swarm import swarm as running_swarm

SHOWN = 10
"""Violations that are shown with the events around them."""

CHECKING_SHARE = 0.05
"""The share of the time that checking may take while the swarm runs."""


class NobodyAnswers(Exception):
    """Why the swarm cannot start, in one sentence."""


class Origin(click.ParamType[str]):
    """The origin of a gateway, such as http://localhost:8080."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        origin = value.rstrip("/")
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            self.fail(f"{value!r} is not an origin such as http://localhost:8080", param, ctx)
        return origin


_SECONDS = click.FloatRange(min=0, min_open=True, max=7 * 86_400)


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL…", type=Origin())
@click.option(
    "--visitors",
    type=click.IntRange(1),
    metavar="N",
    default=200,
    show_default=True,
    help="How many visitors.",
)
@click.option(
    "--seconds", type=_SECONDS, metavar="S", default=60.0, show_default=True, help="How long the run takes."
)
@click.option("--seed", type=int, metavar="N", help="Repeat the choices of an earlier run.")
@click.option("--history", "file", type=click.Path(path_type=Path), help="Write all events as JSON lines.")
@click.option(
    "--widest-age",
    type=_SECONDS,
    metavar="S",
    default=15.0,
    show_default=True,
    help="The last of the installation's ZUFALL_STAGE_AGES.",
)
def swarm(
    urls: Sequence[str], visitors: int, seconds: float, seed: int | None, file: Path | None, widest_age: float
) -> int:
    """Send simulated browsers to the gateways at URL… and check what they see.

    The browsers meet, chat, press next, lose their connection and come back. At the end a checker compares
    what they saw with what the design promises. The status is 1 if a promise was broken.
    """
    seed = random.randrange(2**31) if seed is None else seed
    bounds = Bounds(widest_age=widest_age)
    click.echo(f"seed {seed}")
    try:
        history = asyncio.run(_watch(urls, visitors, seconds, seed, bounds))
        if file is not None:
            write(history, file)
    except (NobodyAnswers, OSError) as problem:
        click.echo(f"zufall swarm: {problem}", err=True)
        return 1
    violations = check(history, bounds)
    click.echo(verdict(history, violations))
    return 1 if violations else 0


async def _watch(
    origins: Sequence[str], visitors: int, seconds: float, seed: int, bounds: Bounds
) -> list[Event]:
    await _knock(origins)
    async with running_swarm(origins, visitors, seed) as running:
        progress = Progress(running, bounds)
        while running.history.now < seconds:
            await asyncio.sleep(min(1.0, max(seconds - running.history.now, 0.01)))
            click.echo(await progress.line())
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
    """Reports the progress of a run in lines."""

    def __init__(self, running: Swarm, bounds: Bounds) -> None:
        self._history = running.history
        self._bounds = bounds
        self._counters = SwarmCounters()
        self._taken = 0
        self._violations = 0
        self._next_check = 0.0

    async def line(self) -> str:
        new = self._history.events[self._taken :]
        self._taken += len(new)
        self._counters.take(new)
        await self._check()
        seen = self._counters
        return (
            f"{self._history.now:6.0f} s  {seen.online} online, {seen.count('searching')} searching, "
            f"{seen.count('matched')} in a match; {seen.matches} matches, {seen.lines} lines, "
            f"{seen.returns} reconnects, {self._violations} violations"
        )

    async def _check(self) -> None:
        """Check the whole history in a thread, while visitors go on. Long checks are made more rarely."""
        began = time.monotonic()
        if began < self._next_check:
            return
        self._violations = len(await asyncio.to_thread(check, list(self._history.events), self._bounds))
        took = time.monotonic() - began
        self._next_check = began + took / CHECKING_SHARE


def verdict(history: Sequence[Event], violations: Sequence[Violation]) -> str:
    """Return the text that a person reads at the end."""
    if not violations:
        return f"nothing is wrong in {len(history)} events"
    shown = [violation.explain(history) for violation in violations[:SHOWN]]
    more = len(violations) - len(shown)
    total = f"{len(violations)} violations in {len(history)} events"
    return "\n\n".join([*shown, total if more <= 0 else f"{total}, {more} of them not shown"])
