"""Runs commands: the type of the fixture `zufall`, which runs one in this process, and one in its own."""

import asyncio
import os
import sys
from typing import Protocol

from ..timing import scaled


class ZufallCommand(Protocol):
    """Runs `zufall` with these words and variables; returns its status, its output and its errors."""

    async def __call__(self, *words: str, **environment: str) -> tuple[int, str, str]: ...


async def run_zufall(*words: str, **environment: str) -> tuple[int, str]:
    """Run a command in its own process, with no other ZUFALL_ variable; return its status and output."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZUFALL_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", *words),
        env={**inherited, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(scaled(30)):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
