"""Measures lists, searches and cases with 100,000 cases and a million reports on PostgreSQL.

`python -m tests.integration.measure_cases` prints the times of each, `--explain NAME` the plan of one, and
`--retention 170` how long filing takes while some 50,000 reports are deleted. `--without` shows what the
indexes of the migration 0018 are for. `--database` takes a database that is filled already. Numbers are of
the database and the queries, without HTTP.
"""

import argparse
import asyncio
import gc
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from statistics import quantiles
from typing import Any

import psutil
import sqlalchemy as sa
import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import CaseId, VisitorId, random_id
from services.reports.core.actor import Actor
from services.reports.core.alarms import AlarmTimes
from services.reports.core.case_search import parse_case_search
from services.reports.core.records import DAY_MS
from services.reports.core.roles import Role
from services.reports.core.triage import Triage
from services.reports.shell.alarms.alarm_outbox import SqlAlarmOutbox
from services.reports.shell.backlog import Backlog
from services.reports.shell.console.audit_search import SqlAuditSearch, parse_audit_filter
from services.reports.shell.console.case_queries import SqlCaseQueries, network_label
from services.reports.shell.console.case_queue import SqlCaseQueue
from services.reports.shell.console.id_finder import SqlIdFinder
from services.reports.shell.console.transparency import SqlTransparency, parse_period
from services.reports.shell.console.work_api import WorkView, read_work
from services.reports.shell.policy_file import default_policy
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.storage import schema
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import cases, decisions, reports

from ..audit import AUDIT
from ..databases import postgres
from ..ports.report_stores import report
from .many_cases import CaseNumbers, ManyCases, fill

NOW = 1_800_000_000_000
Work = Callable[[], Awaitable[object]]

_SLOWEST = 150
"""The milliseconds that 95 of 100 lists, searches and views must keep below."""
_SLOWEST_FIGURES = 500
"""The milliseconds for figures of a month, which few people ask for."""


def searches(made: ManyCases) -> Mapping[str, Mapping[str, str]]:
    """Return a search for each filter, by what it is called in the table."""
    busy, rare = made.reporters[0], made.reporters[-1]
    return {
        "open, first page": {},
        "open, a page in the middle": {"after": f"{NOW / DAY_MS / 2 - 2.5!r}~0~a"},
        "open, oldest first": {"sort": "oldest"},
        "open, newest first": {"sort": "newest"},
        "minors": {"group": "minor"},
        "reason, rare": {"reason": "self_harm"},
        "language": {"language": "de"},
        "language, rare, of all": {"language": "cy", "state": "all", "mode": "text"},
        "country that nobody is from": {"country": "AQ"},
        "waiting for a second look": {"second_look": "1"},
        "with pictures": {"pictures": "1"},
        "score": {"score": "90-100"},
        "known pictures": {"known": "1"},
        "several from one network": {"brigade": "1"},
        "standing: banned": {"standing": "banned"},
        "text in open cases": {"text": "money age naked"},
        "text that nobody wrote": {"text": "zzzz", "state": "all"},
        "reporter, busiest": {"reporter": busy, "state": "all"},
        "reporter, rare": {"reporter": rare, "state": "all"},
        "visitor": {"visitor": made.accused[0], "state": "all"},
        "network, busiest": {"network": network_label(made.networks[0]), "state": "all"},
        "decided, first page": {"state": "decided"},
        "decided, a page in the middle": {"state": "decided", "after": f"0~{NOW - 90 * DAY_MS}~a"},
        "decided by somebody": {"state": "decided", "moderator": made.moderators[0]},
        "decided by nobody": {"state": "decided", "moderator": "nobody"},
        "decided, rare rule": {"state": "decided", "rule": "self_harm", "level": "banned"},
        "decided, with reason": {"state": "decided", "reason": "self_harm"},
        "decided on a day": {"state": "decided", "decided_from": "2026-12-01", "decided_to": "2026-12-01"},
        "opened in a month, several": {"state": "all", "opened_from": "2026-11-01", "brigade": "1"},
        "appeals that wait": {"state": "decided", "appealed": "1"},
        "everything, oldest first": {"state": "all", "sort": "oldest"},
    }


def alarms(engine: AsyncEngine) -> Mapping[str, Work]:
    """Return looks at what an operator should be told: while rules pause, and two days later.

    Then no rule pauses, and there is nothing new: the times are two days longer, too.
    """
    times, later = AlarmTimes(24, 168, 24), AlarmTimes(72, 216, 24)
    looks = SqlAlarmOutbox(engine, times), SqlAlarmOutbox(engine, later)
    return {
        "alarms, a look": lambda: looks[0].look(["mail"], "", NOW),
        "alarms, a look, all counted": lambda: looks[1].look(["mail"], "", NOW + 2 * DAY_MS),
    }


