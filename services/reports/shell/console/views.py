"""What the console is told, and what it sends: the JSON of its API. Times are Unix milliseconds."""

from collections.abc import Mapping, Sequence
from enum import Enum

from msgspec import Struct

from ...core.records import Appeal, AppealedDecision, Decision, Evidence


class LoginRequest(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    password: str
    code: str


class InvitationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class AcceptInvitationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    token: str
    password: str
    code: str


class DecisionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """`seen`: how many reports the moderator saw, `seen_people` of them by people; it is refused when more
    have come in, or a person's report has taken the place of a flag.
    """

    level: str
    seconds: int
    rule: str
    statement: str
    reason: str
    seen: int | None = None
    seen_people: int | None = None


class UndoRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class HoldRequest(Struct, frozen=True, forbid_unknown_fields=True):
    days: int
    reason: str


class AppealAnswerRequest(Struct, frozen=True, forbid_unknown_fields=True):
    overturn: bool
    answer: str


class ReplayRequest(Struct, frozen=True, forbid_unknown_fields=True):
    policy: str
    days: int


class InviteRequest(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    role: str


class AccountChangeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    role: str | None = None
    disabled: bool | None = None


class DecisionView(Struct, frozen=True):
    """`undoable` by whoever asks, now."""

    id: str
    visitor: str
    level: str
    rule: str
    reason: str
    statement: str
    automated: bool
    made_at: int
    until: int
    moderator: str
    evidence: Sequence[str]
    policy: str
    case: str
    sequence: int
    undoable: bool = False


class CaseSummary(Struct, frozen=True):
    """A case in the queue. Of its reports `flags` are of browsers; `flagged`: all of them, no person's."""

    id: str
    accused: str
    opened_at: int
    newest_at: int
    urgency: float
    minor: bool
    flagged: bool
    reports: int
    flags: int
    reporters: int
    networks: int
    frames: int
    reasons: Mapping[str, int]
    standing: DecisionView | None
    score: float | None


class CaseQueue(Struct, frozen=True):
    """The most urgent first. `open`, `flagged` of them, and `appeals` count all that wait."""

    cases: Sequence[CaseSummary]
    open: int
    flagged: int
    appeals: int


class ChatLineView(Struct, frozen=True):
    """Of a chat."""

    from_accused: bool
    text: str


class ReportPictureView(Struct, frozen=True):
    """A picture, to be fetched by its report and number."""

    number: int
    width: int
    height: int
    score: float | None
    known: bool


class ReporterView(Struct, frozen=True):
    """Who filed a report, as it was known then. Equal labels are of one network.

    Of a flag, `upheld` and `dismissed` count flags.
    """

    visitor: str
    network: str
    upheld: int
    dismissed: int
    reported_lately: int
    proven: bool


class ReportView(Struct, frozen=True):
    """`counts`: points in triage, None when the case is closed. `flag`: a browser filed it by itself."""

    id: str
    reason: str
    flag: bool
    note: str
    chat: Sequence[ChatLineView]
    filed_at: int
    match_started_at: int
    counts: float | None
    frames: Sequence[ReportPictureView]
    reporter: ReporterView


class VerdictView(Struct, frozen=True):
    """What triage says; without a level it would do nothing."""

    score: float
    networks: int
    policy: str
    level: str | None
    seconds: int
    rule: str


class AppealView(Struct, frozen=True):
    """`mine`: whoever asks made the decision, so somebody else must answer."""

    decision: DecisionView
    text: str
    filed_at: int
    state: str
    answer: str
    moderator: str
    decided_at: int
    mine: bool
    replaced: bool


class PastCaseView(Struct, frozen=True):
    """Of its reports `flags` are of browsers."""

    id: str
    opened_at: int
    closed_at: int
    reports: int
    flags: int
    decision: DecisionView | None


class FiledReportView(Struct, frozen=True):
    """`outcome`: open, upheld or dismissed."""

    report: str
    accused: str
    reason: str
    flag: bool
    filed_at: int
    outcome: str


class VisitorHistoryView(Struct, frozen=True):
    """What is known of one visitor, the newest first."""

    visitor: str
    standing: DecisionView | None
    cases: Sequence[PastCaseView]
    decisions: Sequence[DecisionView]
    appeals: Sequence[AppealView]
    filed: Sequence[FiledReportView]


class CaseView(Struct, frozen=True):
    """`closed_at` is 0 while the case is open."""

    id: str
    accused: str
    opened_at: int
    closed_at: int
    held_until: int
    decision: DecisionView | None
    verdict: VerdictView | None
    standing: DecisionView | None
    reports: Sequence[ReportView]
    history: VisitorHistoryView


def decision_view(decision: Decision, undoable: bool = False) -> DecisionView:
    return DecisionView(
        id=decision.id,
        visitor=decision.visitor,
        level=api_name(decision.level),
        rule=decision.rule,
        reason=decision.reason,
        statement=decision.statement,
        automated=decision.automated,
        made_at=decision.made_at,
        until=decision.until,
        moderator=decision.moderator,
        evidence=[api_name(kind) for kind in Evidence if kind in decision.evidence],
        policy=decision.policy,
        case=decision.case,
        sequence=decision.sequence,
        undoable=undoable,
    )


def appeal_view(of: AppealedDecision, appeal: Appeal, reader: str) -> AppealView:
    """`appeal` is against the decision of `of`; `reader` is the account that asks."""
    return AppealView(
        decision=decision_view(of.decision),
        text=appeal.text,
        filed_at=appeal.filed_at,
        state=api_name(appeal.state),
        answer=appeal.answer,
        moderator=appeal.moderator,
        decided_at=appeal.decided_at,
        mine=of.decision.moderator == reader,
        replaced=bool(of.replaced_at),
    )


def api_name(of: Enum) -> str:
    """Of an enum, as the API writes it."""
    return (of.name or "").lower()
