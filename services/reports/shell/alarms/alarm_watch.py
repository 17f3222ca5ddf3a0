"""Looks again and again what an operator should be told, and sends it."""

import asyncio
from collections.abc import Callable, Sequence

from services.contract.errors import Unavailable
from services.contract.ids import random_id
from services.runtime.jitter import jittered
from services.runtime.logs import logger

from ...core.alarms import Alarm, AlarmRule, pause_after
from .. import metrics
from .alarm_message import AlarmChannel, AlarmMessage, DeliveryFailed
from .alarm_outbox import OutgoingAlarm, SqlAlarmOutbox

INTERVAL = 20.0
"""Seconds between two looks, jittered."""

_FAILED_LOOKS = 2
"""How many looks in a row may fail until the database counts as away: it may be starting again."""


class AlarmWriter:
    """Makes messages of alarms, which name the site and the console."""

    def __init__(self, site: str, console_origin: str) -> None:
        self._site = site
        self._console = f"{console_origin}/console#queue"

    def message(self, alarm: Alarm, id: str, made_at: int) -> AlarmMessage:
        return AlarmMessage(id, alarm, made_at, self._site, self._console)

    def fresh(self, rule: AlarmRule, now: int) -> AlarmMessage:
        """Return a message that no outbox keeps."""
        return self.message(Alarm(rule, 0, 0), f"msg_{random_id()}", now)


class AlarmWatch:
    """Queues alarms and delivers them. That the database is away is told past the outbox, which is in it."""

    def __init__(
        self,
        outbox: SqlAlarmOutbox,
        channels: Sequence[AlarmChannel],
        writer: AlarmWriter,
        database_problems: Callable[[], Sequence[str]],
        audit_problem: Callable[[], str],
        now: Callable[[], int],
    ) -> None:
        """`audit_problem` says what is wrong with the audit log, if anything is; `now` returns Unix ms."""
        self._outbox = outbox
        self._channels = {channel.name: channel for channel in channels}
        for name in self._channels:  # a series that begins at 0, so that the first event is an increase
            metrics.ALARMS.labels(name, "given_up")
        self._audit_problem = audit_problem
        self._now = now
        self._writer = writer
        self._database = _DatabaseAlarm(channels, writer, now)
        self._database_problems = database_problems
        self._failed = 0

    async def run(self) -> None:
        """Look and deliver forever, if there is a channel. What nobody could be told counts as untold."""
        while self._channels:
            await self.look()
            await asyncio.sleep(jittered(INTERVAL))

    async def look(self) -> None:
        """Look once, and deliver all that is due."""
        try:
            await self._outbox.look([*self._channels], self._audit_problem(), self._now())
            for channel in self._channels:
                await self._deliver_due(channel)
            self._failed = 0
        except Unavailable:
            self._failed += 1
        await self._database.tell(self._failed >= _FAILED_LOOKS or bool(self._database_problems()))

    async def _deliver_due(self, channel: str) -> None:
        """Deliver all that is due. After a message that did not arrive the others wait for the next look."""
        while claimed := await self._outbox.claim(channel, self._now()):
            if not await self._deliver(claimed):
                return

    async def _deliver(self, claimed: OutgoingAlarm) -> bool:
        message = self._writer.message(claimed.alarm, claimed.id, claimed.made_at)
        problem = await deliver(self._channels[claimed.channel], message)
        if await self._outbox.end(claimed, problem, self._now()) and problem:
            metrics.ALARMS.labels(claimed.channel, "given_up").inc()
            logger().error(
                "nobody was told of an alarm",
                rule=claimed.alarm.rule,
                channel=claimed.channel,
                reason=problem,
            )
        return not problem


class _DatabaseAlarm:
    """Tells once each time that the database cannot be used, from memory. Each replica does by itself."""

    def __init__(self, channels: Sequence[AlarmChannel], writer: AlarmWriter, now: Callable[[], int]) -> None:
        self._channels = channels
        self._writer = writer
        self._now = now
        self._waiting: list[AlarmChannel] = []
        self._message: AlarmMessage | None = None
        self._told_at = 0

    async def tell(self, is_away: bool) -> None:
        """Tell it, or try again where it did not arrive; call this again and again."""
        if not is_away:
            self._message = None
            return
        now = self._now()
        if self._message is None and now - self._told_at >= pause_after(AlarmRule.DATABASE):
            self._message = self._writer.fresh(AlarmRule.DATABASE, now)
            self._waiting, self._told_at = [*self._channels], now
        if self._message is not None:
            message = self._message
            problems = await asyncio.gather(*(deliver(channel, message) for channel in self._waiting))
            self._waiting = [
                channel for channel, problem in zip(self._waiting, problems, strict=True) if problem
            ]


async def deliver(channel: AlarmChannel, message: AlarmMessage) -> str:
    """Send a message; return why it did not arrive, or an empty text."""
    try:
        await channel.send(message)
    except DeliveryFailed as error:
        metrics.ALARMS.labels(channel.name, "failed").inc()
        logger().warning("an alarm did not arrive", channel=channel.name, reason=str(error))
        return str(error)
    metrics.ALARMS.labels(channel.name, "delivered").inc()
    return ""
