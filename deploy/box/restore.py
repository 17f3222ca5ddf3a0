"""Puts a backup in the place of the database, while the reports service is stopped."""

from collections.abc import Callable
from typing import Protocol

from .compose import say


class CommandRunner(Protocol):
    """What a restore needs of `Compose`."""

    def run(self, *arguments: str, image: str, check: bool = True) -> int: ...


def restore_backup(compose: CommandRunner, file: str, image: str, say: Callable[[str], None] = say) -> None:
    """Restore a backup and start the reports service again, also if that failed. Raises `Unusable`.

    Gateways and calls go on. The database from before stays under another name.
    """
    say("stopping the reports service: visitors still meet, and their pages keep their reports")
    compose.run("stop", "reports", image=image)
    try:
        compose.run("exec", "-T", "backups", "zufall", "backups", "restore", file, "--replace", image=image)
        say("giving the reports service its rights in that database")
        if compose.run("run", "--rm", "migrate", image=image, check=False):
            say("bringing the backup of an older version all the way up to date")
            compose.run("run", "--rm", "migrate", "migrate", "contract", image=image)
    finally:
        say("starting the reports service")
        compose.run("up", "--detach", "--wait", "reports", image=image)
