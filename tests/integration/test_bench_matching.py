"""Every part of `make bench-matching` completes on real processes, and nobody is left behind."""

import asyncio
import sys
from pathlib import Path

import msgspec
import pytest

from ..timing import scaled

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("parts", "measured"),
    [
        ("room,streams,cpu", 21 + 6 + 6),
        ("poisson,burst,churn", 7 + 10 + 6),
    ],
)
async def test_every_part_completes(parts: str, measured: int, tmp_path: Path) -> None:
    words = ["--quick", "--only", parts, "--json", str(tmp_path / "figures.json")]
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
