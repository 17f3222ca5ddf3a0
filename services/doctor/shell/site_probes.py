"""Looks at the site as visitors do."""

import asyncio
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from services.contract.version import VERSION

from ..core.check_result import Check, CheckResult, green, skipped
from ..core.site import (
    SWITCHING_PROTOCOLS,
    judge_address,
    judge_certificate,
    judge_clock,
    judge_origin,
    judge_redirect,
    judge_versions,
)
from .probes import FAILURES, Examination, NobodyMet, Probe
from .site import ANSWER_SECONDS
from .turn_client import turn_client
from .visitor import PROTOCOL, visitor

CLAIMED = "198.51.100.77"
"""An address of nobody (RFC 5737), which we claim to have."""

_REQUESTS = 8
"""Requests that together reach both gateways behind a proxy that shares them out."""


async def _certificate(examination: Examination) -> CheckResult:
    site = examination.site
    if not site.url.startswith("https:"):
        return skipped("the URL begins with http://")
    _, writer = await asyncio.open_connection(site.host, site.port, ssl=site.tls)
    ends = writer.get_extra_info("peercert")["notAfter"]
    writer.close()
    return judge_certificate((parsedate_to_datetime(ends).timestamp() - time.time()) / 86400)


async def _redirect(examination: Examination) -> CheckResult:
    site = examination.site
    url = f"http://{site.host}:{site.http_port}/"
    async with site.http() as http, http.get(url, allow_redirects=False) as answer:
        target = urlsplit(answer.headers.get("Location", ""))
        return judge_redirect(answer.status, target.scheme, target.hostname or "", site.host)


async def _versions(examination: Examination) -> CheckResult:
    async with examination.site.http() as http:
        facts = await asyncio.gather(*(examination.site.facts(http) for _ in range(_REQUESTS)))
    return judge_versions({one.gateway: one.version for one in facts}, VERSION)


async def _socket(examination: Examination) -> CheckResult:
    async with examination.site.http() as http, visitor(examination.site, http) as somebody:
        await somebody.idle(examination.idle)
        async with asyncio.timeout(ANSWER_SECONDS):
            await somebody.send("find", mode="text", languages=["qaa"], strict_language=True)
            await somebody.told("searching")
        await somebody.send("stop")
    return green(f"a socket stays open for {examination.idle:.0f} s without a word")


async def _origin(examination: Examination) -> CheckResult:
    site = examination.site
    async with site.http() as http:
        try:
            async with http.ws_connect(
                site.socket_url, origin="https://elsewhere.example", protocols=[PROTOCOL]
            ):
                return judge_origin(SWITCHING_PROTOCOLS)
        except aiohttp.WSServerHandshakeError as error:
            return judge_origin(error.status)


async def _address(examination: Examination) -> CheckResult:
    site = examination.site
    async with site.http() as http:
        facts = await asyncio.gather(
            *(site.facts(http, claimed) for claimed in ("", CLAIMED) for _ in range(_REQUESTS // 2))
        )
    own = {examination.address} if examination.address else await _own_addresses(examination)
    return judge_address({one.address for one in facts}, CLAIMED, own, bool(examination.address))


async def _own_addresses(examination: Examination) -> set[str]:
    """Return the address of our own socket, and the one that the relay sees, which no proxy stands before."""
    site = examination.site
    _, writer = await asyncio.open_connection(site.host, site.port)
    found = {str(writer.get_extra_info("sockname")[0])}
    writer.close()
    with suppress(NobodyMet, *FAILURES):  # then another check is red, and our socket's address must do
        one, _ = await examination.sides()
        for server, credentials in one.relays[:1]:
            async with asyncio.timeout(ANSWER_SECONDS), turn_client(server, credentials, site.tls) as client:
                await client.allocate()
                found.add(client.seen_as)
    return found


async def _clock(examination: Examination) -> CheckResult:
    site = examination.site
    async with site.http() as http, http.get(f"{site.url}/api/config") as answer:
        theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    return judge_clock(theirs + 0.5 - time.time())  # the header has whole seconds, cut off


async def _meeting(examination: Examination) -> CheckResult:
    began = time.monotonic()
    await examination.meeting()
    return green(f"two visitors came, did their work and met within {time.monotonic() - began:.1f} s")


PROBES = (
    Probe(
        Check(
            "certificate",
            "browsers accept the certificate, for 14 more days at least",
            "Caddy renews it 30 days before its end: look at its log with `./zufall logs caddy`. Ports 80 "
            "and 443 must reach this machine, and the domain's A and AAAA records must name it.",
        ),
        _certificate,
    ),
    Probe(
        Check(
            "redirect",
            "http:// leads to https://",
            "Let port 80 reach Caddy, which redirects by itself; another proxy in front must do the same.",
        ),
        _redirect,
    ),
    Probe(
        Check(
            "versions",
            "all gateways have the version of this program",
            "An update was not finished: `./zufall update`, or `./zufall rollback`.",
        ),
        _versions,
    ),
    Probe(
        Check(
            "socket",
            "a visitor's socket opens, and stays open while nobody says anything",
            "A proxy in front must pass WebSockets on, and must not close what is idle for less than two "
            "minutes. Gateways send a ping every 25 s (ZUFALL_HEARTBEAT_SECONDS).",
        ),
        _socket,
    ),
    Probe(
        Check(
            "origin",
            "a page of another site gets no socket",
            "List only your own pages in ZUFALL_ORIGINS, and let no proxy change the header Origin.",
        ),
        _origin,
    ),
    Probe(
        Check(
            "address",
            "gateways see visitors' own addresses, and nobody can claim another",
            "ZUFALL_TRUSTED_PROXIES must list the networks of your proxies and no others: limits, countries "
            "and bans depend on it. If the doctor is wrong about our address, name it with --address.",
        ),
        _address,
        90.0,
    ),
    Probe(
        Check(
            "clock",
            "the clocks of the site and of the machine that asks agree within 5 s",
            "Run an NTP client on both machines, such as systemd-timesyncd or chrony.",
        ),
        _clock,
    ),
    Probe(
        Check(
            "meeting",
            "two visitors get tokens and meet, through whichever gateways they reach",
            "`./zufall status` and `./zufall logs` show which service is away; `/readyz` of each says why.",
        ),
        _meeting,
        90.0,
    ),
)
