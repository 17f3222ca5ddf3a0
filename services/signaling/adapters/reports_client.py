"""The reports service: filing, and who is not in good standing."""

from datetime import UTC, datetime

import grpc
from grpc import aio
from msgspec import UNSET

from protos import reports_pb2 as pb
from protos.reports_pb2_grpc import ReportsStub
from services.contract import errors
from services.contract.errors import Unavailable, ZufallError
from services.contract.ids import ReportId, VisitorId
from services.runtime.rpc import OPTIONS, error_code

from ..filing import Filing
from ..messages import Banned

FILE_TIMEOUT = 15.0
"""Seconds. A report is idempotent, so the page sends it again when this was too short."""

_ERRORS: dict[str, type[ZufallError]] = {
    kind.code: kind for kind in (errors.PassRefused, errors.InvalidRequest, errors.EvidenceRefused)
}


class ReportsClient:
    """A `Reports` port on gRPC."""

    def __init__(self, address: str) -> None:
        self._channel = aio.insecure_channel(address, options=OPTIONS)
        self.stub = ReportsStub(self._channel)

    async def file(self, reporter: VisitorId, filing: Filing) -> ReportId:
        """Returns when the report is committed; raises `ZufallError`."""
        request = pb.FileRequest(
            reporter=reporter,
            reason=f"REASON_{filing.reason.upper()}",
            note=filing.note,
            chat=[pb.ChatLine(from_accused=line.by == "accused", text=line.text) for line in filing.chat],
            frames=filing.frames,
            **{"pass": filing.pass_},  # a word of Python's own
        )
        try:
            answer = await self.stub.File(request, timeout=FILE_TIMEOUT)
        except aio.AioRpcError as error:
            raise _refusal(error) from None
        return ReportId(answer.report)

    async def stop(self) -> None:
        await self._channel.close()


def _refusal(error: aio.AioRpcError) -> ZufallError:
    kind = _ERRORS.get(error_code(error) or "")
    if kind is not None:
        return kind(error.details() or "the report was refused")
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return errors.InvalidRequest("the report is too large")
    return Unavailable("reports cannot be taken right now; please send it again")


def banned(standing: pb.VisitorStanding) -> Banned:
    """What a banned visitor is told."""
    until = datetime.fromtimestamp(standing.until_ms / 1000, UTC) if standing.until_ms else None
    return Banned(
        rule=standing.rule,
        automated=standing.automated,
        decision=standing.decision,
        appeal=standing.appeal,
        until=until.isoformat(timespec="seconds").replace("+00:00", "Z") if until else UNSET,
    )
