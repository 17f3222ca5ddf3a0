"""What alarms are queued, once, and handed out until they are delivered. On both databases."""

import asyncio
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import DecisionId
from services.reports.core.alarms import Alarm, AlarmRule, AlarmTimes, pause_after, redelivery_delay
from services.reports.core.records import DAY_MS, Appeal, AppealState, Reason
from services.reports.core.triage import FLAGS_ONLY_OFFSET, FLOOD_OFFSET, MINOR_OFFSET
from services.reports.shell.alarms.alarm_outbox import OutgoingAlarm, SqlAlarmOutbox
from services.reports.shell.storage.appeal_store import SqlAppealStore
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import alarm_outbox, alarms_told, cases, evidence, reports

from ..audit import AUDIT
from ..ports.report_stores import decision

HOUR = 3_600_000
NOW = 1_000 * HOUR
TIMES = AlarmTimes(case_hours=24, appeal_promise_hours=168, appeal_hours=24)
BOTH = ("webhook", "mail")
QUARTER = pause_after(AlarmRule.MINOR)


@pytest.fixture
def outbox(engine: AsyncEngine) -> SqlAlarmOutbox:
    return SqlAlarmOutbox(engine, TIMES)


async def add_case(
    engine: AsyncEngine,
    name: str,
    urgency: float = 1.0,
    *,
    opened_at: int = NOW,
    closed_at: int = 0,
    reason: Reason = Reason.SPAM,
    flag: bool = False,
    known: str = "",
) -> None:
    case = {
        "id": name,
        "accused": f"visitor {name}",
        "decision": "",
        "held_until": 0,
        "urgency": urgency,
        "opened_at": opened_at,
        "closed_at": closed_at,
    }
    report = {
        "id": f"report {name}",
        "match": f"match {name}",
        "reporter": "reporter",
        "accused": f"visitor {name}",
        "reason": reason,
        "note": "",
        "chat": [],
        "filed_at": opened_at,
        "match_started_at": opened_at,
        "accused_address_hash": b"",
        "case_id": name,
        "flag": flag,
    }
    picture = {
        "report": f"report {name}",
        "number": 0,
        "content": b"pixels",
        "media_type": "image/jpeg",
        "width": 4,
        "height": 3,
        "sha256": b"digest",
        "id": f"picture {name}",
        "known": known,
    }
    async with engine.begin() as connection:
        await connection.execute(sa.insert(cases).values(case))
        await connection.execute(sa.insert(reports).values(report))
        await connection.execute(sa.insert(evidence).values(picture))


async def looked(outbox: SqlAlarmOutbox, now: int = NOW, audit: str = "") -> list[Alarm]:
    return await outbox.look(BOTH, audit, now)


async def all_claimed(
    outbox: SqlAlarmOutbox, now: int = NOW, channels: Sequence[str] = BOTH
) -> list[OutgoingAlarm]:
    found = []
    for channel in channels:
        while one := await outbox.claim(channel, now):
            found.append(one)
    return found


async def test_a_minor_is_told_of_once_over_each_channel(engine: AsyncEngine, outbox: SqlAlarmOutbox) -> None:
    assert await looked(outbox) == []
    await add_case(engine, "a", MINOR_OFFSET + 1, reason=Reason.MINOR)
    assert await looked(outbox) == [Alarm(AlarmRule.MINOR, 1, 1)]
    assert await looked(outbox, NOW + 23 * HOUR) == []
    assert {(one.channel, one.alarm) for one in await all_claimed(outbox)} == {
        (channel, Alarm(AlarmRule.MINOR, 1, 1)) for channel in BOTH
    }


