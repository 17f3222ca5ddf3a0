"""Looks at what only the machine itself can see, as the reports service sees it."""

import asyncio
import shutil
import ssl
import time
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
import asyncpg
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from services.contract import identities, subjects
from services.contract.version import VERSION
from services.runtime.build import REVISION
from services.runtime.nats_connection import NatsConnection, close
from services.runtime.tls import TlsFolder

from ..core.check_result import Check, CheckResult, skipped, yellow
from ..core.machine import (
    RoleFacts,
    judge_backup,
    judge_builds,
    judge_disk,
    judge_mail,
    judge_nats,
    judge_readiness,
    judge_role,
)
from .probes import Examination, Probe

_ELSEWHERE = skipped("this is not the machine of the site, or its services are not named")
_SECONDS = 5.0

_GREETING_SECONDS = 1.0
"""NATS greets a client at once, unless it waits for TLS."""

_BACKUP = "zufall_backup_last_success_timestamp_seconds"
_BUILD = "zufall_build_info"

_ROLE = """
SELECT current_user, rolsuper, pg_has_role(relowner, 'MEMBER'),
    has_table_privilege('audit', 'UPDATE, DELETE, TRUNCATE')
FROM pg_roles, pg_class WHERE rolname = current_user AND pg_class.oid = 'audit'::regclass
"""


async def _readiness(examination: Examination) -> CheckResult:
    services = examination.config.doctor_services
    if not services:
        return _ELSEWHERE
    problems = await asyncio.gather(*map(_problem, services))
    return judge_readiness(dict(zip(services, problems, strict=True)))


async def _problem(address: str) -> str:
    """Return why a service is not ready, empty if it is."""
    try:
        status, text = await _get(address, "/readyz")
    except (OSError, aiohttp.ClientError):  # also TimeoutError
        return "it does not answer"
    return "" if status == HTTPStatus.OK else ", ".join(text.split("\n")).strip(", ")


async def _builds(examination: Examination) -> CheckResult:
    services = examination.config.doctor_services
    if not services:
        return _ELSEWHERE
    told = await asyncio.gather(*(_samples(address, _BUILD) for address in services))
    builds = {
        address: f"{one.labels['version']} ({one.labels['revision']})"
        for address, samples in zip(services, told, strict=True)
        for one in samples
    }
    return (
        judge_builds(builds, f"{VERSION} ({REVISION})") if builds else skipped("no service tells its build")
    )


async def _backup(examination: Examination) -> CheckResult:
    services = examination.config.doctor_services
    if not services:
        return _ELSEWHERE
    told = await asyncio.gather(*(_samples(address, _BACKUP) for address in services))
    values = [one.value for samples in told for one in samples]
    if not values:
        return yellow("none of the services makes backups")
    return judge_backup((time.time() - max(values)) / 3600 if max(values) else None)


async def _disk(examination: Examination) -> CheckResult:
    if not examination.config.doctor_services:
        return _ELSEWHERE
    usage = shutil.disk_usage("/")  # a container's root lies on the same disk as the data
    return judge_disk(usage.free, usage.total)


async def _database(examination: Examination) -> CheckResult:
    url = examination.config.database
    if not url.startswith("postgresql"):
        return skipped("no PostgreSQL is named")
    connection = await asyncpg.connect(
        url.replace("+asyncpg", ""), timeout=_SECONDS, command_timeout=_SECONDS
    )
    try:
        return judge_role(RoleFacts(*await connection.fetchrow(_ROLE)))
    finally:
        await connection.close(timeout=_SECONDS)


async def _nats(examination: Examination) -> CheckResult:
    config = examination.config
    if not config.nats or config.certificates is None:
        return skipped("no NATS with a certificate is named")
    where = urlsplit(config.nats[0])
    host, port = where.hostname or "", where.port or 4222
    attempts = {"without TLS": None, "without a certificate": _without_certificate(config.certificates)}
    strangers = [way for way, context in attempts.items() if await _is_greeted(host, port, context)]
    if strangers:
        return judge_nats(strangers, refuses_foreign_subjects=False)
    return judge_nats((), await _refuses_foreign_subjects(config.nats, config.certificates))


def _without_certificate(folder: TlsFolder) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=folder.latest().authorities.decode())
    context.check_hostname = False  # who the server is does not matter here, but whom it lets in
    return context


async def _is_greeted(host: str, port: int, context: ssl.SSLContext | None) -> bool:
    """Return whether NATS says its first line to a client that shows no certificate."""
    try:
        async with asyncio.timeout(_GREETING_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=context)
            try:
                return (await reader.read(4)).startswith(b"INFO")
            finally:
                writer.close()
    except OSError:  # also TimeoutError: it waits for TLS
        return False


async def _refuses_foreign_subjects(servers: tuple[str, ...], certificate: TlsFolder) -> bool:
    """Return whether the user of reports is refused when it speaks as a gateway."""
    problems: list[str] = []

    async def problem(error: Exception) -> None:
        problems.append(str(error).lower())

    client = NatsConnection(identities.NATS, subjects.inbox(identities.REPORTS), certificate)
    try:
        async with asyncio.timeout(2 * _SECONDS):
            await client.dial(servers, error_cb=problem, allow_reconnect=False, connect_timeout=_SECONDS)
            await client.publish(subjects.PRESENCE, b"")
            for _ in range(2):  # nats-py may send the first ping before the message
                await client.flush()
        return any("permissions violation" in text for text in problems)
    finally:
        await close(client)


async def _mail(examination: Examination) -> CheckResult:
    if not examination.config.doctor_services:
        return _ELSEWHERE
    return judge_mail(examination.config.smtp_host)


async def _get(address: str, path: str) -> tuple[int, str]:
    """Return the status and the text that an admin port answers."""
    async with (
        asyncio.timeout(_SECONDS),
        aiohttp.ClientSession() as http,
        http.get(f"http://{address}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def _samples(address: str, name: str) -> list[Sample]:
    """Return the samples of one metric of a service, none if it has no such metric."""
    families = text_string_to_metric_families((await _get(address, "/metrics"))[1])
    return [sample for family in families for sample in family.samples if sample.name == name]


PROBES = (
    Probe(
        Check(
            "services",
            "every service is ready",
            "`./zufall logs NAME` says why one is not. `./zufall up` starts what does not run.",
        ),
        _readiness,
    ),
    Probe(
        Check(
            "builds",
            "all services are of one build, which is the one of this program",
            "An update was not finished: `./zufall update`, or `./zufall rollback`.",
        ),
        _builds,
    ),
    Probe(
        Check(
            "disk",
            "the disk has room",
            "Find what fills it with `docker system df`, and remove old images and backups.",
        ),
        _disk,
    ),
    Probe(
        Check(
            "database",
            "the service's role owns no table and cannot rewrite the audit log",
            "Run `zufall migrate` with ZUFALL_DATABASE_OWNER, and give the service the ordinary role that it "
            "makes.",
        ),
        _database,
    ),
    Probe(
        Check(
            "nats",
            "NATS lets nobody in without a certificate, and each user has only its subjects",
            "Run nats-server with deploy/nats/nats.conf, and publish its port nowhere.",
        ),
        _nats,
    ),
    Probe(
        Check(
            "backup",
            "the newest backup is at most 26 hours old",
            "Make one with `./zufall backups now`, and look at `./zufall logs backups`.",
        ),
        _backup,
    ),
    Probe(
        Check(
            "mail",
            "alerts are sent by mail",
            "Set ZUFALL_SMTP_HOST and what your mail server asks for, and start the profile `monitoring`.",
        ),
        _mail,
    ),
)
