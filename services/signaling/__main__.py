"""Builds the objects of the gateway process and runs them."""

import asyncio
import gc
import secrets
import sys
from math import inf

from services.contract import addresses
from services.contract.appeal_tokens import AppealTokens
from services.contract.challenges import ChallengeSealer
from services.contract.devices import DeviceVouchers
from services.contract.ids import GatewayId, VisitorId, random_id
from services.contract.invitations import InvitationSealer
from services.contract.line_digests import LineDigester
from services.contract.log_hashes import LogHasher
from services.contract.memory import MemorySealer
from services.contract.passes import PassSealer
from services.contract.tokens import TokenSigner
from services.runtime import systemd
from services.runtime.admin import AdminServer
from services.runtime.fd_limit import raise_fd_limit
from services.runtime.http_server import HttpRunner
from services.runtime.lifecycle import Shutdown, run_service, until
from services.runtime.logs import logger
from services.runtime.network_rate_limit import NetworkRateLimiter
from services.runtime.page_check import check_page
from services.runtime.readiness import Readiness
from services.runtime.steady_clock import SteadyClock
from services.runtime.tracing import tracer

from .config import Config
from .core.conduct import ConductLimits, Conducts
from .core.messages import MAX_FRAME_BYTES
from .core.session import Session
from .core.work_policy import NetworkBans, WorkPolicy
from .shell import metrics
from .shell.acceptor import MAX_WAITING, PacedAcceptor
from .shell.adapters.matcher_client import MatcherClient
from .shell.adapters.nats_bus import NatsBus
from .shell.adapters.reports_client import ReportsClient
from .shell.adapters.standings_watcher import StandingsWatcher
from .shell.app import Api, build_app, page_files, page_policy, response_headers
from .shell.call_follower import CallFollower
from .shell.conduct_watch import ConductWatch
from .shell.connection import WebSocketEndpoint
from .shell.device_proof import DeviceProofVerifier, ReplayCache
from .shell.drain import drain
from .shell.failure_detector import FailureDetector
from .shell.heartbeats import Heartbeats
from .shell.history_exchange import HistoryExchange
from .shell.http_limits import FirstRequestTimeout
from .shell.hub import Hub
from .shell.ice import CredentialQuota, IceProvider
from .shell.inbound_bytes import InboundBytes
from .shell.issued_devices import IssuedDevices
from .shell.match_messages import MatchMessages
from .shell.meeting_registry import MeetingRegistry
from .shell.meeting_service import MeetingService
from .shell.network_quota import NetworkQuota
from .shell.observations import ObservationSender
from .shell.open_connections import OpenConnections
from .shell.pending_tickets import PendingTickets
from .shell.pools.named_pool import NamedPools
from .shell.pools.pool_admission import PoolAdmission, RulesConfirmed
from .shell.pools.pool_pages import PoolPages
from .shell.proof_of_work import ProofOfWork
from .shell.queue_budget import QueueBudget
from .shell.report_follower import ReportFollower
from .shell.sealed_requests import SealedRequests
from .shell.site.site import Site
from .shell.stats.cluster_stats import ClusterStats
from .shell.stats.minute_counters import MinuteCounters
from .shell.stats.popular_interests import PopularInterests
from .shell.token_issuer import TokenIssuer
from .shell.token_verifier import TokenVerifier
from .shell.websocket import SocketLimits

OTHER_FILES = 256 + MAX_WAITING
"""Files that the process may open beside visitors' connections, as for streams and connections that wait."""

COLLECTION = (1_000, 5, 20_000)
"""Thresholds of the garbage collector. Collecting a young generation of 1,000 objects takes a millisecond.
With thresholds of 20,000 and 50, as in the other services, all visitors would wait half a second for every
5,000 who connect. Full collections are as rare as in those, for closed sockets are freed without them."""

AFTER_DRAIN = 20.0
"""Seconds from the last wave of a drain to the end of the process, at most."""

BURST = 4
"""New connections that are accepted at once. Their handshakes take a millisecond, for which others wait."""


