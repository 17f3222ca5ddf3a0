"""The API for oversight: the policy and its replay, the check of the log, and the transparency report."""

import asyncio

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import InvalidRequest
from services.contract.toml_table import InvalidToml
from services.runtime.http_responses import json_response

from ...core.audit_chain import AuditEvent
from ...core.policy import Policy, parse_policy
from ...core.policy_replay import AutomaticAction, PolicyOutcome, PolicyReplay, ReviewOutcome, replay
from ...core.records import DAY_MS
from ..policy_file import PolicySource
from ..storage.audit_log import SqlAuditLog
from ..storage.past_cases import past_cases
from .auth import Routes, actor
from .http import attachment_response, read_json
from .transparency import SqlTransparency, as_csv, parse_period
from .views import (
    AutomaticActionView,
    CaseDifferenceView,
    PolicyOutcomeView,
    PolicyText,
    ReplayRequest,
    ReplayView,
    api_name,
)

_MAX_DAYS = 3650
_MAX_POLICY = 16_384
_MAX_DIFFERENCES = 100


class OversightApi:
    """Handles requests for oversight. `written` is the policy in force."""

    def __init__(
        self,
        engine: AsyncEngine,
        written: PolicySource,
        audit: SqlAuditLog,
        transparency: SqlTransparency,
    ) -> None:
        self._engine = engine
        self._policy = written.policy
        self._text = written.text
        self._audit = audit
        self._transparency = transparency
        self._replaying = asyncio.Lock()

    def routes(self) -> Routes:
        return {
            ("GET", "/policy"): self.policy,
            ("POST", "/policy/replay"): self.replay,
            ("GET", "/transparency"): self.transparency,
        }

    async def policy(self, _: web.Request) -> web.Response:
        return json_response(PolicyText(self._policy.version, self._text))

    async def replay(self, request: web.Request) -> web.Response:
        """Return what another policy would have done. Only one replay runs at a time.

        The audit log records it, because the response names visitors and what was decided about them.
        """
        asked = await read_json(request, ReplayRequest)
        if not 1 <= asked.days <= _MAX_DAYS:
            raise InvalidRequest(f"a replay must go back 1 to {_MAX_DAYS} days")
        if len(asked.policy) > _MAX_POLICY:
            raise InvalidRequest(f"a policy has at most {_MAX_POLICY} characters")
        async with self._replaying:
            other = await asyncio.to_thread(_parse, asked.policy)
            senior = actor(request)
            details = {"days": str(asked.days), "policy": other.version}
            await self._audit.record(AuditEvent(senior.now, senior.name, "policy.replayed", "", details))
            cases = await past_cases(self._engine, senior.now - asked.days * DAY_MS)
            done = await asyncio.to_thread(replay, cases, self._policy, other)
        return json_response(replay_view(done))

    async def transparency(self, request: web.Request) -> web.Response:
        asked = request.query
        report = await self._transparency.read(parse_period(asked.get("from", ""), asked.get("to", "")))
        if asked.get("format", "json") != "csv":
            return json_response(report)
        name = f"transparency-{report.first}-{report.last}.csv"
        return attachment_response(as_csv(report).encode(), "text/csv", name)


def _parse(text: str) -> Policy:
    """Parse a policy; raise `InvalidRequest`. A hostile text of the greatest length takes two seconds."""
    try:
        return parse_policy(text)
    except InvalidToml as refused:
        raise InvalidRequest("\n".join(refused.problems)) from None


def replay_view(done: PolicyReplay) -> ReplayView:
    differences = [
        CaseDifferenceView(
            difference.case.visitor,
            [_action_view(action) for action in difference.before],
            [_action_view(action) for action in difference.after],
            None if difference.case.decided is None else api_name(difference.case.decided),
            api_name(difference.case.dismissal),
        )
        for difference in done.differences[:_MAX_DIFFERENCES]
    ]
    return ReplayView(done.cases, _outcome_view(done.before), _outcome_view(done.after), differences)


def _outcome_view(outcome: PolicyOutcome) -> PolicyOutcomeView:
    actions: dict[str, dict[str, int]] = {}
    for (level, reviewed), count in sorted(outcome.actions.items()):
        of_level = actions.setdefault(api_name(level), {one.value: 0 for one in ReviewOutcome})
        of_level[reviewed.value] = count
    return PolicyOutcomeView(outcome.policy, actions, outcome.missed)


def _action_view(action: AutomaticAction) -> AutomaticActionView:
    return AutomaticActionView(api_name(action.level), api_name(action.rule), action.at, action.until)
