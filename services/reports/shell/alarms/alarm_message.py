"""Writes an alarm as JSON and as a mail. It holds no word about a visitor, and no id."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from ...core.alarms import Alarm


class DeliveryFailed(Exception):
    """Says in a few words why a message did not arrive, with nothing that is secret in an address."""


@dataclass(frozen=True, slots=True)
class AlarmMessage:
    """An alarm that is sent. A receiver who gets an id twice has got the same message twice."""

    id: str
    alarm: Alarm
    made_at: int
    """Unix milliseconds."""
    site: str
    console: str
    """The link to the queue. None leads to a case, because mail passes through strangers' servers."""


class AlarmChannel(Protocol):
    """A way to an operator."""

    name: str
    target: str
    """Where messages go, as administrators may see it."""

    async def send(self, message: AlarmMessage) -> None:
        """Send a message, within half a minute; raise `DeliveryFailed`."""


class _AlarmData(Struct, frozen=True):
    site: str
    rule: str
    text: str
    count: int
    new: int
    console: str


class _AlarmBody(Struct, frozen=True):
    """The form that Standard Webhooks gives to a body."""

    type: str
    timestamp: str
    data: _AlarmData


def json_body(message: AlarmMessage) -> bytes:
    alarm = message.alarm
    data = _AlarmData(message.site, alarm.rule, alarm.sentence, alarm.count, alarm.new, message.console)
    body = _AlarmBody(f"alarm.{alarm.rule}", _made(message).isoformat(timespec="seconds"), data)
    return msgspec.json.encode(body)


def mail_of(message: AlarmMessage, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """Return the mail. Its id makes repeated ones equal."""
    mail = EmailMessage()
    mail["Subject"] = f"[{message.site}] {message.alarm.sentence}"
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(_made(message))
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    mail.set_content(f"{message.alarm.sentence}\n\n{message.console}\n")
    return mail


def _made(message: AlarmMessage) -> datetime:
    return datetime.fromtimestamp(message.made_at // 1000, UTC)
