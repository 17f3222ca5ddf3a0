"""Alarms are delivered to a real receiver of webhooks and a real mail server, whatever these do first."""

import asyncio
import base64
import email
import email.policy
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.reports.core.alarms import Alarm, AlarmRule, AlarmTimes, pause_after, redelivery_delay
from services.reports.core.records import DAY_MS
from services.reports.shell.alarms.alarm_message import AlarmChannel, AlarmMessage, DeliveryFailed
from services.reports.shell.alarms.alarm_outbox import SqlAlarmOutbox
from services.reports.shell.alarms.alarm_watch import AlarmWatch, AlarmWriter
from services.reports.shell.alarms.mail import MailChannel, MailServer
from services.reports.shell.alarms.webhook import WebhookChannel
from services.reports.shell.storage.database import SQLITE
from services.runtime.tls import AUTHORITIES, CERTIFICATE, KEY

from ..certificates import Certificates
from ..servers import free_port
from ..timing import scaled
from .alarm_servers import PASSWORD, WebhookReceiver, mail_server, webhook_receiver

SECRETS = (b"s" * 32, b"t" * 32)
NOW = 1_767_225_600_000
MESSAGE = AlarmMessage(
    "msg_1", Alarm(AlarmRule.MINOR, 3, 1), NOW, "Plätze", "http://localhost:1/console#queue"
)
TIMES = AlarmTimes(case_hours=24, appeal_promise_hours=168, appeal_hours=24)


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with webhook_receiver() as running:
        yield running


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Provide a folder with a certificate for localhost, and its authority."""
    certificates = Certificates(tmp_path / "certificates")
    certificates.folder_with("alarms", certificates.issue("localhost"))
    return certificates.folder / "alarms"


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / CERTIFICATE, certificate / KEY)
    return context


def webhook(url: str, timeout: float = 10.0) -> WebhookChannel:
    return WebhookChannel(url, SECRETS, lambda: NOW + 999, timeout)


def mail(port: int, password: str = PASSWORD, *, at_once: bool = False, timeout: float = 25.0) -> MailChannel:
    server = MailServer("localhost", port, at_once, "zufall" if password else "", password)
    return MailChannel(server, "zufall@plaza.example", ("ann@plaza.example", "bob@plaza.example"), timeout)


async def test_a_webhook_gets_what_it_can_prove(receiver: WebhookReceiver) -> None:
    await webhook(receiver.url).send(MESSAGE)
    headers, body = receiver.arrived.get_nowait()
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_1", str(NOW // 1000))
    signed = f"msg_1.{NOW // 1000}.".encode() + body
    proofs = [base64.b64encode(hmac.new(secret, signed, "sha256").digest()).decode() for secret in SECRETS]
    assert headers["webhook-signature"] == f"v1,{proofs[0]} v1,{proofs[1]}"
    assert json.loads(body)["data"]["count"] == 3


@pytest.mark.parametrize("status", [301, 307, 400, 410, 500])
async def test_only_a_receiver_that_takes_it_has_it(receiver: WebhookReceiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(DeliveryFailed, match=f"answered {status}"):
        await webhook(receiver.url).send(MESSAGE)
    assert receiver.arrived.qsize() == 1, "no redirect was followed"


async def test_a_silent_receiver_is_left(receiver: WebhookReceiver) -> None:
    receiver.status = -1
    with pytest.raises(DeliveryFailed, match=r"did not answer in 0\.1 seconds"):
        await webhook(receiver.url, timeout=0.1).send(MESSAGE)


async def test_a_receiver_that_is_not_there_is_said_to_be() -> None:
    with pytest.raises(DeliveryFailed, match="no connection"):
        await webhook(f"http://localhost:{free_port()}/").send(MESSAGE)


async def test_a_receiver_needs_a_certificate_that_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with webhook_receiver(serving(certificate)) as receiver:
        with pytest.raises(DeliveryFailed, match="certificate is not trusted"):
            await webhook(receiver.url).send(MESSAGE)
        assert receiver.arrived.empty()


@pytest.fixture
def _trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / AUTHORITIES))


def told(envelope: Envelope) -> str:
    assert isinstance(envelope.content, bytes)
    parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
    return f"{parsed['Subject']}|{parsed.get_content()}"


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_mail_goes_to_all_over_tls_with_a_password(certificate: Path, at_once: bool) -> None:
    async with mail_server(serving(certificate), at_once=at_once) as mailbox:
        await mail(mailbox.port, at_once=at_once).send(MESSAGE)
        arrived = mailbox.arrived.get_nowait()
    assert arrived.mail_from == "zufall@plaza.example"
    assert arrived.rcpt_tos == ["ann@plaza.example", "bob@plaza.example"]
    sentence = MESSAGE.alarm.sentence
    assert told(arrived).replace("\r\n", "\n") == f"[Plätze] {sentence}|{sentence}\n\n{MESSAGE.console}\n"


@pytest.mark.usefixtures("_trusted")
async def test_a_refused_password_and_a_refused_mail_are_said_to_be(certificate: Path) -> None:
    async with mail_server(serving(certificate)) as mailbox:
        with pytest.raises(DeliveryFailed, match="answered 535"):
            await mail(mailbox.port, "another password").send(MESSAGE)
        mailbox.answer = "451 later"
        with pytest.raises(DeliveryFailed, match="answered 451"):
            await mail(mailbox.port).send(MESSAGE)
        mailbox.answer = ""
        with pytest.raises(DeliveryFailed, match="took longer"):
            await mail(mailbox.port, timeout=0.5).send(MESSAGE)


async def test_a_mail_server_needs_a_certificate_that_is_trusted(certificate: Path) -> None:
    async with mail_server(serving(certificate)) as mailbox:
        with pytest.raises(DeliveryFailed, match="not trusted"):
            await mail(mailbox.port).send(MESSAGE)
        assert mailbox.arrived.empty()


async def test_without_tls_no_mail_goes_out() -> None:
    async with mail_server(None) as mailbox:
        with pytest.raises(DeliveryFailed, match="TLS"):
            await mail(mailbox.port, password="").send(MESSAGE)
        assert mailbox.arrived.empty()


@dataclass
class SetClock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Problems:
    """What is wrong with the database and the audit log."""

    database: list[str] = field(default_factory=list)
    audit: str = ""


def watch(
    engine: AsyncEngine, channels: list[AlarmChannel], clock: SetClock, problems: Problems
) -> AlarmWatch:
    return AlarmWatch(
        SqlAlarmOutbox(engine, TIMES),
        channels,
        AlarmWriter("Plaza", "http://localhost:1"),
        lambda: problems.database,
        lambda: problems.audit,
        clock,
    )


def counted(result: str) -> float:
    labels = {"channel": "webhook", "result": result}
    return REGISTRY.get_sample_value("zufall_reports_alarms_total", labels) or 0.0


def ids(receiver: WebhookReceiver) -> list[str]:
    return [receiver.arrived.get_nowait()[0]["webhook-id"] for _ in range(receiver.arrived.qsize())]


async def test_a_message_survives_a_broken_receiver_and_a_restart(
    engine: AsyncEngine, receiver: WebhookReceiver
) -> None:
    clock, problems = SetClock(), Problems(audit="12:abc")
    before, receiver.status = counted("failed"), 500
    first = watch(engine, [webhook(receiver.url)], clock, problems)
    await first.look()
    await first.look()
    (refused,) = ids(receiver)
    assert counted("failed") == before + 1
    receiver.status, delivered = 204, counted("delivered")
    clock.now += redelivery_delay(1)
    replicas = [watch(engine, [webhook(receiver.url)], clock, problems) for _ in range(3)]
    await asyncio.gather(*(each.look() for each in replicas))
    assert ids(receiver) == [refused]
    clock.now += DAY_MS
    await replicas[0].look()
    assert ids(receiver) == []
    assert counted("delivered") == delivered + 1


async def test_without_a_channel_nothing_counts_as_told(
    engine: AsyncEngine, receiver: WebhookReceiver
) -> None:
    clock, problems = SetClock(), Problems(audit="12:abc")
    async with asyncio.timeout(scaled(10)):
        await watch(engine, [], clock, problems).run()
    await watch(engine, [webhook(receiver.url)], clock, problems).look()
    assert len(ids(receiver)) == 1


async def test_a_receiver_that_hangs_keeps_nobody_else_waiting(
    engine: AsyncEngine, receiver: WebhookReceiver
) -> None:
    clock, receiver.status = SetClock(), -1
    hanging = webhook(receiver.url, timeout=0.1)
    async with webhook_receiver() as other:
        good = webhook(other.url)
        good.name = "other"
        watching = watch(engine, [hanging, good], clock, Problems(audit="12:abc"))
        labels = {"channel": "other", "result": "given_up"}
        assert REGISTRY.get_sample_value("zufall_reports_alarms_total", labels) == 0, "the series begins at 0"
        await watching.look()
        assert (len(ids(receiver)), len(ids(other))) == (1, 1)
        later = watch(engine, [hanging, good], clock, Problems(audit="13:abc"))
        clock.now += pause_after(AlarmRule.AUDIT)
        await later.look()
        assert (len(ids(receiver)), len(ids(other))) == (1, 1), "one of two is tried"


async def test_a_message_that_never_arrives_is_given_up_and_said_so(
    engine: AsyncEngine, receiver: WebhookReceiver, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, given_up = SetClock(), counted("given_up")
    receiver.status = 500
    watching = watch(engine, [webhook(receiver.url)], clock, Problems(audit="12:abc"))
    await watching.look()
    clock.now += DAY_MS
    await watching.look()
    assert counted("given_up") == given_up + 1
    assert "nobody was told of an alarm" in capsys.readouterr().out


async def test_that_the_database_is_away_is_told_without_it(receiver: WebhookReceiver) -> None:
    clock = SetClock()
    away = create_async_engine(f"{SQLITE}:////nowhere/reports.db")
    watching = watch(away, [webhook(receiver.url)], clock, Problems())
    receiver.status = 500
    await watching.look()
    assert ids(receiver) == [], "it may be starting again"
    await watching.look()
    receiver.status = 204
    await watching.look()
    await watching.look()
    first, again = ids(receiver)
    assert first == again
    await away.dispose()


async def test_a_database_that_cannot_be_written_is_told_of_once_each_time(
    engine: AsyncEngine, receiver: WebhookReceiver
) -> None:
    clock, problems = SetClock(), Problems(database=["the disk is full"])
    watching = watch(engine, [webhook(receiver.url)], clock, problems)
    await watching.look()
    await watching.look()
    (_, body), *rest = [receiver.arrived.get_nowait() for _ in range(receiver.arrived.qsize())]
    assert (json.loads(body)["data"]["rule"], rest) == ("database", [])
    for seconds, messages in ((0, 0), (pause_after(AlarmRule.DATABASE), 1)):
        problems.database = []
        await watching.look()
        problems.database, clock.now = ["the disk is full"], clock.now + seconds
        await watching.look()
        assert len(ids(receiver)) == messages, "a fault that comes and goes does not flood"
