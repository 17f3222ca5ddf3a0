"""`zufall doctor`: check an installation from outside, and on its own machine also from inside."""

import asyncio
import os
import ssl
import sys
from urllib.parse import urlsplit

import click

from services.runtime.config import ConfigError, load

from ..config import Config
from . import machine_probes, relay_probes, site_probes
from .probes import Examination, Probe, examine
from .report import Found, as_json, is_healthy, line, summary
from .site import CheckedSite

PROBES = (*site_probes.PROBES, *relay_probes.PROBES, *machine_probes.PROBES)


def _origin(url: str) -> str:
    """Return the origin of a URL. Raises `click.UsageError`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise click.UsageError(f"{url!r} is not an address such as https://zufall.example")
    return f"{parts.scheme}://{parts.netloc}"


@click.command()
@click.option("--url", metavar="URL", help="The site. By default https:// and ZUFALL_DOMAIN.")
@click.option(
    "--idle", default=60.0, show_default=True, metavar="SECONDS", help="How long a socket is silent."
)
@click.option("--address", default="", metavar="IP", help="Our address on the internet, if it is not found.")
@click.option("--http-port", default=80, show_default=True, metavar="PORT", help="The port of http://.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def doctor(url: str | None, idle: float, address: str, http_port: int, is_json: bool) -> int:
    """Check an installation, and say what to do. The status is 1 if anything is red.

    Two visitors come and meet only each other, and their relays are tried out. On the machine of the
    installation it also looks at services, disk, database, NATS and backups.
    """
    try:
        config = load(Config, os.environ)
    except ConfigError as error:
        raise click.UsageError("; ".join(error.problems)) from None
    if not url and not config.domain:
        raise click.UsageError("name the site with --url, or set ZUFALL_DOMAIN")
    site = CheckedSite(_origin(url or f"https://{config.domain}"), http_port, ssl.create_default_context())
    found = asyncio.run(_examine(Examination(site, config, idle, address)))
    if is_json:
        click.echo(as_json(site.url, found))
    else:
        for one in found:
            click.echo(line(one))
        click.echo(summary(found))
    return 0 if is_healthy(found) else 1


async def _examine(examination: Examination) -> list[Found]:
    """Do all checks at once, show how far they are, and return them in their order."""
    waiting = {probe.check.name for probe in PROBES}

    async def one(probe: Probe) -> Found:
        result = await examine(probe, examination)
        waiting.discard(probe.check.name)
        _show_progress(waiting)
        return probe.check, result

    return list(await asyncio.gather(*map(one, PROBES)))


def _show_progress(waiting: set[str]) -> None:
    """Say on a terminal what is not finished, in a short line that the next one replaces."""
    if sys.stderr.isatty():
        done, names = len(PROBES) - len(waiting), ", ".join(sorted(waiting)[:3])
        told = f"{done} of {len(PROBES)} checks are done, waiting for {names} …" if waiting else ""
        click.echo(f"\r\x1b[K{told}", nl=False, err=True)
