"""Reports in memory that pass the port tests of the real ones."""

import time

from services.contract.errors import EvidenceRefused, InvalidRequest, PassRefused
from services.contract.ids import MatchId, ReportId, VisitorId, random_id
from services.contract.passes import PassSealer
from services.signaling.shell.appeal_request import AppealStatus
from services.signaling.shell.report_request import ReportRequest

MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")


class MemoryReports:
    """A `Reports` in memory."""

    def __init__(self, passes: PassSealer) -> None:
        self._passes = passes
        self._reports: dict[tuple[MatchId, VisitorId], ReportId] = {}

    async def appeal(self, token: str, text: str = "") -> AppealStatus:
        """Refuse every token, for nothing was ever decided here."""
        raise PassRefused("the pass is not one of ours")

    async def file(
        self, reporter: VisitorId, network: bytes, report: ReportRequest, device_hours: int | None = None
    ) -> ReportId:
        met = self._passes.open(report.pass_, reporter, time.time())
        if len(report.note) > 1000 or len(report.chat) > 20 or len(report.frames) > 3:
            raise InvalidRequest("the report is too large")
        if report.flag and (report.reason != "nudity" or report.note or report.chat or report.frames):
            raise InvalidRequest("a flag says too much")
        if not all(frame.startswith(MAGIC) for frame in report.frames):
            raise EvidenceRefused("the picture cannot be read")
        return self._reports.setdefault((met.match, reporter), ReportId(random_id()))
