"""Reads the configuration of the reports service from the environment."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from services.contract.addresses import check_host_port, split_host_port
from services.contract.keys import Key, parse_ring
from services.contract.rate_limit import Rate
from services.contract.site_name import OUR_NAME, parse_name
from services.runtime import tls
from services.runtime.built_files import CONSOLE
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

from .core.alarms import AlarmTimes
from .core.picture_budget import MEGABYTE, PictureBudget
from .core.second_look import SecondLook
from .core.statements import Statements
from .shell.alarms.mail import MailServer
from .shell.alarms.webhook import parse_secrets
from .shell.console.auth import DEFAULT_ORIGIN
from .shell.console.exposure import ExposureSettings
from .shell.console.identity_provider import OidcSettings
from .shell.evidence.digest_file import Digests, read_digests
from .shell.policy_file import PolicySource, read_source
from .shell.retention import RetentionPeriods
from .shell.statements_file import read_statements
from .shell.storage import database


def _moderator_token(text: str) -> str:
    if len(text) < 16:
        raise ValueError("a moderator token has at least 16 characters; `zufall keys` prints one")
    return text


def _listed_proxies(text: str) -> TrustedProxies:
    proxies = parse_proxies(text)
    if proxies.number:
        raise ValueError("list the networks of the proxies")
    return proxies


def _time(unit: str) -> Callable[[str], float]:
    """Return a parser of a number of days or hours."""

    def parse(text: str) -> float:
        if not 0 < (parsed := number(text)) <= 10_000:
            raise ValueError(f"must be more than 0 and at most 10000 {unit}")
        return parsed

    return parse


_SMTPS = 465
"""The port at which TLS begins with the connection."""

_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://[^/,\s]+", origin):
            raise ValueError(f"{origin!r} is not an origin such as https://console.zufall.example")
        if origin.startswith("http:") and urlsplit(origin).hostname not in _LOCAL_HOSTS:
            raise ValueError(
                f"{origin!r} must be https, because it is not on this machine and sessions could be stolen"
            )
    return origins


def _known_pictures(text: str) -> str | Digests:
    """Return the URL of a matcher, or the digests in a file."""
    if "://" not in text:
        return read_digests(text)
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("the URL of a picture matcher begins with http:// or https://")
    return text


def _https(text: str) -> str:
    url = urlsplit(text)
    local = url.scheme == "http" and url.hostname in _LOCAL_HOSTS
    if not url.hostname or (url.scheme != "https" and not local):
        raise ValueError("the URL begins with https://, or with http:// on this machine")
    _check_host(url.hostname)
    return text


def _check_host(name: str) -> None:
    """Raise `ValueError` for a name that nobody can look up. To look it up would not raise an `OSError`."""
    try:
        name.encode("idna")
    except UnicodeError:
        raise ValueError(f"{name!r} is not the name of a host") from None


def _mail(text: str) -> str:
    if not (text.isascii() and re.fullmatch(r"[^@\s,<>]+@[^@\s,<>]+", text.strip())):
        raise ValueError(f"{text!r} is not a mail address such as ann@zufall.example")
    return text.strip()


def _mail_server(text: str) -> str:
    host, _ = split_host_port(text)
    if text.startswith(":"):
        raise ValueError(f"{text!r} names no host")
    _check_host(host)
    return text


def _sender(text: str) -> str:
    if not text.isprintable():
        raise ValueError("the sender of mail is a line of characters all of which can be seen")
    _mail(parseaddr(text)[1])
    return text


def _mails(text: str) -> tuple[str, ...]:
    return tuple(_mail(part) for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of the reports service, each from the variable ZUFALL_<FIELD NAME>."""

    database: str = setting(
        f"{database.SQLITE}:///path or {database.POSTGRESQL}://user:password@host/name",
        parse=database.parse_url,
        secret=True,
    )
    pass_keys: tuple[Key, ...] = setting(
        "the key ring of the gateways; `zufall keys` prints one", parse=parse_ring, secret=True
    )
    console_keys: tuple[Key, ...] = setting(
        "the console's own key ring, which no gateway has; `zufall keys` prints one",
        parse=parse_ring,
        secret=True,
    )
    moderator_token: str = setting(
        "the secret of moderators' commands, at least 16 characters; `zufall keys` prints one",
        parse=_moderator_token,
        secret=True,
    )
    listen: str = setting("the address of the gRPC service", "127.0.0.1:7020", check_host_port)
    admin_listen: str = setting("the address of the probes and metrics", "127.0.0.1:7021", check_host_port)
    nats: tuple[str, ...] = setting(
        "NATS servers on which bans are announced, separated by commas",
        ("nats://127.0.0.1:4222",),
        parse_servers,
    )
    keep_pictures_days: float = setting(
        "days for which pictures are kept after a decision", 183.0, _time("days")
    )
    keep_reports_days: float = setting(
        "days for which reports are kept after a decision", 365.0, _time("days")
    )
    keep_flags_days: float = setting(
        "days after its last flag for which an open case with flags only is kept", 30.0, _time("days")
    )
    limit_pictures_megabytes: float = setting(
        "megabytes of pictures that reports of one network (/24, IPv6 /48) may bring in a day",
        64.0,
        positive,
    )
    keep_originals_network_megabytes: float = setting(
        "megabytes of originals, from reports of minors, that are kept for one network", 32.0, positive
    )
    keep_originals_megabytes: float = setting(
        "megabytes of originals, from reports of minors, that are kept in all", 2048.0, positive
    )
    classifier: bool = setting("whether a classifier scores pictures to order the queue", True)
    known_pictures: str | Digests | None = setting(
        "a file of SHA-256 digests of illegal pictures, or the URL of a service that knows them",
        None,
        _known_pictures,
    )
    policy: PolicySource | None = setting("a file with rules of triage that replaces ours", None, read_source)
    statements: Statements | None = setting(
        "a file with statements for visitors that replaces ours", None, read_statements
    )
    site_name: str = setting("the name of the site, for statements and alarms", OUR_NAME, parse_name)
    console_listen: str = setting("the address of the console", "127.0.0.1:7022", check_host_port)
    console_origins: tuple[str, ...] = setting(
        "the origins of the console, as browsers show them; links use the first", (DEFAULT_ORIGIN,), _origins
    )
    console_page: Path = setting("the folder of the built console", CONSOLE)
    console_trusted_proxies: TrustedProxies = setting(
        "the networks of the proxies in front of the console whose X-Forwarded-For counts",
        TrustedProxies(),
        _listed_proxies,
    )
    audit_anchors: Path | None = setting(
        "a file outside the database to which the head of the audit log is added every hour", None, Path
    )
    limit_logins_per_minute: float = setting(
        "logins to the console that one network (/24, IPv6 /64) may try, on average", 6.0, positive
    )
    limit_logins_burst: float = setting("logins that one network may try at once", 30.0, one_or_more)
    oidc_issuer: str = setting("an OpenID Connect provider through which moderators may log in", "", _https)
    oidc_client_id: str = setting("the client id of the console at the provider", "")
    oidc_client_secret: str = setting("the client secret of the console at the provider", "", secret=True)
    oidc_claim: str = setting("the claim that finds a console account at its first login", "email")
    oidc_name: str = setting("the name of the provider on the login page", "single sign-on")
    alarm_webhook: str = setting(
        "a URL with https to which alarms are posted, or with http on this machine", "", _https
    )
    alarm_webhook_secret: tuple[bytes, ...] = setting(
        "the secret that signs what is posted: whsec_ and base64 of 32 random bytes; a second one may follow "
        "a comma",
        (),
        parse_secrets,
        secret=True,
    )
    alarm_mail: tuple[str, ...] = setting("mail addresses that get alarms, separated by commas", (), _mails)
    alarm_case_hours: float = setting(
        "hours that an open case with a person's report may wait until an alarm", 24.0, _time("hours")
    )
    alarm_appeal_promise_hours: float = setting(
        "hours within which the site promises to answer an appeal", 72.0, _time("hours")
    )
    alarm_appeal_hours: float = setting(
        "hours before the end of that time at which an alarm tells of an open appeal", 24.0, _time("hours")
    )
    smtp_host: str = setting(
        "the mail server, as host:port; it must speak TLS (STARTTLS, or port 465)", "", _mail_server
    )
    smtp_user: str = setting("who logs in at the mail server, if anybody does", "")
    smtp_password: str = setting("their password", "", secret=True)
    smtp_from: str = setting("the sender of mail, or else the first address that gets alarms", "", _sender)
    second_look: SecondLook = setting(
        "whether a second moderator confirms what has no end and what is about minors: on, off, or auto "
        "(if another account may confirm it)",
        SecondLook.AUTO,
        lambda text: SecondLook(one_of(*SecondLook)(text)),
    )
    pictures_an_hour: int = setting(
        "pictures that a moderator opens in an hour before the console suggests a break", 60, at_least(1)
    )
    limit_pictures_an_hour: int = setting(
        "pictures that a moderator may open in an hour; 0 for no limit", 0, count
    )
    work_minutes: int = setting(
        "minutes of work without a break before the console suggests one", 90, at_least(1)
    )
    break_minutes: int = setting("minutes that a break in the console takes", 10, at_least(1))
    certificates: TlsFolder | None = setting(
        "the folder with tls.crt, tls.key and ca.crt for connections between services", None, tls.open_folder
    )
    mesh: bool = setting("whether a service mesh encrypts and authenticates these connections instead", False)
    environment: str = setting(
        "development or production", "development", one_of("development", "production")
    )

    def __post_init__(self) -> None:
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        problems = tls.problems(self.environment, self.certificates, self.mesh)
        if any(given) and not all(given):
            problems.append("ZUFALL_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET must be set together")
        problems += self._alarm_problems()
        if problems:
            raise ConfigError(problems)

    def _alarm_problems(self) -> list[str]:
        problems = []
        if bool(self.alarm_webhook) != bool(self.alarm_webhook_secret):
            problems.append("ZUFALL_ALARM_WEBHOOK and ZUFALL_ALARM_WEBHOOK_SECRET must be set together")
        if self.alarm_mail and not self.smtp_host:
            problems.append("ZUFALL_ALARM_MAIL needs ZUFALL_SMTP_HOST")
        if self.alarm_appeal_hours >= self.alarm_appeal_promise_hours:
            problems.append("ZUFALL_ALARM_APPEAL_HOURS must be less than ZUFALL_ALARM_APPEAL_PROMISE_HOURS")
        return problems

    @property
    def alarm_times(self) -> AlarmTimes:
        return AlarmTimes(self.alarm_case_hours, self.alarm_appeal_promise_hours, self.alarm_appeal_hours)

    @property
    def mail_server(self) -> MailServer | None:
        """The mail server, if there is one."""
        if not self.smtp_host:
            return None
        host, port = split_host_port(self.smtp_host)
        return MailServer(host, port, port == _SMTPS, self.smtp_user, self.smtp_password)

    @property
    def oidc(self) -> OidcSettings | None:
        """The identity provider, if one is configured."""
        if not self.oidc_issuer:
            return None
        return OidcSettings(
            self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, self.oidc_claim, self.oidc_name
        )

    @property
    def console_ring(self) -> tuple[Key, ...]:
        """The console's keys, and then those that old versions sealed with, which can only open."""
        return (*self.console_keys, *self.pass_keys)

    @property
    def logins(self) -> Rate:
        """The rate of logins that one network may try."""
        return Rate(self.limit_logins_per_minute / 60, self.limit_logins_burst)

    @property
    def pictures(self) -> PictureBudget:
        """The settings say how many bytes of pictures are kept."""
        return PictureBudget(
            round(self.limit_pictures_megabytes * MEGABYTE),
            round(self.keep_originals_network_megabytes * MEGABYTE),
            round(self.keep_originals_megabytes * MEGABYTE),
        )

    @property
    def exposure(self) -> ExposureSettings:
        """The settings that look after moderators."""
        return ExposureSettings(
            self.pictures_an_hour, self.limit_pictures_an_hour, self.work_minutes, self.break_minutes
        )

    @property
    def retention(self) -> RetentionPeriods:
        return RetentionPeriods(self.keep_pictures_days, self.keep_reports_days, self.keep_flags_days)
