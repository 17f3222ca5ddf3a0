"""Every part of `make bench-matching` completes on real processes, and nobody is left behind."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from grpc import aio

from bench.matching import echo, stream_load

from ..timing import long, scaled

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("parts", "measured"),
    [
        long("room,streams,cpu", 33 + 15 + 6),
        ("poisson,burst,churn", 7 + 10 + 6),
    ],
)
async def test_every_part_completes(parts: str, measured: int, tmp_path: Path) -> None:
    words = ["--smoke", "--only", parts, "--json", str(tmp_path / "figures.json")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.matching", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(scaled(60)):
        shown, _ = await process.communicate()
    assert process.returncode == 0
    figures = msgspec.json.decode((tmp_path / "figures.json").read_bytes())["figures"]
    assert len(figures) == measured
    for figure in figures:
        assert figure["name"] in shown.decode()
        if "stranded" in figure["name"] or "met again" in figure["name"] or "matched" in figure["name"]:
            assert figure["met"], figure
        else:
            assert figure["value"] >= 0, figure


async def test_the_echo_returns_every_message_as_it_came() -> None:
    server, port = await echo.start("127.0.0.1:0")
    address, batches = f"127.0.0.1:{port}", stream_load.make_batches("partners", 200)
    try:
        async with aio.insecure_channel(address) as channel:
            stream: Any = channel.stream_stream(f"/{echo.SERVICE}/{echo.METHOD}")
            assert [message async for message in stream(iter(batches[0]))] == batches[0]
        found = await stream_load.measure(address, stream_load.echoed, batches)
    finally:
        await server.stop(None)
    assert found.tickets == 200
