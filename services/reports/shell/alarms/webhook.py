"""Posts alarms to a webhook, signed as Standard Webhooks says (https://www.standardwebhooks.com)."""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import aiohttp

from .alarm_message import AlarmMessage, DeliveryFailed, json_body

_PREFIX = "whsec_"
_LEAST_BYTES, _MOST_BYTES = 24, 64


class WebhookChannel:
    """Implements the port `AlarmChannel`. It follows no redirect, and reads no answer but its status."""

    name = "webhook"

    def __init__(
        self, url: str, secrets: Sequence[bytes], now: Callable[[], int], timeout: float = 10.0
    ) -> None:
        """`now` returns Unix milliseconds; `timeout` is in seconds."""
        self.target = urlsplit(url).hostname or ""  # not the path, in which some services have a secret
        self._url = url
        self._secrets = secrets
        self._now = now
        self._timeout = timeout

    async def send(self, message: AlarmMessage) -> None:
        body, timestamp = json_body(message), self._now() // 1000
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(self._secrets, message.id, timestamp, body),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(self._timeout)) as session,
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                status = answer.status
        except aiohttp.ClientConnectorCertificateError as error:
            raise DeliveryFailed("its certificate is not trusted") from error
        except TimeoutError as error:
            raise DeliveryFailed(f"it did not answer in {self._timeout:g} seconds") from error
        except (aiohttp.ClientError, OSError) as error:
            raise DeliveryFailed("no connection was possible") from error
        if not 200 <= status < 300:
            raise DeliveryFailed(f"it answered {status}")


def parse_secrets(text: str) -> tuple[bytes, ...]:
    """Parse one or two secrets, separated by a comma; raise `ValueError`."""
    secrets = tuple(_parse_secret(part.strip()) for part in text.split(",") if part.strip())
    if not 1 <= len(secrets) <= 2:
        raise ValueError("give one secret, or two while a receiver changes from the old one to the new one")
    return secrets


def _parse_secret(text: str) -> bytes:
    problem = f"a secret is {_PREFIX} and base64 of {_LEAST_BYTES} to {_MOST_BYTES} bytes"
    if not text.startswith(_PREFIX):
        raise ValueError(problem)
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(problem) from None
    if not _LEAST_BYTES <= len(secret) <= _MOST_BYTES:
        raise ValueError(problem)
    return secret


def signatures(secrets: Sequence[bytes], id: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`, with a signature by each secret; `timestamp` is in seconds."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets
    )
