"""An alert becomes a mail to the operator: over TLS, with the password of a file, and saying what to do."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import aiohttp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.runtime.tls import AUTHORITIES, CERTIFICATE, KEY

from ..certificates import Certificates
from ..requirements import require
from ..servers import free_port
from ..timing import scaled
from ..watch import alertmanager

ALERT = {
    "labels": {"alertname": "NatsAway", "severity": "critical", "instance": "gateway-1:7001"},
    "annotations": {"what_to_do": "Start NATS again.", "runbook": "docs/runbook.md#natsaway"},
}


class Mailbox:
    """Keeps the mails that arrive."""

    def __init__(self) -> None:
        self.mails: Queue[Envelope] = Queue()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.put(envelope)
        return "250 OK"


def let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"zufall", b"a password"))


@contextmanager
def mail_server(certificate: Path) -> Iterator[tuple[str, Mailbox]]:
    """Run a mail server that takes mail only over TLS, with a password. Yield its address."""
    mailbox, port = Mailbox(), free_port()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / CERTIFICATE, certificate / KEY)
    controller = Controller(
        mailbox,
        "localhost",
        port,
        tls_context=context,
        require_starttls=True,
        authenticator=let_in,
        auth_required=True,
        auth_exclude_mechanism=["LOGIN"],  # its prompts are not those that Alertmanager knows
    )
    controller.start()
    try:
        yield f"localhost:{port}", mailbox
    finally:
        controller.stop()


async def test_an_alert_becomes_a_mail(tmp_path: Path) -> None:
    require("prometheus")
    certificates = Certificates(tmp_path / "certificates")
    certificates.folder_with("mail", certificates.issue("localhost"))
    mail, password = certificates.folder / "mail", tmp_path / "password"
    password.write_text("a password")
    with mail_server(mail) as (address, mailbox):
        settings = {
            "ZUFALL_MAIL": "operator@meet.example",
            "ZUFALL_SMTP_HOST": address,
            "ZUFALL_SMTP_FROM": "zufall@meet.example",
            "ZUFALL_SMTP_USER": "zufall",
            "ZUFALL_SMTP_PASSWORD_FILE": str(password),
            "SSL_CERT_FILE": str(mail / AUTHORITIES),
        }
        async with alertmanager(tmp_path, settings) as running, aiohttp.ClientSession() as http:
            async with http.post(f"http://{running}/api/v2/alerts", json=[ALERT]) as answer:
                assert answer.status == 200
            arrived = await asyncio.to_thread(mailbox.mails.get, timeout=scaled(15))
    assert (arrived.mail_from, arrived.rcpt_tos) == ("zufall@meet.example", ["operator@meet.example"])
    assert isinstance(arrived.content, bytes)
    told = email.message_from_bytes(arrived.content, policy=email.policy.default)
    assert "NatsAway" in told["Subject"]
    part = told.get_body(("html",))
    assert part is not None
    body = part.get_content()
    assert "Start NATS again." in body
    assert "docs/runbook.md#natsaway" in body


async def test_without_a_mail_server_nobody_is_told_and_the_log_says_so(tmp_path: Path) -> None:
    require("prometheus")
    async with (
        alertmanager(tmp_path, {"ZUFALL_MAIL": "operator@meet.example"}) as running,
        aiohttp.ClientSession() as http,
        http.get(f"http://{running}/api/v2/receivers") as answer,
    ):
        assert await answer.json() == [{"name": "operator"}]
    assert "ZUFALL_SMTP_HOST is not set" in (tmp_path / "start-alertmanager.log").read_text()
