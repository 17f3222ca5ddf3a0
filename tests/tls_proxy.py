"""Caddy in front of gateways, as on one box, and beside it proxies with one fault each."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.runtime.authority import issue, new_authority

from .servers import free_port, stop, until_listening

CADDY = Path(sys.prefix) / "bin" / "caddy"
"""The program of the package `caddyserver`."""

PROXY = "127.0.0.9"
"""The address from which Caddy speaks to gateways, so that it differs from those of visitors."""

UNLISTED_PROXY = "127.0.0.10"

_GOOD = f"transport http {{\nlocal_address {PROXY}\n}}"

_FAULTS = {
    "good": (_GOOD,),
    "three days": (_GOOD,),
    "unlisted": (f"transport http {{\nlocal_address {UNLISTED_PROXY}\n}}",),
    "any claim": (_GOOD, "header_up X-Forwarded-For {http.request.header.X-Forwarded-For}"),
    "any origin": (_GOOD, "header_up Origin https://{http.request.hostport}"),
    "impatient": (_GOOD, "stream_timeout 300ms"),
    "old clock": (_GOOD, 'header_down Date "Tue, 01 Jan 2030 00:00:00 GMT"'),
}
"""What each site tells Caddy about the proxy that it is."""

_OTHERS = ("half updated", "nobody there")

_OLD = """respond `{"address": "127.0.0.1", "gateway": "old", "version": "0.1.0"}`"""
"""What a gateway of an older version says about a connection."""


class TlsProxy:
    """The sites, each on a port of its own, and the authority that their certificates come from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {name: free_port() for name in (*_FAULTS, *_OTHERS)}
        self._old_port, self._closed_port = free_port(), free_port()
        self.redirecting_port, self.plain_port = free_port(), free_port()
        self._authority = new_authority("Zufall test", datetime.now(UTC), timedelta(days=100))
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(self._authority.certificate)
        self.write_certificate(folder / "long", timedelta(days=90))
        self.write_certificate(folder / "short", timedelta(days=3))

    @property
    def urls(self) -> dict[str, str]:
        """The URL of each site by its fault."""
        return {name: f"https://localhost:{port}" for name, port in self._ports.items()}

    def write_certificate(self, path: Path, lifetime: timedelta) -> None:
        """Write a certificate of localhost and its key beside each other."""
        issued = issue(self._authority, ["localhost", "zufall.test"], datetime.now(UTC), lifetime)
        Path(f"{path}.crt").write_bytes(issued.certificate)
        Path(f"{path}.key").write_bytes(issued.key)

    @asynccontextmanager
    async def before(self, gateways: Sequence[str]) -> AsyncIterator[None]:
        """Run Caddy in front of gateways (host:port) until the context ends."""
        (self._folder / "Caddyfile").write_text(self._caddyfile(" ".join(gateways)))
        with (self._folder / "caddy.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                CADDY, "run", "--config", self._folder / "Caddyfile", "--adapter", "caddyfile",
                env={"HOME": str(self._folder)}, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            await until_listening(self._ports["good"], process)
            yield
        finally:
            await stop(process)

    def _caddyfile(self, gateways: str) -> str:
        options = (
            "admin off",
            "default_bind 127.0.0.1",
            "skip_install_trust",
            f"http_port {self.redirecting_port}",
        )
        old = f"127.0.0.1:{self._old_port}"
        return "\n".join(
            [
                _block("", *options),
                *(self._site(name, f"reverse_proxy {gateways}", *fault) for name, fault in _FAULTS.items()),
                self._site("half updated", f"reverse_proxy {gateways} {old}", "lb_policy round_robin", _GOOD),
                self._site("nobody there", f"reverse_proxy 127.0.0.1:{self._closed_port}"),
                _block(f"http://localhost:{self.plain_port}", "respond hello"),
                _block(f"http://:{self._old_port}", _OLD),
            ]
        )

    def _site(self, name: str, proxy: str, *settings: str) -> str:
        certificate = self._folder / ("short" if name == "three days" else "long")
        tls = f"tls {certificate}.crt {certificate}.key"
        return _block(self.urls[name], tls, _block(proxy, *settings))


def _block(name: str, *lines: str) -> str:
    return "\n".join([f"{name} {{", *lines, "}"])
