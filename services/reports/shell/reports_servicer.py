"""Serves gateways over gRPC: reports, standings and appeals."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

from grpc import StatusCode, aio

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract import identities
from services.contract.appeal_tokens import AppealTokens
from services.contract.errors import (
    EvidenceRefused,
    InvalidRequest,
    NotFound,
    PassRefused,
    PermissionRefused,
    TooLate,
    Unavailable,
)
from services.contract.ids import MatchId, ReportId, TraceContext, VisitorId, random_id
from services.contract.line_digests import LineDigester
from services.contract.passes import PassSealer

from ..core.picture_budget import PictureBudget
from ..core.records import Decision, Level, Picture, Reason, Report
from ..core.report_outcomes import check_asked, told_before
from ..core.statements import StatementWriter
from ..core.triage import Triage
from . import appeal_mapping, metrics, proto_mapping
from .filing_follower import FilingFollower
from .ports import AppealStore, PictureEncoder, ReportOutcomes, ReportStore
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
"""Maps our errors to gRPC statuses."""

CALLERS = {
    "zufall.reports.v1.Reports": (identities.GATEWAY, identities.REPORTS),
    "zufall.reports.v1.Moderation": (identities.REPORTS,),
}
"""The names of those who may call each service. Moderators' commands run with the certificate of reports."""

Context = aio.ServicerContext[Any, Any]
Now = Callable[[], int]
"""Unix milliseconds."""

_MAX_FILING = 64
_BATCH = 500