async def test_what_comes_within_a_quarter_of_an_hour_is_one_message(
    engine: AsyncEngine, outbox: SqlAlarmOutbox
) -> None:
    for number in range(3):
        await add_case(engine, f"a{number}", MINOR_OFFSET + 1, reason=Reason.MINOR)
    assert await looked(outbox) == [Alarm(AlarmRule.MINOR, 3, 3)]
    for number in range(40):
        await add_case(engine, f"b{number}", MINOR_OFFSET + 1, reason=Reason.MINOR)
    assert await looked(outbox, NOW + QUARTER - 1) == []
    assert await looked(outbox, NOW + QUARTER) == [Alarm(AlarmRule.MINOR, 43, 40)]


async def test_nothing_is_counted_for_a_rule_that_pauses(engine: AsyncEngine, outbox: SqlAlarmOutbox) -> None:
    counts: list[str] = []

    def note(_: object, __: object, statement: str, *more: object) -> None:
        counts.extend([statement] if "JOIN alarms_told" in statement else [])

    async def counted(now: int) -> int:
        counts.clear()
        await looked(outbox, now)
        return len(counts)

    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    assert await counted(NOW) == 6, "each rule about what is in the database"
    await add_case(engine, "a", MINOR_OFFSET + 1, reason=Reason.MINOR, opened_at=NOW - 90 * HOUR)
    assert len(await looked(outbox)) == 2
    assert await counted(NOW + QUARTER - 1) == 4
    assert await counted(NOW + QUARTER) == 5, "old cases are told of once a day"
    assert await counted(NOW + DAY_MS) == 6


async def test_what_is_no_persons_report_of_a_minor_alarms_nobody(
    engine: AsyncEngine, outbox: SqlAlarmOutbox
) -> None:
    await add_case(engine, "decided", MINOR_OFFSET + 1, reason=Reason.MINOR, closed_at=NOW)
    await add_case(engine, "flag", FLAGS_ONLY_OFFSET + 1, reason=Reason.MINOR, flag=True)
    await add_case(engine, "flood", FLOOD_OFFSET + 1, reason=Reason.MINOR, opened_at=NOW - 90 * HOUR)
    await add_case(engine, "spam", 5.0)
    assert await looked(outbox) == []


async def test_a_known_picture_is_told_of_whatever_was_reported(
    engine: AsyncEngine, outbox: SqlAlarmOutbox
) -> None:
    await add_case(engine, "a", MINOR_OFFSET + 1, reason=Reason.SPAM, known="a list")
    await add_case(engine, "b", MINOR_OFFSET + 2, reason=Reason.MINOR, flag=True, known="a list")
    assert await looked(outbox) == [Alarm(AlarmRule.KNOWN_PICTURE, 2, 2)]


async def test_old_cases_of_people_are_told_of_once_a_day(
    engine: AsyncEngine, outbox: SqlAlarmOutbox
) -> None:
    await add_case(engine, "old", opened_at=NOW - 24 * HOUR - 1)
    await add_case(engine, "young", opened_at=NOW - 24 * HOUR)
    await add_case(engine, "flag", FLAGS_ONLY_OFFSET + 1, opened_at=NOW - 90 * HOUR, flag=True)
    assert await looked(outbox) == [Alarm(AlarmRule.OLDEST_CASE, 1, 1)]
    assert await looked(outbox, NOW + HOUR) == []
    assert await looked(outbox, NOW + 24 * HOUR) == [Alarm(AlarmRule.OLDEST_CASE, 2, 1)]


async def test_an_appeal_is_told_of_before_it_is_late(engine: AsyncEngine, outbox: SqlAlarmOutbox) -> None:
    appeals = SqlAppealStore(engine, AUDIT)
    made = [await SqlReportStore(engine, AUDIT).decide(decision(name)) for name in ("v", "w", "x")]
    await appeals.file(Appeal(made[0].id, "I did not", NOW - 144 * HOUR - 1))
    await appeals.file(Appeal(made[1].id, "I did not", NOW - 144 * HOUR))
    await appeals.file(Appeal(made[2].id, "I did not", NOW - 150 * HOUR))
    answer = Appeal(DecisionId(made[2].id), "I did not", 0, AppealState.UPHELD, "you did", "bob", NOW)
    await appeals.decide(answer, None)
    assert await looked(outbox) == [Alarm(AlarmRule.APPEAL_DUE, 1, 1)]


