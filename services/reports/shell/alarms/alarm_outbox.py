"""Keeps alarms in the database until they are delivered, so that none is lost with a process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.ids import random_id

from ...core.alarms import (
    Alarm,
    AlarmRule,
    AlarmTimes,
    DeliverySummary,
    RuleState,
    due_alarms,
    is_given_up,
    is_pausing,
    redelivery_delay,
)
from ...core.records import DAY_MS
from ..storage.database import INSERT, for_writing, raising_unavailable
from ..storage.tables import alarm_outbox, alarms_told
from .alarm_subjects import subjects

_LOCK = 0x7A756661
_KEPT = 90 * DAY_MS
"""Messages that ended, and what was told, are kept this long."""

_LOCK_ALARMS = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_LAST_TOLD = sa.select(alarm_outbox.c.rule, sa.func.max(alarm_outbox.c.made_at).label("told_at")).group_by(
    alarm_outbox.c.rule
)


@dataclass(frozen=True, slots=True)
class OutgoingAlarm:
    """A message on its way to one channel."""

    id: str
    channel: str
    alarm: Alarm
    made_at: int
    """Unix milliseconds."""
    tries: int


class SqlAlarmOutbox:
    """Queues alarms and hands them out. Every method raises `Unavailable`."""

    def __init__(self, engine: AsyncEngine, times: AlarmTimes) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._times = times

    async def look(self, channels: Sequence[str], audit_problem: str, now: int) -> list[Alarm]:
        """Queue what is due, for each channel, and return it. Replicas that look at once queue it once."""
        found = subjects(self._times, now, audit_problem)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                if not due_alarms(await _states(connection, found, now), now):
                    return []
            async with self._writer.begin() as connection:
                if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                    await connection.execute(_LOCK_ALARMS)
                due = due_alarms(await _states(connection, found, now), now)
                for alarm in due:
                    await _remember(connection, alarm.rule, found[alarm.rule], now)
                    await _queue(connection, alarm, channels, now)
                await _forget(connection, now)
                return due

    async def claim(self, channel: str, now: int) -> OutgoingAlarm | None:
        """Claim a message that is due, for this channel.

        It is due again after a while that grows with each try, unless `end` is called. So nothing is lost
        with the process that claimed it. It is sent twice only if `end` fails, or its process before.
        """
        outbox = alarm_outbox.c
        due = (
            sa.select(alarm_outbox)
            .where(outbox.ended_at == 0, outbox.due_at <= now, outbox.channel == channel)
            .order_by(outbox.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with raising_unavailable():
            async with self._writer.begin() as connection:
                row = (await connection.execute(due)).one_or_none()
                if row is None:
                    return None
                claimed = _outgoing(row)
                again = {"tries": claimed.tries, "due_at": now + redelivery_delay(claimed.tries)}
                await connection.execute(_one(claimed).values(again))
                return claimed

    async def end(self, of: OutgoingAlarm, problem: str, now: int) -> bool:
        """Record how a try ended; `problem` is empty if it arrived. Return whether no other try follows."""
        ended = not problem or is_given_up(of.made_at, now)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(_one(of).values(problem=problem, ended_at=now if ended else 0))
        return ended

    async def summary(self, channel: str) -> DeliverySummary:
        outbox, arrived = alarm_outbox.c, alarm_outbox.c.problem == ""
        ended = outbox.ended_at != 0
        counts = sa.select(
            sa.func.coalesce(sa.func.max(outbox.ended_at).filter(arrived), 0),
            sa.func.count().filter(~ended),
            sa.func.count().filter(ended, ~arrived),
        ).where(outbox.channel == channel)
        last = sa.select(outbox.problem).where(outbox.channel == channel, ~arrived)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                delivered_at, waiting, given_up = (await connection.execute(counts)).one()
                problem = await connection.scalar(last.order_by(outbox.made_at.desc()).limit(1))
        return DeliverySummary(delivered_at, waiting, given_up, problem or "")


async def _states(
    connection: AsyncConnection, found: Mapping[AlarmRule, sa.Select[tuple[str]]], now: int
) -> list[RuleState]:
    """Return how rules stand that may say something now. What the others hold for is not counted."""
    told_at = {row.rule: row.told_at for row in await connection.execute(_LAST_TOLD)}
    states = []
    for rule, names in found.items():
        last = told_at.get(rule.value, 0)
        if is_pausing(rule, last, now):
            continue
        those = names.subquery()
        known = (alarms_told.c.rule == rule.value) & (alarms_told.c.subject == those.c.subject)
        untold = sa.func.count().filter(alarms_told.c.subject.is_(None))
        counted = sa.select(sa.func.count(), untold).select_from(those.outerjoin(alarms_told, known))
        count, new = (await connection.execute(counted)).one()
        states.append(RuleState(rule, count, new, last))
    return states


async def _remember(
    connection: AsyncConnection, rule: AlarmRule, names: sa.Select[tuple[str]], now: int
) -> None:
    """Remember that somebody is told of all that the rule holds for."""
    those = names.subquery()
    rows = sa.select(sa.literal(rule.value, sa.Text), those.c.subject, sa.literal(now, sa.BigInteger)).where(
        sa.true()  # or SQLite reads ON CONFLICT as part of a join
    )
    insert = INSERT[connection.dialect.name](alarms_told).from_select(["rule", "subject", "told_at"], rows)
    await connection.execute(insert.on_conflict_do_nothing())


async def _queue(connection: AsyncConnection, alarm: Alarm, channels: Sequence[str], now: int) -> None:
    rows = [
        {
            "id": f"msg_{random_id()}",
            "channel": channel,
            "rule": alarm.rule.value,
            "things": alarm.count,
            "new": alarm.new,
            "made_at": now,
            "tries": 0,
            "due_at": now,
            "ended_at": 0,
            "problem": "",
        }
        for channel in channels
    ]
    await connection.execute(sa.insert(alarm_outbox), rows)


async def _forget(connection: AsyncConnection, now: int) -> None:
    await connection.execute(sa.delete(alarms_told).where(alarms_told.c.told_at < now - _KEPT))
    await connection.execute(sa.delete(alarm_outbox).where(alarm_outbox.c.made_at < now - _KEPT))


def _one(of: OutgoingAlarm) -> sa.Update:
    return sa.update(alarm_outbox).where(alarm_outbox.c.id == of.id)


def _outgoing(row: sa.Row[Any]) -> OutgoingAlarm:
    alarm = Alarm(AlarmRule(row.rule), row.things, row.new)
    return OutgoingAlarm(row.id, row.channel, alarm, row.made_at, row.tries + 1)
