"""The requests and responses of the console's API. Times are in Unix milliseconds."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any

from msgspec import Meta, Struct

from ...core.records import (
    Appeal,
    AppealedDecision,
    AppealState,
    Decision,
    Dismissal,
    Evidence,
    Level,
    Reason,
)
from ...core.roles import Role
from .call_context import CallView


def _names(members: Iterable[Enum]) -> dict[str, Any]:
    return {"enum": [api_name(member) for member in members]}


def api_name(of: Enum) -> str:
    """Return the name of an enum's member as the API writes it."""
    return (of.name or "").lower()


RoleName = Annotated[str, Meta(extra_json_schema=_names(Role))]
LevelName = Annotated[str, Meta(extra_json_schema=_names(Level))]
ReasonName = Annotated[str, Meta(extra_json_schema=_names(Reason))]
DismissalName = Annotated[str, Meta(extra_json_schema=_names(Dismissal))]
EvidenceName = Annotated[str, Meta(extra_json_schema=_names(Evidence))]
AppealStateName = Annotated[str, Meta(extra_json_schema=_names(AppealState))]
ReportOutcome = Annotated[
    str, Meta(extra_json_schema={"enum": ["open", "upheld", "dismissed", "unclear", "good_faith"]})
]


class DecisionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A decision. A dismissal has an empty rule.

    The decision is refused if there are more reports than `seen`, or more of people than `seen_people`.
    With a template, `reason` may be empty, and `statement` is what the visitor reads beside it, if anything.
    `language` is that of `statement`, empty if it is unknown. Only a dismissal says why nothing follows.
    """

    level: LevelName
    seconds: int
    rule: str
    statement: str
    reason: str
    seen: int | None = None
    seen_people: int | None = None
    template: str = ""
    language: str = ""
    dismissal: DismissalName = "unfounded"


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


class DecisionView(Struct, frozen=True):
    """A decision. `undoable` tells whether the account that asks may undo it now.

    `statement` is what the visitor is told in English, or as it was typed. `dismissal` counts where the level
    is good. `confirmed_by` names the second moderator, who confirmed what `moderator` proposed.
    """

    id: str
    visitor: str
    level: LevelName
    rule: str
    reason: str
    statement: str
    automated: bool
    made_at: int
    until: int
    moderator: str
    confirmed_by: str
    evidence: Sequence[EvidenceName]
    policy: str
    case: str
    sequence: int
    undoable: bool
    template: str
    dismissal: DismissalName


class CaseSummary(Struct, frozen=True):
    """A case in a list. `flags` counts reports of browsers; `flagged` means that there are no others.

    `flood` means that all came from reporters or networks that had sent too many alike that day. `known`
    names the lists of known pictures that have one of its pictures. `minor` means that somebody reported a
    minor. `languages` are those of the accused, and then those of reporters. `mode` and `country`, which is
    that of the accused, are those of most reports. All three are empty if unknown. `closed_at` is 0 while the
    case is open; then there is no `decision`.
    """

    id: str
    accused: str
    opened_at: int
    newest_at: int
    urgency: float
    known: Sequence[str]
    minor: bool
    flagged: bool
    flood: bool
    reports: int
    flags: int
    reporters: int
    networks: int
    frames: int
    reasons: Mapping[str, int]
    languages: Sequence[str]
    mode: str
    country: str
    standing: DecisionView | None
    score: float | None
    closed_at: int
    decision: DecisionView | None


class CaseQueue(Struct, frozen=True):
    """The first open cases, the most urgent first, without floods. The counts include all open cases.

    `next` is where the cases behind them begin in a search, `null` if there are none.
    """

    cases: Sequence[CaseSummary]
    open: int
    flagged: int
    flooded: int
    appeals: int
    next: str | None


class CasePage(Struct, frozen=True):
    """A page of the cases that were searched for. `next` is where the next page begins, `null` at the end.

    A page may have few cases, or none, while there is a next one: it looked into as many as it may. `total`
    counts all cases that are found, up to 10,000. Only the first page has it, if an index can tell.
    """

    cases: Sequence[CaseSummary]
    next: str | None
    total: int | None


class ChatLineView(Struct, frozen=True):
    """A line of a chat. It is `proven` if a gateway relayed it; else only the reporter says so."""

    from_accused: bool
    text: str
    proven: bool


class ReportPictureView(Struct, frozen=True):
    """A picture, which is fetched by its report and number. Nothing proves what the reporter's browser sent.

    `known` names the list of known pictures that has it, "" if none does. `sha256` is of the stored picture,
    and `original_sha256` of what the browser sent, both in hexadecimal.
    """

    number: int
    width: int
    height: int
    score: float | None
    known: str
    sha256: str
    original_sha256: str


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


CLAIMED = ("reason", "note", "frames", "call.claimed_seconds", "call.claimed_ending")
"""The fields of a report for which there is only the reporter's word. Each line of chat says so itself."""


