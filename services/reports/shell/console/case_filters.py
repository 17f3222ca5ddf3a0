"""Builds the SQL of a search for cases. Pages go on from a place in the order, not from a number of rows."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ...core.case_search import CaseCursor, CaseFilter, CaseOrder, CaseSearch, CaseState, DayRange
from ...core.records import AppealState, Level
from ...core.review import QueueGroup
from ...core.triage import FLOOD_BELOW, KNOWN_OFFSET, MINOR_OFFSET
from ..storage.tables import OPEN, appeals, cases, decisions, evidence, reports

MAX_TEXT_REPORTS = 50_000
"""A text is looked for in so many reports, the newest of the period: no index finds a part of a note."""

MAX_COUNTED = 10_000
"""No more cases are counted: nobody reads on so far."""

Condition = sa.ColumnElement[bool]

GROUPS: dict[QueueGroup, Condition] = {
    QueueGroup.KNOWN: cases.c.urgency >= KNOWN_OFFSET,
    QueueGroup.MINOR: (cases.c.urgency >= MINOR_OFFSET) & (cases.c.urgency < KNOWN_OFFSET),
    QueueGroup.PEOPLE: (cases.c.urgency >= 0) & (cases.c.urgency < MINOR_OFFSET),
    QueueGroup.FLAGS: (cases.c.urgency >= FLOOD_BELOW) & (cases.c.urgency < 0),
    QueueGroup.FLOOD: cases.c.urgency < FLOOD_BELOW,
}
"""How the urgency that a case is stored with tells its group."""

_URGENT = (cases.c.urgency.desc(), cases.c.opened_at, cases.c.id)
_ORDERS: dict[CaseOrder, Sequence[sa.ColumnElement[Any]]] = {
    CaseOrder.URGENT: _URGENT,
    CaseOrder.OLDEST: (cases.c.opened_at, cases.c.id),
    CaseOrder.NEWEST: (cases.c.opened_at.desc(), cases.c.id.desc()),
    CaseOrder.DECIDED: (cases.c.closed_at.desc(), cases.c.id.desc()),
}
_OF_CASE = reports.c.case_id == cases.c.id
_DECIDED_BY = decisions.c.id == cases.c.decision


def select_cases(search: CaseSearch) -> sa.Select[Any]:
    """Select the rows of `cases` of one page."""
    found = sa.select(cases).where(*_conditions(search.filter))
    if search.after is not None:
        found = found.where(_behind(search.order, search.after))
    return found.order_by(*_ORDERS[search.order]).limit(search.limit)


def count_cases(wanted: CaseFilter) -> sa.Select[int]:
    """Count all that pass the filter, up to `MAX_COUNTED`."""
    some = sa.select(cases.c.id).where(*_conditions(wanted)).limit(MAX_COUNTED)
    return sa.select(sa.func.count()).select_from(some.subquery())


def cursor_of(row: sa.Row[Any], order: CaseOrder) -> CaseCursor:
    """Return the place of a row of `cases`."""
    at = row.closed_at if order is CaseOrder.DECIDED else row.opened_at
    return CaseCursor(row.urgency, at, row.id)


def _behind(order: CaseOrder, place: CaseCursor) -> Condition:
    urgency, opened, id = cases.c.urgency, cases.c.opened_at, cases.c.id
    here = sa.tuple_(sa.literal(place.at, sa.BigInteger), sa.literal(place.id, sa.Text))
    match order:
        case CaseOrder.URGENT:  # the first condition alone lets an index begin there
            later = (urgency < place.urgency) | (sa.tuple_(opened, id) > here)
            return (urgency <= place.urgency) & later
        case CaseOrder.OLDEST:
            return sa.tuple_(opened, id) > here
        case CaseOrder.NEWEST:
            return sa.tuple_(opened, id) < here
        case CaseOrder.DECIDED:
            return sa.tuple_(cases.c.closed_at, id) < here


def _conditions(wanted: CaseFilter) -> Iterator[Condition]:
    if wanted.state is not CaseState.ALL:
        yield OPEN if wanted.state is CaseState.OPEN else cases.c.closed_at > sa.literal_column("0")
    if wanted.state is CaseState.OPEN and len(wanted.groups) < len(QueueGroup):
        yield sa.or_(*(condition for group, condition in GROUPS.items() if group in wanted.groups))
    if wanted.ids:
        yield cases.c.id.in_(wanted.ids)
    if wanted.visitor is not None:
        yield cases.c.accused == wanted.visitor
    yield from _about_reports(wanted)
    yield from _about_decisions(wanted)
    yield from _within(cases.c.opened_at, wanted.opened)
    yield from _within(cases.c.closed_at, wanted.decided)


def _about_reports(wanted: CaseFilter) -> Iterator[Condition]:
    if wanted.reporter is not None:
        yield _with_report(reports.c.reporter == wanted.reporter)
    if wanted.network:
        yield _with_report(*_begins_with(reports.c.reporter_network, wanted.network))
    if wanted.reason is not None:
        yield sa.exists().where(_OF_CASE, reports.c.reason == wanted.reason)
    if wanted.text:
        yield cases.c.id.in_(_with_note(wanted))
    if wanted.pictures:
        yield sa.exists().where(_OF_CASE, evidence.c.report == reports.c.id)
    if wanted.known:
        yield sa.exists().where(_OF_CASE, evidence.c.report == reports.c.id, evidence.c.known != "")
    if wanted.score is not None:
        in_range = evidence.c.score.between(*wanted.score)
        yield sa.exists().where(_OF_CASE, evidence.c.report == reports.c.id, in_range)
    if wanted.brigade:
        yield _several(reports.c.reporter_network) | _several(reports.c.reporter)


def _about_decisions(wanted: CaseFilter) -> Iterator[Condition]:
    if wanted.standing is not None:
        yield sa.func.coalesce(_standing(), Level.GOOD) == wanted.standing
    if wanted.level is not None:
        yield sa.exists().where(_DECIDED_BY, decisions.c.level == wanted.level)
    if wanted.rule:
        yield sa.exists().where(_DECIDED_BY, decisions.c.rule == wanted.rule)
    if wanted.moderator:
        theirs = sa.select(decisions.c.id).where(decisions.c.moderator == wanted.moderator)
        yield cases.c.decision.in_(theirs)
    if wanted.appealed:
        waiting = appeals.c.state == AppealState.OPEN
        of_case = sa.select(decisions.c.case_id).join(appeals, appeals.c.decision == decisions.c.id)
        yield cases.c.id.in_(of_case.where(waiting))


def _with_report(*which: Condition) -> Condition:
    """Begin with the few reports that match, which an index finds."""
    return cases.c.id.in_(sa.select(reports.c.case_id).where(*which))


def _begins_with(column: sa.Column[Any], first: bytes) -> Iterator[Condition]:
    yield column >= first
    following = int.from_bytes(first) + 1
    if following < 256 ** len(first):
        yield column < following.to_bytes(len(first))


def _with_note(wanted: CaseFilter) -> sa.Select[str]:
    newest = sa.select(reports.c.case_id, reports.c.note).order_by(reports.c.filed_at.desc())
    bounded = newest.where(*_within(reports.c.filed_at, wanted.opened)).limit(MAX_TEXT_REPORTS).subquery()
    return sa.select(bounded.c.case_id).where(bounded.c.note.icontains(wanted.text, autoescape=True))


def _several(column: sa.Column[Any]) -> Condition:
    """Select cases with several reports of people that agree in the column."""
    same = sa.select(column).where(_OF_CASE, ~reports.c.flag, sa.func.length(column) > 0)
    return sa.exists(same.group_by(column).having(sa.func.count() > 1))


def _standing() -> sa.ScalarSelect[int]:
    """Select what the last decision about the accused says, if it has not ended.

    A decision about another visitor with the same device is not looked at.
    """
    last = sa.select(decisions.c.level, decisions.c.until, decisions.c.made_at)
    about = last.where(decisions.c.visitor == cases.c.accused, ~decisions.c.silent)
    newest = about.order_by(decisions.c.sequence.desc()).limit(1).correlate(cases).subquery()
    holds = (newest.c.until == 0) | (newest.c.until > sa.bindparam("now", type_=sa.BigInteger))
    return sa.select(newest.c.level).where(holds).scalar_subquery()


def _within(column: sa.Column[Any], days: DayRange) -> Iterator[Condition]:
    if days.first is not None:
        yield column >= days.first
    if days.end is not None:
        yield column < days.end
