"""Builds the reports, decisions and evaluators that the tests of stores use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.contract.ids import DecisionId, MatchId, ReportId, VisitorId, random_id
from services.reports.core.records import (
    ChatLine,
    Evidence,
    LastStanding,
    Level,
    NewDecision,
    Picture,
    Reason,
    Report,
)
from services.reports.core.scoring import ReportFacts
from services.reports.core.triage import CaseEvaluation
from services.reports.shell.ports import AnalysisQueue, AppealStore, PictureStore, ReportStore

PICTURE = Picture(b"pixels", "image/jpeg", 4, 3, b"hash")
CHAT = (ChatLine(from_accused=True, text="hello “you”"), ChatLine(from_accused=False, text=""))


@dataclass(frozen=True)
class Stores:
    """The stores of one database."""

    store: ReportStore
    appeals: AppealStore
    pictures: PictureStore
    analyses: AnalysisQueue


def decide_nothing(reports: Sequence[ReportFacts], last: LastStanding | None) -> CaseEvaluation:
    """Decide nothing."""
    return CaseEvaluation(0.0, None)


def worst_picture(reports: Sequence[ReportFacts], now: int) -> float:
    """Return the score of the worst picture."""
    return max((10.0 if one.known else one.undressed for one in reports), default=0.0)


class RecordingEvaluator:
    """An evaluator that records its arguments, and returns the decision it was given."""

    def __init__(self, decision: NewDecision | None = None, held_until: int = 0) -> None:
        self.seen: list[tuple[list[ReportFacts], LastStanding | None]] = []
        self._decision = decision
        self._held_until = held_until

    def __call__(self, reports: Sequence[ReportFacts], last: LastStanding | None) -> CaseEvaluation:
        self.seen.append((sorted(reports, key=lambda one: one.filed_at), last))
        return CaseEvaluation(1.0, self._decision, self._held_until)


def report(
    match: str = "match", reporter: str = "reporter", filed_at: int = 1_000, accused: str = "accused"
) -> Report:
    return Report(
        id=ReportId(random_id()),
        match=MatchId(match),
        reporter=VisitorId(reporter),
        accused=VisitorId(accused),
        reason=Reason.SELF_HARM,
        note="note",
        chat=CHAT,
        filed_at=filed_at,
        match_started_at=500,
        accused_address_hash=b"\0\xff",
        reporter_network=b"network",
    )


def flag(match: str = "match", filed_at: int = 1_000, accused: str = "accused") -> Report:
    """Return a report that the classifier in the reporter's browser files."""
    bare = report(match, filed_at=filed_at, accused=accused)
    return replace(bare, reason=Reason.NUDITY, note="", chat=(), flag=True)


def decision(
    visitor: str, level: Level = Level.BANNED, until: int = 0, moderator: str = "ann"
) -> NewDecision:
    return NewDecision(
        id=DecisionId(random_id()),
        visitor=VisitorId(visitor),
        level=level,
        rule="nudity",
        reason="seen",
        automated=False,
        made_at=1_000,
        until=until,
        moderator=moderator,
        statement="you were seen",
        evidence=Evidence.REPORTS | Evidence.CHAT,
    )
