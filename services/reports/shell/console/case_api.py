"""The API for the queue, cases, decisions and appeals."""

from aiohttp import web

from services.contract.errors import InvalidRequest, PermissionRefused
from services.contract.ids import CaseId, DecisionId, ReportId, VisitorId, random_id
from services.runtime.http_responses import json_response

from ...core.appeals import lifting_decision
from ...core.audit_chain import AuditEvent
from ...core.statements import StatementWriter
from .. import metrics
from ..ports import AppealStore
from ..publisher import DecisionPublisher
from ..storage.audit_log import CASE_SEEN, SqlAuditLog
from . import request_validation
from .auth import Routes, actor
from .case_commands import SeenReports, SqlCaseCommands
from .case_export import SqlCaseExport
from .case_queries import SqlCaseQueries
from .case_queue import SqlCaseQueue
from .evidence_access import SqlEvidenceAccess
from .export_document import ExportRequest
from .http import attachment_response, read_json
from .views import (
    AppealAnswerRequest,
    AppealList,
    DecisionRequest,
    DecisionResult,
    HoldRequest,
    HoldResult,
    UndoRequest,
    appeal_view,
    decision_view,
)

_MAX_APPEALS = 200
_MAX_DAYS = 3650


class CaseApi:
    """Handles requests about cases. A decision is committed and published before the response is sent."""

    def __init__(
        self,
        queue: SqlCaseQueue,
        case_queries: SqlCaseQueries,
        case_commands: SqlCaseCommands,
        evidence: SqlEvidenceAccess,
        case_export: SqlCaseExport,
        appeals: AppealStore,
        audit: SqlAuditLog,
        publisher: DecisionPublisher,
        statements: StatementWriter,
    ) -> None:
        self._queue = queue
        self._case_queries = case_queries
        self._case_commands = case_commands
        self._evidence = evidence
        self._case_export = case_export
        self._appeals = appeals
        self._audit = audit
        self._publisher = publisher
        self._statements = statements

    def routes(self) -> Routes:
        return {
            ("GET", "/queue"): self.queue,
            ("GET", "/cases/{case}"): self.case,
            ("GET", "/visitors/{visitor}"): self.visitor,
            ("GET", "/reports/{report}/frames/{number}"): self.frame,
            ("POST", "/cases/{case}/decision"): self.decide,
            ("POST", "/decisions/{decision}/undo"): self.undo,
            ("POST", "/cases/{case}/hold"): self.hold,
            ("GET", "/cases/{case}/export"): self.export,
            ("GET", "/appeals"): self.appeals,
            ("POST", "/appeals/{decision}"): self.answer_appeal,
        }

    async def queue(self, _: web.Request) -> web.Response:
        return json_response(await self._queue.read())

    async def case(self, request: web.Request) -> web.Response:
        """Return a case. It holds chats, so the audit log records the view."""
        case = await self._case_queries.case(_case_id(request), actor(request))
        await self._record_look(request, CASE_SEEN, case.id)
        return json_response(case)

    async def visitor(self, request: web.Request) -> web.Response:
        """Return the history of a visitor. The audit log records the view, as of a case."""
        visitor = VisitorId(request.match_info["visitor"])
        history = await self._case_queries.visitor_history(visitor, actor(request))
        await self._record_look(request, "visitor.seen", visitor)
        return json_response(history)

    async def frame(self, request: web.Request) -> web.Response:
        """Return one picture, unless the moderator has opened too many."""
        number = request.match_info["number"]
        if not (number.isascii() and number.isdigit() and len(number) < 3):
            raise InvalidRequest("pictures of a report are numbered from 0")
        report = ReportId(request.match_info["report"])
        picture = await self._evidence.picture(report, int(number), actor(request))
        return web.Response(
            body=picture.content, content_type=picture.media_type, headers={"Cache-Control": "no-store"}
        )

    async def decide(self, request: web.Request) -> web.Response:
        body = await read_json(request, DecisionRequest)
        id, by = DecisionId(random_id()), actor(request)
        new = request_validation.parse_decision(body, id, by, self._statements)
        seen = SeenReports(body.seen, body.seen_people)
        result = await self._case_commands.decide(_case_id(request), new, seen, by.role)
        if result.announced is not None:
            await self._publisher.publish(result.announced)
        return json_response(DecisionResult(decision_view(result.decision, undoable=True)), 201)

    async def undo(self, request: web.Request) -> web.Response:
        """Undo a decision and return the one in force now."""
        reason = request_validation.required_text(
            (await read_json(request, UndoRequest)).reason, "why you undo it"
        )
        decision = DecisionId(request.match_info["decision"])
        result = await self._case_commands.undo(decision, reason, actor(request))
        if result.announced is not None:
            await self._publisher.publish(result.announced)
        return json_response(DecisionResult(decision_view(result.decision)), 201)

    async def hold(self, request: web.Request) -> web.Response:
        """Keep everything of a case for some days."""
        body = await read_json(request, HoldRequest)
        if not 1 <= body.days <= _MAX_DAYS:
            raise InvalidRequest(f"a case is kept for 1 to {_MAX_DAYS} days")
        reason = request_validation.required_text(body.reason, "why it is kept")
        until = await self._case_commands.hold(_case_id(request), body.days, reason, actor(request))
        return json_response(HoldResult(until), 201)

    async def export(self, request: web.Request) -> web.Response:
        """Return everything about a case as a ZIP file."""
        asked = ExportRequest(
            request_validation.required_text(request.query.get("reason", ""), "why it is exported"),
            request_validation.required_text(request.query.get("recipient", ""), "for whom it is exported"),
            request.query.get("zone", ""),
        )
        case = await self._case_queries.case(_case_id(request), actor(request))
        archive = await self._case_export.export(case, asked, actor(request))
        return attachment_response(archive, "application/zip", f"case-{case.id}.zip")

    async def appeals(self, request: web.Request) -> web.Response:
        """Return the open appeals, the oldest first."""
        found = await self._appeals.open_appeals(_MAX_APPEALS)
        lines = [appeal_view(one, one.appeal, actor(request).name) for one in found if one.appeal]
        await self._record_look(request, "appeals.seen", "", appeals=str(len(lines)))
        return json_response(AppealList(lines))

    async def answer_appeal(self, request: web.Request) -> web.Response:
        """Answer an appeal. The moderator who decided may not answer it."""
        body = await read_json(request, AppealAnswerRequest)
        answered = request_validation.parse_appeal_answer(
            DecisionId(request.match_info["decision"]), body, actor(request)
        )
        appealed = (await self._appeals.find(answered.decision)).decision
        if appealed.was_decided_by(answered.moderator):
            raise PermissionRefused("another moderator must answer an appeal against your decision")
        lifting = lifting_decision(appealed, DecisionId(random_id()), answered) if body.overturn else None
        made = await self._appeals.decide(answered, lifting, actor=answered.moderator)
        metrics.APPEALS.labels(answered.state.name.lower()).inc()
        if made is not None:
            await self._publisher.publish(made)
        return json_response(DecisionResult(decision_view(made) if made else None), 201)

    async def _record_look(self, request: web.Request, action: str, subject: str, **details: str) -> None:
        """Record who looks at personal data, before the response is sent."""
        moderator = actor(request)
        await self._audit.record(AuditEvent(moderator.now, moderator.name, action, subject, details))


def _case_id(request: web.Request) -> CaseId:
    return CaseId(request.match_info["case"])
