"""The API for the figures of the work: what waits, and what was decided lately."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.runtime.http_responses import json_response

from ...core.records import DAY_MS, AppealState
from ..backlog import LEVELS, waiting_cases
from ..storage import decision_figures
from ..storage.database import raising_unavailable
from ..storage.decision_figures import NONE, MadeDecisions, Unanswered
from .auth import Routes
from .login_attempts import failed_attempts

DAYS = 30
"""For how many days decisions are counted, the present one in UTC included."""

_KEPT = 60_000
"""Milliseconds for which figures are shown again."""

WaitingName = Annotated[str, Meta(extra_json_schema={"enum": list(LEVELS)})]


class WaitingView(Struct, frozen=True):
    """The open cases of a level, and how many seconds the oldest has waited; `null` if there is none."""

    level: WaitingName
    count: int
    oldest: int | None


class WorkAppeals(Struct, frozen=True):
    """The appeals of these days by their state, those that are open at all, and the age of the oldest."""

    open: int
    oldest: int | None
    upheld: int
    overturned: int


class RuleFigures(Struct, frozen=True):
    """The restrictions of a rule, and how many of them were overturned by now."""

    rule: str
    decided: int
    overturned: int


class WorkDay(Struct, frozen=True):
    """What people reported and what was decided on a day in UTC, which begins at `at`."""

    at: int
    reports: int
    decisions: int


class WorkView(Struct, frozen=True):
    """The figures of the work. `median` is how many seconds decided cases had waited.

    `failed_logins` are those of the last day that no success followed from the same place.
    """

    days: Sequence[WorkDay]
    waiting: Sequence[WaitingView]
    appeals: WorkAppeals
    decided: int
    automated: int
    median: int | None
    rules: Sequence[RuleFigures]
    failed_logins: int


class WorkApi:
    """Handles requests for the figures. `now` returns Unix milliseconds.

    They take some tenths of a second to count where there are many cases, so they are kept for a minute.
    """

    def __init__(self, engine: AsyncEngine, now: Callable[[], int]) -> None:
        self._engine = engine
        self._now = now
        self._reading = asyncio.Lock()
        self._kept: WorkView | None = None
        self._kept_until = 0

    def routes(self) -> Routes:
        return {("GET", "/work"): self.work}

    async def work(self, _: web.Request) -> web.Response:
        async with self._reading:
            now = self._now()
            if self._kept is None or now >= self._kept_until:
                with raising_unavailable():
                    async with self._engine.connect() as connection:
                        self._kept = await read_work(connection, now)
                self._kept_until = now + _KEPT
            return json_response(self._kept)


async def read_work(connection: AsyncConnection, now: int) -> WorkView:
    """Return the figures at `now` (Unix milliseconds)."""
    today = now // DAY_MS
    start, end = (today - DAYS + 1) * DAY_MS, (today + 1) * DAY_MS
    waiting = await waiting_cases(connection)
    filed = await decision_figures.filed_reports(connection, start, end)
    made = await decision_figures.made_decisions(connection, start, end)
    waited = await decision_figures.times_to_decision(connection, start, end)
    days = range(today - DAYS + 1, today + 1)
    return WorkView(
        days=[WorkDay(day * DAY_MS, filed.by_day.get(day, 0), made.by_day.get(day, 0)) for day in days],
        waiting=[_waiting_view(level, waiting, now) for level in LEVELS],
        appeals=await _appeals(connection, start, end, now),
        decided=sum(made.by_level.values()),
        automated=made.automated,
        median=round(median(waited) / 1000) if waited else None,
        rules=_rules(made),
        failed_logins=await failed_attempts(connection, now - DAY_MS),
    )


def _waiting_view(level: str, waiting: Mapping[str, Unanswered], now: int) -> WaitingView:
    found = waiting.get(level, NONE)
    return WaitingView(level, found.count, _age(found.oldest, now))


async def _appeals(connection: AsyncConnection, start: int, end: int, now: int) -> WorkAppeals:
    unanswered = await decision_figures.open_appeals(connection)
    states = [state for state, _, _ in await decision_figures.appeal_times(connection, start, end)]
    return WorkAppeals(
        open=unanswered.count,
        oldest=_age(unanswered.oldest, now),
        upheld=states.count(AppealState.UPHELD),
        overturned=states.count(AppealState.OVERTURNED),
    )


def _rules(made: MadeDecisions) -> list[RuleFigures]:
    overturned = made.overturned_by_rule
    return [RuleFigures(rule, count, overturned.get(rule, 0)) for rule, count in sorted(made.by_rule.items())]


def _age(since: int | None, now: int) -> int | None:
    return None if since is None else max(0, now - since) // 1000
