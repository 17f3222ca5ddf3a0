"""Runs two gateways, one or two replicas of reports, and a tap on every connection of a report."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from services.contract.appeal_tokens import AppealTokens
from services.contract.ids import VisitorId
from services.contract.keys import new_key, parse_ring
from services.contract.passes import PassSealer
from services.contract.tokens import TokenSigner

from ...databases import Postgres, new_sqlite
from ...integration.cluster import Service
from ...servers import NatsServer, nats_server
from ...timing import scaled
from .plan import POLICY
from .taps import Tap, Trap
from .wires import GrpcParser, PostgresParser

MODERATOR = "a moderator token for tests"


@dataclass(frozen=True)
class Stage:
    """The processes and taps of a run, which are ready."""

    nats: NatsServer
    postgres: Postgres | None
    database: str
    """The address of the database without a tap."""
    reports: Sequence[Service]
    gateways: Sequence[Service]
    matcher: Service
    databases: Sequence[Tap]
    """The taps between the replicas and PostgreSQL, with the names of the replicas."""
    calls: Sequence[Tap]
    """The taps between the gateways and their replica, with the names of the gateways."""
    passes: PassSealer
    appeals: AppealTokens
    signer: TokenSigner

    @property
    def services(self) -> list[Service]:
        return [self.matcher, *self.reports, *self.gateways]

    def service(self, name: str) -> Service:
        return next(one for one in self.services if one.name == name)

    @property
    def log(self) -> Path:
        """Return the write-ahead log of SQLite."""
        return Path(self.database.removeprefix("sqlite+aiosqlite:///") + "-wal")

    def set_trap(self, trap: Trap | None) -> None:
        for tap in (*self.databases, *self.calls):
            tap.trap = trap

    async def until_ready(self) -> None:
        """Start dead services, and wait until all are ready."""
        dead = [service for service in self.services if not service.running]
        await asyncio.gather(*(service.start() for service in dead))
        await asyncio.gather(*(service.until_ready(seconds=60) for service in self.services))

    async def standing(self, gateway: Service, visitor: VisitorId) -> dict[str, str]:
        """Return the standing that the gateway shows to the visitor."""
        headers = {"Authorization": f"Bearer {self.signer.issue(time.time(), visitor)}"}
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{gateway.url}/api/standing", headers=headers) as answer,
        ):
            return dict(await answer.json())


@asynccontextmanager
async def staged(folder: Path, postgres: Postgres | None) -> AsyncIterator[Stage]:
    """Start two replicas on PostgreSQL, or one on SQLite. No process may log an unforeseen error."""
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(nats_server())
        stage = _plan(
            folder, nats, postgres, await postgres.new_database() if postgres else new_sqlite(folder)
        )
        for tap in (*stage.databases, *stage.calls):
            await tap.open()
            stack.push_async_callback(tap.close)
        for service in stage.services:
            await service.start()
            stack.push_async_callback(service.stop, scaled(10), signal.SIGINT)
        await stage.until_ready()
        yield stage
    for service in stage.services:
        assert "Traceback" not in service.log.read_text(), service.log.read_text()


def _plan(folder: Path, nats: NatsServer, postgres: Postgres | None, database: str) -> Stage:
    policy = folder / "policy.toml"
    policy.write_text(POLICY)
    token_keys, pass_keys = new_key(), new_key()
    shared = {"ZUFALL_TOKEN_KEYS": token_keys, "ZUFALL_PASS_KEYS": pass_keys, "ZUFALL_NATS": nats.url}
    matcher = Service("matcher", shared, folder)
    names = ("reports-1", "reports-2") if postgres else ("reports-1",)
    databases = [Tap(name, postgres.port, PostgresParser) for name in names] if postgres else []
    urls = {tap.server: database.replace(f"127.0.0.1:{tap.target}", tap.address) for tap in databases}
    filing = shared | {
        "ZUFALL_CONSOLE_KEYS": new_key(),
        "ZUFALL_MODERATOR_TOKEN": MODERATOR,
        "ZUFALL_POLICY": str(policy),
    }
    reports = [
        Service("reports", filing | {"ZUFALL_DATABASE": urls.get(name, database)}, folder, name)
        for name in names
    ]
    edge = shared | {"ZUFALL_MATCHERS": matcher.address, "ZUFALL_TRUSTED_PROXIES": "1"}
    edge |= {"ZUFALL_ORIGINS": "http://zufall.test", "ZUFALL_LIMIT_REPORTS_AT_ONCE": "64"}
    calls = [Tap(f"gateway-{n}", reports[n % len(reports)].port, GrpcParser) for n in (1, 2)]
    gateways = [
        Service("signaling", edge | {"ZUFALL_REPORTS": tap.address}, folder, tap.server) for tap in calls
    ]
    return Stage(
        nats=nats,
        postgres=postgres,
        database=database,
        reports=reports,
        gateways=gateways,
        matcher=matcher,
        databases=databases,
        calls=calls,
        passes=PassSealer(parse_ring(pass_keys)),
        appeals=AppealTokens(parse_ring(pass_keys)),
        signer=TokenSigner(parse_ring(token_keys)),
    )
