"""Builds the service that makes backups, and runs it: `zufall backups`."""

import asyncio
import sys
from datetime import UTC, datetime

import prometheus_client

from services.runtime.admin import AdminServer
from services.runtime.lifecycle import run_service, until
from services.runtime.logs import logger

from .config import Config
from .shell.age import AgeKeys
from .shell.backup_service import BackupService
from .shell.errors import BackupError
from .shell.folder import BackupFolder
from .shell.jobs import BackupJobs
from .shell.metrics import FolderCollector
from .shell.offsite import OffsiteCopy
from .shell.scheduler import Scheduler


def now() -> datetime:
    return datetime.now(UTC)


def build(config: Config) -> BackupService:
    """Build what makes and restores backups, for the service and for its commands."""
    return BackupService(
        BackupFolder(config.backup_folder),
        config.database_owner,
        AgeKeys(config.backup_recipient, config.backup_identity),
        config.rule,
        OffsiteCopy(config.backup_target) if config.backup_target else None,
        now,
    )


async def _run(config: Config, stop: asyncio.Event) -> None:
    """Make backups until `stop` is set. Raises `OSError` if that is not possible here."""
    service = build(config)
    try:
        await service.check()
    except BackupError as error:
        raise OSError(str(error)) from None
    prometheus_client.REGISTRY.register(FolderCollector(service.folder))
    jobs = BackupJobs(service, config.backup_hour, config.backup_drill_days)
    scheduler = Scheduler(jobs.all(), now)
    # A backup that failed is for the alert about its age: to restart this process would not help.
    admin = AdminServer(config.admin_listen, list)
    await admin.start()
    if not service.opens:
        logger().warning("no drills: ZUFALL_BACKUP_IDENTITY is not set, so backups cannot be opened here")
    logger().info("backups are made", folder=str(config.backup_folder), hour=config.backup_hour)
    working = asyncio.create_task(scheduler.run())
    try:
        await until(stop, working)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await admin.stop()


def main() -> int:
    """Run until SIGTERM; returns the exit status."""
    return run_service("backups", Config, _run)


if __name__ == "__main__":
    sys.exit(main())
