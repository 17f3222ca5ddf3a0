"""The jobs of the service: a nightly backup, its copy elsewhere, and a drill of the newest one."""

from datetime import datetime

from services.runtime.logs import logger

from ..core import schedule
from ..core.manifest import ContentComparison
from .backup_service import BackupService
from .errors import BackupError
from .folder import BackupFile
from .scheduler import Job


class BackupJobs:
    """Says what is due, does it, and logs what was done."""

    def __init__(self, service: BackupService, hour: int, drill_days: int) -> None:
        self._service = service
        self._hour = hour
        self._drill_days = drill_days
        self._copied: BackupFile | None = None

    def all(self) -> tuple[Job, ...]:
        return (
            Job("backup", self._backup_is_due, self._back_up),
            Job("copy", self._copy_is_due, self._copy),
            Job("drill", self._drill_is_due, self._drill),
        )

    def _backup_is_due(self, now: datetime) -> bool:
        newest = self._service.folder.newest()
        return schedule.backup_is_due(newest.made_at if newest else None, self._hour, now)

    def _copy_is_due(self, _: datetime) -> bool:
        """Tell whether there is a newer backup than the last one copied, also one that was made by hand."""
        return self._service.copies and self._service.folder.newest() not in (None, self._copied)

    def _drill_is_due(self, now: datetime) -> bool:
        possible = self._service.opens and self._service.folder.newest() is not None
        return possible and schedule.drill_is_due(self._service.folder.last_drill(), self._drill_days, now)

    async def _back_up(self) -> None:
        made = await self._service.back_up()
        logger().info("backup made", file=made.path.name, bytes=made.size)

    async def _copy(self) -> None:
        newest = self._service.folder.newest()
        there = await self._service.copy()
        self._copied = newest
        logger().info("backups copied", there=there)

    async def _drill(self) -> None:
        compared = await self._service.drill()
        if differing := [one for one in compared if not one.same]:
            raise BackupError(f"the restored backup differs: {_summary(differing)}")
        logger().info("drill done: the newest backup is whole", compared=len(compared))


def _summary(differing: list[ContentComparison]) -> str:
    return ", ".join(f"{one.what} {one.found} instead of {one.expected}" for one in differing)
