"""Counts reports, decisions and appeals of a period, for the transparency report and figures of the work.

`start` and `end` are in Unix milliseconds, the end excluded. Days are numbered from 1970, in UTC.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...core.records import DAY_MS, AppealState, DecisionCause, Level, Reason
from .audit_log import CONFIRMED, PICTURE_SEEN
from .proposals import WAITING
from .tables import OPEN, appeals, audit, cases, decisions, proposals, reports


@dataclass(frozen=True, slots=True)
class FiledReports:
    """The reports of people and of programs in browsers, by reason."""

    people: Mapping[Reason, int]
    devices: Mapping[Reason, int]
    by_day: Mapping[int, int]
    """The reports of people."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """How many cases nobody has decided, or how many appeals nobody has answered."""

    count: int
    oldest: int | None
    """The time since which the oldest of them waits, in Unix milliseconds."""


NONE = Unanswered(0, None)


@dataclass(frozen=True, slots=True)
class MadeDecisions:
    """The decisions that count: none that was undone, or that an undo or a dismissal restored.

    Rules are those of restrictions.
    """

    by_level: Mapping[Level, int]
    by_rule: Mapping[str, int]
    by_day: Mapping[int, int]
    automated: int
    overturned: int
    """How many of the automated ones a person has overturned."""
    overturned_by_rule: Mapping[str, int]
    """How many of all restrictions were overturned, by anybody."""
    dismissed: int
    lifted: int
    appealed: int
    undone: int


class ProposalOutcome(StrEnum):
    """Says what became of a decision that was proposed."""

    CONFIRMED = "confirmed"
    OTHERWISE = "otherwise"
    """Somebody undid it, sent it back, or decided otherwise in its case."""
    ENDED = "ended"
    """It does not hold any more, and nobody has looked at it a second time."""
    WAITING = "waiting"


async def filed_reports(connection: AsyncConnection, start: int, end: int) -> FiledReports:
    within = _within(reports.c.filed_at, start, end)
    day = _day(reports.c.filed_at)
    kinds = (reports.c.reason, reports.c.flag, day)
    counted = sa.select(*kinds, sa.func.count()).where(within).group_by(*kinds)
    people: Counter[Reason] = Counter()
    devices: Counter[Reason] = Counter()
    by_day: Counter[int] = Counter()
    for reason, flag, number, count in await connection.execute(counted):
        (devices if flag else people)[Reason(reason)] += count
        by_day[number] += 0 if flag else count
    return FiledReports(people, devices, by_day)


async def reported_visitors(connection: AsyncConnection, start: int, end: int) -> int:
    """Count the different visitors whom people reported."""
    of_people = _within(reports.c.filed_at, start, end) & ~reports.c.flag
    visitors = sa.select(reports.c.accused).where(of_people).group_by(reports.c.accused).subquery()
    return await connection.scalar(sa.select(sa.func.count()).select_from(visitors)) or 0


async def made_decisions(connection: AsyncConnection, start: int, end: int) -> MadeDecisions:
    rows = (await connection.execute(_counted_decisions(start, end))).all()
    counts = _DecisionCounts()
    for row in rows:
        counts.add(row)
    return counts.result()


async def proposed_decisions(
    connection: AsyncConnection, start: int, end: int, now: int
) -> Mapping[ProposalOutcome, int]:
    """Count the decisions that were proposed in the period by what has become of them at `now`."""
    waits = decisions.c.id.in_(WAITING.with_only_columns(proposals.c.decision))
    of_it = (audit.c.subject == decisions.c.id) & (audit.c.action == CONFIRMED)
    outcome = sa.case(
        (waits & (decisions.c.until > now), ProposalOutcome.WAITING),
        (waits, ProposalOutcome.ENDED),
        (sa.exists().where(of_it), ProposalOutcome.CONFIRMED),
        else_=ProposalOutcome.OTHERWISE,
    )
    which = _within(decisions.c.made_at, start, end) & (decisions.c.cause == DecisionCause.PROPOSED)
    each = sa.select(outcome.label("outcome")).where(which).subquery()
    counted = sa.select(each.c.outcome, sa.func.count()).group_by(each.c.outcome)
    return {ProposalOutcome(name): count for name, count in await connection.execute(counted)}


async def appeal_times(connection: AsyncConnection, start: int, end: int) -> Sequence[tuple[int, int, int]]:
    """Return the state of each appeal of the period, when it was filed, and when it was answered or 0."""
    columns = (appeals.c.state, appeals.c.filed_at, appeals.c.decided_at)
    found = await connection.execute(sa.select(*columns).where(_within(appeals.c.filed_at, start, end)))
    return [(state, filed_at, decided_at) for state, filed_at, decided_at in found]


async def open_cases(connection: AsyncConnection) -> Unanswered:
    """Count the open cases that a person reported."""
    of_people = sa.exists().where(reports.c.case_id == cases.c.id, ~reports.c.flag)
    waiting = sa.select(sa.func.count(), sa.func.min(cases.c.opened_at)).where(OPEN, of_people)
    count, oldest = (await connection.execute(waiting)).one()
    return Unanswered(count, oldest)


async def open_appeals(connection: AsyncConnection) -> Unanswered:
    waiting = sa.select(sa.func.count(), sa.func.min(appeals.c.filed_at))
    count, oldest = (await connection.execute(waiting.where(appeals.c.state == AppealState.OPEN))).one()
    return Unanswered(count, oldest)


async def times_to_decision(connection: AsyncConnection, start: int, end: int) -> list[int]:
    """Return how long each case waited that was decided, from a person's first report, in milliseconds."""
    decided = _within(cases.c.closed_at, max(1, start), end)
    waited = sa.select(cases.c.closed_at - _first_report(cases.c.id)).where(decided)
    return [time for time in await connection.scalars(waited) if time is not None]


