"""Reads the configuration of the reports service from the environment."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from services.contract.addresses import check_host_port
from services.contract.keys import Key, parse_ring
from services.contract.rate_limit import Rate
from services.runtime.config import ConfigError, positive, setting

from .shell.console.auth import DEFAULT_ORIGIN
from .shell.console.identity_provider import OidcSettings
from .shell.evidence.digest_file import Digests, read_digests
from .shell.policy_file import PolicySource, read_source
from .shell.retention import RetentionPeriods
from .shell.storage import database


def _moderator_token(text: str) -> str:
    if len(text) < 16:
        raise ValueError("a moderator token has at least 16 characters; `zufall keys` makes one")
    return text


def _days(text: str) -> float:
    days = float(text)
    if not 0 < days <= 10_000:
        raise ValueError("more than 0 and at most 10000 days")
    return days


def _burst(text: str) -> float:
    if (burst := positive(text)) < 1:
        raise ValueError(f"{text!r} is less than one login, so nobody could log in")
    return burst


_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://[^/,\s]+", origin):
            raise ValueError(f"{origin!r} is not an origin such as https://console.zufall.example")
        if origin.startswith("http:") and urlsplit(origin).hostname not in _LOCAL_HOSTS:
            raise ValueError(f"{origin}: beyond this machine it must be https, or sessions can be stolen")
    return origins


def _known_pictures(text: str) -> str | Digests:
    """Return the URL of a matcher, or the digests in a file."""
    if "://" not in text:
        return read_digests(text)
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("a matcher is http://… or https://…")
    return text


def _issuer(text: str) -> str:
    url = urlsplit(text)
    if not url.hostname or (url.scheme != "https" and not _is_local(url)):
        raise ValueError("a provider of identities is https://…, or http://… on this machine")
    return text


def _is_local(url: SplitResult) -> bool:
    return url.scheme == "http" and url.hostname in _LOCAL_HOSTS


@dataclass(frozen=True, slots=True)
class Config:
    database: str = setting(
        f"{database.SQLITE}:///path or {database.POSTGRESQL}://user:password@host/name",
        parse=database.parse_url,
    )
    pass_keys: tuple[Key, ...] = setting(
        "the key ring that gateways have too; `zufall keys` makes one", parse=parse_ring
    )
    moderator_token: str = setting("what moderators prove themselves with", parse=_moderator_token)
    listen: str = setting("where gRPC is served", "127.0.0.1:7020", check_host_port)
    admin_listen: str = setting("where health and metrics are served", "127.0.0.1:7021", check_host_port)
    nats: str = setting("where NATS is", "nats://127.0.0.1:4222")
    keep_pictures_days: float = setting("how long pictures of a decided case are kept", 183.0, _days)
    keep_reports_days: float = setting("how long decided cases are kept", 365.0, _days)
    keep_flags_days: float = setting("how long open cases of flags alone are kept", 30.0, _days)
    classifier: bool = setting("whether a classifier looks at pictures, to order the queue", True)
    known_pictures: str | Digests | None = setting(
        "a file with SHA-256 digests of pictures known to be illegal, or the URL of a matcher",
        None,
        _known_pictures,
    )
    policy: PolicySource | None = setting(
        "a file with the rules of triage, in place of ours", None, read_source
    )
    console_listen: str = setting("where the console is served", "127.0.0.1:7022", check_host_port)
    console_origins: tuple[str, ...] = setting(
        "the console's own origins, as browsers name them", (DEFAULT_ORIGIN,), _origins
    )
    console_page: Path = setting("the built console", Path("web/console/dist"))
    console_trusted_proxies: int = setting("how many proxies before the console add to X-Forwarded-For", 0)
    limit_logins_per_minute: float = setting(
        "logins that one network (/24, IPv6 /64) may try at the console, on average", 6.0, positive
    )
    limit_logins_burst: float = setting("the same at once", 30.0, _burst)
    oidc_issuer: str = setting("the OpenID Connect provider that moderators may log in through", "", _issuer)
    oidc_client_id: str = setting("our name there", "")
    oidc_client_secret: str = setting("what we prove ourselves with there", "")
    oidc_claim: str = setting("the claim that names an account here", "email")
    oidc_name: str = setting("what the provider is called on the page", "single sign-on")

    def __post_init__(self) -> None:
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(given) and not all(given):
            raise ConfigError(["ZUFALL_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET are set together or not"])

    @property
    def oidc(self) -> OidcSettings | None:
        """The identity provider, if one is configured."""
        if not self.oidc_issuer:
            return None
        return OidcSettings(
            self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, self.oidc_claim, self.oidc_name
        )

    @property
    def logins(self) -> Rate:
        """The rate of logins that one network may try."""
        return Rate(self.limit_logins_per_minute / 60, self.limit_logins_burst)

    @property
    def retention(self) -> RetentionPeriods:
        return RetentionPeriods(self.keep_pictures_days, self.keep_reports_days, self.keep_flags_days)
