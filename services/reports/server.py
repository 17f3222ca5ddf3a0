"""The gRPC face: `Reports` for gateways, `Moderation` for whoever has the moderator token."""

import hmac
from collections.abc import AsyncIterator, Callable
from typing import Any

from grpc import StatusCode, aio

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract.errors import (
    EvidenceRefused,
    InvalidRequest,
    NotFound,
    PassRefused,
    PermissionRefused,
    Unavailable,
)
from services.contract.ids import DecisionId, ReportId, VisitorId, random_id
from services.contract.passes import PassSealer

from . import conversion, metrics
from .conversion import Appeals
from .ports import Announcements, Pictures, Store
from .records import Decision, Report
from .standings import Board

STATUSES = {
    InvalidRequest: StatusCode.INVALID_ARGUMENT,
    EvidenceRefused: StatusCode.INVALID_ARGUMENT,
    PassRefused: StatusCode.PERMISSION_DENIED,
    PermissionRefused: StatusCode.UNAUTHENTICATED,
    NotFound: StatusCode.NOT_FOUND,
    Unavailable: StatusCode.UNAVAILABLE,
}
"""Which status an error of ours is answered with."""

Context = aio.ServicerContext[Any, Any]
Now = Callable[[], int]
"""Unix milliseconds."""

_MAX_FILING = 64
_BATCH = 500


class ReportsServicer(rpc.ReportsServicer):
    """What gateways call."""

    def __init__(
        self, store: Store, pictures: Pictures, passes: PassSealer, board: Board, appeals: Appeals, now: Now
    ) -> None:
        self._store = store
        self._pictures = pictures
        self._passes = passes
        self._board = board
        self._appeals = appeals
        self._now = now
        self._filing = 0

    async def File(self, request: pb.FileRequest, context: Context) -> pb.FileResponse:  # noqa: N802 -- gRPC
        if self._filing >= _MAX_FILING:  # a report holds megabytes while it is looked at
            raise Unavailable("too many reports come in at once; try again later")
        self._filing += 1
        try:
            return await self._file(request)
        finally:
            self._filing -= 1

    async def _file(self, request: pb.FileRequest) -> pb.FileResponse:
        report, frames = self._report(request), conversion.frames(request)
        pictures = [await self._pictures.encode(frame) for frame in frames]
        filed = await self._store.file(report, pictures)
        metrics.FILED.labels(repeated=filed.repeated).inc()
        return pb.FileResponse(report=filed.report, repeated_filing=filed.repeated)

    def _report(self, request: pb.FileRequest) -> Report:
        now = self._now()
        reporter = VisitorId(request.reporter)
        proof = self._passes.open(conversion.sealed_pass(request), reporter, now / 1000)
        return Report(
            id=ReportId(random_id()),
            match=proof.match,
            reporter=reporter,
            accused=proof.partner,
            reason=conversion.reason(request.reason),
            note=conversion.note(request),
            chat=conversion.chat(request),
            filed_at=now,
            match_started_at=int(proof.started * 1000),
            accused_address_hash=proof.partner_address_hash,
        )

    async def WatchStandings(  # noqa: N802 -- gRPC
        self, request: pb.WatchStandingsRequest, context: Context
    ) -> AsyncIterator[pb.StandingsBatch]:
        with self._board.watching() as changes, metrics.WATCHERS.track_inprogress():
            snapshot = self._board.standings(self._now())
            for start in range(0, len(snapshot), _BATCH):
                yield pb.StandingsBatch(standings=map(self._standing, snapshot[start : start + _BATCH]))
            yield pb.StandingsBatch(complete=True)
            while (decision := await changes.get()) is not None:
                yield pb.StandingsBatch(standings=[self._standing(decision)])

    async def Standing(self, request: pb.StandingRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        decision = self._board.standing(VisitorId(request.visitor), self._now())
        return pb.VisitorStanding(visitor=request.visitor) if decision is None else self._standing(decision)

    def _standing(self, decision: Decision) -> pb.VisitorStanding:
        return conversion.standing(decision, self._appeals)


class ModerationServicer(rpc.ModerationServicer):
    """What moderators call."""

    def __init__(
        self, store: Store, board: Board, announcements: Announcements, appeals: Appeals, token: str, now: Now
    ) -> None:
        self._store = store
        self._board = board
        self._announcements = announcements
        self._appeals = appeals
        self._authorization = f"Bearer {token}".encode()
        self._now = now

    async def ListReports(  # noqa: N802 -- gRPC
        self, request: pb.ListReportsRequest, context: Context
    ) -> pb.ListReportsResponse:
        self._check_moderator(context)
        latest = await self._store.latest_reports(min(request.limit or 50, 1000))
        return pb.ListReportsResponse(reports=[conversion.summary(summary) for summary in latest])

    async def Decide(self, request: pb.DecideRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        new = conversion.new_decision(request, DecisionId(random_id()), self._now())
        decision = await self._store.decide(new)
        standing = conversion.standing(decision, self._appeals)
        metrics.DECISIONS.labels(level=decision.level.name.lower()).inc()
        self._board.apply([decision])
        await self._announcements.announce(pb.StandingsBatch(standings=[standing]).SerializeToString())
        return standing

    def _check_moderator(self, context: Context) -> None:
        metadata = dict(context.invocation_metadata() or ())
        given = metadata.get("authorization", "")
        if not hmac.compare_digest(given.encode() if isinstance(given, str) else given, self._authorization):
            raise PermissionRefused("the moderator token is missing or wrong")
