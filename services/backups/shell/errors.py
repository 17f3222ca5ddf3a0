"""The errors of backups. Each says in one sentence what could not be done."""

import re


class BackupError(Exception):
    """A backup, a copy, a drill or a restore failed. Backups from before are as they were."""


class BackupBusy(BackupError):
    """Another process works on the same backups now."""


def first_line(output: bytes) -> str:
    """Return the first line of what a program said, shortened: later lines of PostgreSQL may quote rows."""
    lines = output.decode(errors="replace").strip().splitlines() or ["it says nothing"]
    return re.sub(r"^[\w-]+: error: ", "", lines[0])[:300]
