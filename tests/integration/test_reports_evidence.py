"""Tests the process that decodes pictures: it reaches nothing, and is replaced when it dies."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psutil  # it ships no types
import pytest
from structlog.testing import capture_logs

from services.contract.errors import EvidenceRefused, Unavailable
from services.reports.shell.evidence.picture_encoder import MAX_BYTES, PictureEncoderProcess
from services.reports.shell.evidence.worker_process import WorkerProcess

from ..timing import scaled
from .bad_pictures import png
from .escaping_worker import WAYS
from .reports_service import photo


@pytest.fixture
async def worker() -> AsyncIterator[PictureEncoderProcess]:
    running = PictureEncoderProcess()
    yield running
    await running.close()


def workers() -> list[psutil.Process]:
    """Return our child processes that are encoder workers."""
    children = psutil.Process().children()
    return [
        child for child in children if "services.reports.shell.evidence.encoder_worker" in child.cmdline()
    ]


def process() -> psutil.Process:
    (only,) = workers()
    return only


def confinement(of: psutil.Process) -> dict[str, str]:
    """Return what the kernel says about a process: whether it may gain privileges, and what filters it."""
    lines = dict(line.split(":\t", 1) for line in Path(f"/proc/{of.pid}/status").read_text().splitlines())
    return {name: lines[name] for name in ("NoNewPrivs", "Seccomp")}


async def test_one_process_does_one_picture_after_the_other(worker: PictureEncoderProcess) -> None:
    await worker.encode(photo(64, 64))
    first = process().pid
    pictures = await asyncio.gather(*(worker.encode(photo(64 + n, 64)) for n in range(5)))
    assert [picture.width for picture in pictures] == [64, 65, 66, 67, 68]
    assert process().pid == first


async def test_a_warning_of_the_decoder_does_not_reach_the_log(
    worker: PictureEncoderProcess,
) -> None:
    with piped_stderr() as printed:
        with pytest.raises(EvidenceRefused, match="10000×10000"):
            await worker.encode(png(10_000, 10_000, colours=0))  # of which Pillow warns
        await worker.close()
        assert not printed.read()


@contextmanager
def piped_stderr() -> Iterator[BinaryIO]:
    """Let new processes print into a pipe, for a worker may write to no file. Yield its other end."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    ours = os.dup(2)
    os.dup2(writing, 2)
    os.close(writing)
    try:
        with open(reading, "rb") as printed:
            yield printed
    finally:
        os.dup2(ours, 2)
        os.close(ours)


async def test_a_refused_picture_costs_no_process(worker: PictureEncoderProcess) -> None:
    await worker.encode(photo(64, 64))
    first = process().pid
    for bad in (b"text", b"", photo()[:500]):
        with pytest.raises(EvidenceRefused):
            await worker.encode(bad)
    assert process().pid == first


async def test_a_large_file_is_refused_before_it_is_looked_at(worker: PictureEncoderProcess) -> None:
    with pytest.raises(EvidenceRefused, match="bytes"):
        await worker.encode(b"x" * (MAX_BYTES + 1))
    assert workers() == []


async def test_a_process_that_dies_is_replaced(worker: PictureEncoderProcess) -> None:
    await worker.encode(photo(64, 64))
    process().kill()
    with pytest.raises(EvidenceRefused):
        await worker.encode(photo(64, 64))
    assert (await worker.encode(photo(64, 64))).width == 64


async def test_a_process_that_does_not_answer_is_killed() -> None:
    worker = PictureEncoderProcess(timeout=0.5)
    await _warm_up(worker)
    stuck = process()
    stuck.send_signal(signal.SIGSTOP)
    with pytest.raises(EvidenceRefused):
        await worker.encode(photo(64, 64))
    assert not stuck.is_running()
    await _warm_up(worker)
    await worker.close()


async def _warm_up(worker: PictureEncoderProcess) -> None:
    """Warm up first, for on a busy machine a process may take longer than half a second to start."""
    for _ in range(20):
        try:
            await worker.encode(photo(64, 64))
        except EvidenceRefused:
            continue
        return


async def test_a_caller_that_gives_up_does_not_leave_its_answer_to_the_next(
    worker: PictureEncoderProcess,
) -> None:
    await worker.encode(photo(64, 64))
    giving_up = asyncio.create_task(worker.encode(photo(3840, 2160, "PNG")))
    await asyncio.sleep(0.01)  # it is sent, and takes longer than this
    giving_up.cancel()
    assert (await worker.encode(photo(32, 16))).width == 32


async def test_it_has_limits(worker: PictureEncoderProcess) -> None:
    await worker.encode(photo(64, 64))
    running = process()
    assert running.rlimit(psutil.RLIMIT_AS) == (512 * 2**20, 512 * 2**20)
    for nothing in (psutil.RLIMIT_FSIZE, psutil.RLIMIT_NOFILE, psutil.RLIMIT_NPROC, psutil.RLIMIT_CORE):
        assert running.rlimit(nothing) == (0, 0)
    assert 0 < running.rlimit(psutil.RLIMIT_CPU)[0] < 10
    assert running.num_fds() == 3


@pytest.fixture
async def escaping() -> AsyncIterator[WorkerProcess]:
    running = WorkerProcess("tests.integration.escaping_worker", timeout=scaled(8))
    yield running
    await running.close()


async def test_a_worker_has_nothing_of_our_environment(
    escaping: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZUFALL_PASS_KEYS", "secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    assert set((await escaping.request(b"")).decode().split()) <= {"PYTHONPATH", "PYTHONSAFEPATH", "LC_CTYPE"}


async def test_a_worker_that_was_taken_over_reaches_nothing(escaping: WorkerProcess) -> None:
    outcomes = {way: (await escaping.request(way.encode())).decode() for way in WAYS}
    errors = {"PermissionError", "OSError", "BlockingIOError", "RuntimeError"}
    assert {way: outcome for way, outcome in outcomes.items() if outcome not in errors} == {}


async def test_the_kernel_filters_the_system_calls_of_each_worker(worker: PictureEncoderProcess) -> None:
    await worker.encode(photo(64, 64))
    assert confinement(process()) == {"NoNewPrivs": "1", "Seccomp": "2"}, "2 is a filter"


async def test_a_worker_without_a_filter_works_and_the_log_says_so_once() -> None:
    worker = WorkerProcess("tests.integration.unfiltered_worker", timeout=scaled(8))
    with capture_logs() as lines:
        assert await worker.request(b"picture") == b"PICTURE"
        await worker.close()
        assert await worker.request(b"picture") == b"PICTURE"
        await worker.close()
    (line,) = lines
    assert (line["log_level"], line["event"]) == ("warning", "system calls of a worker are not filtered")
    assert line["reason"].startswith("there is none for linux on ")


async def test_too_many_at_once_are_asked_to_come_again(worker: PictureEncoderProcess) -> None:
    outcomes = await asyncio.gather(*(worker.encode(photo(8, 8)) for _ in range(70)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(Unavailable) == 6


async def test_it_ends_with_the_service(worker: PictureEncoderProcess) -> None:
    await worker.encode(photo(64, 64))
    running = process()
    await worker.close()
    assert not running.is_running()
