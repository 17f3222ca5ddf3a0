"""A page that keeps a report until it is acknowledged, like `web/src/safety/report-outbox.ts`, but faster."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from services.contract.ids import VisitorId
from services.contract.tokens import TokenSigner

from .plan import Wanted

FIRST, LONGEST = 0.1, 1.0
"""Seconds."""
PATIENCE = 30.0
BUSY = {408, 425, 429}

Receipts = dict[tuple[str, str], list[str]]
"""What was acknowledged: of a match and reporter, each report that an answer named."""


class Refused(Exception):
    """The page would not send it again."""


class Page:
    """What one browser has to send; each attempt reaches any of the gateways."""

    def __init__(
        self, http: aiohttp.ClientSession, urls: Sequence[str], headers: Mapping[str, str], draws: object
    ) -> None:
        self._http = http
        self._urls = urls
        self._headers = headers
        self._random = random.Random(f"{draws}")
        self.attempts = 0

    async def send(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the answer that acknowledges it; raises `Refused`."""
        attempt = 0
        while (answer := await self._post(path, body)) is None:
            await asyncio.sleep(self._random.random() * min(LONGEST, FIRST * 2**attempt))
            attempt += 1
        return answer

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        self.attempts += 1
        url = self._random.choice(self._urls) + path
        patience = aiohttp.ClientTimeout(PATIENCE)
        try:
            async with self._http.post(url, json=body, headers=self._headers, timeout=patience) as answer:
                if answer.status == 201:
                    return dict(await answer.json())
                said = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return None
        if answer.status >= 500 or answer.status in BUSY:
            return None
        raise Refused(f"{answer.status}: {said}")


async def file(
    http: aiohttp.ClientSession,
    urls: Sequence[str],
    signer: TokenSigner,
    wanted: Wanted,
    pictures: Sequence[str],
    receipts: Receipts,
    now: float,
) -> int:
    """Returns how many attempts it took; `now` in Unix seconds."""
    token = signer.issue(now, VisitorId(wanted.reporter))
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": wanted.address}
    page = Page(http, urls, headers, wanted.match)
    body = {
        "pass": wanted.sealed,
        "reason": wanted.reason,
        "frames": pictures[: wanted.pictures],
        "chat": [{"from": "accused", "text": "hello"}],
    }
    answer = await page.send("/api/reports", body)
    receipts.setdefault((wanted.match, wanted.reporter), []).append(answer["report"])
    return page.attempts
