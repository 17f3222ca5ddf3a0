"""`zufall simulate` in a process of its own, as an operator runs it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from tools.simulation.command import SimulationReport

from ..timing import scaled

QUICK = ("--minutes", "10", "--warm-up", "2")
FULL = (
    "--languages", "en=60%,cy+en=5%", "--strict-language", "20%", "--interests", "chess=20%,music=40%",
    "--countries", "DE=50%,GB=30%", "--avoid", "DE=10%", "--nearby", "20%", "--restricted", "10%",
    "--mode", "video=80%,text=20%", "--stage-ages", "1,3,10", "--thin-market", "8", "--tiny-market", "2",
    "--without", "strict,nearby",
)  # fmt: skip


def simulate(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.cli", "simulate", *words],
        capture_output=True,
        text=True,
        timeout=scaled(60),
        env=os.environ | environment,
        check=False,
    )


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what is said beside the output, apart from how far it is, which a slow machine says."""
    return [line for line in done.stderr.splitlines() if re.fullmatch(r".*: +\d+ %", line) is None]


def test_the_output_without_options_is_useful() -> None:
    done = simulate()
    assert (done.returncode, complaints(done)) == (0, [])
    names = {line[:18].rstrip() for line in done.stdout.splitlines()}
    assert {"everybody", "speaks en", "speaks cy", "speaks cy, strict", "with interests"} <= names
    assert "fares worst" in done.stdout.splitlines()[-1]


def test_json_is_one_line_of_the_documented_form() -> None:
    done = simulate(*QUICK, *FULL, "--json")
    assert (done.returncode, complaints(done), done.stdout.count("\n")) == (0, [], 1)
    document = msgspec.json.decode(done.stdout, type=SimulationReport, strict=True)
    assert [run.without for run in document.runs] == [[], ["strict", "nearby"]]
    assert [one.name for one in document.runs[0].populations] == [
        "everybody", "speaks en", "speaks en, strict", "speaks cy", "speaks cy, strict", "names no language",
        "strict language", "with interests", "without interests", "likes chess", "likes music", "from DE",
        "from GB", "avoids DE", "nearby", "video", "text", "restricted",
    ]  # fmt: skip
    assert all(one.repeats_within_minute == 0 for run in document.runs for one in run.populations)
    assert document.conclusions
    assert document.settings["languages"] == {"en": 0.6, "cy+en": 0.05}
    assert document.settings["stage_ages"] == [1, 3, 10]
    assert document.settings["minutes"] == 10


def test_the_page_documents_every_field_and_option() -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulate.md").read_text()
    document = msgspec.json.decode(simulate(*QUICK, "--json").stdout)
    run = document["runs"][0]
    for field in (*document, *run, *run["populations"][0]):
        assert f"`{field}`" in page, field
    options = {word.rstrip(",") for word in simulate("--help").stdout.split() if word.startswith("--")}
    for option in options - {"--help"}:
        assert f"`{option}" in page, option


@pytest.mark.long  # the shown run takes half a minute
def test_the_page_shows_what_the_command_prints() -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulate.md").read_text()
    command, _, printed = page.partition("$ zufall simulate ")[2].partition("```")[0].partition("\n")
    words = command.removesuffix(" --picture simulate.svg").split()
    assert simulate(*words).stdout == printed


def test_a_seed_repeats_everything_in_any_process() -> None:
    once, again = (simulate(*QUICK, *FULL, "--json", PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert once.stdout == again.stdout
    assert simulate(*QUICK, *FULL, "--json", "--seed", "2").stdout != once.stdout


@pytest.mark.parametrize("name", ["waits.png", "waits.svg"])
def test_a_picture(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    done = simulate(*QUICK, "--without", "interests", "--picture", str(file))
    assert (done.returncode, complaints(done)) == (0, [])
    if file.suffix == ".svg":
        assert file.read_bytes().startswith(b"<?xml")
    else:
        assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--visitor-count", "9"], "No such option '--visitor-count'"),
        (["--visitors", "0"], "Invalid value for '--visitors': '0' is not a whole number from 1 to 1000000"),
        (
            ["--languages", "en=70"],
            "Invalid value for '--languages': '70' is not a share: write it with a percent sign",
        ),
        (
            ["--without", "colours"],
            "Invalid value for '--without': 'colours' is no part of a wish: interests, languages",
        ),
        (["--nearby", "20%"], "--nearby needs --countries: here all countries are unknown"),
        (["--avoid", "DE=20%"], "--avoid needs --countries: here all countries are unknown"),
        (
            ["--interests", "chess=2%", "--interests-each", "2"],
            "--interests-each and --interests-share go with a number of --interests",
        ),
        (
            ["--languages", "English=20%"],
            "Invalid value for '--languages': 'English' is not a language, as in en or de",
        ),
        (["--thin-market", "2"], "--tiny-market is more than --thin-market"),
        (["--picture", "waits.bmp"], "a picture is a .png or .svg file, not 'waits.bmp'"),
        (["--picture", "/no/such/folder/waits.png"], "there is no folder '/no/such/folder'"),
    ],
)
def test_a_bad_value_is_one_sentence(words: list[str], said: str) -> None:
    done = simulate(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: zufall simulate [OPTION]…\n")
    assert done.stderr.splitlines()[-1].startswith(f"Error: {said}")


def read_to_end(terminal: int) -> Iterator[bytes]:
    """Yield what is written to the other side of `terminal`, until that is closed."""
    with suppress(OSError):  # EIO: that was all
        while True:
            yield os.read(terminal, 10_000)


def test_progress_is_shown_on_a_terminal_and_taken_away() -> None:
    ours, theirs = os.openpty()
    try:
        words = ("--visitors", "2000", "--minutes", "60", "--json")
        command = [sys.executable, "-m", "services.cli", "simulate", *words]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        shown = b"".join(read_to_end(ours)).decode()
        assert running.wait(scaled(60)) == 0
    finally:
        os.close(ours)
    assert "\r2,000 visitors, all wishes: " in shown
    assert shown.endswith("\r\x1b[K")


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m services.cli simulate --minutes 10 --warm-up 2 --json | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, timeout=scaled(60), check=False)  # noqa: S602 -- a pipe is what is tested
    assert (done.stdout, done.stderr) == (b"{", b"")
