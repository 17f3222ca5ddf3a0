"""Tests that pictures are analysed one after the other, and that a failing one is not tried forever."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.contract.errors import Unavailable
from services.contract.ids import ReportId
from services.reports.core.records import AnalysisKind, AnalysisTask, Finding
from services.reports.shell.evidence.picture_scanner import MAX_TRIES, PictureScanner, PictureScanners
from services.reports.shell.ports import AnalysisFailed
from services.reports.shell.storage.analysis_queue import retry_delay

from ...ports.memory_picture_store import MemoryAnalysisQueue, MemoryPictureStore
from ...ports.memory_report_store import MemoryReportStore
from ...ports.report_stores import PICTURE, decide_nothing, report
from ...timing import until


class Program:
    """Implements the port `PictureAnalyser`; fails with the pictures that it is told to."""

    kind = AnalysisKind.SCORE

    def __init__(self, failing: dict[int, Exception] | None = None) -> None:
        self.failing = failing or {}
        self.seen: list[int] = []
        self.releases = 0

    async def analyse(self, task: AnalysisTask) -> Finding:
        self.seen.append(task.number)
        if task.number in self.failing:
            raise self.failing[task.number]
        return Finding(score=0.5)

    async def release(self) -> None:
        self.releases += 1


class ScannerFixture:
    def __init__(self, program: Program, interval: float = 30.0) -> None:
        self.now = 10_000
        self.store = MemoryReportStore()
        self.queue = MemoryAnalysisQueue(self.store)
        self.scanner = PictureScanner(self.queue, program, lambda: self.now, interval)

    async def file(self, pictures: int = 3) -> ReportId:
        filed = report()
        await self.store.file(filed, [PICTURE] * pictures, decide_nothing)
        return filed.id

    async def scores(self, id: ReportId) -> list[float | None]:
        pictures = MemoryPictureStore(self.store)
        return [(await pictures.picture(id, number)).score for number in range(3)]


class KnowingProgram(Program):
    """A list of known pictures has the second picture."""

    kind = AnalysisKind.KNOWN

    async def analyse(self, task: AnalysisTask) -> Finding:
        return Finding(known="IWF list A" if task.number == 1 else "")


async def test_a_picture_that_a_list_knows_is_told_of_and_counted() -> None:
    before = REGISTRY.get_sample_value("zufall_reports_known_pictures_total") or 0
    at = ScannerFixture(KnowingProgram())
    id = await at.file()
    with capture_logs() as logs:
        while await at.scanner.scan_next():
            pass
    assert REGISTRY.get_sample_value("zufall_reports_known_pictures_total") == before + 1
    (line,) = logs
    assert (line["event"], line["list"], line["report"]) == ("a list knows a picture", "IWF list A", id)


async def test_every_picture_gets_its_score() -> None:
    at = ScannerFixture(program := Program())
    id = await at.file()
    while await at.scanner.scan_next():
        pass
    assert await at.scores(id) == [0.5, 0.5, 0.5]
    assert program.seen == [0, 1, 2]


async def test_a_picture_that_the_program_fails_with_keeps_no_other_waiting_and_is_given_up() -> None:
    at = ScannerFixture(program := Program({0: AnalysisFailed("it died")}))
    id = await at.file()
    for _ in range(20):
        while await at.scanner.scan_next():
            pass
        at.now += retry_delay(99)
    assert await at.scores(id) == [None, 0.5, 0.5]
    assert program.seen.count(0) == MAX_TRIES
    assert (AnalysisKind.SCORE, id, 0) in at.queue.over


async def test_a_picture_waits_until_its_program_is_back() -> None:
    at = ScannerFixture(program := Program(dict.fromkeys(range(3), Unavailable("away"))))
    id = await at.file()
    for _ in range(20):
        with pytest.raises(Unavailable):
            await at.scanner.scan_next()
        at.now += retry_delay(99)
    program.failing = {}
    while await at.scanner.scan_next():
        pass
    assert await at.scores(id) == [0.5, 0.5, 0.5], "however long it was away"


async def test_it_looks_at_once_when_it_is_woken_and_goes_on_when_a_program_is_away() -> None:
    at = ScannerFixture(program := Program({0: Unavailable("away")}))
    scanners = PictureScanners([at.scanner])
    running = asyncio.create_task(scanners.run())
    await asyncio.sleep(0)
    id = await at.file()
    scanners.wake()
    await until(lambda: program.seen == [0])
    scanners.wake()
    await until(lambda: len(program.seen) == 3)
    assert await at.scores(id) == [None, 0.5, 0.5]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert program.releases == 1, "it ends with us"


async def test_an_idle_analyser_is_released() -> None:
    at = ScannerFixture(program := Program(), interval=0.01)
    running = asyncio.create_task(at.scanner.run())
    await until(lambda: program.releases > 1)
    id = await at.file()
    await until(lambda: len(program.seen) == 3)
    assert await at.scores(id) == [0.5, 0.5, 0.5], "found without being woken"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
