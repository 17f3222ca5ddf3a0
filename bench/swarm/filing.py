"""Reports as a page files them: until one is answered it is sent again, with the same pass."""

import asyncio
import random
from http import HTTPStatus

import aiohttp
import msgspec

from bench.swarm.events import Dismissed, Filed, Filing, Postponed
from bench.swarm.history import History
from bench.swarm.reconnect import jitter

ONE_TRY = aiohttp.ClientTimeout(total=12)


class Receipt(msgspec.Struct, frozen=True):
    report: str


class Problem(msgspec.Struct, frozen=True):
    code: str = ""


async def file(
    http: aiohttp.ClientSession,
    origins: list[str],
    token: str,
    case: tuple[str, str, str],
    history: History,
    randomness: random.Random,
) -> None:
    """Report the partner of a match: `case` is the reporter's name, the match and its pass."""
    name, match, sealed = case
    history.record(Filing(history.now, name, match))
    for attempt in range(1_000):
        status, body = await _try(http, randomness.choice(origins), token, sealed)
        if status == HTTPStatus.CREATED:
            report = msgspec.json.decode(body, type=Receipt).report
            history.record(Filed(history.now, name, match, report))
            return
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            history.record(Postponed(history.now, name, match))
        elif 400 <= status < 500:
            code = msgspec.json.decode(body, type=Problem).code
            history.record(Dismissed(history.now, name, match, code))
            return
        await asyncio.sleep(0.2 + jitter(min(attempt, 3), randomness))


async def _try(http: aiohttp.ClientSession, origin: str, token: str, sealed: str) -> tuple[int, bytes]:
    """The status and the body; 0 when nobody answered, and then nobody knows whether it was stored."""
    headers = {"Origin": origin, "Authorization": f"Bearer {token}"}
    body = {"pass": sealed, "reason": "spam"}
    try:
        async with http.post(f"{origin}/api/reports", json=body, headers=headers, timeout=ONE_TRY) as answer:
            return answer.status, await answer.read()
    except (aiohttp.ClientError, OSError, TimeoutError):
        return 0, b""
