"""Reads the configuration of backups from the environment."""

import re
from dataclasses import dataclass
from pathlib import Path

from services.contract.addresses import check_host_port
from services.runtime.config import count, setting, whole

from .core.keep_rule import KeepRule
from .shell.server import DatabaseServer

_RECIPIENT = re.compile(r"age1[0-9a-z]+|ssh-(ed25519|rsa) [\w+/=]+( .*)?")


def _recipients(text: str) -> tuple[str, ...]:
    recipients = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(map(_RECIPIENT.fullmatch, recipients)):
        raise ValueError("a recipient of age begins with age1, or is a public key of ssh")
    return recipients


def _identity(text: str) -> str:
    if "AGE-SECRET-KEY-" not in text and "PRIVATE KEY" not in text:
        raise ValueError("an identity of age begins with AGE-SECRET-KEY-, or is a private key of ssh")
    return text.strip()


def _hour(text: str) -> int:
    if not 0 <= (hour := whole(text)) <= 23:
        raise ValueError(f"{text!r} is not an hour from 0 to 23")
    return hour


def _target(text: str) -> str:
    if text.startswith("-"):
        raise ValueError("a target is a path of rclone, such as remote:bucket/folder")
    return text


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of backups, each from the variable ZUFALL_<FIELD NAME>."""

    database_owner: DatabaseServer = setting(
        "the URL of the database with the role that owns it: postgresql+asyncpg://user:password@host/name",
        parse=DatabaseServer.from_url,
        secret=True,
    )
    backup_folder: Path = setting("the folder of the backups", Path("backups"))
    backup_recipient: tuple[str, ...] = setting(
        "the public keys of age to which backups are encrypted; by default the one of the identity",
        (),
        _recipients,
    )
    backup_identity: str | None = setting(
        "the secret key of age, without which nothing can be restored or tried out here",
        None,
        _identity,
        secret=True,
    )
    backup_hour: int = setting("the hour, in UTC, of the nightly backup", 3, _hour)
    backup_keep_daily: int = setting("days of which the newest backup stays", 7, count)
    backup_keep_weekly: int = setting("weeks of which the newest backup stays", 4, count)
    backup_keep_monthly: int = setting("months of which the newest backup stays", 6, count)
    backup_target: str = setting("where rclone copies backups, such as remote:bucket/folder", "", _target)
    backup_drill_days: int = setting("days between two drills (0: none)", 7, count)
    admin_listen: str = setting("the address of the probes and metrics", "127.0.0.1:7031", check_host_port)

    @property
    def rule(self) -> KeepRule:
        """What the settings say about which backups stay."""
        return KeepRule(self.backup_keep_daily, self.backup_keep_weekly, self.backup_keep_monthly)