async def test_a_broken_audit_log_is_told_of_once(outbox: SqlAlarmOutbox) -> None:
    assert await looked(outbox, audit="12:abc") == [Alarm(AlarmRule.AUDIT, 1, 1)]
    assert await looked(outbox, NOW + 100 * HOUR, audit="") == []
    assert await looked(outbox, NOW + 200 * HOUR, audit="12:abc") == []
    assert await looked(outbox, NOW + 300 * HOUR, audit="13:def") == [Alarm(AlarmRule.AUDIT, 1, 1)]


async def test_replicas_that_look_at_once_queue_each_alarm_once(
    engine: AsyncEngine, outbox: SqlAlarmOutbox
) -> None:
    await add_case(engine, "a", MINOR_OFFSET + 1, reason=Reason.MINOR)
    found = await asyncio.gather(*(looked(SqlAlarmOutbox(engine, TIMES)) for _ in range(5)))
    assert sorted(map(len, found)) == [0, 0, 0, 0, 1]
    claims = await asyncio.gather(*(outbox.claim(channel, NOW) for channel in [*BOTH] * 3))
    claimed = [*(one for one in claims if one), *await all_claimed(outbox)]
    assert sorted(one.channel for one in claimed) == ["mail", "webhook"]


async def test_a_message_is_due_again_until_it_is_delivered(
    engine: AsyncEngine, outbox: SqlAlarmOutbox
) -> None:
    await add_case(engine, "a", MINOR_OFFSET + 1, reason=Reason.MINOR)
    await looked(outbox)
    now = NOW
    for tries in range(1, 10):
        (first,) = await all_claimed(outbox, now, ["mail"])
        assert first.tries == tries
        assert not await outbox.end(first, "it answered 500", now)
        assert await outbox.claim("mail", now + redelivery_delay(tries) - 1) is None
        now += redelivery_delay(tries)
    (again,) = await all_claimed(outbox, now, ["mail"])
    assert again.id == first.id, "a receiver knows a message by its id"
    waiting = await outbox.summary("mail")
    assert (waiting.delivered_at, waiting.waiting, waiting.problem) == (0, 1, "it answered 500")
    assert await outbox.end(again, "", now)
    assert await all_claimed(outbox, now + DAY_MS, ["mail"]) == []
    delivered = await outbox.summary("mail")
    assert (delivered.delivered_at, delivered.waiting, delivered.problem) == (now, 0, "")
    assert (await outbox.summary("webhook")).waiting == 1, "each channel has its own"


async def test_after_a_day_a_message_is_given_up(engine: AsyncEngine, outbox: SqlAlarmOutbox) -> None:
    await add_case(engine, "a", MINOR_OFFSET + 1, reason=Reason.MINOR)
    await looked(outbox)
    (late,) = await all_claimed(outbox, NOW + DAY_MS, ["mail"])
    assert await outbox.end(late, "it answered 500", NOW + DAY_MS)
    assert await all_claimed(outbox, NOW + 9 * DAY_MS, ["mail"]) == []
    summary = await outbox.summary("mail")
    assert (summary.given_up, summary.waiting, summary.problem) == (1, 0, "it answered 500")


async def test_what_was_told_long_ago_is_forgotten(engine: AsyncEngine, outbox: SqlAlarmOutbox) -> None:
    await looked(outbox, NOW, audit="old")
    await looked(outbox, NOW + 91 * DAY_MS, audit="new")
    async with engine.connect() as connection:
        assert list(await connection.scalars(sa.select(alarms_told.c.subject))) == ["new"]
        assert await connection.scalar(sa.select(sa.func.count()).select_from(alarm_outbox)) == len(BOTH)
