"""Caddy with the file of one box: its log names no visitor, and it listens to no program of this machine."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from ..servers import free_port, stop, until_listening
from ..timing import until
from ..tls_proxy import CADDY

CADDYFILE = Path(__file__).parents[2] / "deploy" / "caddy" / "Caddyfile"


class RunningCaddy:
    """Caddy with the operator's file, in which only the addresses are those of a test."""

    def __init__(self, folder: Path) -> None:
        self.console, self.site, self._health = free_port(), free_port(), free_port()
        self.file, self.log = folder / "Caddyfile", folder / "caddy.log"
        self.admin = folder / "admin.sock"
        self._settings = {
            "HOME": str(folder),
            "ZUFALL_MAIL": "ann@zufall.test",
            "ZUFALL_DOMAIN": f"http://127.0.0.1:{self.site}",
            "ZUFALL_CONSOLE_DOMAIN": f"http://127.0.0.1:{self.console}",
        }
        text = CADDYFILE.read_text().replace(":2020", f":{self._health}")
        self.file.write_text(re.sub(r"unix/\S+", f"unix/{self.admin}", text))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        with self.log.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                CADDY, "run", "--config", self.file, env=self._settings, stdout=log, stderr=log
            )
        try:
            await until_listening(self.console, process)
            yield
        finally:
            await stop(process)

    async def reload(self) -> int:
        """Let it read its file again, as an update does; returns the status of the command."""
        process = await asyncio.create_subprocess_exec(
            CADDY, "reload", "--config", self.file, env=self._settings, stderr=asyncio.subprocess.DEVNULL
        )
        return await process.wait()


async def test_the_log_of_a_failed_request_names_no_visitor(tmp_path: Path) -> None:
    caddy = RunningCaddy(tmp_path)
    async with caddy.running(), aiohttp.ClientSession(headers={"User-Agent": "canary-agent"}) as http:
        url = f"http://127.0.0.1:{caddy.console}/console?canary-query"
        async with http.get(url) as answer:  # nobody is called `reports` here
            assert answer.status == 502
        await until(lambda: "http.log.error" in caddy.log.read_text())
    failed = [line for line in caddy.log.read_text().splitlines() if "http.log.error" in line]
    assert failed
    assert [line for line in failed if "canary" in line or "remote_ip" in line or "client_ip" in line] == []


async def test_it_takes_orders_only_through_a_file_of_its_own(tmp_path: Path) -> None:
    caddy = RunningCaddy(tmp_path)
    async with caddy.running():
        assert caddy.admin.stat().st_mode & 0o077 == 0
        caddy.file.write_text(caddy.file.read_text().replace("grace_period 10s", "grace_period 9s"))
        assert await caddy.reload() == 0
        assert '"load complete"' in caddy.log.read_text()
