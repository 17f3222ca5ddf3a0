"""Starts the reports service as a process, and builds what its tests send it."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import sqlalchemy as sa
from grpc import aio
from msgspec import structs
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncEngine

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract.appeal_tokens import AppealTokens
from services.contract.ids import DecisionId, GatewayId, MatchId, Pass, VisitorId, random_id
from services.contract.keys import new_key, parse_ring
from services.contract.line_digests import LineDigester
from services.contract.passes import PassContent, PassSealer
from services.reports.shell.storage.database import for_writing, open_engine
from services.reports.shell.storage.tables import metadata
from services.runtime.rpc import OPTIONS, error_code

from ..audit import CONSOLE_KEYS
from ..servers import free_port, service

TOKEN = "a moderator token for tests"
NO_NATS = "nats://127.0.0.1:1"
"""Nobody listens there."""
MODERATOR = (("authorization", f"Bearer {TOKEN}"),)
KEYS = new_key()
DEADLOCK = "40P01"
"""PostgreSQL's code for it."""
APPEALS = AppealTokens(parse_ring(KEYS))
"""The tokens of gateways with these keys."""


@dataclass(frozen=True)
class ReportsReplica:
    """One running process, and clients of it."""

    process: asyncio.subprocess.Process
    database: str
    """The URL that it has."""
    owner: str
    """The URL of the role that owns the schema, and may empty every table."""
    address: str
    admin: str
    console: str
    reports: rpc.ReportsStub
    moderation: rpc.ModerationStub

    async def decide(self, visitor: str, level: pb.Level, seconds: int = 0) -> pb.VisitorStanding:
        request = pb.DecideRequest(visitor=visitor, level=level, seconds=seconds, rule="nudity")
        return await self.moderation.Decide(request, metadata=MODERATOR)  # type: ignore[no-any-return]

    async def list(self) -> list[pb.ReportSummary]:
        answer = await self.moderation.ListReports(pb.ListReportsRequest(), metadata=MODERATOR)
        return list(answer.reports)


def required_settings(database: str) -> dict[str, str]:
    """Return the variables without which the service does not start."""
    return {
        "ZUFALL_DATABASE": database,
        "ZUFALL_PASS_KEYS": KEYS,
        "ZUFALL_CONSOLE_KEYS": CONSOLE_KEYS,
        "ZUFALL_MODERATOR_TOKEN": TOKEN,
    }


@asynccontextmanager
async def reports_service(
    database: str, nats: str, port: int | None = None, /, **settings: str
) -> AsyncIterator[ReportsReplica]:
    """Start a process; `settings` are variables of its environment."""
    port, admin, console = port or free_port(), free_port(), free_port()
    environment = {
        **required_settings(database),
        "ZUFALL_NATS": nats,
        "ZUFALL_LISTEN": f"127.0.0.1:{port}",
        "ZUFALL_ADMIN_LISTEN": f"127.0.0.1:{admin}",
        "ZUFALL_CONSOLE_LISTEN": f"127.0.0.1:{console}",
        "ZUFALL_CONSOLE_ORIGINS": f"http://127.0.0.1:{console}",
        **settings,
    }
    async with AsyncExitStack() as stack:
        process = await stack.enter_async_context(service("services.reports", environment, port))
        address = f"127.0.0.1:{port}"
        channel = await stack.enter_async_context(aio.insecure_channel(address, options=OPTIONS))
        yield ReportsReplica(
            process,
            database,
            database,
            address,
            f"http://127.0.0.1:{admin}",
            f"http://127.0.0.1:{console}",
            rpc.ReportsStub(channel),
            rpc.ModerationStub(channel),
        )


@asynccontextmanager
async def reused(running: ReportsReplica) -> AsyncIterator[ReportsReplica]:
    """Yield the same process on an emptied database, with clients that belong to the present event loop."""
    engine = open_engine(running.owner)
    while not await _empty(engine):
        pass
    await engine.dispose()
    async with aio.insecure_channel(running.address, options=OPTIONS) as channel:
        yield replace(running, reports=rpc.ReportsStub(channel), moderation=rpc.ModerationStub(channel))


async def _empty(engine: AsyncEngine) -> bool:
    """Empty the database; return False if PostgreSQL asks to begin again.

    It does if each of two transactions waits for the other, because the service is sweeping.
    """
    try:
        async with for_writing(engine).begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(sa.delete(table))
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK:
            raise
        return False
    return True


def appeal_token(ban: pb.VisitorStanding) -> str:
    """Return the token that a gateway makes when it tells the visitor of a ban."""
    return APPEALS.seal(DecisionId(ban.decision), VisitorId(ban.visitor))


@dataclass(frozen=True)
class PastMatch:
    """A match of two visitors, and the pass of one of them."""

    match: MatchId
    reporter: VisitorId
    accused: VisitorId
    sealed: Pass


def past_match(
    keys: str = KEYS,
    ago: float = 60,
    accused: VisitorId | None = None,
    accused_device: int = 0,
    said: Sequence[tuple[bool, str]] = (),
) -> PastMatch:
    """Return a match that began `ago` seconds ago, with lines that the accused `said`, or the reporter."""
    match, reporter = MatchId(random_id()), VisitorId(random_id())
    accused = accused or VisitorId(random_id())
    content = PassContent(
        match=match,
        holder=reporter,
        holder_gateway=GatewayId("gateway"),
        partner=accused,
        partner_gateway=GatewayId("gateway"),
        polite=True,
        partner_address_hash=b"hash",
        started=time.time() - ago,
        partner_device=accused_device,
        lines=b"".join(
            LineDigester(parse_ring(keys)).digest(match, accused if by_accused else reporter, text)
            for by_accused, text in said
        ),
    )
    return PastMatch(match, reporter, accused, PassSealer(parse_ring(keys)).seal(content))


def other_side(of: PastMatch) -> PastMatch:
    """Return the same match as its accused had it."""
    mine = PassSealer(parse_ring(KEYS)).open(of.sealed, of.reporter, time.time())
    theirs = structs.replace(mine, holder=of.accused, partner=of.reporter)
    return PastMatch(of.match, of.accused, of.reporter, PassSealer(parse_ring(KEYS)).seal(theirs))


def file_request(
    of: PastMatch,
    *,
    reporter: str | None = None,
    sealed: str | None = None,
    reason: pb.Reason = pb.REASON_NUDITY,
    note: str = "",
    chat: tuple[pb.ChatLine, ...] = (),
    frames: tuple[bytes, ...] = (),
    network: bytes = b"",
    flag: bool = False,
    device_hours: int | None = None,
    call: pb.ClaimedCall | None = None,
) -> pb.FileRequest:
    request = pb.FileRequest(
        reporter=reporter or of.reporter,
        reason=reason,
        note=note,
        chat=chat,
        frames=frames,
        reporter_network=network,
        flag=flag,
        call=call,
        proven=device_hours is not None,
        device_hours=device_hours or 0,
    )
    setattr(request, "pass", of.sealed if sealed is None else sealed)
    return request


def photo(width: int = 1920, height: int = 1080, kind: str = "JPEG") -> bytes:
    """Return a picture with a place and a comment in its metadata."""
    image = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "SECRET description"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}  # GPS
    file = io.BytesIO()
    image.save(file, kind, exif=exif, comment="SECRET comment")
    return file.getvalue()


async def error_of_filing(replica: ReportsReplica, request: pb.FileRequest) -> str | None:
    """File a report, and return the code with which it is refused; None if it is taken."""
    try:
        await replica.reports.File(request)
    except aio.AioRpcError as error:
        return error_code(error)
    return None
