"""A version runs on the schema that the next one expands, so services can be replaced one by one."""

import asyncio
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa

from services.contract.version import VERSION
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.schema import VERSIONS, SchemaTooNew, migrate, prepare, run, status

from ..databases import BOTH_DATABASES, Postgres
from ..servers import free_port
from .reports_service import NO_NATS, file_request, past_match, reports_service, required_settings
from .zufall_command import ZufallCommand, run_zufall

ROOT = Path(__file__).parents[2]
PREVIOUS = "1cf5f7087a33029cd21959334a5fd3fe9fec5fc1"
"""The last release, and until there is one, a commit from shortly before the first."""

EXPAND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9001", "{newest}"

def upgrade():
    op.add_column("reports", sa.Column("later", sa.Text, nullable=False, server_default=sa.text("'yes'")))
    op.create_table("laters", sa.Column("id", sa.Text, primary_key=True))
"""
CONTRACT = """
from alembic import op

revision, down_revision, phase = "9002", "9001", "contract"

def upgrade():
    op.drop_column("reports", "device_hours")
"""


def previous_version(folder: Path) -> Path:
    """Unpack the services of the previous version into a folder."""
    made = subprocess.run(
        ["git", "archive", PREVIOUS, "services", "protos"], cwd=ROOT, capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.fail(
            f"the commit {PREVIOUS} of the previous version is not in this clone: make a clone that is not "
            "shallow (`git fetch --unshallow`)",
            pytrace=False,
        )
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


async def test_the_previous_version_runs_on_the_schema_of_this_one(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    instead = {"PYTHONPATH": str(previous_version(tmp_path)), "PYTHONSAFEPATH": "1"}
    asked = (sys.executable, "-c", "import services.reports as it; print(it.__file__)")
    imported = await asyncio.to_thread(subprocess.check_output, asked, env=instead, text=True)
    assert imported.startswith(str(tmp_path))
    _, service = await postgres_server.new_service_database()
    async with reports_service(service, NO_NATS, **instead) as replica:
        filed = await replica.reports.File(file_request(past_match()))
        assert [one.report for one in await replica.list()] == [filed.report]


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Make the migrations of a later version: one that adds, and one that takes away."""
    versions = Path(shutil.copytree(VERSIONS, tmp_path / "versions"))
    newest = max(path.name for path in VERSIONS.glob("*.py")).partition("_")[0]
    (versions / "9001_expand.py").write_text(EXPAND.format(newest=newest))
    (versions / "9002_contract.py").write_text(CONTRACT)
    return versions


async def test_this_version_runs_on_the_schema_that_a_later_one_expands(
    later: Path, postgres_server: Postgres
) -> None:
    owner, service = await postgres_server.new_service_database()
    engine = open_engine(owner)
    async with reports_service(service, NO_NATS) as replica:
        await replica.reports.File(file_request(past_match()))
        async with engine.begin() as connection:
            await run(connection, versions=later)
            left = await connection.run_sync(status, later)
            assert (left.current, [one.revision for one in left.pending]) == ("9001", ["9002"])
        await replica.reports.File(file_request(past_match()))
        assert len(await replica.list()) == 2, "it goes on"
    async with reports_service(service, NO_NATS) as replica:
        await replica.reports.File(file_request(past_match()))
        assert len(await replica.list()) == 3, "and it starts again"
    async with engine.begin() as connection:
        await run(connection, contract=True, versions=later)
        assert not (await connection.run_sync(status, later)).pending
        columns = await connection.run_sync(lambda sync: sa.inspect(sync).get_columns("reports"))
        assert "device_hours" not in [one["name"] for one in columns]
    await engine.dispose()
    admin = {"ZUFALL_ADMIN_LISTEN": f"127.0.0.1:{free_port()}", "ZUFALL_LOGS": "text"}
    ended, said = await run_zufall("reports", **required_settings(service), **admin)
    assert (ended, said.count("\n")) == (1, 1), "it does not wait, for this does not get better"
    assert "its migration 9002 removed what older versions need" in said


@BOTH_DATABASES
async def test_this_version_refuses_a_schema_from_which_a_later_one_has_removed_something(
    database: str, later: Path, zufall: ZufallCommand
) -> None:
    engine = open_engine(database)
    async with engine.begin() as connection:
        await run(connection, contract=True, versions=later)
    with pytest.raises(SchemaTooNew, match=f"needs Zufall {VERSION} or later, .* 9002 removed"):
        await prepare(engine)
    await engine.dispose()
    for phase in ("status", "expand", "contract"):
        ended, said, errors = await zufall("migrate", phase, ZUFALL_DATABASE=database)
        assert (ended, said, errors.count("\n")) == (1, "", 1)
        assert "9002 removed" in errors


@BOTH_DATABASES
async def test_a_schema_that_a_later_version_has_only_expanded_is_good(
    database: str, later: Path, zufall: ZufallCommand
) -> None:
    engine = open_engine(database)
    await migrate(engine)
    async with engine.begin() as connection:
        await run(connection, versions=later)
    await prepare(engine)
    await engine.dispose()
    told = await zufall("migrate", "status", ZUFALL_DATABASE=database)
    assert told == (0, "the schema is at 9001; nothing is left to run\n", "")


async def test_a_migration_does_not_wait_long_for_a_table_that_a_backup_reads(
    later: Path, postgres_server: Postgres
) -> None:
    """A migration that waited longer would hold up everybody who comes after it."""
    owner, _ = await postgres_server.new_service_database()
    reader = await asyncpg.connect(owner.replace("+asyncpg", ""))
    await reader.execute("BEGIN; SELECT count(*) FROM reports")
    engine = open_engine(owner, statement_timeout=60)
    with pytest.raises(sa.exc.DBAPIError) as caught:
        async with engine.begin() as connection:
            await run(connection, versions=later)
    assert getattr(caught.value.orig, "sqlstate", None) == "55P03"
    await reader.close()
    async with engine.begin() as connection:
        await run(connection, versions=later)
    await engine.dispose()
