"""The service `zufall backups` does by itself what is due, and shows it in metrics."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import make_url

from tools.interfaces.metrics_page import families

from ..databases import OwnDatabase, Postgres, migrated
from ..requirements import require
from ..servers import free_port, service
from ..timing import until
from .test_backups import new_identity


@pytest.fixture
async def settings(own_database: OwnDatabase, postgres_server: Postgres, tmp_path: Path) -> dict[str, str]:
    require("age")
    require("rclone")
    await migrated(own_database.owner, make_url(own_database.service).username or "")
    (tmp_path / "backups").mkdir()
    (tmp_path / "elsewhere").mkdir()
    return {
        "ZUFALL_DATABASE_OWNER": own_database.owner,
        "ZUFALL_BACKUP_FOLDER": str(tmp_path / "backups"),
        "ZUFALL_BACKUP_IDENTITY": new_identity(),
        "ZUFALL_BACKUP_TARGET": str(tmp_path / "elsewhere"),
        "PATH": f"{postgres_server.programs}:{os.environ['PATH']}",
    }


@asynccontextmanager
async def running(settings: dict[str, str]) -> AsyncIterator[str]:
    """Run the service; return the URL of its admin port."""
    port = free_port()
    listen = {"ZUFALL_ADMIN_LISTEN": f"127.0.0.1:{port}"}
    async with service("services.backups", settings | listen, port):
        yield f"http://127.0.0.1:{port}"


async def read(url: str) -> str:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return await answer.text()


async def figures(url: str) -> dict[str, float]:
    found = re.findall(r"^(zufall_backup\S+) (\S+)$", await read(f"{url}/metrics"), re.MULTILINE)
    return {name: float(value) for name, value in found}


async def test_it_makes_copies_and_tries_out_a_backup_and_shows_it(
    settings: dict[str, str], tmp_path: Path, postgres_server: Postgres
) -> None:
    async with running(settings) as url:
        assert await read(f"{url}/readyz") == "ok\n"

        async def drilled() -> bool:
            return (await figures(url))["zufall_backup_last_drill_timestamp_seconds"] > 0

        await until(drilled, 30)
        found = await figures(url)
        shown = re.findall(r"^# TYPE (\S+) ", await read(f"{url}/metrics"), re.MULTILINE)
    documented = {one.name for one in families("backups")}
    assert set(shown) == documented
    (file,) = (tmp_path / "backups").glob("*.age")
    assert (tmp_path / "elsewhere" / file.name).read_bytes() == file.read_bytes()
    assert found["zufall_backup_bytes"] == file.stat().st_size
    assert {name: value for name, value in found.items() if "failures_total" in name} == {
        f'zufall_backup_failures_total{{kind="{kind}"}}': 0 for kind in ("backup", "copy", "drill")
    }
    async with running(settings | {"ZUFALL_BACKUP_TARGET": "/proc/none"}) as url:

        async def failed() -> bool:
            return (await figures(url))['zufall_backup_failures_total{kind="copy"}'] == 1

        await until(failed, 30)
        again = await figures(url)
    for name in ("last_success_timestamp_seconds", "last_drill_timestamp_seconds", "bytes"):
        assert again[f"zufall_backup_{name}"] == found[f"zufall_backup_{name}"], "a restart forgets nothing"
    assert len(list((tmp_path / "backups").glob("*.age"))) == 1, "and makes none that is not due"


async def test_it_does_not_start_where_no_backup_can_be_made(settings: dict[str, str]) -> None:
    for changed in (
        {"ZUFALL_BACKUP_FOLDER": "/nowhere"},
        {"ZUFALL_BACKUP_IDENTITY": ""},
        {"PATH": "/nowhere"},
    ):
        with pytest.raises(RuntimeError, match="ended with status 1"):
            async with running(settings | changed):
                pass
