"""A wall clock that tests can move with the library of the package `faketime`. Monotonic time is real."""

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
"""Seconds by which a correct clock may be off."""


class FakedWallClock:
    """The wall clock of one process, which must start with `environment`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that load the library. Empty without it, so that the machine's clock counts."""
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
    """Wait until the clock of the process at `url` is off by `seconds`. Raises after `patience` seconds."""
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
    """Return kinds of faults without jumps if the library is missing, so that none is only pretended."""
    return [template for template in templates if template.kind != "jump" or faketime()]
