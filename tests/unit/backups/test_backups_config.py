"""Tests the configuration of backups."""

import pytest

from services.backups.config import Config
from services.runtime.config import ConfigError, load

URL = "postgresql+asyncpg://zu:p%40ss@db:5433/zufall?ssl=require"


def test_the_url_becomes_the_environment_of_libpq() -> None:
    server = load(Config, {"ZUFALL_DATABASE_OWNER": URL}).database_owner
    assert server.environment("other") == {
        "PGHOST": "db",
        "PGPORT": "5433",
        "PGUSER": "zu",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "other",
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "30",
    }


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("DATABASE_OWNER", "sqlite+aiosqlite:///x", "`zufall reports backup` copies"),
        ("DATABASE_OWNER", "postgresql+asyncpg:///x", "a database is"),
        ("DATABASE_OWNER", "secret", "this is not a database URL"),
        ("BACKUP_RECIPIENT", "age2x", "begins with age1"),
        ("BACKUP_RECIPIENT", "age1x,--help", "begins with age1"),
        ("BACKUP_IDENTITY", "age1x", "begins with AGE-SECRET-KEY-"),
        ("BACKUP_HOUR", "24", "from 0 to 23"),
        ("BACKUP_TARGET", "--config=x", "a path of rclone"),
        ("BACKUP_KEEP_DAILY", "-1", "less than 0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(Config, {"ZUFALL_DATABASE_OWNER": URL, f"ZUFALL_{name}": text})
    (problem,) = caught.value.problems
    assert problem.startswith(f"ZUFALL_{name}: ")
    assert said in problem
    assert "secret" not in problem


def test_several_recipients_can_read_a_backup() -> None:
    text = "age1abc, ssh-ed25519 AAAA/+= ann@home"
    config = load(Config, {"ZUFALL_DATABASE_OWNER": URL, "ZUFALL_BACKUP_RECIPIENT": text})
    assert config.backup_recipient == ("age1abc", "ssh-ed25519 AAAA/+= ann@home")