class ReportsServicer(rpc.ReportsServicer):
    """Implements the service `Reports` of reports.proto."""

    def __init__(
        self,
        store: ReportStore,
        appeals: AppealStore,
        pictures: PictureEncoder,
        budget: PictureBudget,
        passes: PassSealer,
        lines: LineDigester,
        triage: Triage,
        publisher: DecisionPublisher,
        follower: FilingFollower,
        tokens: AppealTokens,
        now: Now,
        on_pictures: Callable[[], None],
        statements: StatementWriter,
        outcomes: ReportOutcomes,
    ) -> None:
        """`on_pictures` is called after pictures were committed."""
        self._store = store
        self._appeals = appeals
        self._pictures = pictures
        self._budget = budget
        self._with_pictures: set[tuple[MatchId, VisitorId]] = set()
        self._passes = passes
        self._lines = lines
        self._triage = triage
        self._publisher = publisher
        self._follower = follower
        self._standings = publisher.standings
        self._tokens = tokens
        self._now = now
        self._on_pictures = on_pictures
        self._statements = statements
        self._outcomes = outcomes
        self._filing = 0

    async def File(self, request: pb.FileRequest, context: Context) -> pb.FileResponse:  # noqa: N802 -- gRPC
        if self._filing >= _MAX_FILING:  # a report holds megabytes while it is processed
            raise Unavailable("too many reports are being filed; try again later")
        self._filing += 1
        try:
            return await self._file(request)
        finally:
            self._filing -= 1

    async def _file(self, request: pb.FileRequest) -> pb.FileResponse:
        report, frames = self._report(request), proto_mapping.parse_frames(request)
        trace = TraceContext(request.trace)
        if not frames:
            return await self._commit(report, [], trace)
        # Decoding is the expensive part, so nobody may have it done for nothing.
        with self._filed_once_at_a_time(report):
            if first := await self._first_filed(report):
                metrics.FILED.labels("repeated").inc()
                return pb.FileResponse(report=first, repeated_filing=True)
            began = monotonic()
            pictures = [await self._picture(one, report.reason) for one in frames]
            self._follower.on_pictures(trace, len(frames), monotonic() - began)
            return await self._commit(report, pictures, trace)

    @contextmanager
    def _filed_once_at_a_time(self, report: Report) -> Iterator[None]:
        """Refuse the same report while it is being filed; raises `Unavailable`."""
        key = report.match, report.reporter
        if key in self._with_pictures:
            raise Unavailable("this report is being filed already; try again later")
        self._with_pictures.add(key)
        try:
            yield
        finally:
            self._with_pictures.discard(key)

    async def _first_filed(self, report: Report) -> ReportId | None:
        """Return the report that this one repeats; raise `EvidenceRefused` if its network sent too much."""
        before = await self._store.state_before(report)
        if before.first is None and before.network_bytes >= self._budget.network_day:
            raise EvidenceRefused("too many pictures came from this network today")
        return before.first

    async def _commit(
        self, report: Report, pictures: Sequence[Picture], trace: TraceContext
    ) -> pb.FileResponse:
        evaluate, began = self._triage.evaluator(report.accused, report.filed_at), monotonic()
        filed = await self._store.file(report, pictures, evaluate)
        committed = self._follower.on_commit(trace, report, filed, monotonic() - began)
        metrics.FILED.labels("repeated" if filed.repeated else "new").inc()
        for budget in filed.dropped:
            metrics.UPLOADS_DROPPED.labels(budget).inc()
        if pictures:
            self._on_pictures()
        if filed.decision is not None:
            await self._publisher.publish(filed.decision, committed)
        return pb.FileResponse(report=filed.report, repeated_filing=filed.repeated)

    async def _picture(self, frame: bytes, reason: Reason) -> Picture:
        """Encode a frame, and keep the original where the police may ask for it."""
        picture = await self._pictures.encode(frame)
        return replace(picture, original=frame) if reason is Reason.MINOR else picture

    def _report(self, request: pb.FileRequest) -> Report:
        now = self._now()
        reporter = VisitorId(request.reporter)
        proof = self._passes.open(proto_mapping.sealed_pass(request), reporter, now / 1000)

        def is_proven(from_accused: bool, text: str) -> bool:
            sender = proof.partner if from_accused else proof.holder
            return self._lines.is_among(proof.lines, proof.match, sender, text)

        return Report(
            id=ReportId(random_id()),
            match=proof.match,
            reporter=reporter,
            accused=proof.partner,
            reason=proto_mapping.parse_reason(request.reason),
            note=proto_mapping.parse_note(request),
            chat=proto_mapping.parse_chat(request, is_proven),
            filed_at=now,
            match_started_at=int(proof.started * 1000),
            accused_address_hash=proof.partner_address_hash,
            accused_device=proof.partner_device,
            reporter_network=proto_mapping.parse_network(request),
            proven=request.proven,
            device_hours=proto_mapping.parse_device_hours(request),
            flag=proto_mapping.parse_flag(request),
            call=proto_mapping.parse_call(request, proof),
        )

    async def Observe(self, request: pb.ObserveRequest, context: Context) -> pb.ObserveResponse:  # noqa: N802 -- gRPC
        observed = proto_mapping.spam_observation(request)
        metrics.OBSERVED.labels(observed.sign.name.lower()).inc()
        evaluate = self._triage.spam_evaluator(observed, self._now())
        decision = await self._store.observe(observed, evaluate)
        if decision is not None:
            await self._publisher.publish(decision)
        return pb.ObserveResponse()

    async def NameDevice(self, request: pb.NameDeviceRequest, context: Context) -> pb.NameDeviceResponse:  # noqa: N802 -- gRPC
        visitor, device = proto_mapping.visitor_device(request)
        decision = await self._store.name_device(visitor, device, self._now())
        if decision is not None:
            await self._publisher.publish(decision)
        return pb.NameDeviceResponse()

    async def WatchStandings(  # noqa: N802 -- gRPC
        self, request: pb.WatchStandingsRequest, context: Context
    ) -> AsyncIterator[pb.StandingsBatch]:
        with self._standings.watching() as changes, metrics.WATCHERS.track_inprogress():
            sequence, snapshot = self._standings.snapshot(self._now())
            for start in range(0, len(snapshot), _BATCH):
                yield pb.StandingsBatch(
                    standings=map(proto_mapping.announced, snapshot[start : start + _BATCH])
                )
            revoked = list(map(proto_mapping.revoked_token, self._standings.revoked()))
            for start in range(0, len(revoked), _BATCH):
                yield pb.StandingsBatch(revoked=revoked[start : start + _BATCH])
            yield pb.StandingsBatch(complete=True, sequence=sequence)
            while (made := await changes.get()) is not None:
                yield proto_mapping.change(made)
                if isinstance(made, Decision):
                    sequence = self._measure_delay(made, sequence)

    def _measure_delay(self, made: Decision, told: int) -> int:
        """Measure a ban that was told, if it was made after the one with the sequence `told`.

        Returns the highest sequence. An older decision is told again when the device of its visitor is named.
        """
        if made.sequence > told and made.level is Level.BANNED:
            metrics.BAN_DELAY.observe(max(0, self._now() - made.made_at) / 1000)
        return max(made.sequence, told)

    async def Standing(self, request: pb.StandingRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        visitor = VisitorId(request.visitor)
        device = request.device or await self._store.last_known_device(visitor)
        return self._publisher.standing(visitor, device, self._now())

    async def Appeal(self, request: pb.AppealRequest, context: Context) -> pb.AppealResponse:  # noqa: N802 -- gRPC
        token = self._tokens.open(request.appeal)
        found = await self._appeals.find(token.decision)
        if found.decision.visitor != token.visitor:
            raise PassRefused("the token is not for this decision")
        if request.text and found.appeal is None:
            now = self._now()
            if now > appeal_mapping.appeal_until(found.decision):
                raise TooLate("an appeal can be filed for six months after the decision")
            found = await self._appeals.file(appeal_mapping.new_appeal(request, found.decision, now))
            metrics.APPEALS.labels("filed").inc()
        told = self._statements.told(found.decision, request.language)
        return appeal_mapping.appeal_response(found, told)

    async def Outcomes(self, request: pb.OutcomesRequest, context: Context) -> pb.OutcomesResponse:  # noqa: N802 -- gRPC
        asked = [ReportId(report) for report in request.reports]
        check_asked(asked)
        decided = await self._outcomes.decided(asked, told_before(self._now()))
        return pb.OutcomesResponse(outcomes=map(proto_mapping.report_outcome, decided))
