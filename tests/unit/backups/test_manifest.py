"""Tests the first line of a backup, and what is compared with it."""

from services.backups.core.manifest import Contents, Manifest, compare, from_line, to_line

CONTENTS = Contents("0014", "2:ff", {"audit": 2, "reports": 1_234})
MANIFEST = Manifest("2026-12-01T03:00:00Z", "17.5", CONTENTS)


def test_a_manifest_is_one_line() -> None:
    line = to_line(MANIFEST)
    assert line.count(b"\n") == 1
    assert from_line(line) == MANIFEST


def test_other_lines_hold_none() -> None:
    line = to_line(MANIFEST)
    for other in (
        b"",
        line[:-1],
        line[:20] + b"\n",
        b"{}\n",
        b"\xff\n",
        b"PGDMP\n",
        line.replace(b"2", b"x"),
    ):
        assert from_line(other) is None


def test_everything_is_compared() -> None:
    found = Contents("0014", "1:ee", {"audit": 2, "more": 0})
    differing = [(one.what, one.expected, one.found) for one in compare(CONTENTS, found) if not one.same]
    assert differing == [("more", "-", "0"), ("reports", "1,234", "-"), ("audit log", "2:ff", "1:ee")]
    assert all(one.same for one in compare(CONTENTS, CONTENTS))
