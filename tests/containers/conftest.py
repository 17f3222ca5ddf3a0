"""The image, built once a session, and one installation of it with NATS, PostgreSQL and two gateways."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from testcontainers.community.nats import NatsContainer
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

from services.contract.keys import new_key

from ..requirements import require
from ..timing import scaled
from ..visitor import ORIGIN

PROJECT = Path(__file__).parents[2]
TAG = "zufall-tested"
"""A name of its own, which no other test builds."""
PORTS = {"signaling": (8080, 7001), "matcher": (7010, 7011), "reports": (7020, 7021)}
"""For each service, the port that it serves on and its admin port."""

ENVIRONMENT = {
    "ZUFALL_NATS": "nats://nats:4222",
    "ZUFALL_MATCHERS": "matcher:7010",
    "ZUFALL_REPORTS": "reports:7020",
    "ZUFALL_DATABASE": "postgresql+asyncpg://zufall:secret@postgres:5432/zufall",
    "ZUFALL_ORIGINS": ORIGIN,
    "ZUFALL_TOKEN_KEYS": new_key(),
    "ZUFALL_PASS_KEYS": new_key(),
    "ZUFALL_CONSOLE_KEYS": new_key(),
    "ZUFALL_MODERATOR_TOKEN": new_key(),
}

# The fixtures stop what they start; the library's own reaper is one more image, from a registry.
testcontainers_config.ryuk_disabled = True


@dataclass(frozen=True)
class ContainerInstallation:
    """Running containers that know each other by name on one network."""

    network: Network
    postgres: PostgresContainer
    gateways: tuple[DockerContainer, DockerContainer]
    reports: DockerContainer

    @property
    def urls(self) -> tuple[str, str]:
        """The URL of each gateway on this machine."""
        first, second = map(url_of, self.gateways)
        return first, second


def url_of(gateway: DockerContainer) -> str:
    return f"http://127.0.0.1:{gateway.get_exposed_port(8080)}"


def service(image: str, command: str, network: Network) -> DockerContainer:
    """Build a container that is as restricted as in production. Starting it waits until it is healthy."""
    port, admin_port = PORTS[command]
    listen = {"ZUFALL_LISTEN": f"0.0.0.0:{port}", "ZUFALL_ADMIN_LISTEN": f"0.0.0.0:{admin_port}"}
    return (
        DockerContainer(image, command=command, env=ENVIRONMENT | listen)
        .with_network(network)
        .with_exposed_ports(port)
        .with_tmpfs_mount("/tmp")
        .with_kwargs(read_only=True, cap_drop=["ALL"], security_opt=["no-new-privileges:true"])
        .waiting_for(HealthcheckWaitStrategy().with_startup_timeout(int(scaled(60))))
    )


@pytest.fixture(scope="session")
def image() -> str:
    """Build the image from this checkout, and return its name."""
    require("docker")
    asked = ["git", "-C", str(PROJECT), "rev-parse", "HEAD"]
    revision = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    build = subprocess.run(
        ["docker", "build", "--quiet", "--build-arg", f"REVISION={revision}", "--tag", TAG, PROJECT],
        check=False,
        capture_output=True,
        text=True,
    )
    assert build.returncode == 0, build.stderr
    return TAG


@pytest.fixture(scope="session")
def installation(image: str) -> Iterator[ContainerInstallation]:
    with ExitStack() as stack:
        network = stack.enter_context(Network())
        nats = NatsContainer("nats:2-alpine")
        postgres = PostgresContainer(
            "postgres:17", username="zufall", password="secret", dbname="zufall", driver=None
        )
        for name, server in {"nats": nats, "postgres": postgres}.items():
            stack.enter_context(server.with_network(network).with_network_aliases(name))
        matcher = service(image, "matcher", network).with_network_aliases("matcher")
        reports = service(image, "reports", network).with_network_aliases("reports")
        gateways = service(image, "signaling", network), service(image, "signaling", network)
        for container in (matcher, reports, *gateways):
            stack.enter_context(container)
        yield ContainerInstallation(network, postgres, gateways, reports)
