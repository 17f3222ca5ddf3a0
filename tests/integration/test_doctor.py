"""`zufall doctor` in front of a real installation: all is green, and each fault turns its check red."""

import json
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from services.contract.ids import random_id
from services.contract.turn_credentials import mint
from services.doctor.config import Config
from services.doctor.core.check_result import CheckResult, Severity
from services.doctor.core.relay import Transport
from services.doctor.shell.command import PROBES
from services.doctor.shell.probes import Examination, Probe, examine
from services.doctor.shell.site import CheckedSite
from services.doctor.shell.visitor import Side

from ..certificates import Certificates
from ..databases import Postgres
from ..requirements import require
from ..servers import free_port, nats_server
from ..tls_proxy import PROXY, UNLISTED_PROXY, TlsProxy
from ..turn_server import DOMAIN, SECRET, RunningTurnServer, turn_server
from .cluster import Cluster, running_cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

BY_NAME: dict[str, Probe] = {probe.check.name: probe for probe in PROBES}
OUTSIDE = ("certificate", "redirect", "versions", "socket", "origin", "address", "clock", "meeting", "policy")
RELAY = ("turn-udp", "turn-tcp", "turn-tls", "turn-peers", "turn-calls")
MACHINE = ("services", "builds", "disk", "database", "nats", "backup", "mail")


@dataclass(frozen=True)
class Surroundings:
    """An installation with a proxy in front and a relay beside it."""

    cluster: Cluster
    proxy: TlsProxy
    relay: RunningTurnServer

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.proxy.authority)

    def examination(
        self, fault: str = "good", *, http_port: int = 0, config: Config | None = None
    ) -> Examination:
        site = CheckedSite(self.proxy.urls[fault], http_port or self.proxy.redirecting_port, self.tls)
        return Examination(
            site, config or Config(), idle=1.0, address="127.0.0.1" if fault == "unlisted" else ""
        )

    async def find(self, check: str, fault: str = "good", http_port: int = 0) -> CheckResult:
        return await examine(BY_NAME[check], self.examination(fault, http_port=http_port))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def around(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Surroundings]:
    """Provide an installation with a real proxy and relay, and with certificates of its own authority."""
    require("coturn")
    proxy, folder = TlsProxy(tmp_path_factory.mktemp("proxy")), tmp_path_factory.mktemp("relay")
    certificate = folder / "caddy" / "certificates" / "an-issuer" / DOMAIN / DOMAIN
    certificate.parent.mkdir(parents=True)
    proxy.write_certificate(certificate, timedelta(days=90))
    (certificate.parent / f"{DOMAIN}.json").write_text("{}")
    with turn_server(folder, "127.0.0.1", "--allow-loopback-peers") as relay:
        settings = {
            "ZUFALL_ORIGINS": ",".join(proxy.urls.values()),
            "ZUFALL_TRUSTED_PROXIES": PROXY,
            "ZUFALL_TURN_SECRET": SECRET,
            "ZUFALL_TURN_URLS": ",".join(
                (
                    f"turn:127.0.0.1:{relay.port}?transport=udp",
                    f"turn:127.0.0.1:{relay.port}?transport=tcp",
                    f"turns:localhost:{relay.port + 1}?transport=tcp",
                )
            ),
        }
        async with (
            running_cluster(tmp_path_factory.mktemp("cluster"), matchers=1, **settings) as cluster,
            proxy.before([gateway.address for gateway in cluster.gateways]),
        ):
            yield Surroundings(cluster, proxy, relay)


async def test_everything_is_green(around: Surroundings, postgres_server: Postgres) -> None:
    _, database = await postgres_server.new_service_database()
    services = ",".join(service.admin.removeprefix("http://") for service in around.cluster.services)
    status, said = await around.cluster.command(
        *("doctor", "--url", around.proxy.urls["good"], "--idle", "1", "--json"),
        *("--http-port", str(around.proxy.redirecting_port)),
        SSL_CERT_FILE=str(around.proxy.authority),
        ZUFALL_DATABASE=database,
        ZUFALL_DOCTOR_SERVICES=services,
        ZUFALL_SMTP_HOST="mail.zufall.test:587",
    )
    report = json.loads(said)
    levels = {check["name"]: check["level"] for check in report["checks"]}
    # There is no NATS with users here, no service of backups, and perhaps little room on the disk.
    others = {"nats": "skipped", "backup": "yellow", "disk": levels["disk"]}
    assert (status, levels) == (0, dict.fromkeys(levels, "green") | others), said
    assert list(levels) == [*OUTSIDE, *RELAY, *MACHINE]
    assert report["healthy"]