_INDEXES = (
    "ix_reports_accused_address_hash_filed_at",
    "ix_cases_opened_at_id",
    "ix_cases_open_urgency",
    "ix_cases_open_opened_at",
    "ix_decisions_case_id",
    "ix_decisions_moderator",
    "ix_audit_actor_sequence",
    "ix_audit_subject_sequence",
    *(f"ix_{table}_id_prefix" for table in ("cases", "reports", "decisions")),
    *("ix_cases_accused_prefix", "ix_reports_reporter_prefix", "ix_decisions_visitor_prefix"),
)


class Measurement:
    """Runs each kind of work again and again, on a database that is filled."""

    def __init__(self, engine: AsyncEngine, made: ManyCases) -> None:
        self.engine = engine
        self.made = made
        self.queue = SqlCaseQueue(engine, lambda *_: None)
        self.queries = SqlCaseQueries(engine, lambda *_: None, default_policy())
        self.random = random.Random(2)

    async def works(self) -> dict[str, Work]:
        """Return all that is measured, by name."""
        async with self.engine.connect() as connection:
            opened = list(await connection.scalars(sa.select(cases.c.id).where(cases.c.closed_at == 0)))
            closed = list(await connection.scalars(sa.select(cases.c.id).where(cases.c.closed_at > 0)))
            counts = sa.select(reports.c.case_id).group_by(reports.c.case_id)
            largest = list(await connection.scalars(counts.order_by(sa.func.count().desc()).limit(20)))
            ids = [str(one) for one in await connection.scalars(sa.select(reports.c.id).limit(200))]
            made = [str(one) for one in await connection.scalars(sa.select(decisions.c.id).limit(200))]
        actor, audit = Actor("ann", Role.SENIOR, NOW), SqlAuditSearch(self.engine)
        finder, transparency = SqlIdFinder(self.engine), SqlTransparency(self.engine, lambda: NOW)
        month = parse_period("2026-12-16", "2027-01-14")

        async def work() -> WorkView:
            async with self.engine.connect() as connection:
                return await read_work(connection, NOW)

        def view(of: list[Any]) -> Work:
            return lambda: self.queries.case(CaseId(self.random.choice(of)), actor)

        def search(query: Mapping[str, str]) -> Work:
            return lambda: self.queue.search(parse_case_search(query), NOW)

        def entries(query: Mapping[str, str]) -> Work:
            return lambda: audit.entries(parse_audit_filter(query), 2**62, 100)

        def history(of: list[str]) -> Work:
            return lambda: self.queries.visitor_history(VisitorId(self.random.choice(of)), actor)

        return {
            "the queue": self.queue.read,
            **{name: search(query) for name, query in searches(self.made).items()},
            "case, open": view(opened),
            "case, decided": view(closed),
            "case, one of the largest": view(largest),
            "visitor, any": history(self.made.accused),
            "visitor, reported most": history(self.made.accused[:20]),
            "visitor, reported others most": history(self.made.reporters[:20]),
            "id of a report": lambda: finder.find(self.random.choice(ids)[:8]),
            "id of a decision": lambda: finder.find(self.random.choice(made)),
            **alarms(self.engine),
            "what waits, for metrics": Backlog(self.engine, lambda: NOW).count,
            "figures of the work": work,
            "figures for transparency": lambda: transparency.read(month),
            "audit log": entries({}),
            "audit log, by actor": entries({"actor": self.made.moderators[-1]}),
            "audit log, nobody": entries({"actor": "nobody"}),
            "audit log, about a visitor": entries({"subject": self.made.accused[0]}),
            "audit log, one action": entries({"action": "account.locked"}),
        }

    async def times(self, work: Work, rounds: int) -> "MeasuredTimes":
        """Measure some rounds, after some that warm up: PostgreSQL plans the first five each time."""
        for _ in range(6):
            await work()
        found, before = [], await self._processor_seconds()
        for _ in range(rounds):
            start = time.perf_counter()
            await work()
            found.append((time.perf_counter() - start) * 1000)
        processor = (await self._processor_seconds() - before) * 1000 / rounds
        return MeasuredTimes(*summary(found), processor)

    async def _processor_seconds(self) -> float:
        """Return what this process and those of the server, on the same machine, have used until now."""
        mine = sa.text("SELECT pid FROM pg_stat_activity WHERE usename = current_user")
        async with self.engine.connect() as connection:
            servers = list(await connection.scalars(mine))
        return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in (*servers, os.getpid()))


