"""Between appeals in messages of reports.proto and records."""

from protos import reports_pb2 as pb
from services.contract.errors import InvalidRequest
from services.contract.ids import DecisionId
from services.contract.limits import APPEAL_WINDOW, MAX_APPEAL_LENGTH

from ..core.records import Appeal, AppealedDecision, Decision
from .appeal_tokens import AppealTokens
from .proto_mapping import moderator, standing, without_nul
from .publisher import answered


def new_appeal(request: pb.AppealRequest, decision: Decision, now: int) -> Appeal:
    """`now` in Unix milliseconds."""
    if len(request.text) > MAX_APPEAL_LENGTH:
        raise InvalidRequest(f"an appeal has at most {MAX_APPEAL_LENGTH} characters")
    return Appeal(decision.id, without_nul(request.text), now)


def decided_appeal(request: pb.DecideAppealRequest, now: int) -> Appeal:
    """How the appeal stands from `now` (Unix milliseconds) on; its text stays what it is."""
    if len(request.answer) > MAX_APPEAL_LENGTH:
        raise InvalidRequest(f"an answer has at most {MAX_APPEAL_LENGTH} characters")
    answer, who = without_nul(request.answer), moderator(request.moderator)
    return answered(DecisionId(request.decision), request.overturn, answer, who, now)


def appealed(of: AppealedDecision, appeals: AppealTokens) -> pb.AppealResponse:
    """A decision that another one replaced is over since then."""
    appeal, decision = of.appeal, standing(of.decision, appeals)
    if of.replaced_at:
        decision.until_ms = min(decision.until_ms or of.replaced_at, of.replaced_at)
    return pb.AppealResponse(
        state=appeal.state.value if appeal else 0,  # type: ignore[arg-type]  # numbered alike, a test checks
        answer=appeal.answer if appeal else "",
        decision=decision,
        decided_ms=of.decision.made_at,
        appeal_until_ms=appeal_until(of.decision),
    )


def appeal_until(decision: Decision) -> int:
    """Unix milliseconds."""
    return decision.made_at + APPEAL_WINDOW * 1000


def summary(of: AppealedDecision, appeals: AppealTokens) -> pb.AppealSummary:
    return pb.AppealSummary(
        decision=standing(of.decision, appeals),
        text=of.appeal.text if of.appeal else "",
        filed_ms=of.appeal.filed_at if of.appeal else 0,
        moderator=of.decision.moderator,
        reason=of.decision.reason,
    )
