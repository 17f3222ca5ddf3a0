"""Tells from an error of the database why it refuses to write, in words for an operator."""

import sqlite3

DISK_FULL = "the disk is full"
READ_ONLY_FILE = "the file is read-only"
READ_ONLY_SERVER = "the server is read-only, as a standby is"
NO_RIGHT = "its role has lost the right to write"
DISK_FAILS = "the disk cannot be read or written"
DAMAGED = "the data are damaged"
NOT_OPENED = "the file cannot be opened: does its owner run this, and may they read and write it?"
NO_DATABASE = "the file is no SQLite database"

_OF_SQLITE = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY_FILE,
    sqlite3.SQLITE_IOERR: DISK_FAILS,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: NO_DATABASE,
    sqlite3.SQLITE_CANTOPEN: NOT_OPENED,
    sqlite3.SQLITE_PERM: NOT_OPENED,
}
"""Maps primary result codes of SQLite (https://sqlite.org/rescode.html)."""

_OF_POSTGRESQL = {
    "53100": DISK_FULL,
    "25006": READ_ONLY_SERVER,
    "42501": NO_RIGHT,
    "58030": DISK_FAILS,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""Maps SQLSTATEs (appendix A of PostgreSQL's manual)."""

_PRIMARY = 0xFF
"""The bits of an extended result code of SQLite that are the primary one."""


def write_fault(error: object) -> str:
    """Return why the database refuses to write, or an empty text for an error of another kind.

    `error` is what the driver raised, not SQLAlchemy's error around it.
    """
    if isinstance(error, sqlite3.Error):
        return _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY, "")
    return _OF_POSTGRESQL.get(getattr(error, "sqlstate", None) or "", "")
