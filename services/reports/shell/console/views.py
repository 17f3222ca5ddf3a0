"""What the console is told, and what it sends: the JSON of its API. Times are Unix milliseconds."""

from collections.abc import Mapping, Sequence
from enum import Enum

from msgspec import Struct

from ...core.records import Appeal, AppealedDecision, Decision, Evidence


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    password: str
    code: str


class InvitationToken(Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    token: str
    password: str
    code: str


class NewDecisionRequest(Struct, frozen=True, forbid_unknown_fields=True):
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


class Because(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class HoldRequest(Struct, frozen=True, forbid_unknown_fields=True):
    days: int
    reason: str


class AppealAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    overturn: bool
    answer: str


class ReplayRequest(Struct, frozen=True, forbid_unknown_fields=True):
    policy: str
    days: int


class NewAccount(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    role: str


class AccountChange(Struct, frozen=True, forbid_unknown_fields=True):
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


class CaseLine(Struct, frozen=True):
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


class Queue(Struct, frozen=True):
    """The most urgent first. `open`, `flagged` of them, and `appeals` count all that wait."""

    cases: Sequence[CaseLine]
    open: int
    flagged: int
    appeals: int


class Line(Struct, frozen=True):
    """Of a chat."""

    from_accused: bool
    text: str


class Frame(Struct, frozen=True):
    """A picture, to be fetched by its report and number."""

    number: int
    width: int
    height: int
    score: float | None
    known: bool


class Reporter(Struct, frozen=True):
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
    chat: Sequence[Line]
    filed_at: int
    match_started_at: int
    counts: float | None
    frames: Sequence[Frame]
    reporter: Reporter


class VerdictView(Struct, frozen=True):
    """What triage says; without a level it would do nothing."""

    score: float
    networks: int
    policy: str
    level: str | None
    seconds: int
    rule: str


class AppealLine(Struct, frozen=True):
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


class PastCase(Struct, frozen=True):
    """Of its reports `flags` are of browsers."""

    id: str
    opened_at: int
    closed_at: int
    reports: int
    flags: int
    decision: DecisionView | None


class FiledReport(Struct, frozen=True):
    """`outcome`: open, upheld or dismissed."""

    report: str
    accused: str
    reason: str
    flag: bool
    filed_at: int
    outcome: str


class History(Struct, frozen=True):
    """What is known of one visitor, the newest first."""

    visitor: str
    standing: DecisionView | None
    cases: Sequence[PastCase]
    decisions: Sequence[DecisionView]
    appeals: Sequence[AppealLine]
    filed: Sequence[FiledReport]


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
    history: History


def decision_view(decision: Decision, undoable: bool = False) -> DecisionView:
    return DecisionView(
        id=decision.id,
        visitor=decision.visitor,
        level=word(decision.level),
        rule=decision.rule,
        reason=decision.reason,
        statement=decision.statement,
        automated=decision.automated,
        made_at=decision.made_at,
        until=decision.until,
        moderator=decision.moderator,
        evidence=[word(kind) for kind in Evidence if kind in decision.evidence],
        policy=decision.policy,
        case=decision.case,
        sequence=decision.sequence,
        undoable=undoable,
    )


def appeal_line(of: AppealedDecision, appeal: Appeal, reader: str) -> AppealLine:
    """`appeal` is against the decision of `of`; `reader` is the account that asks."""
    return AppealLine(
        decision=decision_view(of.decision),
        text=appeal.text,
        filed_at=appeal.filed_at,
        state=word(appeal.state),
        answer=appeal.answer,
        moderator=appeal.moderator,
        decided_at=appeal.decided_at,
        mine=of.decision.moderator == reader,
        replaced=bool(of.replaced_at),
    )


def word(of: Enum) -> str:
    """Of an enum, as the API writes it."""
    return (of.name or "").lower()
