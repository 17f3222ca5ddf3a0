"""Has every picture analysed, some time after its report was committed."""

import asyncio
from collections.abc import Callable, Sequence

from services.contract.errors import Unavailable
from services.runtime.jitter import jittered
from services.runtime.logs import logger

from ...core.records import AnalysisTask
from .. import metrics
from ..ports import AnalysisFailed, AnalysisQueue, PictureAnalyser

MAX_TRIES = 4
"""A picture is given up when the analyser has failed with it this many times."""


class PictureScanner:
    """Claims pictures from the queue for one analyser. Each replica may have its own."""

    def __init__(
        self,
        queue: AnalysisQueue,
        analyser: PictureAnalyser,
        now: Callable[[], int],
        interval: float = 30.0,
    ) -> None:
        """`now` returns Unix milliseconds.

        After `interval` seconds, times a random factor of 0.5 to 1.5, it looks for what it was not woken for:
        pictures that another replica left, that were there before it started, or that are to be tried again.
        """
        self._queue = queue
        self._analyser = analyser
        self._now = now
        self._interval = interval
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look for pictures at once."""
        self._woken.set()

    async def run(self) -> None:
        """Scan forever. While an analyser is unavailable, its pictures stay in the queue."""
        try:
            while True:
                await self._scan_all()
                await self._wait()
        finally:
            await self._analyser.release()

    async def scan_next(self) -> bool:
        """Analyse one picture, if one is due; raises `Unavailable`."""
        task = await self._queue.claim(self._analyser.kind, self._now())
        if task is None:
            return False
        try:
            finding = await self._analyser.analyse(task)
        except AnalysisFailed as failure:
            await self._fail(task, failure)
            return True
        except Unavailable:
            self._count("unavailable")
            raise
        await self._queue.complete(task, finding, self._now())
        self._count("known" if finding.known else "done")
        if finding.known:
            _tell_of_known(task, finding.known)
        return True

    async def _scan_all(self) -> None:
        self._woken.clear()
        try:
            while await self.scan_next():
                pass
        except Unavailable as error:
            reason = f"{error} ({error.__cause__})"
            logger().warning("pictures wait for an analysis", what=self._analyser.kind.name, reason=reason)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(jittered(self._interval)):
                await self._woken.wait()
        except TimeoutError:
            await self._analyser.release()

    async def _fail(self, task: AnalysisTask, failure: AnalysisFailed) -> None:
        last = task.tries >= MAX_TRIES
        self._count("given_up" if last else "failed")
        logger().warning(
            "a picture could not be analysed",
            what=task.kind.name,
            report=task.report,
            number=task.number,
            tries=task.tries,
            reason=str(failure),
        )
        if last:
            await self._queue.give_up(task)

    def _count(self, result: str) -> None:
        metrics.ANALYSES.labels(self._analyser.kind.name.lower(), result).inc()


def _tell_of_known(task: AnalysisTask, of: str) -> None:
    metrics.KNOWN_PICTURES.inc()
    logger().warning("a list knows a picture", list=of, report=task.report, number=task.number)


class PictureScanners:
    """All scanners of a process, of which there may be none."""

    def __init__(self, scanners: Sequence[PictureScanner]) -> None:
        self._scanners = scanners

    def wake(self) -> None:
        for scanner in self._scanners:
            scanner.wake()

    async def run(self) -> None:
        """Scan forever."""
        async with asyncio.TaskGroup() as group:
            for scanner in self._scanners:
                group.create_task(scanner.run())
            await asyncio.Event().wait()
