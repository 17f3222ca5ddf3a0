"""`zufall swarm` works as a person starts it."""

import asyncio
import sys
from pathlib import Path

import pytest

from bench.swarm.events import Came, Finished, Heard, Met, read

from ..servers import free_port, free_ports_in_a_row
from ..timing import scaled
from .local_run import running


async def swarm(*words: str) -> tuple[int, str]:
    """Run `zufall swarm`, and return its status and its output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli", "swarm", *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(scaled(30)):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_it_finds_nothing_wrong_with_a_running_installation(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    async with running(tmp_path / "data", free_ports_in_a_row(4)) as run:
        await run.until_said("Zufall is ready")
        asked = ["--visitors", "20", "--seconds", "4", "--seed", "1", "--history", str(history)]
        status, said = await swarm(run.url(1), run.url(2), *asked)
    assert status == 0, said
    lines = said.splitlines()
    assert lines[0] == "seed 1"
    assert " online, " in lines[-2]
    assert lines[-2].endswith(" 0 violations")
    assert lines[-1].startswith("nothing is wrong in ")
    events = list(read(history))
    assert {event.origin for event in events if isinstance(event, Came)} == {run.url(1), run.url(2)}
    assert any(isinstance(event, Met) for event in events)
    assert any(isinstance(event, Heard) for event in events)
    assert isinstance(events[-1], Finished)


async def test_nobody_answers() -> None:
    status, said = await swarm(f"http://127.0.0.1:{free_port()}")
    assert status == 1
    assert "zufall swarm: no gateway answers at http://127.0.0.1:" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["localhost"], "'localhost' is not an origin such as http://localhost:8080"),
        (
            ["http://localhost", "--visitors", "0"],
            "Invalid value for '--visitors': 0 is not in the range x>=1",
        ),
        (["http://localhost", "--seconds", "-1"], "Invalid value for '--seconds': -1.0 is not in the range"),
        ([], "Missing argument 'URL…'"),
    ],
)
async def test_senseless_options_are_refused(words: list[str], complaint: str) -> None:
    status, said = await swarm(*words)
    assert status == 2
    assert complaint in said
