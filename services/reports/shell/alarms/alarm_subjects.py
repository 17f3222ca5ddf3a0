"""Finds what each rule holds for. A rule tells of each thing once, so each has a name that stays."""

from collections.abc import Mapping

import sqlalchemy as sa

from ...core.alarms import AlarmRule, AlarmTimes
from ...core.records import AppealState, Reason
from ...core.teamwork import SENIORS
from ...core.triage import MINOR_OFFSET
from ..storage.cases import has_row
from ..storage.proposals import WAITING
from ..storage.tables import KNOWN, OPEN, appeals, assignments, cases, evidence, proposals, reports

_URGENT = OPEN & (cases.c.urgency >= MINOR_OFFSET)
"""Open cases above all others: the index of `urgency` finds them, so few rows are read for what follows."""

_OF_PEOPLE = OPEN & (cases.c.urgency >= 0)
"""Neither flags only, which browsers file by themselves, nor a flood."""

_OF_CASE = reports.c.case_id == cases.c.id
_SAYS_MINOR = has_row(_OF_CASE, reports.c.reason == Reason.MINOR, ~reports.c.flag)
_HAS_A_KNOWN_PICTURE = sa.exists().where(_OF_CASE, evidence.c.report == reports.c.id, KNOWN)
"""Few pictures are known, so PostgreSQL begins with those."""

_FOR_A_COLLEAGUE = cases.c.id.in_(
    sa.union(
        sa.select(assignments.c.case_id).where(assignments.c.account == SENIORS),
        WAITING.with_only_columns(proposals.c.case_id),
    )
)
"""Cases that were handed to the seniors, or that wait for a second moderator."""


def subjects(times: AlarmTimes, now: int, audit_problem: str) -> Mapping[AlarmRule, sa.Select[tuple[str]]]:
    """Return a query of the names for each rule that is about rows; `now` is in Unix milliseconds.

    `audit_problem` says what is wrong with the audit log, and is empty if nothing is.
    """
    case, decision = cases.c.id.label("subject"), appeals.c.decision.label("subject")
    problem = sa.literal(audit_problem, sa.Text)
    return {
        AlarmRule.MINOR: sa.select(case).where(_URGENT, _SAYS_MINOR),
        AlarmRule.KNOWN_PICTURE: sa.select(case).where(_URGENT, _HAS_A_KNOWN_PICTURE),
        AlarmRule.OLDEST_CASE: sa.select(case).where(
            _OF_PEOPLE, cases.c.opened_at < times.old_case_opened_before(now)
        ),
        AlarmRule.APPEAL_DUE: sa.select(decision).where(
            appeals.c.state == AppealState.OPEN, appeals.c.filed_at < times.due_appeal_filed_before(now)
        ),
        AlarmRule.SECOND_LOOK: sa.select(case).where(OPEN, _FOR_A_COLLEAGUE),
        AlarmRule.AUDIT: sa.select(problem.label("subject")).where(problem != ""),
    }