@pytest.mark.parametrize(
    ("check", "fault", "words"),
    [
        ("certificate", "three days", "3 more days"),
        ("versions", "half updated", "0.1.0"),
        ("socket", "impatient", "closed"),
        ("origin", "any origin", "gets a socket"),
        ("address", "unlisted", UNLISTED_PROXY),
        ("address", "any claim", "claim any address"),
        ("clock", "old clock", "ahead"),
        ("meeting", "nobody there", "502"),
    ],
)
async def test_each_fault_of_a_site_is_seen(around: Surroundings, check: str, fault: str, words: str) -> None:
    result = await around.find(check, fault)
    assert result.level is Severity.RED
    assert words in result.seen


@pytest.mark.parametrize("check", [*RELAY, "policy"])
async def test_relays_are_not_judged_when_nobody_can_meet(around: Surroundings, check: str) -> None:
    site = CheckedSite(f"https://127.0.0.1:{free_port()}", 80, around.tls)
    result = await examine(BY_NAME[check], Examination(site, Config(), idle=0.0))
    assert result.level is (Severity.RED if check == "policy" else Severity.SKIPPED)


async def test_a_site_without_a_redirect_is_seen(around: Surroundings) -> None:
    result = await around.find("redirect", http_port=around.proxy.plain_port)
    assert (result.level, "200" in result.seen) == (Severity.RED, True)


async def test_a_certificate_that_browsers_refuse_is_seen(around: Surroundings) -> None:
    site = CheckedSite(around.proxy.urls["good"], 80, ssl.create_default_context())
    for check in ("certificate", "meeting"):
        result = await examine(BY_NAME[check], Examination(site, Config(), idle=0.0))
        assert result.level is Severity.RED
        assert "certificate" in result.seen


def _relayed(
    around: Surroundings, relay: RunningTurnServer, *transports: Transport, secret: str = SECRET
) -> Examination:
    """Return an examination whose two visitors get this relay."""

    async def meet(_: CheckedSite) -> tuple[Side, Side]:
        one, other = (
            Side(
                "all",
                tuple(
                    (relay.over(each), mint(secret, random_id(), int(time.time()) + 60))
                    for each in transports
                ),
            )
            for _ in range(2)
        )
        return one, other

    return replace(around.examination(), meet=meet)


async def test_each_fault_of_a_relay_is_seen(around: Surroundings, tmp_path: Path) -> None:
    open_inside = ("--allow-loopback-peers", "--allowed-peer-ip=10.0.0.1")
    nothing_here = {"ZUFALL_TURN_EXTERNAL_IP": ""}
    own = "--relay-ip=127.0.0.1"
    (tmp_path / "one").mkdir()
    with turn_server(tmp_path / "one", "127.0.0.1", own, *open_inside, settings=nothing_here) as relay:
        examination = _relayed(around, relay, "udp", "tcp")
        found = {name: await examine(BY_NAME[name], examination) for name in (*RELAY, "policy")}
        wrong = await examine(BY_NAME["turn-udp"], _relayed(around, relay, "udp", secret="another"))
    away = await examine(BY_NAME["turn-tcp"], _relayed(around, relay, "tcp"))
    assert {name: result.level.value for name, result in found.items()} == {
        "turn-udp": "green",
        "turn-tcp": "green",
        "turn-tls": "yellow",
        "turn-peers": "red",
        "turn-calls": "red",
        "policy": "red",
    }
    assert "10.0.0.1" in found["turn-peers"].seen
    assert (wrong.level, "401" in wrong.seen) == (Severity.RED, True)
    assert away.level is Severity.RED


async def test_what_is_wrong_on_the_machine_is_seen(
    around: Surroundings, postgres_server: Postgres, tmp_path: Path
) -> None:
    owner, _ = await postgres_server.new_service_database()
    config = Config(
        doctor_services=(around.cluster.reports.admin.removeprefix("http://"), f"127.0.0.1:{free_port()}"),
        database=owner,
    )
    examination = around.examination(config=config)
    found = {name: await examine(BY_NAME[name], examination) for name in MACHINE}
    levels = {name: result.level.value for name, result in found.items()}
    assert levels == {
        "services": "red",
        "builds": "red",  # one service does not answer
        "disk": levels["disk"],
        "database": "red",
        "nats": "skipped",
        "backup": "red",
        "mail": "yellow",
    }
    assert "owns the tables" in found["database"].seen


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_a_nats_without_users_is_seen(around: Surroundings, tmp_path: Path, is_guarded: bool) -> None:
    certificates = Certificates(tmp_path)
    async with nats_server(certificates if is_guarded else None) as nats:
        config = Config(nats=(nats.url,), certificates=certificates.of("reports"))
        result = await examine(BY_NAME["nats"], around.examination(config=config))
    assert result.level is (Severity.GREEN if is_guarded else Severity.RED), result.seen
