"""Tries the channels out, at the wish of an administrator."""

import asyncio
from collections.abc import Callable, Sequence

from ...core.alarms import AlarmRule, ChannelState, TestDelivery
from ...core.audit_chain import AuditEvent
from ..ports import AuditLog
from .alarm_message import AlarmChannel
from .alarm_outbox import SqlAlarmOutbox
from .alarm_watch import AlarmWriter, deliver


class ChannelTester:
    """Implements the port `AlarmTester`."""

    def __init__(
        self,
        outbox: SqlAlarmOutbox,
        channels: Sequence[AlarmChannel],
        writer: AlarmWriter,
        audit: AuditLog,
        now: Callable[[], int],
    ) -> None:
        """`now` returns Unix milliseconds."""
        self._outbox = outbox
        self._channels = channels
        self._writer = writer
        self._audit = audit
        self._now = now

    async def states(self) -> list[ChannelState]:
        return [
            ChannelState(one.name, one.target, await self._outbox.summary(one.name)) for one in self._channels
        ]

    async def test(self, actor: str) -> list[TestDelivery]:
        now = self._now()
        message = self._writer.fresh(AlarmRule.TEST, now)
        problems = await asyncio.gather(*(deliver(one, message) for one in self._channels))
        tried = [
            TestDelivery(one.name, problem) for one, problem in zip(self._channels, problems, strict=True)
        ]
        details = {one.name: one.problem or "delivered" for one in tried}
        await self._audit.record(AuditEvent(now, actor, "alarms.tested", "", details))
        return tried
