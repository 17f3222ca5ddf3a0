"""A reports service without a network: its servicer on any store, with an encoder that counts."""

import asyncio
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import cast

from protos import reports_pb2 as pb
from services.contract.appeal_tokens import AppealTokens
from services.contract.ids import ReportId
from services.contract.keys import parse_ring
from services.contract.line_digests import LineDigester
from services.contract.log_hashes import LogHasher
from services.contract.passes import PassSealer
from services.reports.core.picture_budget import PictureBudget
from services.reports.core.records import Picture
from services.reports.core.report_outcomes import DecidedReport
from services.reports.core.triage import Triage
from services.reports.shell.filing_follower import FilingFollower
from services.reports.shell.policy_file import default_policy
from services.reports.shell.ports import ReportStore
from services.reports.shell.publisher import DecisionPublisher
from services.reports.shell.reports_servicer import Context, ReportsServicer
from services.reports.shell.standings import StandingsCache
from services.runtime.tracer import NoTracer

from ...integration.reports_service import KEYS
from ...ports.memory_report_store import MemoryAppealStore, MemoryReportStore
from ...statements import STATEMENTS

NO_CONTEXT = cast("Context", None)
PICTURE_BYTES = 100


class CountingEncoder:
    """Implements the port `PictureEncoder`. Each picture takes until `finish` is set."""

    def __init__(self) -> None:
        self.decoded = 0
        self.started, self.finish = asyncio.Event(), asyncio.Event()
        self.finish.set()

    async def encode(self, frame: bytes) -> Picture:
        self.decoded += 1
        self.started.set()
        await self.finish.wait()
        return Picture(
            b"x" * PICTURE_BYTES, "image/jpeg", 4, 3, b"hash", original_sha256=sha256(frame).digest()
        )


class SilentAnnouncer:
    """Implements the port `StandingAnnouncer`, and tells nobody."""

    async def announce(self, batch: bytes) -> None:
        pass


class NoOutcomes:
    """Implements the port `ReportOutcomes`, and knows no report."""

    async def decided(self, asked: Sequence[ReportId], before: int) -> list[DecidedReport]:
        return []


class FilingDesk:
    """Takes reports, and counts what it decodes. It knows no appeals."""

    def __init__(
        self, store: ReportStore, budget: PictureBudget, now: Callable[[], int], keys: str = KEYS
    ) -> None:
        self.encoder = CountingEncoder()
        follower = FilingFollower(LogHasher(parse_ring(keys)), NoTracer())
        self._servicer = ReportsServicer(
            store,
            MemoryAppealStore(MemoryReportStore()),
            self.encoder,
            budget,
            PassSealer(parse_ring(keys)),
            LineDigester(parse_ring(keys)),
            Triage(default_policy(), lambda: "id"),
            DecisionPublisher(StandingsCache(), SilentAnnouncer(), follower),
            follower,
            AppealTokens(parse_ring(KEYS)),
            now,
            on_pictures=lambda: None,
            statements=STATEMENTS,
            outcomes=NoOutcomes(),
        )

    async def file(self, request: pb.FileRequest) -> pb.FileResponse:
        return await self._servicer.File(request, NO_CONTEXT)
