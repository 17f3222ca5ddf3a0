"""Reads a case with its reports, and the history of a visitor."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import CaseId, DecisionId, VisitorId

from ...core.actor import Actor
from ...core.policy import Policy
from ...core.records import Decision, Dismissal, Evidence, Level, Reason
from ...core.review import Verdict, review
from ...core.scoring import MAX_REPORTS_WEIGHED, ReportFacts
from ..storage.appeal_store import find_appealed_decision
from ..storage.case_evidence import seen_evidence
from ..storage.cases import REPORT_FACTS, WEIGHED, facts_from_row, last_known_device, select_weighed
from ..storage.database import raising_unavailable
from ..storage.proposals import WAITING
from ..storage.report_store import chat_from_row, decision_from_row
from ..storage.tables import appeals, cases, decisions, evidence, proposals, reports
from .call_context import CALL_VIEW_COLUMNS, COUNTER, OF_SAME_CALL, call_view
from .case_queue import CurrentStanding
from .notes import notes_about
from .views import (
    CLAIMED,
    AppealView,
    CaseView,
    ChatLineView,
    DecisionView,
    FiledReportView,
    PastCaseView,
    ReporterView,
    ReportPictureView,
    ReportView,
    VerdictView,
    VisitorHistoryView,
    api_name,
    appeal_view,
    decision_view,
    evidence_names,
)

MAX_HISTORY = 200
"""A history has at most this many entries of each kind, the newest ones."""


class SqlCaseQueries:
    """Reads cases and histories. Every method raises `NotFound` or `Unavailable`."""

    def __init__(self, engine: AsyncEngine, standing: CurrentStanding, policy: Policy) -> None:
        self._engine = engine
        self._standing = standing
        self._policy = policy

    async def case(self, case: CaseId, actor: Actor) -> CaseView:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                row = (await connection.execute(sa.select(cases).where(cases.c.id == case))).one_or_none()
                if row is None:
                    raise NotFound("there is no such case")
                accused = VisitorId(row.accused)
                rows = (await connection.execute(_REPORTS, {"of_case": case})).all()
                facts = [facts_from_row(one) for one in rows]
                verdict = None if row.closed_at else review(facts, self._policy, actor.now)
                history = await self._history(connection, accused, row.device, actor)
                closed_by = [one for one in history.decisions if one.id == row.decision]
                frames = await _frames(connection, _FRAMES_OF_CASE, {"of_case": case})
                shown = _reports(rows, facts, verdict, frames)
                rests_on = await seen_evidence(connection, case, actor.name)
                rests_on |= Evidence.CHAT if any(one.chat for one in shown) else rests_on  # they see it now
                return CaseView(
                    id=case,
                    accused=accused,
                    opened_at=row.opened_at,
                    closed_at=row.closed_at,
                    held_until=row.held_until,
                    decision=closed_by[0] if closed_by else None,
                    verdict=_verdict(verdict) if verdict else None,
                    standing=history.standing,
                    rests_on=evidence_names(rests_on),
                    reports=shown,
                    history=history,
                )

    async def visitor_history(self, visitor: VisitorId, actor: Actor) -> VisitorHistoryView:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                device = await last_known_device(connection, visitor)
                return await self._history(connection, visitor, device, actor)

    async def _history(
        self, connection: AsyncConnection, visitor: VisitorId, device: int, actor: Actor
    ) -> VisitorHistoryView:
        made = await _decisions(connection, decisions.c.visitor == visitor)
        closers = set(await connection.scalars(sa.select(cases.c.decision).where(cases.c.accused == visitor)))
        waiting = WAITING.where(cases.c.accused == visitor).with_only_columns(proposals.c.decision)
        closers |= set(await connection.scalars(waiting))
        views = {one.id: decision_view(one, one.id in closers and actor.may_undo(one, made)) for one in made}
        same_device = _of_device(decisions, device) & (decisions.c.visitor != visitor)
        of_others = {one.id: decision_view(one) for one in await _decisions(connection, same_device)}
        standing = self._standing(visitor, device)
        return VisitorHistoryView(
            visitor=visitor,
            standing=decision_view(standing) if standing else None,
            cases=await _cases(connection, cases.c.accused == visitor, views),
            decisions=list(views.values()),
            device_cases=await _cases(
                connection, _of_device(cases, device) & (cases.c.accused != visitor), of_others
            ),
            device_decisions=list(of_others.values()),
            network_cases=await _network_cases(connection, visitor),
            appeals=await _appeals(connection, visitor, actor),
            filed=await _filed(connection, visitor),
            notes=await notes_about(connection, visitor, MAX_HISTORY),
        )


async def further_reports(engine: AsyncEngine, case: CaseView) -> AsyncIterator[list[ReportView]]:
    """Yield the reports that the view of a large case has no room for, a page at a time.

    Raise `Unavailable`.
    """
    shown = {one.id for one in case.reports}
    place = {"of_case": case.id, "after": -1, "after_id": ""}
    while True:
        with raising_unavailable():
            async with engine.connect() as connection:
                rows = (await connection.execute(_NEXT_REPORTS, place)).all()
                left = [row for row in rows if row.id not in shown]
                frames = await _frames(
                    connection, _FRAMES_OF_REPORTS, {"of_reports": [row.id for row in left]}
                )
        if left:
            yield _reports(left, [facts_from_row(row) for row in left], None, frames)
        if len(rows) < MAX_REPORTS_WEIGHED:
            return
        place |= {"after": rows[-1].filed_at, "after_id": rows[-1].id}


def _of_device(table: sa.Table, device: int) -> sa.ColumnElement[bool]:
    """Select the rows that name the device with this key, none if it is 0."""
    return (table.c.device == device) & (table.c.device != 0)


async def _decisions(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> list[Decision]:
    newest = sa.select(decisions).where(which)
    rows = await connection.execute(newest.order_by(decisions.c.sequence.desc()).limit(MAX_HISTORY))
    return [decision_from_row(row) for row in rows]


async def _cases(
    connection: AsyncConnection, which: sa.ColumnElement[bool], made: Mapping[DecisionId, DecisionView]
) -> list[PastCaseView]:
    count = sa.select(sa.func.count()).where(reports.c.case_id == cases.c.id)
    columns = (count.label("count_of"), count.where(reports.c.flag).label("flags"))
    newest = sa.select(cases, *columns).where(which)
    rows = await connection.execute(newest.order_by(cases.c.opened_at.desc()).limit(MAX_HISTORY))
    return [
        PastCaseView(
            row.id,
            row.accused,
            row.opened_at,
            row.closed_at,
            row.count_of,
            row.flags,
            made.get(DecisionId(row.decision)),
        )
        for row in rows
    ]


async def _network_cases(connection: AsyncConnection, visitor: VisitorId) -> list[PastCaseView]:
    """Return cases about others who were reported from a network from which this visitor was."""
    network = reports.c.accused_address_hash
    theirs = sa.select(network).where(reports.c.accused == visitor).order_by(reports.c.filed_at.desc())
    networks = set(await connection.scalars(theirs.limit(MAX_HISTORY))) - {b""}
    newest = sa.select(reports.c.case_id).where(network.in_(networks), reports.c.accused != visitor)
    found = newest.order_by(reports.c.filed_at.desc()).limit(MAX_HISTORY)
    names = set(await connection.scalars(found))
    those = cases.c.id.in_(names)
    closing = sa.select(decisions).join(cases, cases.c.decision == decisions.c.id).where(those)
    made = [decision_from_row(row) for row in await connection.execute(closing)]
    return await _cases(connection, those, {one.id: decision_view(one) for one in made}) if names else []


async def _appeals(connection: AsyncConnection, visitor: VisitorId, actor: Actor) -> list[AppealView]:
    theirs = (
        sa.select(decisions.c.id)
        .join(appeals, appeals.c.decision == decisions.c.id)
        .where(decisions.c.visitor == visitor)
        .order_by(appeals.c.filed_at.desc())
        .limit(MAX_HISTORY)
    )
    names = list(await connection.scalars(theirs))
    found = [await find_appealed_decision(connection, name) for name in names]
    return [appeal_view(one, one.appeal, actor.name) for one in found if one.appeal]


async def _filed(connection: AsyncConnection, visitor: VisitorId) -> list[FiledReportView]:
    columns = (reports.c.id, reports.c.accused, reports.c.reason, reports.c.flag, reports.c.filed_at)
    newest = (
        sa.select(*columns, decisions.c.level, decisions.c.dismissal)
        .join(cases, cases.c.id == reports.c.case_id, isouter=True)
        .join(decisions, decisions.c.id == cases.c.decision, isouter=True)
        .where(reports.c.reporter == visitor)
        .order_by(reports.c.filed_at.desc())
        .limit(MAX_HISTORY)
    )
    return [
        FiledReportView(
            row.id, row.accused, api_name(Reason(row.reason)), row.flag, row.filed_at, _outcome(row)
        )
        for row in await connection.execute(newest)
    ]


def _outcome(row: Any) -> str:
    if row.level is None:
        return "open"
    if row.level != Level.GOOD:
        return "upheld"
    blamed = row.dismissal == Dismissal.UNFOUNDED
    return "dismissed" if blamed else api_name(Dismissal(row.dismissal))


def _reports(
    rows: Sequence[sa.Row[Any]],
    facts: Sequence[ReportFacts],
    verdict: Verdict | None,
    frames: Mapping[str, list[ReportPictureView]],
) -> list[ReportView]:
    points = {one.report.id: one.points for one in verdict.weighted} if verdict else {}
    return [
        _report(row, known, points.get(known.id), frames.get(row.id, []))
        for row, known in zip(rows, facts, strict=True)
    ]


async def _frames(
    connection: AsyncConnection, frames: sa.Select[Any], which: Mapping[str, Any]
) -> dict[str, list[ReportPictureView]]:
    """Return the pictures of reports, by the ids of these. `which` are the parameters of `frames`."""
    found: dict[str, list[ReportPictureView]] = defaultdict(list)
    for row in await connection.execute(frames, which):
        sha256, original_sha256 = row.sha256.hex(), (row.original_sha256 or b"").hex()
        found[row.report].append(
            ReportPictureView(
                row.number, row.width, row.height, row.score, row.known, sha256, original_sha256
            )
        )
    return found


def _report(
    row: sa.Row[Any],
    known: ReportFacts,
    points: float | None,
    frames: list[ReportPictureView],
) -> ReportView:
    return ReportView(
        id=row.id,
        reason=api_name(known.reason),
        flag=known.flag,
        note=row.note,
        chat=[ChatLineView(line.from_accused, line.text, line.proven) for line in chat_from_row(row)],
        filed_at=row.filed_at,
        match_started_at=row.match_started_at,
        counts=points,
        frames=frames,
        call=call_view(row),
        claimed=CLAIMED,
        reporter=ReporterView(
            visitor=known.reporter,
            network=network_label(known.network),
            upheld=known.upheld,
            dismissed=known.dismissed,
            reported_lately=known.reported_lately,
            proven=known.proven,
        ),
    )


def network_label(network: bytes) -> str:
    """Return a label that tells networks apart: the beginning of their keyed hash, which names none."""
    return network[:3].hex()


def _verdict(verdict: Verdict) -> VerdictView:
    action = verdict.action
    return VerdictView(
        score=verdict.score,
        networks=verdict.networks,
        policy=verdict.policy,
        level=api_name(action.level) if action else None,
        seconds=action.seconds if action else 0,
        rule=api_name(action.rule) if action else "",
    )


# Statements are built once, for building takes longer than executing.
_SHOWN = (reports.c.note, reports.c.chat, reports.c.match_started_at, *CALL_VIEW_COLUMNS)
_REPORTS = select_weighed(*_SHOWN).outerjoin(COUNTER, OF_SAME_CALL)
_AFTER = sa.tuple_(sa.bindparam("after", type_=sa.BigInteger), sa.bindparam("after_id", type_=sa.Text))
_NEXT_REPORTS = (
    sa.select(*REPORT_FACTS, *_SHOWN)
    .outerjoin(COUNTER, OF_SAME_CALL)
    .where(reports.c.case_id == sa.bindparam("of_case"), sa.tuple_(reports.c.filed_at, reports.c.id) > _AFTER)
    .order_by(reports.c.filed_at, reports.c.id)
    .limit(MAX_REPORTS_WEIGHED)
)
_FRAMES = sa.select(
    evidence.c.report,
    evidence.c.number,
    evidence.c.width,
    evidence.c.height,
    evidence.c.score,
    evidence.c.known,
    evidence.c.sha256,
    evidence.c.original_sha256,
).order_by(evidence.c.number)
_FRAMES_OF_CASE = _FRAMES.join(WEIGHED, WEIGHED.c.id == evidence.c.report)
_FRAMES_OF_REPORTS = _FRAMES.where(evidence.c.report.in_(sa.bindparam("of_reports", expanding=True)))
