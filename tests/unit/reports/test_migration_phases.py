"""Tests which migrations run before an update and which after it, and that the first kind only adds."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.reports.core.migration_phases import Migration, PhaseRefused, contracts, target
from services.reports.shell.storage.schema import VERSIONS, status, upgrade

E, C = False, True


def chain(*contract: bool) -> list[Migration]:
    return [Migration(f"{number:04}", one) for number, one in enumerate(contract, 1)]


@pytest.mark.parametrize(
    ("current", "migrations", "expanded", "contracted"),
    [
        (None, chain(E, C, E), "0003", "0003"),
        ("0001", chain(E), None, None),
        ("0001", chain(E, E, E, C, C), "0003", "0005"),
        ("0003", chain(E, E, E, C, C), None, "0005"),
        ("0005", chain(E, E, E, C, C), None, None),
        ("0009", chain(E, C), None, None),
    ],
)
def test_a_phase_leads_to(
    current: str | None, migrations: list[Migration], expanded: str | None, contracted: str | None
) -> None:
    assert target(current, migrations, contract=False) == expanded
    assert target(current, migrations, contract=True) == contracted


def test_nothing_is_added_on_top_of_what_an_earlier_update_still_has_to_remove() -> None:
    with pytest.raises(PhaseRefused, match=r"migration 0002 .* run `zufall migrate contract`"):
        target("0001", chain(E, C, E), contract=False)
    assert target("0001", chain(E, C, E), contract=True) == "0003"


def test_only_contract_migrations_that_have_run_shut_older_versions_out() -> None:
    assert contracts(None, chain(E, C, E, C, C), "0004") == ("0002", "0004")
    assert contracts("0002", chain(E, C, E, C, C), "0004") == ("0004",)
    assert contracts("0002", chain(E, C, E, C, C), "0003") == ()


_RELEASED = "0014"
"""The migrations up to this one are older than the rule. The first release needs all of them."""
_ADDS = re.compile(
    r"(CREATE (TABLE|INDEX)|ALTER TABLE \S+ ADD COLUMN|INSERT INTO|SELECT|PRAGMA|UPDATE alembic_version) "
)
"""No UNIQUE INDEX, which older versions may violate. SQLite itself refuses a column that must be filled."""
_ADDED = re.compile(r"ALTER TABLE (\S+) ADD COLUMN (\S+)")
_INDEXED = re.compile(r"^CREATE INDEX (\S+)")
_FILLS = re.compile(r"^UPDATE (\S+) SET (\w+)=\S+ WHERE")


def statements(versions: Path, before: str, after: str) -> list[str]:
    """Return what a migration does to an SQLite database with the schema of the one before it."""
    engine, seen = sa.create_engine("sqlite://"), list[str]()

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement.strip())

    with engine.begin() as connection:
        upgrade(connection, before, versions)
        sa.event.listen(engine, "before_cursor_execute", note)
        upgrade(connection, after, versions)
    engine.dispose()
    return seen


def takes_away(versions: Path, before: str, after: str) -> list[str]:
    """Return the statements that do more than to add something, to fill what is added, or to widen an index.

    An index is named by its columns, so the name of a wider one begins with that of the one it replaces.
    """
    seen = statements(versions, before, after)
    added = {column for one in seen for column in _ADDED.findall(one)}
    fills = [one for one in seen if added & {*_FILLS.findall(one)}]
    indexes = {name for one in seen for name in _INDEXED.findall(one)}
    wider = tuple(f"{name}_" for name in indexes)

    def narrows(statement: str) -> bool:
        dropped = statement.removeprefix("DROP INDEX ") + "_"
        return statement.startswith("DROP") and not any(name.startswith(dropped) for name in wider)

    return [
        one
        for one in seen
        if not _ADDS.match(one) and one not in fills and (narrows(one) or not one.startswith("DROP INDEX"))
    ]


def migrations(versions: Path) -> list[Migration]:
    with sa.create_engine("sqlite://").connect() as connection:
        return list(status(connection, versions).pending)


def test_an_expand_migration_only_adds() -> None:
    found = migrations(VERSIONS)
    assert [one.revision for one in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    for before, after in pairwise(found):
        if after.revision > _RELEASED and not after.contract:
            assert takes_away(VERSIONS, before.revision, after.revision) == [], after.revision


def test_a_migration_that_takes_away_would_be_noticed() -> None:
    """Take old migrations: of these, 0012 drops a table, and 0013 only adds columns."""
    assert takes_away(VERSIONS, "0012", "0013") == []
    assert takes_away(VERSIONS, "0011", "0012") == [
        "DROP TABLE originals",
        "DROP INDEX ix_reports_flags_network_filed_at",
    ]
