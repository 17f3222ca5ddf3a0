"""The API for work in a team: claims, hand-over, notes, second looks, exposure and workload."""

from aiohttp import web

from services.contract.errors import InvalidRequest
from services.contract.ids import CaseId, VisitorId
from services.runtime.http_responses import json_response

from ...core.audit_chain import AuditEvent
from ..proto_mapping import without_nul
from ..publisher import DecisionPublisher
from ..storage.audit_log import SqlAuditLog
from .assignments import SqlAssignments
from .auth import Routes, actor
from .case_commands import SeenReports
from .claims import SqlClaims
from .exposure import SqlExposure
from .http import read_json
from .notes import MAX_NOTE_LENGTH, SqlNotes
from .request_validation import required_text
from .second_looks import SecondOpinion, SqlSecondLooks
from .team_state import SqlTeamState
from .team_views import (
    AssignmentRequest,
    ClaimRequest,
    ClaimView,
    NoteRequest,
    SecondLookRequest,
)
from .transparency import parse_period
from .views import DecisionResult, decision_view
from .workload import SqlWorkload


class TeamApi:
    """Handles these requests. What a second moderator confirms is published before the response is sent."""

    def __init__(
        self,
        state: SqlTeamState,
        claims: SqlClaims,
        assignments: SqlAssignments,
        notes: SqlNotes,
        second_looks: SqlSecondLooks,
        exposure: SqlExposure,
        workload: SqlWorkload,
        audit: SqlAuditLog,
        publisher: DecisionPublisher,
    ) -> None:
        self._state = state
        self._claims = claims
        self._assignments = assignments
        self._notes = notes
        self._second_looks = second_looks
        self._exposure = exposure
        self._workload = workload
        self._audit = audit
        self._publisher = publisher

    def routes(self) -> Routes:
        return {
            ("GET", "/team"): self.team,
            ("POST", "/cases/{case}/claim"): self.claim,
            ("DELETE", "/cases/{case}/claim"): self.leave,
            ("POST", "/cases/{case}/assignment"): self.assign,
            ("DELETE", "/cases/{case}/assignment"): self.give_back,
            ("POST", "/cases/{case}/second-look"): self.second_look,
            ("POST", "/cases/{case}/notes"): self.write_on_case,
            ("POST", "/visitors/{visitor}/notes"): self.write_on_visitor,
            ("POST", "/visitors/{visitor}/notes/seen"): self.mark_seen,
            ("GET", "/exposure"): self.exposure,
            ("GET", "/workload"): self.workload,
        }

    async def team(self, _: web.Request) -> web.Response:
        return json_response(await self._state.read())

    async def claim(self, request: web.Request) -> web.Response:
        """Claim the case, and return who has it then."""
        body = await read_json(request, ClaimRequest)
        claim = await self._claims.claim(_case_id(request), actor(request), body.take_over)
        return json_response(ClaimView(claim.case, claim.account, claim.since))

    async def leave(self, request: web.Request) -> web.Response:
        await self._claims.leave(_case_id(request), actor(request))
        return web.Response(status=204)

    async def assign(self, request: web.Request) -> web.Response:
        body = await read_json(request, AssignmentRequest)
        sentence = required_text(body.sentence, "why you hand it over")
        await self._assignments.assign(_case_id(request), without_nul(body.to), sentence, actor(request))
        return web.Response(status=204)

    async def give_back(self, request: web.Request) -> web.Response:
        await self._assignments.give_back(_case_id(request), actor(request))
        return web.Response(status=204)

    async def second_look(self, request: web.Request) -> web.Response:
        """Confirm a proposal and return the decision, or send it back and return none."""
        body = await read_json(request, SecondLookRequest)
        sentence = required_text(body.sentence, "why, for colleagues")
        opinion = SecondOpinion(sentence, SeenReports(body.seen, body.seen_people))
        if not body.confirm:
            await self._second_looks.send_back(_case_id(request), opinion, actor(request))
            return json_response(DecisionResult(None), 201)
        made = await self._second_looks.confirm(_case_id(request), opinion, actor(request))
        await self._publisher.publish(made)
        return json_response(DecisionResult(decision_view(made, undoable=True)), 201)

    async def write_on_case(self, request: web.Request) -> web.Response:
        text = _note_text(await read_json(request, NoteRequest))
        note = await self._notes.write_on_case(_case_id(request), text, actor(request))
        return json_response(note, 201)

    async def write_on_visitor(self, request: web.Request) -> web.Response:
        text = _note_text(await read_json(request, NoteRequest))
        note = await self._notes.write_on_visitor(_visitor(request), text, actor(request))
        return json_response(note, 201)

    async def mark_seen(self, request: web.Request) -> web.Response:
        await self._notes.mark_seen(_visitor(request), actor(request))
        return web.Response(status=204)

    async def exposure(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "")
        if not (since.isascii() and since.isdigit() and len(since) < 16):
            raise InvalidRequest("since is a time in Unix milliseconds")
        return json_response(await self._exposure.read(int(since), actor(request)))

    async def workload(self, request: web.Request) -> web.Response:
        """Return figures about colleagues. The audit log records who looks at them."""
        period = parse_period(request.query.get("from", ""), request.query.get("to", ""))
        found = await self._workload.read(period)
        senior = actor(request)
        details = {"from": period.first, "to": period.last}
        await self._audit.record(AuditEvent(senior.now, senior.name, "workload.seen", "", details))
        return json_response(found)


def _case_id(request: web.Request) -> CaseId:
    return CaseId(request.match_info["case"])


def _visitor(request: web.Request) -> VisitorId:
    return VisitorId(request.match_info["visitor"])


def _note_text(request: NoteRequest) -> str:
    """Return the text; raise `InvalidRequest`."""
    if not request.text.strip():
        raise InvalidRequest("a note is not empty")
    if len(request.text) > MAX_NOTE_LENGTH:
        raise InvalidRequest(f"a note has at most {MAX_NOTE_LENGTH} characters")
    return without_nul(request.text)