async def times_to_action(connection: AsyncConnection, start: int, end: int) -> list[int]:
    """Return how long it took from a person's first report of a case to the first restriction.

    A proposed one counts, for it holds at once.
    """
    acts = (decisions.c.level != Level.GOOD) & (_counts() | (decisions.c.cause == DecisionCause.PROPOSED))
    first = (
        sa.select(decisions.c.case_id, sa.func.min(decisions.c.made_at).label("at"))
        .where(decisions.c.case_id != "", acts)
        .where(_within(decisions.c.made_at, start, end))
        .group_by(decisions.c.case_id)
        .subquery()
    )
    waited = sa.select(first.c.at - _first_report(first.c.case_id))
    return [time for time in await connection.scalars(waited) if time is not None]


def _first_report(case: sa.ColumnElement[str]) -> sa.ScalarSelect[int]:
    """Select when a person first reported in the case, NULL if only programs did.

    An index has this for each case, so that the other reports of it are not read.
    """
    of_people = (reports.c.case_id == case) & ~reports.c.flag
    first = sa.select(sa.func.min(reports.c.filed_at)).where(of_people)
    return first.correlate_except(reports).scalar_subquery()


async def picture_views(connection: AsyncConnection, start: int, end: int) -> int:
    looks = sa.select(sa.func.count()).select_from(audit).where(audit.c.action == PICTURE_SEEN)
    return await connection.scalar(looks.where(_within(audit.c.at, start, end))) or 0


class _DecisionCounts:
    """Adds up rows of `_counted_decisions`."""

    def __init__(self) -> None:
        self._levels: Counter[Level] = Counter()
        self._rules: Counter[str] = Counter()
        self._overturned_rules: Counter[str] = Counter()
        self._days: Counter[int] = Counter()
        self._kinds: Counter[str] = Counter()

    def add(self, row: sa.Row[Any]) -> None:
        if row.undone:
            self._kinds["undone"] += row.number
            return
        level = Level(row.level)
        self._levels[level] += row.number
        self._days[row.day] += row.number
        if level is Level.GOOD:
            appealed = row.cause == DecisionCause.APPEALED
            self._kinds["appealed" if appealed else "dismissed" if row.of_case else "lifted"] += row.number
        else:
            self._add_restriction(row)

    def _add_restriction(self, row: sa.Row[Any]) -> None:
        self._rules[row.rule] += row.number
        self._overturned_rules[row.rule] += row.number if row.overturned else 0
        self._kinds["automated"] += row.number if row.automated else 0
        self._kinds["overturned"] += row.number if row.automated and row.overturned else 0

    def result(self) -> MadeDecisions:
        kinds = self._kinds
        return MadeDecisions(
            by_level=self._levels,
            by_rule=self._rules,
            by_day=self._days,
            automated=kinds["automated"],
            overturned=kinds["overturned"],
            overturned_by_rule=self._overturned_rules,
            dismissed=kinds["dismissed"],
            lifted=kinds["lifted"],
            appealed=kinds["appealed"],
            undone=kinds["undone"],
        )


def _counted_decisions(start: int, end: int) -> sa.Select[Any]:
    of_case = (decisions.c.case_id != "").label("of_case")
    what = (
        decisions.c.level,
        decisions.c.rule,
        decisions.c.automated,
        decisions.c.cause,
        _day(decisions.c.made_at).label("day"),
        of_case,
        _undone().label("undone"),
        _overturned().label("overturned"),
    )
    which = _within(decisions.c.made_at, start, end) & _counts()
    each = sa.select(*what).where(which).subquery()
    return sa.select(*each.c, sa.func.count().label("number")).group_by(*each.c)


def _counts() -> sa.ColumnElement[bool]:
    """Select decisions that somebody made, without what they restored, and lifts where nothing held.

    Older versions also wrote down such lifts.
    """
    before = decisions.alias()
    of_visitor = (before.c.visitor == decisions.c.visitor) & ~before.c.silent
    last_level = (
        sa.select(before.c.level)
        .where(of_visitor, before.c.sequence < decisions.c.sequence)
        .order_by(before.c.sequence.desc())
        .limit(1)
        .correlate(decisions)
        .scalar_subquery()
    )
    good = sa.func.coalesce(last_level, Level.GOOD) == Level.GOOD
    lifts_nothing = (decisions.c.level == Level.GOOD) & (decisions.c.case_id == "") & good
    made = decisions.c.cause.in_([DecisionCause.DECIDED, DecisionCause.APPEALED])
    return made & ~lifts_nothing


def _undone() -> sa.ColumnElement[bool]:
    """Tell whether a person's decision no longer closes its case, though no appeal overturned it."""
    closes = sa.exists().where(cases.c.id == decisions.c.case_id, cases.c.decision == decisions.c.id)
    by_person = ~decisions.c.automated & (decisions.c.case_id != "")
    return by_person & ~closes & ~_appeal_was_right()


def _overturned() -> sa.ColumnElement[bool]:
    """Tell whether an appeal was right, or a person dismissed the case of an automatic decision."""
    closing = decisions.alias()
    dismissed = sa.exists().where(
        cases.c.id == decisions.c.case_id, closing.c.id == cases.c.decision, closing.c.level == Level.GOOD
    )
    return _appeal_was_right() | (decisions.c.automated & dismissed)


def _appeal_was_right() -> sa.ColumnElement[bool]:
    return sa.exists().where(appeals.c.decision == decisions.c.id, appeals.c.state == AppealState.OVERTURNED)


def _within(column: sa.Column[int], start: int, end: int) -> sa.ColumnElement[bool]:
    return (column >= start) & (column < end)


def _day(column: sa.Column[int]) -> sa.ColumnElement[int]:
    return column // DAY_MS
