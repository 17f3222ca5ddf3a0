"""Sends alarms by mail. The mail server must speak TLS, and its certificate is checked."""

import asyncio
import ssl
from dataclasses import dataclass, field

import aiosmtplib

from services.runtime.logs import logger

from .alarm_message import AlarmMessage, DeliveryFailed, mail_of

_NO_TLS = "the mail server speaks no TLS, or its certificate is not trusted"


@dataclass(frozen=True, slots=True)
class MailServer:
    """The operator's mail server, and who logs in there, if anybody does."""

    host: str
    port: int
    tls_at_once: bool
    """Whether TLS begins with the connection (RFC 8314), and not by STARTTLS."""
    user: str
    password: str = field(repr=False)


class MailChannel:
    """Implements the port `AlarmChannel`."""

    name = "mail"

    def __init__(
        self, server: MailServer, sender: str, recipients: tuple[str, ...], timeout: float = 25.0
    ) -> None:
        """`timeout` is in seconds, for all of it."""
        self.target = ", ".join(recipients)
        self._server = server
        self._sender = sender
        self._recipients = recipients
        self._timeout = timeout

    async def send(self, message: AlarmMessage) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                refused = await self._hand_over(message)
        except TimeoutError as error:
            raise DeliveryFailed(f"the mail server took longer than {self._timeout:g} seconds") from error
        except ssl.SSLError as error:
            raise DeliveryFailed(_NO_TLS) from error
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"the mail server answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(_why(error)) from error
        if refused:  # the others have it, and would have it again
            logger().warning("the mail server refused some recipients of an alarm", recipients=refused)

    async def _hand_over(self, message: AlarmMessage) -> int:
        """Hand the mail over; return how many recipients were refused, if not all were."""
        server = self._server
        refused, _ = await aiosmtplib.send(
            mail_of(message, self._sender, self._recipients),
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.tls_at_once,
            start_tls=not server.tls_at_once,  # True: it fails where the server does not offer it
            timeout=self._timeout,
        )
        return len(refused)


def _why(error: Exception) -> str:
    if isinstance(error.__cause__, ssl.SSLError):
        return "the certificate of the mail server is not trusted"
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "the mail server refused all recipients"
    if isinstance(error, (aiosmtplib.SMTPConnectError, OSError)):
        return "no connection to the mail server was possible"
    return "the mail server speaks no TLS, or breaks the protocol"
