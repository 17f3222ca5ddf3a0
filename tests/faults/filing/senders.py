"""Sends reports, appeals and answers as pages and moderators do, until they are acknowledged."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import aiohttp
from grpc import StatusCode, aio

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract.ids import DecisionId, VisitorId, random_id
from services.runtime.rpc import OPTIONS

from ...timing import scaled
from .plan import PlannedReport
from .requests import Receipts, file, send
from .stage import MODERATOR, Stage
from .strikes import ReportFault

Work = Coroutine[Any, Any, object]


@dataclass(frozen=True, slots=True)
class BannedVisitor:
    """A visitor whom a person banned, so that they can appeal."""

    visitor: VisitorId
    decision: DecisionId
    appeal: str

    @property
    def text(self) -> str:
        return f"It was not {self.visitor}."


@dataclass(slots=True)
class RequestSenders:
    """Sends the requests of one stage, and keeps their receipts."""

    stage: Stage
    http: aiohttp.ClientSession
    pictures: Sequence[str]
    receipts: Receipts = field(default_factory=dict)
    attempts: int = 0

    async def reports(self, wanted: Sequence[PlannedReport], fault: ReportFault | None) -> None:
        """Send reports. Those of one reporter go one after the other, as a page sends them."""
        by_reporter = groupby(sorted(wanted, key=lambda one: one.reporter), lambda one: one.reporter)
        await self._wave([self._in_turn(list(own)) for _, own in by_reporter], fault)

    async def _in_turn(self, wanted: Sequence[PlannedReport]) -> None:
        for one in wanted:
            attempts = await file(
                self.http, self._urls, self.stage.signer, one, self.pictures, self.receipts, time.time()
            )
            self.attempts += attempts

    async def appeals(self, banned: Sequence[BannedVisitor], fault: ReportFault | None) -> None:
        await self._wave([self._appeal(one) for one in banned], fault)

    async def _appeal(self, banned: BannedVisitor) -> None:
        body = {"appeal": banned.appeal, "text": banned.text}
        await send(self.http, self._urls, "/api/appeals", body, {}, banned.decision)

    async def answers(self, banned: Sequence[BannedVisitor], fault: ReportFault | None) -> None:
        await self._wave([self._answer(one) for one in banned], fault)

    async def _answer(self, banned: BannedVisitor) -> None:
        request = pb.DecideAppealRequest(
            decision=banned.decision, overturn=True, moderator="bob", answer="It was not."
        )
        try:
            await self.moderate(lambda stub: stub.DecideAppeal(request, metadata=_MODERATOR, timeout=10))
        except aio.AioRpcError as error:
            if error.code() is not StatusCode.INVALID_ARGUMENT:  # no longer open: it was taken before
                raise

    async def ban(self) -> BannedVisitor:
        request = pb.DecideRequest(visitor=random_id(), level=pb.LEVEL_BANNED, rule="nudity", moderator="ann")
        made = await self.moderate(lambda stub: stub.Decide(request, metadata=_MODERATOR, timeout=10))
        appeal = self.stage.appeals.seal(DecisionId(made.decision), VisitorId(made.visitor))
        return BannedVisitor(VisitorId(made.visitor), DecisionId(made.decision), appeal)

    async def moderate(self, call: Callable[[rpc.ModerationStub], Any]) -> Any:
        """Call any replica, again and again until one answers."""
        while True:
            address = random.choice(self.stage.reports).address
            try:
                async with aio.insecure_channel(address, options=OPTIONS) as channel:
                    return await call(rpc.ModerationStub(channel))
            except aio.AioRpcError as error:
                if error.code() not in (StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED):
                    raise
            await asyncio.sleep(0.1)

    @property
    def _urls(self) -> list[str]:
        return [gateway.url for gateway in self.stage.gateways]

    async def _wave(self, works: Sequence[Work], fault: ReportFault | None) -> None:
        """Send a wave under a fault, until everything is acknowledged and all services run again."""
        sending: list[asyncio.Task[None]] = []

        def start() -> asyncio.Task[None]:
            sending.append(asyncio.create_task(_all(works)))
            return sending[0]

        async with asyncio.timeout(scaled(60)):
            if fault is None:
                start()
            else:
                await fault.happen(self.stage, start)
            await sending[0]


_MODERATOR = (("authorization", f"Bearer {MODERATOR}"),)


async def _all(works: Sequence[Work]) -> None:
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)
