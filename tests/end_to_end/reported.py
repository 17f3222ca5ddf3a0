"""Files reports without real meetings, for tests of moderation."""

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract import identities
from services.contract.ids import VisitorId, random_id
from services.runtime.rpc import open_channel

from ..integration.reports_service import file_request, past_match
from .installation import Installation

_CASE = "SELECT id FROM cases WHERE accused = ? ORDER BY opened_at DESC"


async def file(
    zufall: Installation,
    accused: VisitorId,
    *,
    note: str = "",
    lines: tuple[str, ...] = (),
    reason: pb.Reason = pb.REASON_HARASSMENT,
    frames: tuple[bytes, ...] = (),
    flag: bool = False,
    network: bytes = b"",
) -> None:
    """File a report about `accused` by somebody who met them. Both said `lines` in turn."""
    chat = tuple(pb.ChatLine(from_accused=place % 2 == 0, text=line) for place, line in enumerate(lines))
    met = past_match(zufall.pass_keys, accused=accused)
    async with open_channel(zufall.reports, identities.REPORTS, zufall.certificate) as channel:
        asked = file_request(
            met, reason=reason, note=note, chat=chat, frames=frames, flag=flag, network=network
        )
        await rpc.ReportsStub(channel).File(asked)


async def new_case(zufall: Installation, **report: object) -> tuple[VisitorId, str]:
    accused = VisitorId(random_id())
    await file(zufall, accused, **report)  # type: ignore[arg-type]
    return accused, case_of(zufall, accused)


def case_of(zufall: Installation, accused: str) -> str:
    return str(zufall.query(_CASE, accused)[0][0])
