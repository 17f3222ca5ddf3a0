"""The requests and responses of the console's API. Times are in Unix milliseconds."""

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
    """A decision. It is refused if there are more reports than the `seen` ones, of which people filed
    `seen_people`.
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
    """A decision. `undoable` tells whether the account that asks may undo it now."""

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
    """A case in the queue. `flags` counts reports of browsers; `flagged` means that there are no others."""

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
    """The cases, the most urgent first. The counts include cases that are not in the list."""

    cases: Sequence[CaseSummary]
    open: int
    flagged: int
    appeals: int


class ChatLineView(Struct, frozen=True):
    """A line of a chat."""

    from_accused: bool
    text: str


class ReportPictureView(Struct, frozen=True):
    """A picture, which is fetched by its report and number."""

    number: int
    width: int
    height: int
    score: float | None
    known: bool


class ReporterView(Struct, frozen=True):
    """The reporter, as they were known when they reported. Equal labels mean the same network.

    If the report is a flag, `upheld` and `dismissed` count flags.
    """

    visitor: str
    network: str
    upheld: int
    dismissed: int
    reported_lately: int
    proven: bool


class ReportView(Struct, frozen=True):
    """A report. `counts` are its points in triage, None if the case is closed. Browsers file flags."""

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
    """The result of triage. Without a level no automatic action follows."""

    score: float
    networks: int
    policy: str
    level: str | None
    seconds: int
    rule: str


class AppealView(Struct, frozen=True):
    """An appeal. `mine` means that the account that asks made the decision and must not answer."""

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
    """An earlier case. `flags` counts reports of browsers."""

    id: str
    opened_at: int
    closed_at: int
    reports: int
    flags: int
    decision: DecisionView | None


class FiledReportView(Struct, frozen=True):
    """A report that the visitor filed. Its outcome is open, upheld or dismissed."""

    report: str
    accused: str
    reason: str
    flag: bool
    filed_at: int
    outcome: str


class VisitorHistoryView(Struct, frozen=True):
    """The history of a visitor, the newest entries first."""

    visitor: str
    standing: DecisionView | None
    cases: Sequence[PastCaseView]
    decisions: Sequence[DecisionView]
    appeals: Sequence[AppealView]
    filed: Sequence[FiledReportView]


class CaseView(Struct, frozen=True):
    """A case. `closed_at` is 0 while it is open."""

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


def appeal_view(of: AppealedDecision, appeal: Appeal, viewer: str) -> AppealView:
    """Return the view of an appeal for the account `viewer`."""
    return AppealView(
        decision=decision_view(of.decision),
        text=appeal.text,
        filed_at=appeal.filed_at,
        state=api_name(appeal.state),
        answer=appeal.answer,
        moderator=appeal.moderator,
        decided_at=appeal.decided_at,
        mine=of.decision.moderator == viewer,
        replaced=bool(of.replaced_at),
    )


def api_name(of: Enum) -> str:
    """Return the name of an enum member as the API writes it."""
    return (of.name or "").lower()
