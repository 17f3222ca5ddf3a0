"""The names of all settings, so that a service can name unknown ones, and those that compose passes on."""

from typing import Any

from services.backups.config import Config as Backups
from services.doctor.config import Config as Doctor
from services.matcher.config import Config as Matcher
from services.reports.config import Config as Reports
from services.runtime.config import names
from services.runtime.logs import LogConfig
from services.runtime.tracing import TraceConfig
from services.signaling.config import Config as Gateway

SERVICES: dict[str, type[Any]] = {
    "gateway": Gateway,
    "matcher": Matcher,
    "reports": Reports,
    "backups": Backups,
}
"""The configuration of each service by its name in compose."""

COMMON = (LogConfig, TraceConfig)
"""Configurations that all services have beside their own."""

OTHER_NAMES = (
    "ZUFALL_ADMINISTRATOR",
    "ZUFALL_BANDWIDTH_MBIT",
    "ZUFALL_BROWSER",
    "ZUFALL_CONSOLE",
    "ZUFALL_CONSOLE_DOMAIN",
    "ZUFALL_DATABASE_PASSWORD",
    "ZUFALL_FIREFOX",
    "ZUFALL_GRAFANA_LISTEN",
    "ZUFALL_HOSTILE_FIGURES",
    "ZUFALL_HOSTILE_PAIRS",
    "ZUFALL_HOSTILE_ROUNDS",
    "ZUFALL_IMAGE",
    "ZUFALL_MAIL",
    "ZUFALL_PROFILES",
    "ZUFALL_REQUIRE",
    "ZUFALL_TEST_EXAMPLES",
    "ZUFALL_TEST_FLOOD",
    "ZUFALL_TEST_IMAGE",
    "ZUFALL_TEST_PAUSE_IMAGE",
    "ZUFALL_TEST_POSTGRES",
    "ZUFALL_TEST_TIMEOUT_FACTOR",
    "ZUFALL_TURN_BYTES_PER_SECOND",
    "ZUFALL_TURN_CADDY",
    "ZUFALL_TURN_CERTIFICATE",
    "ZUFALL_TURN_DRAIN_SECONDS",
    "ZUFALL_TURN_EXTERNAL_IP",
    "ZUFALL_TURN_OWN_IP",
    "ZUFALL_TURN_PEERS",
    "ZUFALL_TURN_RUNTIME",
    "ZUFALL_TURN_TOTAL_BYTES_PER_SECOND",
    "ZUFALL_TURN_TOTAL_QUOTA",
    "ZUFALL_TURN_USER_QUOTA",
)
"""Variables that no service reads, but commands, compose, builds or tests. They may stand beside settings."""

SET_BY_COMPOSE = {
    "gateway": (
        "ADMIN_LISTEN",
        "CERTIFICATES",
        "ENVIRONMENT",
        "GATEWAY",
        "LISTEN",
        "MATCHERS",
        "NATS",
        "REPORTS",
    ),
    "matcher": ("ADMIN_LISTEN", "CERTIFICATES", "ENVIRONMENT", "LISTEN"),
    "backups": ("ADMIN_LISTEN", "BACKUP_FOLDER"),
    "reports": ("ADMIN_LISTEN", "CERTIFICATES", "CONSOLE_LISTEN", "ENVIRONMENT", "LISTEN", "NATS"),
}
"""Settings of each service that follow from the others in deploy/compose.yaml, which writes them out."""

_MODULE = '''\
"""The names of all settings and of what else is called so: `make generate` writes this file."""

NAMES = frozenset(
    {{
{names}
    }}
)
'''

_COMPOSE = """\
# Written by `make generate`: the settings of each service that deploy/compose.yaml passes on from .env.
services:
"""


def module() -> str:
    """Return the Python module with every name that may begin with ZUFALL_."""
    settings = {name for kind in (*SERVICES.values(), Doctor, *COMMON) for name in names(kind)}
    known = sorted(settings | set(OTHER_NAMES))
    return _MODULE.format(names="\n".join(f'        "{name}",' for name in known))


def passed_on(service: str) -> list[str]:
    """Return the settings that compose passes from its env file to `service`."""
    fixed = {f"ZUFALL_{name}" for name in SET_BY_COMPOSE[service]}
    common = (name for kind in COMMON for name in names(kind))
    settings = (*names(SERVICES[service], secret=False), *common)
    return [name for name in settings if name not in fixed]


def compose() -> str:
    """Return the compose file that deploy/compose.yaml extends. A bare name that is not set stays unset."""
    blocks = (
        f"  {service}:\n    environment:\n" + "".join(f"      - {name}\n" for name in passed_on(service))
        for service in SERVICES
    )
    return _COMPOSE + "".join(blocks)
