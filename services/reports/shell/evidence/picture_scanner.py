"""Has every picture looked at by a program, some time after its report was committed."""

import asyncio
import random
from collections.abc import Callable, Sequence

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from ...core.records import AnalysisTask
from .. import metrics
from ..ports import AnalysisFailed, AnalysisQueue, PictureAnalyser

MOST_TRIES = 4
"""Of a picture that a program fails with."""

EVERY = 30.0
"""Seconds between two looks for what nobody woke us for, times a random factor of 0.5 to 1.5: what another
replica left, what was there before we started, what is to be tried again."""


class PictureScanner:
    """One for each program. Several replicas may have one each."""

    def __init__(self, inspections: AnalysisQueue, look: PictureAnalyser, now: Callable[[], int]) -> None:
        """`now` in Unix milliseconds."""
        self._inspections = inspections
        self._look = look
        self._now = now
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something to look at."""
        self._woken.set()

    async def run(self) -> None:
        """For ever. What cannot be found out now stays to be found out."""
        try:
            while True:
                await self._round()
                await self._wait()
        finally:
            await self._look.rest()

    async def next(self) -> bool:
        """Look at one picture, if one is due; raises `Unavailable`."""
        claimed = await self._inspections.claim(self._look.kind, self._now())
        if claimed is None:
            return False
        try:
            finding = await self._look.at(claimed)
        except AnalysisFailed as failure:
            await self._failed(claimed, failure)
            return True
        except Unavailable:
            self._count("unavailable")
            raise
        await self._inspections.found(claimed, finding, self._now())
        self._count("known" if finding.known else "done")
        return True

    async def _round(self) -> None:
        self._woken.clear()
        try:
            while await self.next():
                pass
        except Unavailable as error:
            reason = f"{error} ({error.__cause__})"
            logger().warning("pictures wait to be looked at", what=self._look.kind.name, reason=reason)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(EVERY * random.uniform(0.5, 1.5)):  # noqa: S311 -- jitter, not a secret
                await self._woken.wait()
        except TimeoutError:
            await self._look.rest()

    async def _failed(self, claimed: AnalysisTask, failure: AnalysisFailed) -> None:
        last = claimed.tries >= MOST_TRIES
        self._count("given up" if last else "failed")
        logger().warning(
            "a picture could not be looked at",
            what=claimed.kind.name,
            report=claimed.report,
            number=claimed.number,
            tries=claimed.tries,
            reason=str(failure),
        )
        if last:
            await self._inspections.give_up(claimed)

    def _count(self, outcome: str) -> None:
        metrics.INSPECTIONS.labels(self._look.kind.name.lower(), outcome).inc()


class PictureScanners:
    """All of a service, of which there may be none."""

    def __init__(self, inspectors: Sequence[PictureScanner]) -> None:
        self._inspectors = inspectors

    def wake(self) -> None:
        for inspector in self._inspectors:
            inspector.wake()

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            for inspector in self._inspectors:
                group.create_task(inspector.run())
            await asyncio.Event().wait()
