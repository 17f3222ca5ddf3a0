"""Copies backups elsewhere with rclone, which knows S3, SFTP and some seventy other kinds of storage."""

from datetime import datetime
from pathlib import Path

from ..core.keep_rule import KeepRule
from . import programs
from .folder import made_at


class OffsiteCopy:
    """A place that rclone can reach, such as `remote:bucket/folder`. Remotes are in rclone's configuration.

    It gets no backup that it has, and keeps what the rule keeps, because old copies hold what was deleted.
    """

    def __init__(self, target: str) -> None:
        self._target = target.rstrip("/")

    async def copy(self, folder: Path, rule: KeepRule) -> int:
        """Copy what is missing there; returns how many backups are there then. Raises `BackupError`."""
        await _rclone("copy", "--include=zufall-*.age", str(folder), self._target)
        there = await self._names()
        kept = rule.kept(there.values())
        for name in [name for name, at in there.items() if at not in kept]:
            await _rclone("deletefile", f"{self._target}/{name}")
            del there[name]
        return len(there)

    async def _names(self) -> dict[str, datetime]:
        listed = await _rclone("lsf", "--files-only", "--include=zufall-*.age", self._target)
        dated = ((name, made_at(name)) for name in listed.splitlines())
        return {name: at for name, at in dated if at is not None}


async def _rclone(*words: str) -> str:
    return await programs.output("rclone", "--contimeout=60s", "--timeout=300s", "--retries=3", *words)
