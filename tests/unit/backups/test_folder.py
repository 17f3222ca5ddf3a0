"""Tests the folder of the backups, and the metrics that are read from it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.backups.core.keep_rule import KeepRule
from services.backups.shell.errors import BackupBusy, BackupError
from services.backups.shell.folder import BackupFolder
from services.backups.shell.metrics import FolderCollector

AT = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path)


def write(folder: BackupFolder, at: datetime, content: bytes = b"secret") -> None:
    with folder.writing(at) as file:
        file.write(content)


def metrics(folder: BackupFolder) -> dict[str, float]:
    return {family.name: family.samples[0].value for family in FolderCollector(folder).collect()}


def test_a_backup_has_its_name_only_when_it_is_complete(folder: BackupFolder) -> None:
    with folder.writing(AT) as file:
        file.write(b"half")
        assert folder.backups() == []
    assert [(one.made_at, one.size) for one in folder.backups()] == [(AT, 4)]
    assert [path.name for path in folder.path.iterdir()] == ["zufall-20261201T030000Z.age"]


def test_a_backup_that_fails_leaves_nothing(folder: BackupFolder) -> None:
    with pytest.raises(RuntimeError), folder.writing(AT):
        raise RuntimeError
    assert list(folder.path.iterdir()) == []


def test_a_backup_replaces_none_with_the_same_name(folder: BackupFolder) -> None:
    write(folder, AT)
    with pytest.raises(BackupError, match="File exists"):
        write(folder, AT, b"other")
    assert folder.backups()[0].path.read_bytes() == b"secret"


def test_only_one_process_works_on_it(folder: BackupFolder) -> None:
    with folder.locked(), pytest.raises(BackupBusy), folder.locked():
        pass
    with folder.locked():
        pass


def test_other_files_stay(folder: BackupFolder) -> None:
    for name in ("zufall-notes.age", "zufall-20261301T030000Z.age", "keys"):
        (folder.path / name).touch()
    for days in range(3):
        write(folder, AT - timedelta(days=2 - days))
    removed = folder.remove_all_but(KeepRule(0, 0, 0))
    assert [path.name for path in removed] == ["zufall-20261130T030000Z.age", "zufall-20261129T030000Z.age"]
    assert len(list(folder.path.iterdir())) == 4


def test_the_metrics_are_those_of_the_folder_also_after_a_restart(folder: BackupFolder) -> None:
    assert set(metrics(folder).values()) == {0}
    write(folder, AT)
    folder.note_drill(AT + timedelta(hours=1))
    assert metrics(BackupFolder(folder.path)) == {
        "zufall_backup_last_success_timestamp_seconds": AT.timestamp(),
        "zufall_backup_last_drill_timestamp_seconds": AT.timestamp() + 3600,
        "zufall_backup_bytes": 6,
    }


def test_a_file_that_is_copied_back_keeps_its_age(folder: BackupFolder) -> None:
    write(folder, AT)
    os.utime(folder.backups()[0].path, (0, 0))
    assert folder.backups()[0].made_at == AT
