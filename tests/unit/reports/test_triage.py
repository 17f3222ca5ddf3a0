"""Tests that triage makes decisions that end, say why, and do not repeat what holds."""

from dataclasses import replace

import pytest

from services.contract.ids import ReportId, VisitorId
from services.reports.core.records import Evidence, LastStanding, Level, Reason
from services.reports.core.scoring import ReportFacts
from services.reports.core.triage import KNOWN_OFFSET, CaseEvaluation, Triage
from services.reports.shell.policy_file import default_policy

NOW = 1_800_000_000_000
HOUR = 3_600_000


def reports(count: int, reason: Reason = Reason.NUDITY) -> list[ReportFacts]:
    """Return reports of reliable reporters, each in a network of their own."""
    return [
        ReportFacts(
            id=ReportId(f"report {n}"),
            reporter=VisitorId(f"reporter {n}"),
            network=f"network {n}".encode(),
            reason=reason,
            filed_at=NOW,
            upheld=8,
            dismissed=0,
            reported_lately=1,
            proven=False,
            flag=False,
        )
        for n in range(count)
    ]


def judged(count: int, last: LastStanding | None = None) -> CaseEvaluation:
    judge = Triage(default_policy(), lambda: "decision").evaluator(VisitorId("accused"), NOW)
    return judge(reports(count), last)


def test_one_report_is_left_to_a_person() -> None:
    assert judged(1).decision is None
    assert judged(1).queue_score > 0


def test_many_set_apart_for_a_while_and_say_why() -> None:
    made = judged(20).decision
    assert made is not None
    assert (made.visitor, made.level, made.rule, made.automated) == ("accused", Level.BANNED, "nudity", True)
    assert NOW < made.until <= NOW + 7 * 24 * HOUR
    assert (made.policy, made.moderator) == (default_policy().version, "")
    assert made.evidence == Evidence.REPORTS, "it looks at no picture and no chat"


@pytest.mark.parametrize(
    ("last", "acts"),
    [
        (LastStanding(Level.BANNED, NOW + 24 * HOUR), False),
        (LastStanding(Level.BANNED, NOW + HOUR), True),
        (LastStanding(Level.BANNED, 0), False),
        (LastStanding(Level.RESTRICTED, NOW + HOUR), True),
        (LastStanding(Level.BANNED, NOW - 1), True),
        (LastStanding(Level.GOOD, 0), True),
    ],
)
def test_a_decision_in_force_is_not_made_again(last: LastStanding, acts: bool) -> None:
    assert (judged(20, last).decision is not None) is acts


def test_a_minor_comes_before_everything() -> None:
    judge = Triage(default_policy(), lambda: "decision").evaluator(VisitorId("accused"), NOW)
    assert judge(reports(1, Reason.MINOR), None).queue_score > judge(reports(200), None).queue_score
    assert judge(reports(1, Reason.MINOR), None).held_until == NOW + 30 * 24 * HOUR
    listed = [replace(one, known=True) for one in reports(1)]
    assert judge(listed, None).held_until == NOW + 365 * 24 * HOUR
    assert (
        judge(listed, None).queue_score >= KNOWN_OFFSET > judge(reports(200, Reason.MINOR), None).queue_score
    )
    assert judge(reports(200), None).held_until == 0
    assert judge(reports(3), None).queue_score > judge(reports(2), None).queue_score
