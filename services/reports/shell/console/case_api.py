"""The queue, cases and appeals: looking and deciding."""

from aiohttp import web

from services.contract.errors import InvalidRequest, PermissionRefused
from services.contract.ids import CaseId, DecisionId, ReportId, VisitorId, random_id
from services.runtime.http_responses import json_response

from ...core.audit_chain import AuditEvent
from ..ports import AppealStore
from ..publisher import DecisionPublisher, lifted
from ..storage.audit_log import SqlAuditLog
from . import deeds
from .casework import Seen, SqlCasework
from .door import Handlers, reader
from .dossiers import SqlDossiers
from .exhibits import SqlExhibits
from .http import attachment, body
from .queue import SqlQueue
from .views import AppealAnswer, Because, HoldRequest, NewDecisionRequest, appeal_line, decision_view

_MOST_APPEALS = 200
_MOST_DAYS = 3650


class CaseApi:
    """A decision is answered for when it is committed, and made known before the answer."""

    def __init__(
        self,
        queue: SqlQueue,
        dossiers: SqlDossiers,
        casework: SqlCasework,
        exhibits: SqlExhibits,
        appeals: AppealStore,
        audit: SqlAuditLog,
        published: DecisionPublisher,
    ) -> None:
        self._queue = queue
        self._dossiers = dossiers
        self._casework = casework
        self._exhibits = exhibits
        self._appeals = appeals
        self._audit = audit
        self._published = published

    def handlers(self) -> Handlers:
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
        """What was said stands in it, so this is a look at evidence, too."""
        found, who = await self._dossiers.case(_case(request), reader(request)), reader(request)
        await self._audit.record(AuditEvent(who.now, who.name, "case.seen", found.id, {}))
        return json_response(found)

    async def visitor(self, request: web.Request) -> web.Response:
        """What is known of somebody, whether reported or reporting."""
        visitor = VisitorId(request.match_info["visitor"])
        return json_response(await self._dossiers.history(visitor, reader(request)))

    async def frame(self, request: web.Request) -> web.Response:
        """One look at one picture."""
        number = request.match_info["number"]
        if not (number.isascii() and number.isdigit() and len(number) < 3):
            raise InvalidRequest("pictures of a report are numbered from 0")
        report = ReportId(request.match_info["report"])
        picture = await self._exhibits.picture(report, int(number), reader(request))
        return web.Response(
            body=picture.content, content_type=picture.media_type, headers={"Cache-Control": "no-store"}
        )

    async def decide(self, request: web.Request) -> web.Response:
        asked = await body(request, NewDecisionRequest)
        new = deeds.new_decision(asked, DecisionId(random_id()), reader(request))
        seen = Seen(asked.seen, asked.seen_people)
        done = await self._casework.decide(_case(request), new, seen)
        if done.news is not None:
            await self._published.publish(done.news)
        return json_response({"decision": decision_view(done.decision, undoable=True)}, 201)

    async def undo(self, request: web.Request) -> web.Response:
        """What holds now."""
        because = deeds.text((await body(request, Because)).reason, "why you take it back")
        decision = DecisionId(request.match_info["decision"])
        done = await self._casework.undo(decision, because, reader(request))
        if done.news is not None:
            await self._published.publish(done.news)
        return json_response({"decision": decision_view(done.decision)}, 201)

    async def hold(self, request: web.Request) -> web.Response:
        """Nothing of the case is deleted for so long."""
        asked = await body(request, HoldRequest)
        if not 1 <= asked.days <= _MOST_DAYS:
            raise InvalidRequest(f"a case is held for 1 to {_MOST_DAYS} days")
        because = deeds.text(asked.reason, "why it is held")
        until = await self._casework.hold(_case(request), asked.days, because, reader(request))
        return json_response({"held_until": until}, 201)

    async def export(self, request: web.Request) -> web.Response:
        """Everything about a case in one file, for an authority or a lawyer."""
        because = deeds.text(request.query.get("reason", ""), "why it is exported")
        case = await self._dossiers.case(_case(request), reader(request))
        archive = await self._exhibits.archive(case, because, reader(request))
        return attachment(archive, "application/zip", f"case-{case.id}.zip")

    async def appeals(self, request: web.Request) -> web.Response:
        """The open ones, the oldest first."""
        found = await self._appeals.open_appeals(_MOST_APPEALS)
        lines = [appeal_line(one, one.appeal, reader(request).name) for one in found if one.appeal]
        return json_response({"appeals": lines})

    async def answer_appeal(self, request: web.Request) -> web.Response:
        """By somebody else than who decided."""
        asked = await body(request, AppealAnswer)
        answered = deeds.answered(DecisionId(request.match_info["decision"]), asked, reader(request))
        about = (await self._appeals.find(answered.decision)).decision
        if about.moderator == answered.moderator:
            raise PermissionRefused("another moderator answers an appeal against what you decided")
        lift = lifted(about, DecisionId(random_id()), answered) if asked.overturn else None
        made = await self._appeals.decide(answered, lift, actor=answered.moderator)
        if made is not None:
            await self._published.publish(made)
        return json_response({"decision": decision_view(made) if made else None}, 201)


def _case(request: web.Request) -> CaseId:
    return CaseId(request.match_info["case"])
