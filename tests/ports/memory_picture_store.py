"""Provides a picture store and an analysis queue in memory, beside a report store."""

from collections.abc import AsyncIterator
from dataclasses import replace

from services.contract.errors import NotFound
from services.contract.ids import CaseId, PictureId, ReportId
from services.reports.core.records import AnalysisKind, AnalysisTask, Finding, OriginalUpload, StoredPicture
from services.reports.shell.storage.analysis_queue import retry_delay

from .memory_report_store import MemoryReportStore


class MemoryPictureStore:
    """Implements the port `PictureStore` beside a report store."""

    def __init__(self, store: MemoryReportStore) -> None:
        self._store = store

    async def picture(self, report: ReportId, number: int) -> StoredPicture:
        if (report, number) not in self._store.pictures:
            raise NotFound("there is no such picture")
        return self._store.pictures[report, number]

    async def by_id(self, id: PictureId) -> StoredPicture:
        for picture in self._store.pictures.values():
            if picture.id == id:
                return picture
        raise NotFound("there is no such picture")

    async def of_case(self, case: CaseId) -> AsyncIterator[StoredPicture]:
        for report in sorted(self._store.reports, key=lambda one: one.report.filed_at):
            pictures = [one for one in self._store.pictures.values() if one.report == report.report.id]
            for picture in pictures if self._store.case(report.report) == case else ():
                yield picture

    async def originals(self, case: CaseId) -> AsyncIterator[OriginalUpload]:
        of_case = [one.report.id for one in self._store.reports if self._store.case(one.report) == case]
        for original in self._store.originals:
            if original.report in of_case:
                yield original


class MemoryAnalysisQueue:
    """Implements the port `AnalysisQueue` beside a report store."""

    def __init__(self, store: MemoryReportStore) -> None:
        self._store = store
        self._tries: dict[tuple[AnalysisKind, ReportId, int], int] = {}
        self._due_at: dict[tuple[AnalysisKind, ReportId, int], int] = {}
        self.over: set[tuple[AnalysisKind, ReportId, int]] = set()

    async def claim(self, kind: AnalysisKind, now: int) -> AnalysisTask | None:
        for key in self._newest_first(kind):
            if key not in self.over and self._due_at.get(key, 0) <= now:
                tries = self._tries[key] = self._tries.get(key, 0) + 1
                self._due_at[key] = now + retry_delay(tries)
                return self._claimed(key, tries)
        return None

    def _newest_first(self, kind: AnalysisKind) -> list[tuple[AnalysisKind, ReportId, int]]:
        filed = {one.report.id: one.report for one in self._store.reports}

        def place(key: tuple[ReportId, int]) -> tuple[bool, int, ReportId, int]:
            report = filed[key[0]]
            closed = report not in self._store.open_reports(report.accused)
            return closed, -report.filed_at, report.id, key[1]

        return [(kind, *key) for key in sorted(self._store.pictures, key=place)]

    def _claimed(self, key: tuple[AnalysisKind, ReportId, int], tries: int) -> AnalysisTask:
        kind, id, number = key
        picture = self._store.pictures[id, number].picture
        return AnalysisTask(kind, id, number, tries, picture.content, picture.sha256, picture.original_sha256)

    async def complete(self, task: AnalysisTask, finding: Finding, now: int) -> None:
        key = task.report, task.number
        self.over.add((task.kind, *key))
        if key in self._store.pictures:
            found = {"score": finding.score} if task.kind is AnalysisKind.SCORE else {"known": finding.known}
            self._store.pictures[key] = replace(self._store.pictures[key], **found)

    async def give_up(self, task: AnalysisTask) -> None:
        self.over.add((task.kind, task.report, task.number))
