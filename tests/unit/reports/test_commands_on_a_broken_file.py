"""What the commands of one machine say when the database of `zufall run` is broken, or the backup is."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import zufall
from services.contract.keys import new_key

BROKEN = b"no database" * 999


def said(*words: str, data: Path) -> tuple[int, str]:
    runner = CliRunner(env={"ZUFALL_DATABASE": None, "ZUFALL_CONSOLE_KEYS": new_key()})
    done = runner.invoke(zufall, [*words, "--data", str(data)], catch_exceptions=False)
    return done.exit_code, done.output


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "zufall.sqlite"
    file.write_bytes(BROKEN)
    return file


@pytest.mark.parametrize("words", [("moderator", "audit"), ("moderator", "invite", "ann")])
def test_a_command_on_a_broken_database_says_so(database: Path, words: tuple[str, ...]) -> None:
    sentence = "zufall: the database cannot be used: the file is no SQLite database\n"
    assert said(*words, data=database.parent) == (1, sentence)


def test_a_backup_names_the_broken_database(database: Path) -> None:
    sentence = f"zufall: {database} cannot be used: the file is no SQLite database\n"
    assert said("reports", "backup", str(database.parent / "copy"), data=database.parent) == (1, sentence)


def test_a_restore_names_what_is_broken_and_keeps_it(database: Path) -> None:
    elsewhere = database.parent / "other"
    elsewhere.mkdir()
    assert said("moderator", "audit", data=elsewhere)[0] == 1, "there is no database yet"
    sentence = f"zufall: {database} cannot be used: the file is no SQLite database"
    assert said("reports", "restore", str(database), data=elsewhere) == (1, f"{sentence}\n")
    (elsewhere / "zufall.sqlite").touch()
    assert said("moderator", "audit", data=elsewhere)[0] == 0
    backup = database.parent / "backup"
    assert said("reports", "backup", str(backup), data=elsewhere)[0] == 0
    advice = ": --replace keeps it under another name, and restores\n"
    assert said("reports", "restore", str(backup), data=database.parent) == (1, f"{sentence}{advice}")
    assert database.read_bytes() == BROKEN
    status, output = said("reports", "restore", str(backup), "--replace", data=database.parent)
    (kept,) = database.parent.glob("zufall.sqlite.before-*")
    assert (status, kept.read_bytes(), f"is in {kept}" in output) == (0, BROKEN, True)
    assert said("moderator", "audit", data=database.parent)[0] == 0
