"""Maps appeals between the messages of reports.proto and records."""

from protos import reports_pb2 as pb
from services.contract.errors import InvalidRequest
from services.contract.ids import DecisionId
from services.contract.limits import APPEAL_WINDOW, MAX_APPEAL_LENGTH

from ..core.appeals import decided_appeal
from ..core.records import Appeal, AppealedDecision, Decision
from ..core.statements import ToldStatement
from .proto_mapping import moderator_name, standing, without_nul


def new_appeal(request: pb.AppealRequest, decision: Decision, now: int) -> Appeal:
    """Return the appeal that a visitor files at `now` (Unix milliseconds)."""
    if len(request.text) > MAX_APPEAL_LENGTH:
        raise InvalidRequest(f"an appeal has at most {MAX_APPEAL_LENGTH} characters")
    return Appeal(decision.id, without_nul(request.text), now)


def appeal_decision(request: pb.DecideAppealRequest, now: int) -> Appeal:
    """Return the appeal as a moderator decides it at `now` (Unix milliseconds)."""
    if len(request.answer) > MAX_APPEAL_LENGTH:
        raise InvalidRequest(f"an answer has at most {MAX_APPEAL_LENGTH} characters")
    answer, moderator = without_nul(request.answer), moderator_name(request.moderator)
    return decided_appeal(DecisionId(request.decision), request.overturn, answer, moderator, now)


def appeal_response(appealed: AppealedDecision, told: ToldStatement) -> pb.AppealResponse:
    """Map a decision, what is told of why, and its appeal. A decision that was replaced has ended then."""
    appeal, decision = appealed.appeal, standing(appealed.decision)
    decision.statement = told.text
    if appealed.replaced_at:
        decision.until_ms = min(decision.until_ms or appealed.replaced_at, appealed.replaced_at)
    return pb.AppealResponse(
        state=appeal.state.value if appeal else 0,  # type: ignore[arg-type]  # numbered alike, a test checks
        answer=appeal.answer if appeal else "",
        decision=decision,
        decided_ms=appealed.decision.made_at,
        appeal_until_ms=appeal_until(appealed.decision),
        language=told.language,
        addition=told.addition,
        addition_language=told.addition_language,
    )


def appeal_until(decision: Decision) -> int:
    """Return until when the decision can be appealed (Unix milliseconds)."""
    return decision.made_at + APPEAL_WINDOW * 1000


def appeal_summary(appealed: AppealedDecision) -> pb.AppealSummary:
    return pb.AppealSummary(
        decision=standing(appealed.decision),
        text=appealed.appeal.text if appealed.appeal else "",
        filed_ms=appealed.appeal.filed_at if appealed.appeal else 0,
        moderator=appealed.decision.moderator,
        reason=appealed.decision.reason,
    )
