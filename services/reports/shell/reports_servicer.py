"""What gateways call over gRPC: filing, standings, appeals."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
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
    TooLate,
    Unavailable,
)
from services.contract.ids import ReportId, VisitorId, random_id
from services.contract.passes import PassSealer

from ..core.records import Decision, Picture, Reason, Report
from ..core.triage import Triage
from . import appeal_mapping as appeal_messages
from . import metrics, proto_mapping
from .appeal_tokens import AppealTokens
from .ports import AppealStore, PictureEncoder, ReportStore
from .publisher import DecisionPublisher

STATUSES = {
    InvalidRequest: StatusCode.INVALID_ARGUMENT,
    EvidenceRefused: StatusCode.INVALID_ARGUMENT,
    PassRefused: StatusCode.PERMISSION_DENIED,
    PermissionRefused: StatusCode.UNAUTHENTICATED,
    NotFound: StatusCode.NOT_FOUND,
    TooLate: StatusCode.FAILED_PRECONDITION,
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
        self,
        store: ReportStore,
        appeals: AppealStore,
        pictures: PictureEncoder,
        passes: PassSealer,
        triage: Triage,
        published: DecisionPublisher,
        tokens: AppealTokens,
        now: Now,
        came: Callable[[], None],
    ) -> None:
        """`came` is called after pictures were committed."""
        self._store = store
        self._appeals = appeals
        self._pictures = pictures
        self._passes = passes
        self._triage = triage
        self._published = published
        self._board = published.board
        self._tokens = tokens
        self._now = now
        self._came = came
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
        report, frames = self._report(request), proto_mapping.frames(request)
        pictures = [await self._picture(frame, report.reason) for frame in frames]
        judge = self._triage.judge(report.accused, report.filed_at)
        filed = await self._store.file(report, pictures, judge)
        metrics.FILED.labels(repeated=filed.repeated).inc()
        if pictures:
            self._came()
        if filed.decision is not None:
            await self._published.publish(filed.decision)
        return pb.FileResponse(report=filed.report, repeated_filing=filed.repeated)

    async def _picture(self, frame: bytes, reason: Reason) -> Picture:
        """With the original where the police may ask for it."""
        picture = await self._pictures.encode(frame)
        return replace(picture, original=frame) if reason is Reason.MINOR else picture

    def _report(self, request: pb.FileRequest) -> Report:
        now = self._now()
        reporter = VisitorId(request.reporter)
        proof = self._passes.open(proto_mapping.sealed_pass(request), reporter, now / 1000)
        return Report(
            id=ReportId(random_id()),
            match=proof.match,
            reporter=reporter,
            accused=proof.partner,
            reason=proto_mapping.reason(request.reason),
            note=proto_mapping.note(request),
            chat=proto_mapping.chat(request),
            filed_at=now,
            match_started_at=int(proof.started * 1000),
            accused_address_hash=proof.partner_address_hash,
            reporter_network=proto_mapping.network(request),
            proven=request.proven,
            device_hours=proto_mapping.device_hours(request),
            flag=proto_mapping.flag(request),
        )

    async def WatchStandings(  # noqa: N802 -- gRPC
        self, request: pb.WatchStandingsRequest, context: Context
    ) -> AsyncIterator[pb.StandingsBatch]:
        with self._board.watching() as changes, metrics.WATCHERS.track_inprogress():
            sequence, snapshot = self._board.snapshot(self._now())
            for start in range(0, len(snapshot), _BATCH):
                yield pb.StandingsBatch(standings=map(self._standing, snapshot[start : start + _BATCH]))
            yield pb.StandingsBatch(complete=True, sequence=sequence)
            while (decision := await changes.get()) is not None:
                yield pb.StandingsBatch(standings=[self._standing(decision)])

    async def Standing(self, request: pb.StandingRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        return self._published.standing(VisitorId(request.visitor), self._now())

    def _standing(self, decision: Decision) -> pb.VisitorStanding:
        return proto_mapping.standing(decision, self._tokens)

    async def Appeal(self, request: pb.AppealRequest, context: Context) -> pb.AppealResponse:  # noqa: N802 -- gRPC
        found = await self._appeals.find(self._tokens.open(request.appeal))
        if request.text and found.appeal is None:
            now = self._now()
            if now > appeal_messages.appeal_until(found.decision):
                raise TooLate("an appeal is taken for six months after the decision")
            found = await self._appeals.file(appeal_messages.new_appeal(request, found.decision, now))
        return appeal_messages.appealed(found, self._tokens)