async def run(
    config: Config, shutdown: Shutdown, session: type[Session] = Session, hub_type: type[Hub] = Hub
) -> None:
    """Serve until `shutdown` is requested, then drain.

    Raises `OSError` when a port is taken, and in production when there is no page. Only tests
    pass another `session` or `hub_type`, to prove what fails without one of their steps.
    """
    gc.set_threshold(*COLLECTION)
    check_page("ZUFALL_PAGE", config.page, config.environment)
    gateway = GatewayId(f"{config.gateway}.{random_id()}")
    signer, wall_clock = TokenSigner(config.token_keys), SteadyClock()
    bus = NatsBus(gateway, config.nats, config.certificates)
    popular = PopularInterests(config.popular_from, config.popular_never)
    pools = config.pools or NamedPools()
    matchmaker = MatcherClient(gateway, config.matchers, popular, config.certificates, config.region)
    reports = ReportsClient(config.reports, config.certificates)
    standings = StandingsWatcher(reports.stub, AppealTokens(config.pass_keys), wall_clock)
    counters = MinuteCounters()
    failure_detector = FailureDetector()
    messages = MatchMessages(
        gateway,
        PassSealer(config.pass_keys),
        MemorySealer(config.pass_keys),
        counters,
        config.show_country,
        IceProvider(
            config.signal_policy,
            config.stun_urls,
            config.turn_urls,
            next(iter(config.turn_secret), ""),
            CredentialQuota(
                config.rate(
                    config.limit_network_turn_credentials_per_second,
                    config.limit_network_turn_credentials_burst,
                )
            ),
        ),
        wall_clock=wall_clock,
    )
    conducts = Conducts(
        ConductLimits(
            config.limit_same_line,
            config.limit_network_same_line,
            config.rate(config.limit_presses_per_second, config.limit_presses_burst),
        )
    )
    observations = ObservationSender(reports.observe, metrics.OBSERVATIONS)
    hasher = LogHasher(config.pass_keys)
    registry = MeetingRegistry(bus)
    meetings = MeetingService(
        PassSealer(config.pass_keys), InvitationSealer(config.pass_keys), registry, wall_clock=wall_clock
    )
    hub = hub_type(
        gateway,
        PendingTickets(
            matchmaker,
            standings,
            conducts,
            registry,
            PoolAdmission(pools, RulesConfirmed(), wall_clock),
            tabs_meet=config.same_device,
        ),
        bus,
        standings,
        messages,
        SealedRequests(messages, meetings).open,
        failure_detector,
        CallFollower(gateway, hasher, tracer()),
        searches=config.rate(config.limit_searches_per_second, config.limit_searches_burst),
        session=session,
    )
    metrics.SEARCHING.set_function(lambda: hub.searching)
    stats = ClusterStats(popular, pools={pool.name: pool.title for pool in pools})
    history = HistoryExchange(bus, stats)
    heartbeats = Heartbeats(gateway, bus, counters, stats, failure_detector, history, hub)
    bans = NetworkBans(config.work_ban_hours * 3600)
    verifier = TokenVerifier(signer, standings.revoked, wall_clock)
    sockets = WebSocketEndpoint(
        config,
        hub,
        verifier,
        messages,
        standings,
        shutdown.is_set,
        config.rate(config.limit_frames_per_second, config.limit_frames_burst),
        SocketLimits(
            MAX_FRAME_BYTES,
            config.limit_queue_bytes,
            QueueBudget(config.limit_queue_bytes_total),
            config.heartbeat_seconds,
        ),
        NetworkQuota(config.limit_network_sockets if config.limits else inf),
        NetworkRateLimiter(
            config.rate(config.limit_network_lines_per_second, config.limit_network_lines_burst)
        ),
        InboundBytes(
            config.rate(config.limit_bytes_per_second, config.limit_bytes_burst),
            config.rate(config.limit_network_bytes_per_second, config.limit_network_bytes_burst),
        ),
        LineDigester(config.pass_keys),
        bans,
        ConductWatch(conducts, secrets.token_bytes(32), observations.add, config.limits),
    )
    first_request = FirstRequestTimeout(config.limit_hello_seconds)
    devices, used = DeviceVouchers(config.token_keys, config.pass_keys), ReplayCache(config.limit_proofs)
    policy = WorkPolicy(
        config.work_least, config.work_most, config.work_quiet_rate, config.work_keyless_factor
    )
    work = ProofOfWork(config.pass_keys, policy, bans, used) if config.asks_for_work else None
    proofs = DeviceProofVerifier(devices, ChallengeSealer(config.pass_keys), used)
    named_devices = ObservationSender(reports.name_device, metrics.NAMED_DEVICES)
    issued = IssuedDevices(named_devices.add)
    token_issuer = TokenIssuer(signer, verifier, standings, proofs, bans, work, issued)
    site = Site(
        config.site_name,
        config.site_logo,
        config.site_colours,
        config.site_rules,
        config.site_links,
        config.advertising_url,
        config.recogniser,
    )
    pool_pages = PoolPages(
        pools, page_files(config), site, config.origins, page_policy(config, site), wall_clock
    )
    api = Api(
        gateway,
        config,
        sockets.serve,
        shutdown.is_set,
        token_issuer,
        verifier,
        reports,
        standings,
        heartbeats,
        site,
        wall_clock,
        ReportFollower(gateway, hasher, tracer()),
        pool_pages,
        meetings,
    )
    app = build_app(api, config, first_request, site, pool_pages)

    def on_standing(visitor: VisitorId, device: int) -> None:
        issued.on_decision(visitor, device)
        hub.on_standing(visitor, device)

    listening = asyncio.Event()
    readiness = Readiness(
        {
            "NATS is away": lambda: bus.connected,
            "no matcher answers": lambda: matchmaker.ready,
            "standings are not known yet": lambda: standings.known,
            "not listening yet": listening.is_set,
        },
        stopping=shutdown.is_set,
    )
    admin = AdminServer(config.admin_listen, readiness.problems)
    runner = HttpRunner(
        app,
        response_headers(config, site),
        shutdown_timeout=3,
        keepalive_timeout=config.keepalive_seconds,
    )
    await admin.start()
    watching = standings.start(on_standing, sockets.close_revoked)
    matching = matchmaker.start(hub.on_matcher_event)
    connecting = asyncio.create_task(_connect(bus, hub, standings, heartbeats, history, registry))
    sending = asyncio.create_task(heartbeats.run())
    observing = asyncio.create_task(observations.run())
    naming = asyncio.create_task(named_devices.run())
    clock = asyncio.create_task(_tick(hub))
    try:
        accept_tasks = await _listen(runner, config, first_request)
        listening.set()
        logger().info("listening", listen=list(config.listen), gateway=gateway)
        working = (connecting, sending, observing, naming, matching, watching, clock)
        await until(shutdown, *working, *accept_tasks)
        systemd.extend_timeout(config.drain_seconds + AFTER_DRAIN)
        await shutdown.run_until_forced(drain(hub, runner, config.drain_per_second, config.drain_seconds))
    finally:
        await sockets.close()
        await runner.cleanup()
        for task in (clock, observing, naming, sending, connecting):
            task.cancel()
        history.stop()
        await heartbeats.stop()
        await matchmaker.stop()
        await standings.stop()
        await bus.stop()
        await reports.stop()
        await admin.stop()