class ReportView(Struct, frozen=True):
    """A report. `counts` are its points in triage, `null` if the case is closed. Browsers file flags.

    `claimed` names the fields for which there is only the reporter's word.
    """

    id: str
    reason: ReasonName
    flag: bool
    note: str
    chat: Sequence[ChatLineView]
    filed_at: int
    match_started_at: int
    counts: float | None
    frames: Sequence[ReportPictureView]
    call: CallView
    claimed: Sequence[str]
    reporter: ReporterView


class VerdictView(Struct, frozen=True):
    """The result of triage. Without a level no automatic action follows."""

    score: float
    networks: int
    policy: str
    level: LevelName | None
    seconds: int
    rule: str


class AppealView(Struct, frozen=True):
    """An appeal. `mine` means that the caller made or confirmed the decision, and must not answer."""

    decision: DecisionView
    text: str
    filed_at: int
    state: AppealStateName
    answer: str
    moderator: str
    decided_at: int
    mine: bool
    replaced: bool


class PastCaseView(Struct, frozen=True):
    """An earlier case. `flags` counts reports of browsers."""

    id: str
    accused: str
    opened_at: int
    closed_at: int
    reports: int
    flags: int
    decision: DecisionView | None


class FiledReportView(Struct, frozen=True):
    """A report that the visitor filed, and its outcome."""

    report: str
    accused: str
    reason: ReasonName
    flag: bool
    filed_at: int
    outcome: ReportOutcome


class NoteView(Struct, frozen=True):
    """A note of a moderator about a visitor, or about one of their cases. Only moderators read it."""

    id: str
    case: str | None
    author: str
    text: str
    written_at: int
    mentions: Sequence[str]


class VisitorHistoryView(Struct, frozen=True):
    """The history of a visitor, the newest entries first.

    `device_cases` and `device_decisions` are about other visitors with the same device key. The standing may
    be one of those decisions. `network_cases` are about others who were reported in the same network in the
    same month; a network may have many people.
    """

    visitor: str
    standing: DecisionView | None
    cases: Sequence[PastCaseView]
    decisions: Sequence[DecisionView]
    device_cases: Sequence[PastCaseView]
    device_decisions: Sequence[DecisionView]
    network_cases: Sequence[PastCaseView]
    appeals: Sequence[AppealView]
    filed: Sequence[FiledReportView]
    notes: Sequence[NoteView]


class CaseView(Struct, frozen=True):
    """A case. `closed_at` is 0 while it is open.

    `rests_on` is the evidence that a decision of the account that asks would name, now that it has seen this.
    It names pictures only if the account has opened one of the case.
    """

    id: str
    accused: str
    opened_at: int
    closed_at: int
    held_until: int
    decision: DecisionView | None
    verdict: VerdictView | None
    standing: DecisionView | None
    rests_on: Sequence[EvidenceName]
    reports: Sequence[ReportView]
    history: VisitorHistoryView


class DecisionResult(Struct, frozen=True):
    """The decision that holds now, if there is one."""

    decision: DecisionView | None


class HoldResult(Struct, frozen=True):
    """The time until which nothing of the case is deleted."""

    held_until: int


class AppealList(Struct, frozen=True):
    """The open appeals, the oldest first."""

    appeals: Sequence[AppealView]


class PolicyText(Struct, frozen=True):
    """The policy in force, as TOML."""

    version: str
    text: str


class PolicyOutcomeView(Struct, frozen=True):
    """The automatic actions of one policy in past cases, by level and by the later decision of a person.

    `missed` counts the cases in which a person acted and the policy did not.
    """

    policy: str
    actions: Mapping[str, Mapping[str, int]]
    missed: int


class AutomaticActionView(Struct, frozen=True):
    """An action that a policy takes by itself."""

    level: LevelName
    rule: ReasonName
    at: int
    until: int


class CaseDifferenceView(Struct, frozen=True):
    """A past case in which two policies differ, and what a person decided."""

    visitor: str
    before: Sequence[AutomaticActionView]
    after: Sequence[AutomaticActionView]
    decided: LevelName | None
    dismissal: DismissalName


class ReplayView(Struct, frozen=True):
    """The outcomes of two policies in the same past cases, with the first differences."""

    cases: int
    before: PolicyOutcomeView
    after: PolicyOutcomeView
    differences: Sequence[CaseDifferenceView]


class AuditEntryView(Struct, frozen=True):
    """An entry of the audit log; `hash` is the head of the chain after it, in hexadecimal."""

    sequence: int
    at: int
    actor: str
    action: str
    subject: str
    details: Mapping[str, str]
    hash: str


class AuditEntries(Struct, frozen=True):
    """Entries of the audit log, the newest first."""

    entries: Sequence[AuditEntryView]


def evidence_names(evidence: Evidence) -> list[str]:
    return [api_name(kind) for kind in Evidence if kind in evidence]


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
        confirmed_by=decision.confirmed_by,
        evidence=evidence_names(decision.evidence),
        policy=decision.policy,
        case=decision.case,
        sequence=decision.sequence,
        undoable=undoable,
        template=decision.template,
        dismissal=api_name(decision.dismissal),
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
        mine=of.decision.was_decided_by(viewer),
        replaced=bool(of.replaced_at),
    )
