"""A backup of an older PostgreSQL becomes the database of a newer one, as docs/backups.md describes."""

import os
import time
from pathlib import Path

import asyncpg
import pytest

from services.contract.ids import VisitorId, random_id

from ..databases import OwnDatabase, Postgres, postgres
from ..requirements import require
from .reports_service import NO_NATS, file_request, past_match, reports_service
from .test_backup import QUIET, fill, watched
from .test_backups import new_identity
from .zufall_command import ZufallCommand

pytestmark = pytest.mark.long

MANY = """
INSERT INTO reports (id, match, reporter, accused, reason, note, chat, filed_at, match_started_at,
  accused_address_hash, reporter_network)
SELECT 'r' || n, 'm' || n, 'v' || n, 'w' || n % 5000, 1, 'note', '[[true, "hello", false]]', n, n, 'x', 'y'
FROM generate_series(1, 100000) AS n;
INSERT INTO evidence (report, number, content, media_type, width, height, sha256, id)
SELECT 'r' || n, 0,
  (SELECT string_agg(decode(md5(n || '.' || part), 'hex'), '') FROM generate_series(1, 4000) AS part),
  'image/jpeg', 640, 480, 'z', 'p' || n
FROM generate_series(1, 3000) AS n;
"""
"""A hundred thousand reports, and three thousand pictures of 64 kB that nothing can compress."""

DIGEST = """
SELECT md5(string_agg(digest, '' ORDER BY digest))
FROM (SELECT md5(one::text) COLLATE "C" AS digest FROM {} AS one) AS every
"""


def older() -> Path:
    """Return the programs of an older PostgreSQL: those in ZUFALL_TEST_POSTGRES, or what Debian installed."""
    found = (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    installed = sorted(found, key=lambda programs: int(programs.parent.name))
    if named := os.environ.get("ZUFALL_TEST_POSTGRES"):
        return Path(named)
    if not installed:
        pytest.skip("no older PostgreSQL is on this machine (the package postgresql)")
    return installed[-1]


async def look(own: OwnDatabase) -> tuple[int, str, dict[str, str]]:
    """Return the major version, the size, and a digest of every table."""
    owner = await asyncpg.connect(own.owner.replace("+asyncpg", ""))
    tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    digests = {table: await owner.fetchval(DIGEST.format(table)) for (table,) in tables}
    size = await owner.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
    version = owner.get_server_version().major
    await owner.close()
    return version, size, digests


async def test_a_database_moves_to_a_newer_postgresql(
    postgres_server: Postgres,
    tmp_path: Path,
    zufall: ZufallCommand,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    require("age")
    (tmp_path / "backups").mkdir()
    monkeypatch.setenv("ZUFALL_BACKUP_FOLDER", str(tmp_path / "backups"))
    monkeypatch.setenv("ZUFALL_BACKUP_IDENTITY", new_identity())
    took: list[str] = []
    path = os.environ["PATH"]

    async def run(own: OwnDatabase, *words: str) -> str:
        began = time.monotonic()
        status, said, errors = await zufall(*words, **own.environment())
        assert status == 0, said + errors
        took.append(f"{' '.join(words[:2])}: {time.monotonic() - began:.1f} s")
        return said

    # Each server with its own programs: an older pg_dump may write what only its server understands.
    with postgres(older()) as old_server:
        monkeypatch.setenv("PATH", f"{old_server.programs}:{path}")
        async with old_server.own_database() as old:
            await run(old, "migrate")
            async with reports_service(old.service, NO_NATS, **QUIET) as replica:
                held, _ = await fill(replica)
            owner = await asyncpg.connect(old.owner.replace("+asyncpg", ""))
            await owner.execute(MANY)
            await owner.close()
            before, size, content = await look(old)
            made = (await run(old, "backups", "now")).split()
    monkeypatch.setenv("PATH", f"{postgres_server.programs}:{path}")
    async with postgres_server.own_database() as new:
        await run(new, "backups", "restore", made[0])
        await run(new, "migrate")
        after, _, restored = await look(new)
        assert before < after
        assert restored == content
        async with reports_service(new.service, NO_NATS, **QUIET) as replica, watched(replica) as watch:
            assert watch.ban(VisitorId(held.visitor), 0) is not None
            await replica.reports.File(file_request(past_match(accused=VisitorId(random_id()))))
    with capsys.disabled():
        print(f"\nPostgreSQL {before} to {after}, {size}, {made[2]} bytes encrypted; {', '.join(took)}")  # noqa: T201
