"""An event costs as many messages with six real gateways as with three."""

import asyncio
import sys
from pathlib import Path

import msgspec
import pytest

from ..timing import scaled

ROOT = Path(__file__).parents[2]

MARGIN = "2"
"""A slow machine adds a confirmation or two. To tell everybody would add three messages."""


@pytest.mark.long
async def test_an_event_costs_no_more_with_more_gateways(tmp_path: Path) -> None:
    file = tmp_path / "costs.json"
    words = ["--gateways", "3,6", "--repetitions", "1", "--seconds", "3", "--margin", MARGIN]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.scale",
        *words,
        "--json",
        str(file),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(scaled(60)):
        shown, _ = await process.communicate()
    assert process.returncode == 0, shown.decode()
    few, many = msgspec.json.decode(file.read_bytes())["installations"]
    for costs in (few, many):
        assert costs["messages"]["frame for the partner"] >= 1, "the messages were counted"
        assert costs["messages"]["hello"] < 1
    assert 0.5 * 6**2 < many["heartbeats"] < 1.5 * 6**2, "every gateway hears every other"
