"""Decides whether and when to reconnect after a closed connection. Times are in seconds.

The rules are those of the page (`web/src/core/reconnect.ts`).
"""

import random
from dataclasses import dataclass

from services.contract.errors import CloseCode

FIRST_DELAY, LONGEST_DELAY = 0.5, 15.0
RESTART_SPREAD = 2.0
TOO_FAST_DELAY = 20.0

STAY_AWAY = frozenset(
    (CloseCode.BAD_FRAME, CloseCode.BANNED, CloseCode.CONNECTED_ELSEWHERE, CloseCode.TOO_LARGE)
)
"""A client that comes back with the same token after one of these is closed again."""


@dataclass(frozen=True, slots=True)
class ReconnectPlan:
    """Dial again after `delay`, first with a new token where that is wanted; or stay away."""

    reconnect: bool
    delay: float = 0.0
    new_token: bool = False


def jitter(attempt: int, randomness: random.Random) -> float:
    """Return full jitter: anything up to a bound that doubles, so that a crowd does not return together.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return randomness.random() * min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempt, 10))


def plan_after(code: int, attempt: int, randomness: random.Random) -> ReconnectPlan:
    """Return the plan after close `code`, on the `attempt`-th try in a row (from 0) that was not welcomed."""
    if code in STAY_AWAY:
        return ReconnectPlan(reconnect=False)
    if code == CloseCode.TOKEN_REFUSED:
        return ReconnectPlan(True, jitter(attempt, randomness) if attempt else 0.0, new_token=True)
    if code == CloseCode.RESTART and attempt == 0:
        return ReconnectPlan(True, randomness.random() * RESTART_SPREAD)
    extra = TOO_FAST_DELAY if code == CloseCode.TOO_FAST else 0.0
    return ReconnectPlan(True, extra + jitter(attempt, randomness))
