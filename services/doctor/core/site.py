"""Judges what visitors meet first: certificate, redirect, sockets, addresses, versions and the clock."""

from collections.abc import Collection, Mapping

from services.contract import addresses

from .check_result import CheckResult, green, red, yellow

LEAST_DAYS = 14.0
"""Caddy renews a certificate of 90 days thirty days before its end. So less is a sign that it cannot."""

MOST_SECONDS_OFF = 5.0
"""Clocks that differ by more are not synchronised. TURN credentials are good for two minutes."""

SWITCHING_PROTOCOLS, FORBIDDEN = 101, 403
"""The statuses of a handshake that opens a socket, and of one that is refused."""


def judge_certificate(days: float) -> CheckResult:
    """Judge the days until the certificate ends."""
    seen = f"browsers accept it for {days:.0f} more days"
    return green(seen) if days >= LEAST_DAYS else red(seen)


def judge_redirect(status: int, scheme: str, target: str, host: str) -> CheckResult:
    """Judge the answer to `http://` by its status, and by the scheme and host to which it leads."""
    if 300 <= status < 400 and (scheme, target) == ("https", host):
        return green(f"http:// leads to https://{host}")
    return red(
        f"http:// is answered with {status}" + (f" and leads to {scheme}://{target}" if target else "")
    )


def judge_versions(gateways: Mapping[str, str], own: str) -> CheckResult:
    """Judge the versions of the gateways that answered, by their names, beside the one of this program."""
    versions = sorted(set(gateways.values()))
    seen = f"{len(gateways)} gateways answer, with {' and '.join(versions)}"
    if len(versions) != 1:
        return red(seen)
    if versions != [own]:
        return yellow(f"{seen}; this program is {own}")
    return green(seen)


def judge_origin(status: int) -> CheckResult:
    """Judge the answer to a handshake of a page from elsewhere."""
    if status == FORBIDDEN:
        return green("a page of another site gets no socket")
    if status == SWITCHING_PROTOCOLS:
        return red("a page of another site gets a socket")
    return red(f"a handshake from another site is answered with {status} instead of 403")


def judge_address(seen: Collection[str], claimed: str, own: Collection[str], is_told: bool) -> CheckResult:
    """Judge the addresses that gateways see of us, who claimed another one.

    `own` are our addresses, which somebody told us or which we found out.
    """
    if claimed in seen:
        return red("whoever sends X-Forwarded-For can claim any address")
    shown = ", ".join(sorted(seen))
    if set(seen) <= set(own):
        return green(f"gateways see our own address, {shown}")
    if not is_told and all(map(_is_private, [*seen, *own])):
        # Between containers and their own machine, addresses are translated.
        return yellow(f"gateways see us as {shown}, which cannot be checked from this network")
    return red(f"gateways see us as {shown}, but we are {', '.join(sorted(own))}")


def _is_private(address: str) -> bool:
    parsed = addresses.parse_ip(address)
    return parsed is not None and not parsed.is_global


def judge_clock(seconds: float) -> CheckResult:
    """Judge by how many seconds the site's clock is ahead of ours."""
    if abs(seconds) <= MOST_SECONDS_OFF:
        return green("the clocks of the site and of this machine agree")
    way = "ahead of" if seconds > 0 else "behind"
    return red(f"the site's clock is {abs(seconds):.0f} s {way} the one of this machine")
