"""The configuration of the gateway, read from ZUFALL_… variables."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.contract import addresses, identities
from services.contract.keys import Key, parse_ring
from services.contract.limits import LEAST_WORK
from services.contract.rate_limit import UNLIMITED, Rate
from services.contract.site_name import OUR_NAME, parse_name
from services.runtime import tls
from services.runtime.built_files import PAGE
from services.runtime.client_address import TrustedProxies, parse_proxies
from services.runtime.config import (
    ConfigError,
    at_least,
    count,
    number,
    one_of,
    one_or_more,
    positive,
    setting,
)
from services.runtime.nats_connection import parse_servers
from services.runtime.tls import TlsFolder

from .core.messages import MAX_FRAME_BYTES, IcePolicy
from .shell.countries.country_database import CountryDatabase, open_countries
from .shell.pools.named_pool import NamedPools
from .shell.pools.pool_file import read_pools
from .shell.site.colours import Colours, parse_colours
from .shell.site.site import Links, Logo, SiteRules, origin_of, parse_links, parse_url
from .shell.site.site_files import find_recogniser, read_logo, read_rules

MEBIBYTE = 1024 * 1024


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(addresses.check_host_port(part.strip()) for part in text.split(",") if part.strip())


def _origins(text: str) -> frozenset[str]:
    origins = frozenset(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        scheme, _, rest = origin.partition("://")
        if scheme not in ("http", "https") or not rest or "/" in rest:
            raise ValueError(f"{origin!r} is not an origin such as https://zufall.example")
    return origins


def _whole_frames(text: str) -> float:
    """Parse a number of bytes that is at least the largest frame, which could never pass otherwise."""
    if (parsed := number(text)) < MAX_FRAME_BYTES:
        raise ValueError(f"{text!r} is less than the largest frame, {MAX_FRAME_BYTES} bytes")
    return parsed


def _word(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{1,32}", text):
        raise ValueError(f"{text!r} is not a word of at most 32 lower-case letters, digits and hyphens")
    return text


Curtain = Literal["always", "auto", "off"]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a gateway, each from the variable ZUFALL_<FIELD NAME>."""

    token_keys: tuple[Key, ...] = setting(
        "the keys that sign tokens, separated by commas: the first signs and names devices, and all verify; "
        "`zufall keys` prints one",
        parse=parse_ring,
        secret=True,
    )
    pass_keys: tuple[Key, ...] = setting(
        "the keys that seal passes, separated by commas: the first seals, all open; `zufall keys` prints one",
        parse=parse_ring,
        secret=True,
    )
    origins: frozenset[str] = setting(
        "the origins whose pages may connect, separated by commas, such as https://zufall.example",
        parse=_origins,
    )
    listen: tuple[str, ...] = setting(
        "addresses for visitors, separated by commas", ("127.0.0.1:8080",), _addresses
    )
    share_port: bool = setting(
        "whether other gateways of the same installation on this machine listen at the same addresses, each "
        "with this setting; otherwise a port that is taken is an error",
        False,
    )
    admin_listen: str = setting(
        "the address of the probes and metrics", "127.0.0.1:7001", addresses.check_host_port
    )
    nats: tuple[str, ...] = setting(
        "NATS servers, separated by commas", ("nats://127.0.0.1:4222",), parse_servers
    )
    matchers: tuple[str, ...] = setting(
        "matcher replicas, separated by commas; a name with several addresses counts as several",
        ("127.0.0.1:7010",),
        _addresses,
    )
    reports: str = setting("the reports service", "127.0.0.1:7020", addresses.check_host_port)
    certificates: TlsFolder | None = setting(
        "the folder with tls.crt, tls.key and ca.crt for connections between services", None, tls.open_folder
    )
    mesh: bool = setting("whether a service mesh encrypts and authenticates these connections instead", False)
    gateway: str = setting(
        "the first word of the name in this gateway's certificate, which is its NATS user",
        identities.COMMON_GATEWAY,
        _word,
    )
    region: str = setting(
        "the region of this gateway, such as eu; its visitors meet others of the same region first", "", _word
    )
    page: Path = setting("the folder of the built page", PAGE)
    environment: str = setting(
        "development or production", "development", one_of("development", "production")
    )
    ice_policy: IcePolicy | Literal["auto"] = setting(
        "relay, public, all, or auto, which is relay if there are TURN servers and else public",
        "auto",
        one_of("relay", "public", "all", "auto"),
    )
    stun_urls: tuple[str, ...] = setting("STUN servers, separated by commas", ())
    turn_urls: tuple[str, ...] = setting("TURN servers, separated by commas", ())
    turn_secret: tuple[str, ...] = setting(
        "the secrets shared with the TURN servers, separated by commas: the first signs, they accept all",
        (),
        secret=True,
    )
    curtain: Curtain = setting(
        "when the curtain of a video call lifts: always (when both lift it), auto (when their devices find "
        "no nudity) or off (at once), unless the visitors choose otherwise",
        "auto",
        one_of("always", "auto", "off"),
    )
    site_name: str = setting("the name of this site", OUR_NAME, parse_name)
    site_logo: Logo | None = setting("an SVG, PNG or WebP file", None, read_logo)
    site_colours: Colours = setting(
        "the colours of the page, such as accent=#ffcf33,partner=#8291ff", (), parse_colours
    )
    site_rules: SiteRules | None = setting(
        "a text file with the rules of this site, or a folder with rules.txt", None, read_rules
    )
    site_links: Links = setting("links such as Imprint=https://…,Privacy=https://…", (), parse_links)
    pools: NamedPools | None = setting(
        "a TOML file with the named pools of this site, such as events, each with a page /p/NAME",
        None,
        read_pools,
    )
    advertising_url: str = setting(
        "a page of another origin that is shown as an advertisement", "", parse_url
    )
    recogniser: Path | None = setting(
        "a folder with recogniser.js, which turns speech into text on the visitor's device where the browser "
        "cannot",
        None,
        find_recogniser,
    )
    api_docs: str = setting(
        "whether /api/openapi.json is served: on, off, or auto, which is on except in production",
        "auto",
        one_of("auto", "on", "off"),
    )
    service_worker: bool = setting(
        "whether browsers keep the page, so that it opens without a connection; off removes what they keep",
        True,
    )
    public_status: bool = setting("whether /api/status is public", True)
    popular_from: int = setting(
        "the number of networks that make an interest popular; 0: none is shown", 5, count
    )
    popular_never: tuple[str, ...] = setting(
        "words, separated by commas; an interest with one of them is never shown as popular",
        ("telegram", "whatsapp", "snapchat", "snap", "insta", "instagram", "kik", "onlyfans", "sex", "nudes"),
    )
    trusted_proxies: TrustedProxies = setting(
        "the networks of the proxies in front whose X-Forwarded-For counts, separated by commas, such as "
        "10.0.0.0/8; `private` stands for all private networks",
        TrustedProxies(),
        parse_proxies,
    )
    proxy_protocol: bool = setting(
        "whether the listed proxies begin each connection with a PROXY header (version 2) instead", False
    )
    countries: CountryDatabase | None = setting(
        "an .mmdb file with the countries of addresses; without it every country is unknown",
        None,
        open_countries,
    )
    show_country: bool = setting("whether partners learn each other's country", True)
    same_device: bool = setting("whether two tabs of one browser may meet", False)
    proof_of_work: str = setting(
        "whether a browser must do some work for a token: on, off, or auto, which is on in production",
        "auto",
        one_of("auto", "on", "off"),
    )
    work_least: int = setting(
        "key derivations of a proof of work while all is quiet, at most; half of them on average",
        LEAST_WORK,
        at_least(1),
    )
    work_most: int = setting(
        "key derivations of a proof of work at most, however many visitors come",
        16 * LEAST_WORK,
        at_least(1),
    )
    work_keyless_factor: float = setting(
        "times the work of a browser that proves the key of its device that one without a key must do",
        4.0,
        one_or_more,
    )
    work_quiet_rate: float = setting(
        "new visitors a second, at one gateway, up to which all is quiet; twice as many do twice the work",
        50.0,
        positive,
    )
    work_ban_hours: float = setting(
        "hours for which a banned visitor doubles the work of their network (/24, IPv6 /48)", 6.0, positive
    )
    drain_per_second: float = setting(
        "visitors a second that a gateway sends to others when it shuts down", 100.0, positive
    )
    drain_seconds: float = setting(
        "seconds in which it has sent all of them to others, at a higher rate if it must", 40.0, positive
    )
    limits: bool = setting("off lifts all limits; use it only for measuring", True)
    limit_frames_per_second: float = setting("frames that a visitor may send, on average", 100.0, positive)
    limit_frames_burst: float = setting("frames that a visitor may send at once", 300.0, one_or_more)
    limit_searches_per_second: float = setting(
        "new searches of a visitor that reach the matcher, on average", 5.0, positive
    )
    limit_searches_burst: float = setting("new searches of a visitor at once", 10.0, one_or_more)
    limit_presses_per_second: float = setting(
        "times that a visitor may ask for a stranger, on average; more is a sign of a machine", 2.0, positive
    )
    limit_presses_burst: float = setting(
        "times that a visitor may ask for a stranger at once without a sign", 120.0, one_or_more
    )
    limit_same_line: int = setting(
        "strangers to whom a visitor may say the same long line, or one with a link, without a sign of spam",
        8,
        at_least(1),
    )
    limit_network_same_line: int = setting(
        "strangers to whom visitors of one network may say it within ten minutes without a sign",
        40,
        at_least(1),
    )
    limit_requests_per_second: float = setting(
        "HTTP requests of one network (/24, IPv6 /64), new sockets included, on average", 100.0, positive
    )
    limit_requests_burst: float = setting("requests of one network at once", 2000.0, one_or_more)
    limit_connections_per_second: float = setting(
        "new connections a second; more wait in the system's backlog", 500.0, positive
    )
    limit_connections: int = setting("connections at once", 16384, at_least(1))
    limit_network_sockets: int = setting("sockets of one network at once", 1000, at_least(1))
    limit_network_lines_per_second: float = setting(
        "lines of chat of one network, on average", 1000.0, positive
    )
    limit_network_lines_burst: float = setting("lines of chat of one network at once", 5000.0, one_or_more)
    limit_network_reports_per_minute: float = setting("reports of one network, on average", 60.0, positive)
    limit_network_reports_burst: float = setting("reports of one network at once", 120.0, one_or_more)
    limit_network_meetings_per_minute: float = setting(
        "invitations, and questions about people whom one knows, of one network, on average", 600.0, positive
    )
    limit_network_meetings_burst: float = setting(
        "invitations, and questions about people whom one knows, of one network at once", 600.0, one_or_more
    )
    limit_network_bytes_per_second: float = setting(
        "bytes that are read from the sockets of one network, on average", 2.0 * MEBIBYTE, positive
    )
    limit_network_bytes_burst: float = setting(
        "bytes that are read from the sockets of one network at once", 16.0 * MEBIBYTE, _whole_frames
    )
    limit_bytes_per_second: float = setting(
        "bytes that are read from all sockets, on average", 64.0 * MEBIBYTE, positive
    )
    limit_bytes_burst: float = setting(
        "bytes that are read from all sockets at once", 128.0 * MEBIBYTE, _whole_frames
    )
    limit_network_turn_credentials_per_second: float = setting(
        "TURN credentials for visitors of one network, on average", 20.0, positive
    )
    limit_network_turn_credentials_burst: float = setting(
        "TURN credentials for visitors of one network at once", 500.0, one_or_more
    )
    limit_candidates: int = setting("ICE candidates of a visitor in a match", 32, at_least(1))
    limit_signal_bytes_per_second: float = setting(
        "bytes of descriptions and candidates of a visitor in a match, on average", 16.0 * 1024, positive
    )
    limit_signal_bytes_burst: float = setting(
        "bytes of descriptions and candidates at once", 128.0 * 1024, _whole_frames
    )
    limit_queue_bytes: int = setting(
        "bytes that may wait for a slow reader", 256 * 1024, at_least(MAX_FRAME_BYTES)
    )
    limit_queue_bytes_total: int = setting(
        "bytes that may wait for all slow readers together", 128 * MEBIBYTE, at_least(MAX_FRAME_BYTES)
    )
    limit_hello_seconds: float = setting(
        "seconds for the first request of a connection, and for the first frame of a socket", 5.0, positive
    )
    limit_report_bytes: int = setting(
        "the size of a report with its pictures", 4 * 1024 * 1024, at_least(MAX_FRAME_BYTES)
    )
    limit_reports_at_once: int = setting("reports that a gateway receives at the same time", 16, at_least(1))
    limit_proofs: int = setting(
        "proofs of devices and of work that are remembered for four minutes, so that none counts twice",
        200_000,
        at_least(1),
    )
    limit_body_seconds: float = setting("seconds for the body of a request", 30.0, positive)
    heartbeat_seconds: float = setting(
        "seconds between pings; a visitor who does not answer within half of it is gone", 25.0, positive
    )
    keepalive_seconds: float = setting("seconds that an HTTP connection may be idle", 75.0, positive)

    @property
    def serves_api_docs(self) -> bool:
        """Whether the OpenAPI document is served."""
        return self.api_docs == "on" or (self.api_docs == "auto" and self.environment != "production")

    @property
    def asks_for_work(self) -> bool:
        """Whether a browser must do some work for a token."""
        wanted = self.proof_of_work == "on" or (
            self.proof_of_work == "auto" and self.environment == "production"
        )
        return wanted and self.limits

    @property
    def signal_policy(self) -> IcePolicy:
        """Return which candidates may reach a stranger."""
        if self.ice_policy == "auto":
            return "relay" if self.turn_urls else "public"
        return self.ice_policy

    def rate(self, per_second: float, burst: float) -> Rate:
        """Return a limit, which lets everything pass if there are to be none."""
        return Rate(per_second, burst) if self.limits else UNLIMITED

    def __post_init__(self) -> None:
        problems = []
        if not self.limits and self.environment == "production":
            problems.append("ZUFALL_LIMITS=off is only for measuring, and is refused in production")
        if self.trusted_proxies.number and self.environment == "production":
            problems.append("ZUFALL_TRUSTED_PROXIES must list the networks of the proxies in production")
        if self.proxy_protocol and not self.trusted_proxies.networks:
            problems.append(
                "ZUFALL_PROXY_PROTOCOL=on needs the networks of the proxies in ZUFALL_TRUSTED_PROXIES"
            )
        if self.turn_urls and not self.turn_secret:
            problems.append("ZUFALL_TURN_SECRET is not set, but ZUFALL_TURN_URLS is")
        problems += tls.problems(self.environment, self.certificates, self.mesh)
        if self.environment == "production":
            problems += _address_problems(self)
        if self.ice_policy == "relay" and not self.turn_urls:
            problems.append("ZUFALL_ICE_POLICY=relay needs ZUFALL_TURN_URLS")
        if self.work_most < self.work_least:
            problems.append("ZUFALL_WORK_MOST is less than ZUFALL_WORK_LEAST")
        problems += _advertising_problems(self)
        if problems:
            raise ConfigError(problems)


def _address_problems(config: Config) -> list[str]:
    """Return a sentence if strangers would learn addresses that the operator did not mean to show."""
    if config.ice_policy == "all":
        return ["ZUFALL_ICE_POLICY=all is for one machine or one network, and is refused in production"]
    if config.ice_policy == "auto" and not config.turn_urls:
        return [
            "without ZUFALL_TURN_URLS strangers learn each other's public addresses: "
            "set them, or write ZUFALL_ICE_POLICY=public"
        ]
    return []


def _advertising_problems(config: Config) -> list[str]:
    url, problems = config.advertising_url, []
    # A frame of the page's own origin would be part of the page, whatever surrounds it.
    if url and origin_of(url) in map(origin_of, config.origins):
        problems.append(
            "ZUFALL_ADVERTISING_URL must not be of an origin of the page: give advertisements their own"
        )
    if url.startswith("http:") and config.environment == "production":
        problems.append("ZUFALL_ADVERTISING_URL must begin with https:// in production")
    return problems
