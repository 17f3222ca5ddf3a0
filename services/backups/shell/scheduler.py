"""Does what is due: a backup each night, its copy elsewhere, and now and then a drill."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.runtime.logs import logger

from . import metrics
from .errors import BackupBusy, BackupError

_PAUSE = 20.0
"""Seconds between two looks at the clock, which may jump."""
_AGAIN = timedelta(minutes=15)
"""After this a job that failed is tried again."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do when it is due. `kind` is its name in metrics and logs."""

    kind: str
    is_due: Callable[[datetime], bool]
    work: Callable[[], Coroutine[Any, Any, object]]


class Scheduler:
    """Runs jobs one after another, each when it is due."""

    def __init__(self, jobs: tuple[Job, ...], now: Callable[[], datetime], pause: float = _PAUSE) -> None:
        self._jobs = jobs
        self._now = now
        self._pause = pause
        self._not_before: dict[str, datetime] = {}

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            for job in self._jobs:
                await self.run_if_due(job)
            await asyncio.sleep(self._pause)

    async def run_if_due(self, job: Job) -> None:
        """Run the job if it is due and has not just failed. A failure is counted and logged."""
        now = self._now()
        if now < self._not_before.get(job.kind, now) or not job.is_due(now):
            return
        try:
            await job.work()
        except BackupBusy:  # somebody does it by hand
            return
        except BackupError as error:
            metrics.FAILURES.labels(job.kind).inc()
            logger().error("a job failed", kind=job.kind, reason=str(error))
            self._not_before[job.kind] = self._now() + _AGAIN
