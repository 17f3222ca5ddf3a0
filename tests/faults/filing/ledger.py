"""Reads what stands in the database, without the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import CaseId, VisitorId
from services.reports.core.policy import Policy
from services.reports.core.review import QueueGroup, review
from services.reports.core.triage import MINOR_OFFSET
from services.reports.shell.storage.cases import facts_of_case
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import appeals, cases, decisions, evidence, reports


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report. `pictures` says for each picture whether its hash is right."""

    id: str
    match: str
    reporter: str
    accused: str
    case: str
    pictures: Sequence[bool]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of triage for a case. `lately` is sorted. `stale` is the error of its queue score."""

    score: float
    networks: int
    lately: tuple[int, ...]
    levels: tuple[int, ...]
    """The levels of the automatic decisions, in order."""
    stale: float


@dataclass(frozen=True, slots=True)
class AnsweredAppeal:
    """An appeal with its state, and the number of decisions that lifted the ban."""

    decision: str
    state: int
    text: str
    lifts: int


@dataclass(frozen=True, slots=True)
class Ledger:
    rows: Sequence[StoredReport]
    cases: Sequence[tuple[str, str]]
    """The cases, each with its accused."""
    weights: dict[str, CaseResult]
    """The result of the case of each accused."""
    last: dict[str, tuple[int, str]]
    """The level and id of the last decision about each visitor."""
    answers: Sequence[AnsweredAppeal]
    orphans: int
    """The number of pictures without a report."""


async def read(database: str, policy: Policy) -> Ledger:
    engine = open_engine(database)
    try:
        async with engine.connect() as connection:
            return await _read(connection, policy)
    finally:
        await engine.dispose()


async def _read(connection: AsyncConnection, policy: Policy) -> Ledger:
    pictures: dict[str, list[bool]] = {}
    for one in await connection.execute(sa.select(evidence).order_by(evidence.c.number)):
        whole = one.number == len(pictures.setdefault(one.report, []))
        pictures[one.report].append(whole and sha256(one.content).digest() == one.sha256)
    rows = [
        StoredReport(one.id, one.match, one.reporter, one.accused, one.case_id, pictures.pop(one.id, []))
        for one in await connection.execute(sa.select(reports))
    ]
    made = (await connection.execute(sa.select(decisions).order_by(decisions.c.sequence))).all()
    found = (await connection.execute(sa.select(cases).where(cases.c.closed_at == 0))).all()
    return Ledger(
        rows=rows,
        cases=[(one.id, one.accused) for one in found],
        weights={one.accused: await _weight(connection, one, made, policy) for one in found},
        last={one.visitor: (one.level, one.id) for one in made},
        answers=await _answers(connection, made),
        orphans=sum(map(len, pictures.values())),
    )


async def _weight(
    connection: AsyncConnection,
    case: sa.Row[Any],
    made: Sequence[sa.Row[Any]],
    policy: Policy,
) -> CaseResult:
    facts, _ = await facts_of_case(connection, CaseId(case.id), VisitorId(case.accused))
    verdict = review(facts, policy, max(one.filed_at for one in facts))
    minor = verdict.urgency.group is QueueGroup.MINOR
    urgency = max(0.0, verdict.urgency.heat) + (MINOR_OFFSET if minor else 0)
    return CaseResult(
        score=verdict.score,
        networks=verdict.networks,
        lately=tuple(sorted(one.reported_lately for one in facts)),
        levels=tuple(one.level for one in made if one.visitor == case.accused and one.automated),
        stale=abs(case.urgency - urgency),
    )


async def _answers(connection: AsyncConnection, made: Sequence[sa.Row[Any]]) -> list[AnsweredAppeal]:
    visitors = {one.id: one.visitor for one in made}
    lifted = [one.visitor for one in made if one.level == 0]
    return [
        AnsweredAppeal(one.decision, one.state, one.text, lifted.count(visitors[one.decision]))
        for one in await connection.execute(sa.select(appeals))
    ]
