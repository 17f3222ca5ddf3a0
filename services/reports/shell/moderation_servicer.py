"""Serves the moderators' commands over gRPC, with the moderator token."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from grpc import aio

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract.errors import NotFound, PermissionRefused
from services.contract.ids import DecisionId, ReportId, random_id

from ..core.alarms import ChannelState
from ..core.appeals import lifting_decision
from ..core.audit_chain import AuditEvent
from ..core.records import Decision
from ..core.statements import StatementWriter
from . import appeal_mapping, metrics, proto_mapping
from .ports import AlarmTester, AppealStore, AuditLog, ReportStore, RevocationStore
from .publisher import DecisionPublisher
from .storage.audit_log import token_actor

Context = aio.ServicerContext[Any, Any]
Now = Callable[[], int]
"""Unix milliseconds."""


class ModerationServicer(rpc.ModerationServicer):
    """Implements the service `Moderation` of reports.proto. A moderator's name is not proven."""

    def __init__(
        self,
        store: ReportStore,
        revocations: RevocationStore,
        appeals: AppealStore,
        publisher: DecisionPublisher,
        audit: AuditLog,
        alarms: AlarmTester,
        token: str,
        now: Now,
        statements: StatementWriter,
    ) -> None:
        self._store = store
        self._revocations = revocations
        self._appeals = appeals
        self._publisher = publisher
        self._audit = audit
        self._alarms = alarms
        self._authorization = f"Bearer {token}".encode()
        self._now = now
        self._statements = statements

    async def ListReports(  # noqa: N802 -- gRPC
        self, request: pb.ListReportsRequest, context: Context
    ) -> pb.ListReportsResponse:
        self._check_moderator(context)
        latest = await self._store.latest_reports(min(request.limit or 50, 1000))
        await self._record_look("reports.seen", reports=str(len(latest)))
        return pb.ListReportsResponse(reports=[proto_mapping.report_summary(summary) for summary in latest])

    async def Decide(self, request: pb.DecideRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        new = proto_mapping.new_decision(request, DecisionId(random_id()), self._now(), self._statements)
        return await self._publisher.publish(await self._store.decide(new))

    async def ListAppeals(  # noqa: N802 -- gRPC
        self, request: pb.ListAppealsRequest, context: Context
    ) -> pb.ListAppealsResponse:
        self._check_moderator(context)
        found = await self._appeals.open_appeals(min(request.limit or 50, 1000))
        await self._record_look("appeals.seen", appeals=str(len(found)))
        return pb.ListAppealsResponse(appeals=[appeal_mapping.appeal_summary(one) for one in found])

    async def DecideAppeal(self, request: pb.DecideAppealRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        now = self._now()
        decided = appeal_mapping.appeal_decision(request, now)
        about = await self._appealed(decided.decision)
        lift = lifting_decision(about, DecisionId(random_id()), decided) if request.overturn else None
        made = await self._appeals.decide(decided, lift)
        metrics.APPEALS.labels(decided.state.name.lower()).inc()
        if made is not None:
            await self._publisher.publish(made)
        return self._publisher.standing(about.visitor, about.device, now)

    async def _appealed(self, id: DecisionId) -> Decision:
        try:
            return (await self._appeals.find(id)).decision
        except NotFound as error:
            raise NotFound(f"{error.message}: `zufall moderator appeals` lists the open appeals") from None

    async def RevokeToken(self, request: pb.RevokeTokenRequest, context: Context) -> pb.RevokedToken:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        now = self._now()
        revoked = proto_mapping.token_to_revoke(request, now)
        actor = token_actor(proto_mapping.moderator_name(request.moderator))
        details = {"reason": proto_mapping.without_nul(request.reason)}
        await self._revocations.revoke(revoked, AuditEvent(now, actor, "token.revoked", revoked.id, details))
        return await self._publisher.publish_revoked(revoked)

    async def Alarms(self, request: pb.AlarmsRequest, context: Context) -> pb.AlarmsResponse:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        problems: dict[str, str] | None = None
        if request.test:
            tried = await self._alarms.test(token_actor(proto_mapping.moderator_name(request.moderator)))
            problems = {one.name: one.problem for one in tried}
        states = await self._alarms.states()
        return pb.AlarmsResponse(channels=[_alarm_channel(one, problems) for one in states])

    async def ShowReport(self, request: pb.ShowReportRequest, context: Context) -> pb.ReportDetails:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        found = await self._store.report(ReportId(request.report))
        if found is None:
            raise NotFound("there is no such report: `zufall reports list` shows their ids")
        await self._record_look("report.seen", request.report)
        return proto_mapping.report_details(found)

    async def ShowVisitor(self, request: pb.ShowVisitorRequest, context: Context) -> pb.VisitorRecord:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        visitor = proto_mapping.parse_visitor(request.visitor)
        traces = await self._store.traces(visitor)
        device = await self._store.last_known_device(visitor)
        await self._record_look("visitor.seen", visitor)
        return pb.VisitorRecord(
            standing=self._publisher.standing(visitor, device, self._now()),
            reported=traces.reported,
            filed=traces.filed,
            decisions=traces.decisions,
        )

    async def _record_look(self, action: str, subject: str = "", **details: str) -> None:
        """Record that somebody looks at personal data, before the response is sent."""
        await self._audit.record(AuditEvent(self._now(), token_actor(""), action, subject, details))

    def _check_moderator(self, context: Context) -> None:
        metadata = dict(context.invocation_metadata() or ())
        given = metadata.get("authorization", "")
        if not hmac.compare_digest(given.encode() if isinstance(given, str) else given, self._authorization):
            raise PermissionRefused("the moderator token is missing or wrong")


def _alarm_channel(state: ChannelState, tried: Mapping[str, str] | None) -> pb.AlarmChannel:
    """Return a channel, with the problem of the test that was made just now, if one was."""
    summary = state.summary
    return pb.AlarmChannel(
        name=state.name,
        target=state.target,
        delivered_ms=summary.delivered_at,
        waiting=summary.waiting,
        given_up=summary.given_up,
        problem=summary.problem if tried is None else tried[state.name],
    )
