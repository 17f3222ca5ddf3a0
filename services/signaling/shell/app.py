"""The HTTP server of a gateway: the page, the API, and the endpoint of the WebSocket."""

from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from time import monotonic

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import Struct, structs

from services.contract import errors
from services.contract.errors import TokenRefused, ZufallError
from services.contract.ids import GatewayId, ReportId
from services.contract.limits import MAX_INTERESTS
from services.contract.tokens import TokenHolder
from services.contract.version import VERSION
from services.runtime.built_page import built_file
from services.runtime.client_address import remote_address
from services.runtime.endpoint import Endpoint, openapi
from services.runtime.http_responses import Handler, json_response, problem_middleware
from services.runtime.network_rate_limit import NetworkRateLimiter
from services.runtime.request_body import read_body
from services.runtime.security_headers import security_headers

from ..config import Config
from ..core.messages import MAX_CHAT_LENGTH, MAX_INTEREST_LENGTH, SUBPROTOCOL
from . import http_api, metrics
from .address_hash import subscriber_hash
from .appeal_request import parse_appeal_request
from .cross_site import check_sender
from .http_api import ConnectionFacts, PageConfig, PageLimits, VisitorStanding
from .http_limits import ConcurrencyLimit, FirstRequestTimeout, too_fast
from .meeting_requests import parse_invitation_check, parse_invitation_request, parse_meetings_request
from .meeting_service import MeetingService
from .pools.pool_pages import PAGE, PoolPages
from .ports import ClusterStatusSource, Reports, Standings
from .report_follower import ReportFollower
from .report_outcomes import parse_outcomes_request
from .report_request import ReportRequest, parse_report_request
from .site.pages import frame_policy, logo_route, named_pages, recogniser_route
from .site.site import Site
from .stats.cluster_stats import ClusterStatus
from .token_issuer import TOKEN_REQUEST_BYTES, TokenIssuer, parse_token_request
from .token_verifier import TokenVerifier

SOCKET_PATH = "/ws"
PAGES = {"/": "index.html", "/status": "status.html"}

SERVICE_WORKER, REMOVING_WORKER = "sw.js", "sw-off.js"
"""The script by which browsers keep the page, and the one that takes its place and deletes what they keep."""

APPEAL_BYTES = 32 * 1024
"""The size limit of an appeal: 2,000 characters in any encoding, and a token."""

OUTCOMES_BYTES = 4 * 1024
"""The size limit of a request for outcomes: the ids of 20 reports."""

MEETINGS_BYTES = 72 * 1024
"""The size limit of a request about meetings: 16 passes, each as long as one can be."""

_LANGUAGE_LENGTH = 35
"""The number of characters of a language that are read. No known language is longer."""

_FEATURES = (
    "autoplay",
    "camera",
    "clipboard-write",
    "fullscreen",
    "language-detector",
    "microphone",
    "on-device-speech-recognition",
    "picture-in-picture",
    "screen-wake-lock",
    "speaker-selection",
    "translator",
)
"""The features of a browser that the page uses."""


