"""The API for checks of the audit log. The service checks by itself, and a senior may check at once."""

from collections.abc import Sequence
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from services.runtime.http_responses import json_response

from ...core.audit_check import AuditCheck, AuditProblem, ProblemKind
from ..audit_verifier import AuditVerifier
from .auth import Routes

ProblemName = Annotated[str, Meta(extra_json_schema={"enum": [kind.value for kind in ProblemKind]})]


class AuditProblemView(Struct, frozen=True):
    """Something that was changed. `subject` is the number of an entry or a decision, or a decision's id."""

    kind: ProblemName
    subject: str


class AuditCheckView(Struct, frozen=True):
    """The result of a check of the whole log, and of all decisions.

    `unlogged` decisions are from before the log had each of them. The list has only the first of the `found`
    problems. An operator knows of the `acknowledged` ones, which are neither found nor listed.
    """

    entries: int
    intact: bool
    broken_at: int | None
    head: str
    decisions: int
    unlogged: int
    found: int
    acknowledged: int
    problems: Sequence[AuditProblemView]


class AuditStateView(Struct, frozen=True):
    """What the last check found, and when it ended; 0 if there was none yet."""

    checked_at: int
    found: int
    problems: Sequence[AuditProblemView]


class AuditCheckApi:
    """Handles requests for checks."""

    def __init__(self, verifier: AuditVerifier) -> None:
        self._verifier = verifier

    def routes(self) -> Routes:
        return {("GET", "/audit/check"): self.check, ("GET", "/audit/state"): self.state}

    async def check(self, _: web.Request) -> web.Response:
        """Check everything now, which takes half a minute for a million entries."""
        found = await self._verifier.verify()
        return json_response(_check_view(found))

    async def state(self, _: web.Request) -> web.Response:
        last = self._verifier.last
        if last is None:
            return json_response(AuditStateView(0, 0, []))
        return json_response(AuditStateView(last.at, last.check.found, _problem_views(last.check.problems)))


def _check_view(found: AuditCheck) -> AuditCheckView:
    return AuditCheckView(
        entries=found.entries,
        intact=found.intact,
        broken_at=found.broken_at or None,
        head=found.head.hash.hex() if found.head else "",
        decisions=found.decisions,
        unlogged=found.unlogged,
        found=found.found,
        acknowledged=found.acknowledged,
        problems=_problem_views(found.problems),
    )


def _problem_views(problems: Sequence[AuditProblem]) -> list[AuditProblemView]:
    return [AuditProblemView(one.kind.value, one.subject) for one in problems]
