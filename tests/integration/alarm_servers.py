"""A receiver of webhooks and a mail server for tests, which do what a test asks."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "a password for mail"


@dataclass
class WebhookReceiver:
    """Keeps what arrives, and answers with `status`; -1 is no answer."""

    url: str = ""
    status: int = 204
    arrived: "asyncio.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=asyncio.Queue)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.arrived.put_nowait((headers, await request.read()))
        if self.status < 0:
            await self.ending.wait()
        return web.Response(status=max(self.status, 200), headers={"Location": "/elsewhere"})


@asynccontextmanager
async def webhook_receiver(context: ssl.SSLContext | None = None) -> AsyncIterator[WebhookReceiver]:
    """Run a receiver on a free port, with TLS if there is a `context`."""
    receiver = WebhookReceiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"{'https' if context else 'http'}://localhost:{port}/hook"
    try:
        yield receiver
    finally:
        receiver.ending.set()
        await runner.cleanup()


@dataclass
class MailReceiver:
    """Keeps the mails that arrive, and answers with `answer`; "" is no answer."""

    port: int = 0
    answer: str = "250 OK"
    arrived: "asyncio.Queue[Envelope]" = field(default_factory=asyncio.Queue)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not self.answer:
            await self.ending.wait()
        if self.answer.startswith("250"):
            self.arrived.put_nowait(envelope)
        return self.answer


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    # Not handled: the server itself answers a wrong password.
    return AuthResult(success=data == LoginPassword(b"zufall", PASSWORD.encode()), handled=False)


@asynccontextmanager
async def mail_server(
    context: ssl.SSLContext | None, *, at_once: bool = False
) -> AsyncIterator[MailReceiver]:
    """Run a mail server on a free port. With a `context` it takes mail only over TLS, from who logs in.

    TLS begins `at_once`, or by STARTTLS.
    """
    mailbox = MailReceiver()

    def session() -> SMTP:
        return SMTP(
            mailbox,
            hostname="localhost",
            tls_context=None if at_once else context,
            require_starttls=context is not None and not at_once,
            authenticator=_let_in,
            auth_required=context is not None and not at_once,
            auth_require_tls=not at_once,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "localhost", 0, ssl=context if at_once else None)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        mailbox.ending.set()
        server.close()
