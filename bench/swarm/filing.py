"""Reports as a page files them: until one is answered it is sent again, with the same pass."""

import random
from http import HTTPStatus

import aiohttp

from bench.client.http import RequestRefused, post_until_answered
from bench.client.reconnect import jitter
from bench.swarm.events import Dismissed, Filed, Filing, Postponed
from bench.swarm.history import History


async def file(
    http: aiohttp.ClientSession,
    origins: list[str],
    token: str,
    case: tuple[str, str, str],
    history: History,
    randomness: random.Random,
) -> None:
    """Report the partner of a match: `case` is the reporter's name, the match and its pass."""
    name, match, sealed_pass = case

    def note_retry(status: int) -> None:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            history.record(Postponed(history.now, name, match))

    history.record(Filing(history.now, name, match))
    try:
        answer = await post_until_answered(
            http,
            origins,
            "/api/reports",
            {"pass": sealed_pass, "reason": "spam"},
            {"Authorization": f"Bearer {token}"},
            randomness=randomness,
            pause=lambda attempt, chance: 0.2 + jitter(min(attempt, 3), chance),
            on_retry=note_retry,
        )
    except RequestRefused as refused:
        history.record(Dismissed(history.now, name, match, refused.code))
    else:
        history.record(Filed(history.now, name, match, answer["report"]))
