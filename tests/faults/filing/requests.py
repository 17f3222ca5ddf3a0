"""Requests that are sent until they are acknowledged, as `bench/client/http.py` does, and faster."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bench.client.http import post_until_answered
from services.contract.devices import Device
from services.contract.ids import DeviceId, VisitorId
from services.contract.limits import MAX_DEVICE_HOURS
from services.contract.tokens import TokenSigner

from .plan import PlannedReport

FIRST_DELAY, LONGEST_DELAY = 0.1, 1.0
"""Limits of the random delay between attempts, in seconds. It grows from the first to the longest."""
REQUEST_TIMEOUT = aiohttp.ClientTimeout(30)

Receipts = dict[tuple[str, str], list[str]]
"""The report ids that answers named, by match and reporter."""


async def send(
    http: aiohttp.ClientSession,
    urls: Sequence[str],
    path: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    seed: object,
) -> tuple[dict[str, Any], int]:
    """Return the answer that acknowledges the request and the number of attempts. Raises `RequestRefused`."""
    retries: list[int] = []
    answer = await post_until_answered(
        http,
        urls,
        path,
        body,
        headers,
        randomness=random.Random(f"{seed}"),
        pause=lambda attempt, chance: chance.random() * min(LONGEST_DELAY, FIRST_DELAY * 2**attempt),
        on_retry=retries.append,
        limit=REQUEST_TIMEOUT,
    )
    return answer, len(retries) + 1


async def file(
    http: aiohttp.ClientSession,
    urls: Sequence[str],
    signer: TokenSigner,
    wanted: PlannedReport,
    pictures: Sequence[str],
    receipts: Receipts,
    now: float,
) -> int:
    """File a report and return how many attempts it took. `now` is in Unix seconds."""
    old_device = Device(DeviceId(wanted.reporter), int(now) - MAX_DEVICE_HOURS * 3600)
    token = signer.issue(now, VisitorId(wanted.reporter), old_device)
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": wanted.address}
    body = {
        "pass": wanted.sealed,
        "reason": wanted.reason,
        "frames": pictures[: wanted.pictures],
        "chat": [{"from": "accused", "text": "hello"}],
    }
    answer, attempts = await send(http, urls, "/api/reports", body, headers, wanted.match)
    receipts.setdefault((wanted.match, wanted.reporter), []).append(answer["report"])
    return attempts
