"""What moderators call over gRPC, with the moderator token."""

import hmac
from collections.abc import Callable
from typing import Any

from grpc import aio

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract.errors import PermissionRefused
from services.contract.ids import DecisionId, random_id

from . import appeal_mapping as appeal_messages
from . import proto_mapping
from .appeal_tokens import AppealTokens
from .ports import AppealStore, ReportStore
from .publisher import DecisionPublisher, lifted

Context = aio.ServicerContext[Any, Any]
Now = Callable[[], int]
"""Unix milliseconds."""


class ModerationServicer(rpc.ModerationServicer):
    """For whoever has the moderator token. They say who they are: a name, which nothing proves."""

    def __init__(
        self,
        store: ReportStore,
        appeals: AppealStore,
        published: DecisionPublisher,
        tokens: AppealTokens,
        token: str,
        now: Now,
    ) -> None:
        self._store = store
        self._appeals = appeals
        self._published = published
        self._tokens = tokens
        self._authorization = f"Bearer {token}".encode()
        self._now = now

    async def ListReports(  # noqa: N802 -- gRPC
        self, request: pb.ListReportsRequest, context: Context
    ) -> pb.ListReportsResponse:
        self._check_moderator(context)
        latest = await self._store.latest_reports(min(request.limit or 50, 1000))
        return pb.ListReportsResponse(reports=[proto_mapping.summary(summary) for summary in latest])

    async def Decide(self, request: pb.DecideRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        new = proto_mapping.new_decision(request, DecisionId(random_id()), self._now())
        return await self._published.publish(await self._store.decide(new))

    async def ListAppeals(  # noqa: N802 -- gRPC
        self, request: pb.ListAppealsRequest, context: Context
    ) -> pb.ListAppealsResponse:
        self._check_moderator(context)
        found = await self._appeals.open_appeals(min(request.limit or 50, 1000))
        return pb.ListAppealsResponse(appeals=[appeal_messages.summary(one, self._tokens) for one in found])

    async def DecideAppeal(self, request: pb.DecideAppealRequest, context: Context) -> pb.VisitorStanding:  # noqa: N802 -- gRPC
        self._check_moderator(context)
        now = self._now()
        decided = appeal_messages.decided_appeal(request, now)
        about = (await self._appeals.find(decided.decision)).decision
        lift = lifted(about, DecisionId(random_id()), decided) if request.overturn else None
        made = await self._appeals.decide(decided, lift)
        if made is not None:
            await self._published.publish(made)
        return self._published.standing(about.visitor, now)

    def _check_moderator(self, context: Context) -> None:
        metadata = dict(context.invocation_metadata() or ())
        given = metadata.get("authorization", "")
        if not hmac.compare_digest(given.encode() if isinstance(given, str) else given, self._authorization):
            raise PermissionRefused("the moderator token is missing or wrong")
