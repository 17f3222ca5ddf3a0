"""The client of the reports service: it files reports and appeals."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import grpc
from grpc import aio
from msgspec import UNSET

from protos import reports_pb2 as pb
from protos.reports_pb2_grpc import ReportsStub
from services.contract import errors, identities
from services.contract.errors import Unavailable, ZufallError
from services.contract.ids import UNTRACED, ReportId, TraceContext, VisitorId
from services.runtime.request_ids import request_metadata
from services.runtime.rpc import error_code, open_channel
from services.runtime.tls import TlsFiles, TlsFolder

from ...core.conduct import Observation
from ...core.messages import Banned, Evidence
from ..appeal_request import AppealState, AppealStatus
from ..issued_devices import VisitorDevice
from ..report_outcomes import FiledReportOutcome, Outcome, ReportOutcomeList
from ..report_request import ReportRequest

FILE_TIMEOUT = 15.0
"""Seconds that a call may take. A report is idempotent, so the page sends it again afterwards."""

_ERRORS: dict[str, type[ZufallError]] = {
    kind.code: kind
    for kind in (
        errors.PassRefused,
        errors.InvalidRequest,
        errors.EvidenceRefused,
        errors.NotFound,
        errors.TooLate,
    )
}


class ReportsClient:
    """A `Reports` port on gRPC."""

    def __init__(self, address: str, certificate: TlsFolder | None = None) -> None:
        self._address = address
        self._certificate = certificate
        self._channels: list[aio.Channel] = []
        """One for each certificate so far. A stream may last longer than its certificate."""
        self._files: TlsFiles | None = None

    def stub(self) -> ReportsStub:
        """Return a stub that connects with the certificate of now."""
        files = self._certificate.latest() if self._certificate else None
        if not self._channels or files != self._files:
            self._files = files
            self._channels.append(open_channel(self._address, identities.REPORTS, self._certificate))
        return ReportsStub(self._channels[-1])

    async def file(
        self,
        reporter: VisitorId,
        network: bytes,
        report: ReportRequest,
        device_hours: int | None = None,
        trace: TraceContext = UNTRACED,
    ) -> ReportId:
        """Return when the report is committed. Raises `ZufallError`."""
        request = pb.FileRequest(
            reporter=reporter,
            reporter_network=network,
            proven=device_hours is not None,
            device_hours=device_hours or 0,
            reason=f"REASON_{report.reason.upper()}",
            note=report.note,
            chat=[pb.ChatLine(from_accused=line.by == "accused", text=line.text) for line in report.chat],
            frames=report.frames,
            flag=report.flag,
            trace=trace,
            call=_claimed_call(report),
            **{"pass": report.pass_},  # a keyword of Python
        )
        try:
            answer = await self.stub().File(request, timeout=FILE_TIMEOUT, metadata=request_metadata())
        except aio.AioRpcError as error:
            raise _refusal(error) from None
        return ReportId(answer.report)

    async def observe(self, observation: Observation) -> None:
        """Return when what follows is committed. Raises `ZufallError`."""
        request = pb.ObserveRequest(
            visitor=observation.visitor,
            device=observation.device,
            sign=f"SIGN_{observation.sign.upper()}",
            count=observation.count,
        )
        try:
            await self.stub().Observe(request, timeout=FILE_TIMEOUT)
        except aio.AioRpcError as error:
            raise _refusal(error) from None

    async def name_device(self, named: VisitorDevice) -> None:
        """Return when the decision in force about the visitor names the device. Raises `ZufallError`."""
        request = pb.NameDeviceRequest(visitor=named.visitor, device=named.device)
        try:
            await self.stub().NameDevice(request, timeout=FILE_TIMEOUT)
        except aio.AioRpcError as error:
            raise _refusal(error) from None

    async def appeal(self, token: str, text: str = "", language: str = "") -> AppealStatus:
        """Return when the appeal is committed. Raises `ZufallError`."""
        request = pb.AppealRequest(appeal=token, text=text, language=language)
        try:
            answer = await self.stub().Appeal(request, timeout=FILE_TIMEOUT, metadata=request_metadata())
        except aio.AioRpcError as error:
            raise _refusal(error) from None
        return _appeal_status(answer)

    async def outcomes(self, reports: Sequence[str]) -> ReportOutcomeList:
        """Return what became of these reports. Raises `ZufallError`."""
        request = pb.OutcomesRequest(reports=reports)
        try:
            answer = await self.stub().Outcomes(request, timeout=FILE_TIMEOUT, metadata=request_metadata())
        except aio.AioRpcError as error:
            raise _refusal(error) from None
        return ReportOutcomeList([FiledReportOutcome(one.report, _outcome(one)) for one in answer.outcomes])

    async def stop(self) -> None:
        await asyncio.gather(*(channel.close() for channel in self._channels))


def _claimed_call(report: ReportRequest) -> pb.ClaimedCall | None:
    if report.call is None:
        return None
    ending = (report.call.ending or "unspecified").upper()
    return pb.ClaimedCall(seconds=report.call.seconds, ending=f"ENDING_{ending}")


def _refusal(error: aio.AioRpcError) -> ZufallError:
    kind = _ERRORS.get(error_code(error) or "")
    if kind is not None:
        return kind(error.details() or "the reports service refused this")
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return errors.InvalidRequest("the request is too large")
    return Unavailable("the reports service cannot take this right now; please send it again")


def banned(standing: pb.VisitorStanding, appeal: str) -> Banned:
    """Return the notice for a banned visitor, with the token to appeal with."""
    return Banned(
        rule=standing.rule,
        automated=standing.automated,
        decision=standing.decision,
        appeal=appeal,
        until=_iso8601(standing.until_ms) if standing.until_ms else UNSET,
        reason=standing.statement or UNSET,
        evidence=list(_evidence(standing)) or UNSET,
    )


def _appeal_status(answer: pb.AppealResponse) -> AppealStatus:
    decision = answer.decision
    return AppealStatus(
        state=cast(AppealState, pb.AppealState.Name(answer.state).removeprefix("APPEAL_STATE_").lower()),
        rule=decision.rule,
        automated=decision.automated,
        decided=_iso8601(answer.decided_ms),
        appeal_until=_iso8601(answer.appeal_until_ms),
        answer=answer.answer,
        reason=decision.statement,
        reason_language=answer.language,
        addition=answer.addition,
        addition_language=answer.addition_language,
        evidence=_evidence(decision),
        until=_iso8601(decision.until_ms) if decision.until_ms else UNSET,
    )


def _outcome(one: pb.ReportOutcome) -> Outcome:
    return cast(Outcome, pb.Outcome.Name(one.outcome).removeprefix("OUTCOME_").lower())


def _evidence(decision: pb.VisitorStanding) -> tuple[Evidence, ...]:
    names = [pb.Evidence.Name(kind).removeprefix("EVIDENCE_").lower() for kind in decision.evidence]
    if decision.flagged:
        names.append("flags")
    return tuple(cast(Evidence, name) for name in names)


def _iso8601(milliseconds: int) -> str:
    """Convert Unix milliseconds to ISO 8601."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
