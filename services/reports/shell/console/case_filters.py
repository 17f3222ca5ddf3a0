"""Builds the SQL of a search for cases. Pages go on from a place in the order, not from a number of rows."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ...core.case_search import CaseCursor, CaseFilter, CaseOrder, CaseSearch, CaseState, DayRange
from ...core.records import AppealState, Level
from ...core.review import QueueGroup
from ...core.teamwork import SENIORS
from ..storage.cases import GROUPS, has_row
from ..storage.proposals import WAITING
from ..storage.tables import (
    OPEN,
    appeals,
    assignments,
    cases,
    decisions,
    evidence,
    mentions,
    notes,
    proposals,
    reports,
)

MAX_SCANNED = 1_000
"""So many cases are looked into for one page, where no index tells which are wanted."""

MAX_COUNTED = 10_000
"""No more cases are counted: nobody reads on so far."""

Condition = sa.ColumnElement[bool]

_Columns = sa.ColumnCollection[str, Any]
"""The columns of `cases`, or of a selection of them."""


def needs_scan(wanted: CaseFilter) -> bool:
    """Tell whether each case has to be looked into, because no index leads to those that are wanted."""
    return any(True for _ in _deep_conditions(wanted, cases.c))


def select_cases(search: CaseSearch) -> sa.Select[Any]:
    """Select the rows of `cases` of one page, or those of them that are among the first `MAX_SCANNED`."""
    wanted, order = search.filter, search.order
    if not needs_scan(wanted):
        return _candidates(search).limit(search.limit)
    some = _candidates(search).limit(MAX_SCANNED).cte("candidates")
    return (
        sa.select(some)
        .where(*_deep_conditions(wanted, some.c))
        .order_by(*_order(order, some.c))
        .limit(search.limit)
    )


def select_last_scanned(search: CaseSearch) -> sa.Select[Any]:
    """Select where the next page goes on: the last of `MAX_SCANNED` cases; nothing if there are fewer."""
    place = sa.func.row_number().over(order_by=_order(search.order, cases.c))
    some = _candidates(search).add_columns(place.label("place")).limit(MAX_SCANNED).subquery()
    return sa.select(some).where(some.c.place == MAX_SCANNED)


def count_cases(wanted: CaseFilter) -> sa.Select[int]:
    """Count all that pass a filter without a scan, up to `MAX_COUNTED`."""
    some = sa.select(cases.c.id).where(*_conditions(wanted)).limit(MAX_COUNTED)
    return sa.select(sa.func.count()).select_from(some.subquery())


def cursor_of(row: sa.Row[Any], order: CaseOrder) -> CaseCursor:
    """Return the place of a row of `cases`."""
    at = row.closed_at if order is CaseOrder.DECIDED else row.opened_at
    return CaseCursor(row.urgency, at, row.id)


def _candidates(search: CaseSearch) -> sa.Select[Any]:
    found = sa.select(cases).where(*_conditions(search.filter))
    if search.after is not None:
        found = found.where(_behind(search.order, search.after))
    return found.order_by(*_order(search.order, cases.c))


def _order(order: CaseOrder, of: _Columns) -> Sequence[sa.ColumnElement[Any]]:
    match order:
        case CaseOrder.URGENT:
            return (of.urgency.desc(), of.opened_at, of.id)
        case CaseOrder.OLDEST:
            return (of.opened_at, of.id)
        case CaseOrder.NEWEST:
            return (of.opened_at.desc(), of.id.desc())
        case CaseOrder.DECIDED:
            return (of.closed_at.desc(), of.id.desc())


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
    if wanted.reporter is not None:
        yield _with_report(reports.c.reporter == wanted.reporter)
    if wanted.network:
        yield _with_report(*_begins_with(reports.c.reporter_network, wanted.network))
    if wanted.moderator:
        theirs = sa.select(decisions.c.id).where(decisions.c.moderator == wanted.moderator)
        yield cases.c.decision.in_(theirs)
    if wanted.appealed:
        waiting = appeals.c.state == AppealState.OPEN
        of_case = sa.select(decisions.c.case_id).join(appeals, appeals.c.decision == decisions.c.id)
        yield cases.c.id.in_(of_case.where(waiting))
    yield from _team_conditions(wanted)
    yield from _within(cases.c.opened_at, wanted.opened)
    yield from _within(cases.c.closed_at, wanted.decided)


def _team_conditions(wanted: CaseFilter) -> Iterator[Condition]:
    """Begin with the few cases that colleagues have, wait for, or write to each other about."""
    handed = sa.select(assignments.c.case_id)
    if wanted.second_look:
        yield cases.c.id.in_(WAITING.with_only_columns(proposals.c.case_id))
    if wanted.handed:
        yield cases.c.id.in_(handed.where(assignments.c.account == wanted.handed))
    if wanted.escalated:
        yield cases.c.id.in_(handed.where(assignments.c.account == SENIORS))
    if wanted.mentions:
        yield cases.c.id.in_(_mentioning(wanted.mentions))


def _mentioning(account: str) -> sa.CompoundSelect[str | None]:
    """Select the cases with a note that mentions the account, and those of visitors with such a note."""
    its_note = sa.select(notes.c.case_id).join(mentions, mentions.c.note == notes.c.id)
    on_case = its_note.where(mentions.c.account == account)
    visitors = on_case.where(notes.c.case_id.is_(None)).with_only_columns(notes.c.visitor)
    theirs = cases.alias()
    return sa.union_all(
        on_case,
        sa.select(theirs.c.id).where(theirs.c.accused.in_(visitors)),
        sa.select(reports.c.case_id).where(reports.c.reporter.in_(visitors)),
    )


def _deep_conditions(wanted: CaseFilter, of: _Columns) -> Iterator[Condition]:
    """Yield what has to be looked up for each case, whose columns are `of`."""
    of_case, decided_by = reports.c.case_id == of.id, decisions.c.id == of.decision
    its_picture = of_case & (evidence.c.report == reports.c.id)
    if wanted.reason is not None:
        yield has_row(of_case, reports.c.reason == wanted.reason)
    if wanted.text:
        yield _with_text(of, wanted.text)
    if wanted.language:
        yield has_row(of_case, _speaks(wanted.language))
    if wanted.mode:
        yield has_row(of_case, reports.c.mode == wanted.mode)
    if wanted.country:
        yield has_row(of_case, reports.c.accused_country == wanted.country)
    if wanted.pictures:
        yield has_row(its_picture)
    if wanted.known:
        yield has_row(its_picture, evidence.c.known != "")
    if wanted.score is not None:
        yield has_row(its_picture, evidence.c.score.between(*wanted.score))
    if wanted.brigade:
        yield _several(of_case, reports.c.reporter_network) | _several(of_case, reports.c.reporter)
    if wanted.standing is not None:
        yield sa.func.coalesce(_standing(of), Level.GOOD) == wanted.standing
    if wanted.level is not None:
        yield has_row(decided_by, decisions.c.level == wanted.level)
    if wanted.rule:
        yield has_row(decided_by, decisions.c.rule == wanted.rule)


def _with_text(of: _Columns, text: str) -> Condition:
    """Look into what reporters wrote, and what moderators wrote about the case or about the accused alone."""
    reported = has_row(reports.c.case_id == of.id, reports.c.note.icontains(text, autoescape=True))
    about = (notes.c.visitor == of.accused) & ((notes.c.case_id == of.id) | notes.c.case_id.is_(None))
    return reported | has_row(about, notes.c.text.icontains(text, autoescape=True))


def _speaks(language: str) -> Condition:
    """Compare with whole parts of the lists of languages, which commas separate."""
    either = "," + reports.c.accused_languages + "," + reports.c.reporter_languages + ","
    return either.contains(f",{language},")


def _with_report(*which: Condition) -> Condition:
    """Begin with the few reports that match, which an index finds."""
    return cases.c.id.in_(sa.select(reports.c.case_id).where(*which))


def _begins_with(column: sa.Column[Any], first: bytes) -> Iterator[Condition]:
    yield column >= first
    following = int.from_bytes(first) + 1
    if following < 256 ** len(first):
        yield column < following.to_bytes(len(first))


def _several(of_case: Condition, column: sa.Column[Any]) -> Condition:
    """Select cases with several reports of people that agree in the column."""
    same = sa.select(column).where(of_case, ~reports.c.flag, sa.func.length(column) > 0)
    several = same.group_by(column).having(sa.func.count() > 1).limit(1)
    return several.correlate_except(reports).scalar_subquery().is_not(None)


def _standing(of: _Columns) -> sa.ScalarSelect[int]:
    """Select what the last decision about the accused says, if it has not ended.

    A decision about another visitor with the same device is not looked at.
    """
    last = sa.select(decisions.c.level, decisions.c.until)
    about = last.where(decisions.c.visitor == of.accused, ~decisions.c.silent)
    newest = about.order_by(decisions.c.sequence.desc()).limit(1).correlate_except(decisions).subquery()
    holds = (newest.c.until == 0) | (newest.c.until > sa.bindparam("now", type_=sa.BigInteger))
    return sa.select(newest.c.level).where(holds).scalar_subquery()


def _within(column: sa.Column[Any], days: DayRange) -> Iterator[Condition]:
    if days.first is not None:
        yield column >= days.first
    if days.end is not None:
        yield column < days.end
