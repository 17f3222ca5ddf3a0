"""Checks the audit log by itself: when the service starts, every hour, and as soon as its end is cut off."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from ..core.audit_check import AuditCheck
from . import metrics
from .audit_anchors import AuditAnchors
from .storage.audit_checks import SqlAuditChecks

INTERVAL = 3600.0
"""Seconds between two checks of everything."""

_LOOK = 60.0
"""Seconds between two looks at the end of the log."""

_REST = 4.0
"""A check that nobody waits for uses a fifth of a processor core at most."""


@dataclass(frozen=True, slots=True)
class VerifiedAudit:
    """A check, and when it ended (Unix milliseconds)."""

    at: int
    check: AuditCheck


class AuditVerifier:
    """Keeps what the last check found. `now` returns Unix milliseconds."""

    def __init__(self, checks: SqlAuditChecks, anchors: AuditAnchors, now: Callable[[], int]) -> None:
        self._checks = checks
        self._anchors = anchors
        self._now = now
        self._checking = asyncio.Lock()
        self.last: VerifiedAudit | None = None

    def problems(self) -> int:
        """Return how many problems the last check found."""
        return self.last.check.found if self.last is not None else 0

    def first_problem(self) -> str:
        """Return what the last check found wrong first, "" if nothing."""
        found = self.last.check.problems if self.last is not None else ()
        return f"{found[0].kind.value} {found[0].subject}" if found else ""

    async def run(self) -> None:
        """Look at the end of the log every minute, and check all of it every hour, forever."""
        due = 0.0
        while True:
            kept = await self._anchors.note()
            known = self.last is not None and not self.last.check.intact
            if time.monotonic() >= due or not (kept or known):
                due = time.monotonic() + INTERVAL
                await self._verify_later()
            await asyncio.sleep(_LOOK)

    async def close(self) -> None:
        """Note the end of the log once more, because nobody looks at it from now on."""
        await self._anchors.note(stopping=True)

    async def verify(self, rest: float = 0) -> AuditCheck:
        """Check everything now; raise `Unavailable`. Only one check runs at a time.

        `rest` is that of `SqlAuditReader`.
        """
        async with self._checking:
            check = await self._checks.check(await self._anchors.noted(), rest)
            self._conclude(check)
            return check

    async def _verify_later(self) -> None:
        try:
            await self.verify(_REST)
        except Unavailable as error:
            logger().warning("the audit log could not be checked", reason=str(error.__cause__ or error))

    def _conclude(self, check: AuditCheck) -> None:
        self.last = VerifiedAudit(self._now(), check)
        metrics.AUDIT_INTACT.set(check.intact)
        metrics.AUDIT_CHECKED.set(self.last.at / 1000)
        if check.intact:
            self._anchors.remember(check.head)
            return
        for problem in check.problems:
            logger().error(
                "the audit log or a decision was changed", problem=problem.kind.value, subject=problem.subject
            )
