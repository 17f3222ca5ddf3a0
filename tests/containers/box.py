"""One box as an operator starts it, in a copy of this checkout, with a certificate authority beside it.

The authority is Pebble, a small ACME server for tests: it stands in for a public one, and asks Caddy for the
same proof that the names are its own.
"""

import json
import os
import shutil
import socket
import ssl
import subprocess
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from services.runtime.authority import issue, new_authority

from ..servers import free_port, free_ports_in_a_row
from ..timing import scaled
from ..turn_server import own_address
from ..visitor import ORIGIN
from .conftest import PROJECT

DOMAIN = "zufall.test"
PUBLIC = "192.31.196.1"
"""The public address of the box. No packet goes there, for both sides of a call have their relay on the box.
Gateways would withhold one that is not global."""
_AUTHORITY = Path("deploy") / "caddy" / "own" / "pebble.crt"
_RELAY_PORTS = 40
_OVERRIDE = """
services:
  caddy:
    ports: !override ["{address}:{https}:443", "{address}:{http}:80", "127.0.0.1:{plain}:8088"]
    networks: {{edge: {{aliases: [{domain}, console.{domain}]}}, console: {{}}}}
    depends_on: {{pebble: {{condition: service_started}}}}
  coturn:
    command: [--listening-port={turn}, --tls-listening-port={turns}, --min-port={first}, --max-port={last}]
    healthcheck: {{test: [CMD, /check, /etc/coturn/answers, "{turn}"]}}
  reports: # for the doctor
    environment: {{SSL_CERT_FILE: /pebble/root.crt}}
    extra_hosts: ["{domain}:{address}"]
    volumes: ["{pebble}:/pebble:ro"]
  gateway-2: {{healthcheck: {{interval: 2s}}}} # a test waits for four checks that fail
  pebble:
    image: letsencrypt/pebble
    command: [-config, /pebble/config.json]
    environment: {{PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0"}}
    networks: [edge]
    ports: ["127.0.0.1:{roots}:15000"]
    volumes: ["{pebble}:/pebble:ro"]
"""


class Box:
    """A checkout in which `./zufall` was not started yet. Call it to run `./zufall` there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = f"box{os.getpid()}"
        self.https, self.http, self._plain, self._roots = (free_port() for _ in range(4))
        self.turn = free_ports_in_a_row(2 + _RELAY_PORTS)
        _copy_checkout(folder)
        self._prepare_authority()

    @property
    def origin(self) -> str:
        return f"https://{DOMAIN}:{self.https}"

    @property
    def plain_origin(self) -> str:
        """An address of the same proxy without TLS, for crowds of visitors."""
        return f"http://127.0.0.1:{self._plain}"

    def write_settings(self, **more: str) -> None:
        """Write `.env`: the three lines, what the ports of a test need, and `more`."""
        lines = {
            "ZUFALL_DOMAIN": DOMAIN,
            "ZUFALL_MAIL": f"operator@{DOMAIN}",
            "ZUFALL_ADMINISTRATOR": "ann",
            "ZUFALL_ORIGINS": f"{self.origin},{self.plain_origin},{ORIGIN}",
            "ZUFALL_TURN_URLS": f"turn:{own_address()}:{self.turn}?transport=udp,"
            f"turn:{own_address()}:{self.turn}?transport=tcp,turns:{DOMAIN}:{self.turn + 1}?transport=tcp",
            "ZUFALL_TURN_EXTERNAL_IP": f"{PUBLIC}/{own_address()}",
            **more,
        }
        (self.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `./zufall`, and return what it printed."""
        return subprocess.run(
            ["./zufall", *arguments],
            cwd=self.folder, check=False, capture_output=True, text=True, timeout=scaled(300),
            env={**os.environ, "COMPOSE_PROJECT_NAME": self.project},
        )  # fmt: skip

    def container(self, service: str) -> str:
        return f"{self.project}-{service}-1"

    def inspect(self, service: str) -> dict[str, Any]:
        """Return what the engine tells everybody about a container."""
        told = subprocess.run(
            ["docker", "inspect", self.container(service)], check=True, capture_output=True, text=True
        )
        found: list[dict[str, Any]] = json.loads(told.stdout)
        return found[0]

    def started(self, service: str) -> datetime:
        return datetime.fromisoformat(self.inspect(service)["State"]["StartedAt"])

    def networks(self, service: str) -> set[str]:
        return set(self.inspect(service)["NetworkSettings"]["Networks"])

    def trust_authority(self) -> ssl.SSLContext:
        """Return a context that trusts the authority, as browsers trust the public ones.

        From then on the doctor trusts it, too.
        """
        management = ssl.create_default_context(cafile=self.folder / _AUTHORITY)
        management.check_hostname = False  # it is asked for at this machine's address
        with urllib.request.urlopen(f"https://127.0.0.1:{self._roots}/roots/0", context=management) as answer:
            root = answer.read().decode()
        (self.folder / "pebble" / "root.crt").write_text(root)
        return ssl.create_default_context(cadata=root)

    def connector(self) -> aiohttp.TCPConnector:
        """Return a connector that finds the box under its name, and checks its certificate."""
        return aiohttp.TCPConnector(
            resolver=_ToThisMachine(), ssl=self.trust_authority(), limit=64, force_close=True
        )

    def has_certificate(self) -> bool:
        """Tell whether the proxy already got the certificate of the site from the authority."""
        trusting = self.trust_authority()
        try:
            with (
                socket.create_connection((own_address(), self.https), timeout=scaled(5)) as connection,
                trusting.wrap_socket(connection, server_hostname=DOMAIN),
            ):
                return True
        except ssl.SSLError:
            return False

    def remove(self) -> None:
        self("down", "--volumes", "--timeout", "5")
        shutil.rmtree(self.folder)

    def _prepare_authority(self) -> None:
        pebble, own = self.folder / "pebble", self.folder / "deploy" / "caddy" / "own"
        pebble.mkdir()
        own.mkdir()
        now, day = datetime.now(UTC), timedelta(days=1)
        authority = new_authority("the authority of Pebble's own address", now, day)
        certificate = issue(authority, ("pebble",), now, day)
        (pebble / "tls.crt").write_bytes(certificate.certificate)
        (pebble / "tls.key").write_bytes(certificate.key)
        config = {
            "listenAddress": "0.0.0.0:14000",
            "managementListenAddress": "0.0.0.0:15000",
            "certificate": "/pebble/tls.crt",
            "privateKey": "/pebble/tls.key",
            "httpPort": 80,
            "tlsPort": 443,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
        }
        (pebble / "config.json").write_text(json.dumps({"pebble": config}))
        (self.folder / _AUTHORITY).write_bytes(authority.certificate)
        (own / "pebble.global").write_text(
            "acme_ca https://pebble:14000/dir\nacme_ca_root /etc/caddy/own/pebble.crt\n"
        )
        (own / "plain.caddy").write_text("http://:8088 {\n\timport gateways\n}\n")
        (self.folder / "compose.override.yaml").write_text(
            _OVERRIDE.format(
                address=own_address(),
                https=self.https,
                http=self.http,
                plain=self._plain,
                roots=self._roots,
                domain=DOMAIN,
                pebble=pebble,
                turn=self.turn,
                turns=self.turn + 1,
                first=self.turn + 2,
                last=self.turn + 1 + _RELAY_PORTS,
            )
        )


class _ToThisMachine(AbstractResolver):
    """Finds every name on this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=own_address(), port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Do nothing, because nothing is open."""


def _copy_checkout(folder: Path) -> None:
    """Copy what git would, with what was not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name, follow_symlinks=False)
