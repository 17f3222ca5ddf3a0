"""A restore over a database that may be broken keeps every byte, and leaves the old or the new one whole."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.reports.shell.storage.backup import COUNTED_TABLES, BackupFailed, back_up, restore

NOW = datetime(2026, 12, 1, 9, 15, tzinfo=UTC)
BEFORE = "zufall.sqlite.before-20261201T091500Z"
GARBAGE = {"": b"no database" * 999, "-wal": b"wal" * 99, "-shm": b"shm" * 99, "-journal": b"journal" * 99}

RESTORE = """
import os, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from services.reports.shell.storage.backup import BackupFailed, restore

file, database, steps, largest = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
left = steps

def die(event, _):
    global left
    if event in ("os.link", "os.remove", "os.rename") and str(database) in str(_[0]):
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(die)
resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
try:
    restore(file, database, datetime(2026, 12, 1, 9, 15, tzinfo=UTC), replace=True)
except BackupFailed as failed:
    sys.exit(str(failed))
"""
"""Restores in a process that ends before one of its steps, or whose files cannot grow."""

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT * FROM reports").fetchall()
print("open", flush=True)
sys.stdin.read()
"""
"""Keeps a database open, as a service does."""


def make(file: Path, reports: int, mode: str = "WAL") -> Path:
    """Make a database that has tables of ours and some reports."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")
        for table in (*COUNTED_TABLES, "alembic_version"):
            connection.execute(f"CREATE TABLE {table} (content)")
        for _ in range(reports):
            connection.execute("INSERT INTO reports VALUES (zeroblob(9000))")
    return file


def reports_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM reports").fetchone()
        return int(count)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    file = tmp_path / "backup.sqlite"
    back_up(make(tmp_path / "source.sqlite", 3), file)
    return file


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder / "zufall.sqlite"


def write_garbage(database: Path) -> None:
    for end, content in GARBAGE.items():
        Path(f"{database}{end}").write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def run(file: Path, database: Path, steps: int = 99, largest: int = -1) -> tuple[int, str]:
    words = (sys.executable, "-c", RESTORE, str(file), str(database), str(steps), str(largest))
    done = subprocess.run(words, capture_output=True, text=True)
    return done.returncode, done.stderr


@contextmanager
def held(database: Path) -> Iterator[None]:
    words = (sys.executable, "-c", HOLD, str(database))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        yield
        holder.communicate()


def test_what_is_no_database_is_kept_with_all_that_is_beside_it(backup: Path, database: Path) -> None:
    write_garbage(database)
    with pytest.raises(BackupFailed, match=r"no SQLite database: --replace keeps it under another name"):
        restore(backup, database, NOW, replace=False)
    assert contents(database.parent) == {f"zufall.sqlite{end}": content for end, content in GARBAGE.items()}
    done = restore(backup, database, NOW, replace=True)
    assert done.before == database.with_name(BEFORE)
    assert done.counts["reports"] == reports_in(database) == 3
    kept = {name: content for name, content in contents(database.parent).items() if name != database.name}
    assert kept == {f"{BEFORE}{end}": content for end, content in GARBAGE.items()}


def test_a_database_with_a_damaged_page_is_kept(backup: Path, database: Path) -> None:
    make(database, 50)
    torn = bytearray(database.read_bytes())
    torn[4096 : 2 * 4096] = b"\xff" * 4096  # the root of the first table
    database.write_bytes(torn)
    with pytest.raises(BackupFailed, match="the data are damaged: --replace"):
        restore(backup, database, NOW, replace=False)
    restore(backup, database, NOW, replace=True)
    assert (reports_in(database), database.with_name(BEFORE).read_bytes()) == (3, bytes(torn))


@pytest.mark.parametrize("exists", [True, False])
def test_a_wal_without_its_database_is_kept(backup: Path, database: Path, exists: bool) -> None:
    wal = Path(f"{database}-wal")
    wal.write_bytes(b"all that is left")
    if exists:
        database.touch()
    with pytest.raises(BackupFailed, match=r"zufall.sqlite is empty, but .*-wal is not"):
        restore(backup, database, NOW, replace=False)
    restore(backup, database, NOW, replace=True)
    assert (reports_in(database), wal.exists()) == (3, False)
    assert database.with_name(f"{BEFORE}-wal").read_bytes() == b"all that is left"


def test_a_database_of_others_is_kept(backup: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE recipes (content)")
    theirs = database.read_bytes()
    with pytest.raises(BackupFailed, match="is not empty: --replace"):
        restore(backup, database, NOW, replace=False)
    restore(backup, database, NOW, replace=True)
    assert database.with_name(BEFORE).read_bytes() == theirs


def test_what_a_killed_service_left_in_the_wal_is_kept(backup: Path, database: Path) -> None:
    words = (sys.executable, "-c", f"{HOLD.replace('SELECT * FROM', 'DELETE FROM')}", str(make(database, 7)))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        holder.kill()
    restore(backup, database, NOW, replace=True)
    assert (reports_in(database), reports_in(database.with_name(BEFORE))) == (3, 7)


def test_the_new_one_has_the_rights_of_the_old_one(backup: Path, database: Path) -> None:
    make(database, 1).chmod(0o640)
    before = restore(backup, database, NOW, replace=True).before
    assert before is not None
    assert [os.stat(file).st_mode & 0o777 for file in (database, before)] == [0o640, 0o640]


@pytest.mark.parametrize("broken", [False, True])
def test_a_database_in_use_is_left_alone(backup: Path, database: Path, broken: bool) -> None:
    make(database, 7)
    with held(database):
        if broken:
            with database.open("r+b") as file:
                file.write(b"no database")
        old = database.read_bytes()
        with pytest.raises(BackupFailed, match="is in use: stop what runs there first"):
            restore(backup, database, NOW, replace=True)
        assert database.read_bytes() == old
    restore(backup, database, NOW, replace=True)
    assert reports_in(database) == 3


@pytest.mark.parametrize("steps", range(9))
def test_a_restore_that_is_interrupted_leaves_the_old_or_the_new_one(
    backup: Path, database: Path, steps: int
) -> None:
    write_garbage(database)
    assert run(backup, database, steps)[0] == 9
    now = database.read_bytes()
    assert now == GARBAGE[""] or reports_in(database) == 3
    there = contents(database.parent)
    for end, content in GARBAGE.items():
        assert content in (there.get(f"{BEFORE}{end}"), there.get(f"zufall.sqlite{end}")), end
    restore(backup, database, NOW.replace(hour=10), replace=True)
    assert reports_in(database) == 3


@pytest.mark.parametrize("broken", [False, True])
def test_a_disk_without_room_leaves_the_old_one(backup: Path, database: Path, broken: bool) -> None:
    make(database, 7)
    if broken:
        write_garbage(database)
    old = contents(database.parent)
    status, said = run(backup, database, largest=40_000)
    assert status == 1
    assert re.fullmatch(r".+ or .+ cannot be used: the disk cannot be read or written\n", said)
    assert contents(database.parent) == old


def test_what_does_not_exist_is_said_in_a_sentence(backup: Path, database: Path) -> None:
    with pytest.raises(BackupFailed, match=r"^there is no file /none$"):
        restore(Path("/none"), database, NOW, replace=False)
    with pytest.raises(BackupFailed, match=r"^there is no folder /none$"):
        back_up(backup, Path("/none/copy"))
    assert not database.exists()
