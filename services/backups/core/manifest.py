"""What a backup says about itself, in its first line, and how a restored database is compared with it."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec


class Contents(msgspec.Struct, frozen=True):
    """What a database holds: enough to tell whether two are the same."""

    revision: str
    """The newest migration that has run."""
    audit_head: str
    """The newest entry of the audit log and its hash, `12:9f…`; empty for an empty log."""
    rows: Mapping[str, int]
    """The number of rows of every table."""


class Manifest(msgspec.Struct, frozen=True):
    """The first line of a backup, as JSON. What follows is pg_dump's custom format."""

    made_at: str
    """ISO 8601, in UTC."""
    server: str
    """The version of PostgreSQL."""
    contents: Contents


@dataclass(frozen=True, slots=True)
class ContentComparison:
    """One thing that a backup says, and what was found after it was restored."""

    what: str
    expected: str
    found: str

    @property
    def same(self) -> bool:
        return self.expected == self.found


_NOTHING = "-"
_DECODER = msgspec.json.Decoder(Manifest)


def to_line(manifest: Manifest) -> bytes:
    """Return the manifest as one line."""
    return msgspec.json.encode(manifest) + b"\n"


def from_line(line: bytes) -> Manifest | None:
    """Return the manifest in a line, or None if the line holds none."""
    try:
        return _DECODER.decode(line) if line.endswith(b"\n") else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def compare(expected: Contents, found: Contents) -> tuple[ContentComparison, ...]:
    """Return every table of either database, and then the schema and the head of the audit log."""
    tables = sorted({*expected.rows, *found.rows})
    return (
        *(ContentComparison(table, _count(expected, table), _count(found, table)) for table in tables),
        ContentComparison("schema", expected.revision, found.revision),
        ContentComparison("audit log", expected.audit_head or _NOTHING, found.audit_head or _NOTHING),
    )


def _count(contents: Contents, table: str) -> str:
    rows = contents.rows.get(table)
    return _NOTHING if rows is None else f"{rows:,}"