async def _listen(
    runner: HttpRunner, config: Config, first_request: FirstRequestTimeout
) -> list[asyncio.Task[None]]:
    """Start to accept connections, and return the tasks that do so."""
    await runner.setup()
    files = raise_fd_limit(config.limit_connections + OTHER_FILES) - OTHER_FILES
    if files < config.limit_connections:
        logger().warning("the system allows fewer open files than connections", connections=files)
    most = min(files, config.limit_connections) if config.limits else inf
    # A browser may keep a connection for requests beside its socket.
    opened = OpenConnections(most, 2 * config.limit_network_sockets if config.limits else inf)
    rate = config.rate(config.limit_connections_per_second, BURST)
    listen = [addresses.split_host_port(address) for address in config.listen]
    acceptor = PacedAcceptor(
        runner,
        listen,
        rate,
        opened,
        config.trusted_proxies,
        config.proxy_protocol,
        first_request.opened,
        shared=config.share_port,
    )
    await acceptor.start()
    return acceptor.accept_tasks


async def _connect(
    bus: NatsBus,
    hub: Hub,
    standings: StandingsWatcher,
    heartbeats: Heartbeats,
    history: HistoryExchange,
    registry: MeetingRegistry,
) -> None:
    await bus.start(hub, standings.on_announcement)
    await heartbeats.start()
    await history.start()
    await asyncio.gather(bus.run(), registry.run())


async def _tick(hub: Hub) -> None:
    while True:
        await asyncio.sleep(0.1)
        hub.tick()


def main() -> int:
    return run_service("signaling", Config, run)


if __name__ == "__main__":
    sys.exit(main())