@dataclass(frozen=True)
class MeasuredTimes:
    """The median and the 95th of 100 times, and the processor time of one, all in milliseconds.

    On a machine that does much else, the processor time says more.
    """

    p50: float
    p95: float
    processor: float
    slowest: float = _SLOWEST

    def __str__(self) -> str:
        slow = "  SLOW" if self.p95 > self.slowest else ""
        return f"{self.p50:7.1f} {self.p95:7.1f} ms, {self.processor:7.1f} ms of a processor{slow}"


def summary(times: list[float]) -> tuple[float, float]:
    """Return the median and the 95th of 100."""
    cuts = quantiles(times, n=20)
    return cuts[9], cuts[18]


async def measure(
    engine: AsyncEngine, made: ManyCases, rounds: int
) -> AsyncIterator[tuple[str, MeasuredTimes]]:
    """Measure everything."""
    measurement = Measurement(engine, made)
    for name, work in (await measurement.works()).items():
        times = await measurement.times(work, rounds)
        yield name, replace(times, slowest=_SLOWEST_FIGURES) if name.startswith("figures") else times


async def filing_while_deleting(engine: AsyncEngine, days: int) -> tuple[int, float, list[float]]:
    """Delete what was decided so many days ago, and file all the while.

    Return the number of reports deleted, the seconds that it took, and the milliseconds of each filing.
    """
    store, triage = SqlReportStore(engine, AUDIT), Triage(default_policy(), random_id)
    sweeper = RetentionSweeper(engine, RetentionPeriods(days, days), lambda: NOW)
    start, times = time.perf_counter(), []
    sweep = asyncio.create_task(sweeper.sweep())
    while not sweep.done():
        accused = VisitorId(random_id())
        one = report(random_id(), random_id(), NOW, accused)
        before = time.perf_counter()
        await store.file(one, [], triage.evaluator(accused, NOW))
        times.append((time.perf_counter() - before) * 1000)
        await asyncio.sleep(0.01)
    return (await sweep)[1], time.perf_counter() - start, times


async def explain(engine: AsyncEngine, work: Work) -> str:
    """Return the statements that the work executes, with their plans and times."""
    statements: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *more: Any) -> None:
        statements.append((statement, parameters))

    await work()
    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    await work()
    sa.event.remove(engine.sync_engine, "before_cursor_execute", note)
    lines = []
    async with engine.connect() as connection:
        for statement, parameters in statements:
            rows = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
            lines += [statement, *(str(row[0]) for row in rows), ""]
    return "\n".join(lines)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CaseNumbers.cases)
    parser.add_argument("--open", type=int, default=0, help="how many cases are open; without it, a tenth")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--explain", default="")
    parser.add_argument("--retention", type=int, default=0, help="delete what was decided so many days ago")
    parser.add_argument("--database", default="", help="the URL of a database that is filled already")
    parser.add_argument("--without", action="store_true", help="without the indexes of the migration 0018")
    options = parser.parse_args()
    numbers = CaseNumbers(options.cases, options.open or options.cases // 10, options.cases * 10)
    made = ManyCases(numbers, NOW)
    if options.database:
        await run(open_engine(options.database, statement_timeout=120), made, options)
        return
    with postgres() as server:
        engine = open_engine(await server.new_database(), statement_timeout=120)
        await schema.migrate(engine)
        await fill(engine, made)
        if options.without:
            await drop_indexes(engine)
        await run(engine, ManyCases(numbers, NOW), options)
        await engine.dispose()


async def drop_indexes(engine: AsyncEngine) -> None:
    """Drop the indexes that the migration 0018 brought."""
    async with engine.begin() as connection:
        for name in _INDEXES:
            await connection.exec_driver_sql(f"DROP INDEX {name}")


async def run(engine: AsyncEngine, made: ManyCases, options: argparse.Namespace) -> None:
    gc.set_threshold(20_000, 50, 100)  # as `runtime.lifecycle` sets it
    gc.freeze()
    if options.explain:
        works = await Measurement(engine, made).works()
        print(await explain(engine, works[options.explain]))  # noqa: T201
        return
    if options.retention:
        gone, seconds, filed = await filing_while_deleting(engine, options.retention)
        p50, p95 = summary(filed)
        print(f"{gone} reports were deleted in {seconds:.1f} s")  # noqa: T201
        print(f"{len(filed)} were filed: {p50:.0f} ms, p95 {p95:.0f} ms, longest {max(filed):.0f} ms")  # noqa: T201
        return
    async for name, times in measure(engine, made, options.rounds):
        print(f"{name:32} {times}", flush=True)  # noqa: T201


if __name__ == "__main__":
    uvloop.run(main())
