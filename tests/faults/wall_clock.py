"""A wall clock that tests can move, by the library of the package `faketime`; monotonic time stays true."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp

from ..requirements import faketime
from ..timing import scaled
from .schedule import FaultTemplate

NEAR = 60.0
"""Seconds by which a clock that is right may be off."""


class FakedWallClock:
    """The wall clock of one process, which is to be started with `environment`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    @property
    def environment(self) -> dict[str, str]:
        """Empty where the library is not installed: then the process goes by the machine's clock."""
        found = faketime()
        if found is None:
            return {}
        return {
            "LD_PRELOAD": str(found),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def jump(self, seconds: float) -> None:
        """Set how many seconds the clock is off; the process sees it within a second.

        The library reads the file at any time, and ends a process that finds it empty.
        """
        fresh = self._file.with_suffix(".fresh")
        fresh.write_text(f"{seconds:+.0f}s\n")
        fresh.replace(self._file)


async def until_off(url: str, seconds: float, patience: float = 5.0) -> None:
    """Returns when the process that answers at `url` says so itself; raises when it does not in good time."""
    off = float("nan")
    try:
        async with asyncio.timeout(scaled(patience)), aiohttp.ClientSession() as http:
            while not abs(off - seconds) < NEAR:
                await asyncio.sleep(0.1)
                with suppress(aiohttp.ClientConnectionError):  # it is still starting
                    async with http.get(f"{url}/livez") as answer:
                        off = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    except TimeoutError:
        raise RuntimeError(f"the clock at {url} is off by {off:.0f} s, and not by {seconds:.0f} s") from None


def playable(templates: Sequence[FaultTemplate]) -> list[FaultTemplate]:
    """Without jumps where the library is missing: what cannot be done must not look as if it were."""
    return [template for template in templates if template.kind != "jump" or faketime()]