class Api:
    """The handlers of the HTTP API and of the WebSocket."""

    def __init__(
        self,
        gateway: GatewayId,
        config: Config,
        serve: Handler,
        stopping: Callable[[], bool],
        token_issuer: TokenIssuer,
        verifier: TokenVerifier,
        reports: Reports,
        standings: Standings,
        cluster: ClusterStatusSource,
        site: Site,
        wall_clock: Callable[[], float],
        follower: ReportFollower,
        pool_pages: PoolPages,
        meetings: MeetingService,
    ) -> None:
        self._gateway = gateway
        self._pool_pages = pool_pages
        self._config = config
        self._wall_clock = wall_clock
        self._follower = follower
        self._site = site
        self._serve = serve
        self._stopping = stopping
        self._token_issuer = token_issuer
        self._verifier = verifier
        self._reports = reports
        self._standings = standings
        self._cluster = cluster
        self._meetings = meetings
        self._meeting_rate = NetworkRateLimiter(
            config.rate(config.limit_network_meetings_per_minute / 60, config.limit_network_meetings_burst)
        )
        self._status = _StatusAnswers(-inf, b"", b"")
        self._report_slots = ConcurrencyLimit(config.limit_reports_at_once)
        self._report_rate = NetworkRateLimiter(
            config.rate(config.limit_network_reports_per_minute / 60, config.limit_network_reports_burst)
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        handlers: dict[Endpoint, Handler] = {
            http_api.CONFIG: self.config,
            http_api.CONNECTION: self.connection,
            http_api.POOL: self.pool,
            http_api.CHALLENGE: self.challenge,
            http_api.SESSION: self.session,
            http_api.FILE_REPORT: self.report,
            http_api.OUTCOMES: self.outcomes,
            http_api.STANDING: self.standing,
            http_api.FILE_APPEAL: self.appeal,
            http_api.APPEAL_STATUS: self.appeal_status,
            http_api.STATUS: self.status,
            http_api.INVITE: self.invite,
            http_api.INVITATION: self.invitation,
            http_api.MEETINGS: self.meetings,
            http_api.OPENAPI: self.openapi,
        }
        api = [web.route(one.method, one.path, handlers[one]) for one in http_api.ENDPOINTS]
        return [web.get(SOCKET_PATH, self.socket), *api]

    async def socket(self, request: web.Request) -> web.StreamResponse:
        if self._stopping():
            raise errors.Unavailable("this gateway is about to stop; connect again to another one")
        return await self._serve(request)

    async def config(self, _: web.Request) -> web.Response:
        return json_response(page_config(self._config, self._site))

    async def connection(self, request: web.Request) -> web.Response:
        address = remote_address(request, self._config.trusted_proxies)
        return json_response(ConnectionFacts(address, self._gateway, VERSION))

    async def pool(self, request: web.Request) -> web.Response:
        return json_response(self._pool_pages.description(request))

    async def challenge(self, request: web.Request) -> web.Response:
        token, network = _optional_bearer(request), self._network(request)
        has_key = request.query.get("device") == "yes"
        return json_response(
            self._token_issuer.challenge(token, network, self._wall_clock(), monotonic(), has_key=has_key)
        )

    async def session(self, request: web.Request) -> web.Response:
        body = await read_body(request, TOKEN_REQUEST_BYTES, self._config.limit_body_seconds)
        token, network = _optional_bearer(request), self._network(request)
        asked = parse_token_request(body)
        return json_response(
            self._token_issuer.issue(asked, token, network, self._wall_clock(), monotonic()), 201
        )

    async def report(self, request: web.Request) -> web.Response:
        reporter, config = self._verifier.verify_old(_bearer(request)), self._config
        if (notice := self._standings.ban(reporter.visitor, reporter.device_key)) is not None:
            raise errors.BanInForce("who is banned files no reports", notice)
        address = remote_address(request, config.trusted_proxies)
        wait = self._report_rate.wait(address, monotonic())
        if wait:
            raise too_fast(wait)
        # The number at a time is limited, for reports that are being received or filed take memory.
        with self._report_slots.slot(address):
            body = await read_body(request, config.limit_report_bytes, config.limit_body_seconds)
            network = self._network(request)
            report = await self._file(reporter, network, parse_report_request(body))
        return json_response(http_api.FiledReport(report), 201)

    async def _file(self, reporter: TokenHolder, network: bytes, report: ReportRequest) -> ReportId:
        device_hours = reporter.device.hours(self._wall_clock()) if reporter.device else None
        visitor, began = reporter.visitor, monotonic()
        trace = self._follower.on_report(visitor)
        try:
            report_id = await self._reports.file(visitor, network, report, device_hours, trace)
        except ZufallError as error:
            metrics.REPORTS.labels(error.code).inc()
            self._follower.on_answer(trace, visitor, error.code, monotonic() - began)
            raise
        metrics.REPORTS.labels("filed").inc()
        self._follower.on_answer(trace, visitor, "", monotonic() - began)
        return report_id

    async def outcomes(self, request: web.Request) -> web.Response:
        body = await read_body(request, OUTCOMES_BYTES, self._config.limit_body_seconds)
        return json_response(await self._reports.outcomes(parse_outcomes_request(body).reports))

    async def standing(self, request: web.Request) -> web.Response:
        holder = self._verifier.verify_old(_bearer(request))
        visitor, device = holder.visitor, holder.device_key
        notice = self._standings.ban(visitor, device)
        if notice is not None:
            return json_response(VisitorStanding("banned", **msgspec.structs.asdict(notice)))
        restricted = self._standings.restricted(visitor, device)
        return json_response(VisitorStanding("restricted" if restricted else "good"))

    async def appeal(self, request: web.Request) -> web.Response:
        body = await read_body(request, APPEAL_BYTES, self._config.limit_body_seconds)
        appeal = parse_appeal_request(body)
        status = await self._reports.appeal(appeal.appeal, appeal.text)
        return json_response(http_api.FiledAppeal(status.state), 201)

    async def appeal_status(self, request: web.Request) -> web.Response:
        language = request.query.get("language", "")[:_LANGUAGE_LENGTH]
        return json_response(await self._reports.appeal(_bearer(request), language=language))

    async def status(self, request: web.Request) -> web.Response:
        if not self._config.public_status:
            raise errors.NotFound("this installation does not publish its status")
        # The status is computed at most once a second.
        if monotonic() - self._status.at >= 1:
            self._status = _status_answers(self._cluster.cluster_status(), monotonic())
        body = self._status.brief if request.query.get("hour") == "no" else self._status.whole
        headers = {"Cache-Control": "public, max-age=10"}
        return web.Response(body=body, content_type="application/json", headers=headers)

    async def invite(self, request: web.Request) -> web.Response:
        host = self._verifier.verify(_bearer(request))
        if (notice := self._standings.ban(host.visitor, host.device_key)) is not None:
            raise errors.BanInForce("who is banned invites nobody", notice)
        asked = parse_invitation_request(await self._about_meetings(request))
        return json_response(self._meetings.invite(host, asked), 201)

    async def invitation(self, request: web.Request) -> web.Response:
        asked = parse_invitation_check(await self._about_meetings(request))
        return json_response(await self._meetings.check(asked.invitation))

    async def meetings(self, request: web.Request) -> web.Response:
        holder = self._verifier.verify(_bearer(request))
        if (notice := self._standings.ban(holder.visitor, holder.device_key)) is not None:
            raise errors.BanInForce("who is banned meets nobody", notice)
        asked = parse_meetings_request(await self._about_meetings(request))
        return json_response(await self._meetings.waiting_for(holder, asked.passes))

    async def _about_meetings(self, request: web.Request) -> bytes:
        """Return the body of a request about meetings. Raises `TooFast` if the network asks too often."""
        wait = self._meeting_rate.wait(remote_address(request, self._config.trusted_proxies), monotonic())
        if wait:
            raise too_fast(wait)
        return await read_body(request, MEETINGS_BYTES, self._config.limit_body_seconds)

    async def openapi(self, _: web.Request) -> web.Response:
        if not self._config.serves_api_docs:
            raise errors.NotFound("this installation does not serve its API document")
        return json_response(openapi("Zufall", VERSION, http_api.ENDPOINTS, http_api.STATUSES))

    def _network(self, request: web.Request) -> bytes:
        """Return a hash of the network: who has a /48 is one network, not 65,536."""
        address = remote_address(request, self._config.trusted_proxies)
        return subscriber_hash(address, self._config.pass_keys[0], self._wall_clock())


class _StatusAnswers(Struct, frozen=True):
    """The public status as JSON, with its last hour and without. It was computed `at` (monotonic seconds)."""

    at: float
    whole: bytes
    brief: bytes


def _status_answers(status: ClusterStatus, now: float) -> _StatusAnswers:
    brief = structs.replace(status, hour=[])
    return _StatusAnswers(now, msgspec.json.encode(status), msgspec.json.encode(brief))


def page_config(config: Config, site: Site) -> PageConfig:
    """Return what a page needs before it starts."""
    return PageConfig(
        **msgspec.structs.asdict(site.description()),
        protocol=SUBPROTOCOL,
        limits=PageLimits(
            MAX_INTERESTS, MAX_INTEREST_LENGTH, MAX_CHAT_LENGTH, report_bytes=config.limit_report_bytes
        ),
        ice_policy=config.signal_policy,
        relay=bool(config.turn_urls),
        stun=list(config.stun_urls),
        curtain=config.curtain,
        status=config.public_status,
    )


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("send the token as `Authorization: Bearer …`")
    return token


def _optional_bearer(request: web.Request) -> str:
    """Return the token of the request, or "" if it names none."""
    return _bearer(request) if "Authorization" in request.headers else ""


def build_app(
    api: Api, config: Config, first_request: FirstRequestTimeout, site: Site, pool_pages: PoolPages
) -> web.Application:
    """Build the application. It serves the page if it has been built."""
    app = web.Application(
        middlewares=[
            problem_middleware(http_api.STATUSES),
            _count_refused,
            _rate_limiter(config, first_request),
        ]
    )
    app.add_routes(api.routes())
    app.add_routes([logo_route(site.logo), recogniser_route(site.recogniser), *pool_pages.routes()])
    app.add_routes(_page_routes(config, site, pool_pages))
    return app


def page_files(config: Config) -> dict[str, Path]:
    """Return the files of the built page by their paths in it."""
    page = config.page
    return {path.relative_to(page).as_posix(): path for path in page.rglob("*") if path.is_file()}


def _page_routes(config: Config, site: Site, pool_pages: PoolPages) -> list[web.AbstractRouteDef]:
    """Serve the built page. Files in `assets/` have a hash in their name and never change."""
    files = page_files(config)
    if not config.service_worker and SERVICE_WORKER in files:
        files[SERVICE_WORKER] = files[REMOVING_WORKER]
    named = named_pages(files, site)

    async def file(request: web.Request) -> web.StreamResponse:
        name = PAGES.get(request.path) or request.match_info["name"]
        if name not in files:
            raise errors.NotFound("there is no such page")
        if name == PAGE and not request.headers.get("Sec-Fetch-Dest"):
            return pool_pages.front_page(request)  # a browser says what it is for
        if name in named:
            return await named[name](request)
        lasting = name.startswith("assets/")
        caching = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return built_file(files[name], caching)

    return [*(web.get(path, file) for path in PAGES), web.get("/{name:(?!api/|ws$).+}", file)]


def _rate_limiter(config: Config, first_request: FirstRequestTimeout) -> Middleware:
    """Refuse requests of other sites, and those of a network that sends too many."""
    networks = NetworkRateLimiter(config.rate(config.limit_requests_per_second, config.limit_requests_burst))

    @web.middleware
    async def limit_rate(request: web.Request, handler: Handler) -> web.StreamResponse:
        first_request.received(request)
        check_sender(request, config.origins)
        wait = networks.wait(remote_address(request, config.trusted_proxies), monotonic())
        if wait:
            raise too_fast(wait)
        return await handler(request)

    return limit_rate


@web.middleware
async def _count_refused(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the opening handshakes of sockets that are refused."""
    try:
        return await handler(request)
    except ZufallError as error:
        if request.path == SOCKET_PATH:
            metrics.refuse_handshake(error.code)
        raise


def content_policy(origins: Iterable[str]) -> str:
    """Allow WebSockets to our own origins by name, for Safari before 15.4 does not count them as `'self'`."""
    sockets = sorted("ws" + origin.removeprefix("http") for origin in origins)
    return (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "  # for the picture classifier
        f"connect-src 'self' {' '.join(sockets)}; img-src 'self' blob: data:; "
        "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types zufall"  # of `web/src/own-script.ts`
    )


def response_headers(config: Config, site: Site) -> dict[str, str]:
    """Return the headers of all responses that do not set them themselves."""
    return security_headers(page_policy(config, site), config.origins, _FEATURES)


def page_policy(config: Config, site: Site) -> str:
    """Return the content policy of the page."""
    return f"{content_policy(config.origins)}; {frame_policy(site)}"
