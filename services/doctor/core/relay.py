"""Judges the relay: which servers a match gets, what they allow, and which addresses strangers learn."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .check_result import CheckResult, green, red, yellow

Transport = Literal["udp", "tcp", "tls"]

_URL = re.compile(r"(turns?):(\[[0-9a-fA-F:.]+\]|[^:?\[\]]+)(?::(\d+))?(?:\?transport=(udp|tcp))?")

INSIDE = ("10.0.0.1", "172.17.0.1", "192.168.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254")
"""Addresses that no relay on the internet must reach: private networks, containers, a cloud's secrets."""

FORBIDDEN = 403
"""The code of a TURN server that refuses a peer (RFC 8656)."""


@dataclass(frozen=True, slots=True)
class TurnServer:
    """Where a TURN server listens, and over what it is spoken to."""

    host: str
    port: int
    transport: Transport


def parse_turn_url(url: str) -> TurnServer | None:
    """Return the server that a `turn:` or `turns:` URL names (RFC 7065), or None for any other text.

    None also stands for DTLS, which no browser of ours needs.
    """
    found = _URL.fullmatch(url)
    if found is None:
        return None
    scheme, host, port, transport = found.groups()
    if scheme == "turns":
        return None if transport == "udp" else TurnServer(host.strip("[]"), int(port or 5349), "tls")
    return TurnServer(host.strip("[]"), int(port or 3478), "tcp" if transport == "tcp" else "udp")


def judge_policy(policy: str) -> CheckResult:
    """Judge which candidates gateways let pass to a stranger."""
    if policy == "relay":
        return green("strangers see only our relay")
    if policy == "public":
        return yellow("strangers can learn each other's public address")
    return red("strangers can learn each other's addresses, also those of their home network")


def judge_peers(codes: Mapping[str, int | None]) -> CheckResult:
    """Judge how each inside address was refused; None means that it was allowed."""
    allowed = [peer for peer, code in codes.items() if code is None]
    if allowed:
        return red(f"the relay sends to {', '.join(allowed)}")
    odd = {code for code in codes.values() if code != FORBIDDEN}
    if odd:
        return red(f"the relay answers with {', '.join(map(str, sorted(filter(None, odd))))} instead of 403")
    return green("the relay refuses private, loopback and metadata addresses")
