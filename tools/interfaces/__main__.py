"""`python -m tools.interfaces` writes every generated file; `make check` proves that they are fresh."""

from pathlib import Path, PurePosixPath

from services.contract.identities import COMMON_GATEWAY
from services.local.nats_config import nats_config, users
from services.reports.core.roles import API_PREFIX, Role
from services.reports.core.roles import ENDPOINTS as ROLES
from services.reports.shell.console import console_api
from services.reports.shell.console import http as console_http
from services.signaling.shell import http_api
from tools import dashboards

from . import (
    api_page,
    chart_values,
    cluster_rules,
    doctor_page,
    frames_page,
    metrics_page,
    modules,
    settings,
    version_files,
)
from .nats_cluster import nats_cluster_config

ROOT = Path(__file__).parents[2]

CERTIFICATES = PurePosixPath("/run/certificates")
"""Where each container finds its own certificate."""

EVERYWHERE = "0.0.0.0:4222"
"""NATS in a container listens on all of its addresses."""

CREDENTIALS = PurePosixPath("/run/credentials/zufall-nats.service")
"""Where systemd puts the certificate of NATS."""

HTTP_INTRODUCTION = """\
# HTTP API

Written by `make generate` from services/signaling/shell/http_api.py: change that file instead.

A gateway serves this API beside the WebSocket ([browser protocol](browser-protocol.md)). Requests have the
content type `application/json`. Errors are `application/problem+json` (RFC 9457) with a stable `code` and a
sentence in `detail`; every endpoint may also answer 429 (`too_fast`) with `Retry-After`. Expect further
fields in responses. `GET /` is the page, and `GET /site/logo` is the operator's logo, if there is one. `GET
/api/openapi.json` is this API as an OpenAPI document; in production it is served only with
`ZUFALL_API_DOCS=on`.

## Endpoints
"""

CONSOLE_INTRODUCTION = f"""\
# Console API

Written by `make generate` from services/reports/shell/console/console_api.py: change that file instead.

The reports service serves this API to the moderators' console. Paths begin with `{API_PREFIX}`. A session
cookie says who calls. Times are in Unix milliseconds; an `until` of 0 means without an end. Errors are
`application/problem+json` with a stable `code` and a sentence in `detail`; logging in may also answer 429
(`too_fast`, `locked`) with `Retry-After`.

## Endpoints
"""


def _access() -> dict[tuple[str, str], str]:
    return {key: "anybody" if role is None else _at_least(role) for key, role in ROLES.items()}


def _at_least(role: Role) -> str:
    return f"{role.name.lower()}s" + (" and above" if role < max(Role) else "")


def files() -> dict[str, str]:
    """Return the content of each generated file by its path in the project."""
    http_page = api_page.page(HTTP_INTRODUCTION, http_api.ENDPOINTS, http_api.STATUSES)
    console_page = api_page.page(
        CONSOLE_INTRODUCTION, console_api.ENDPOINTS, console_http.STATUSES, _access()
    )
    return {
        "web/src/messages.generated.ts": modules.frames(),
        "web/src/http.generated.ts": modules.http(),
        "web/console/src/api.generated.ts": modules.console(),
        "docs/browser-protocol.md": frames_page.page(),
        "docs/http-api.md": http_page,
        "docs/console-api.md": console_page,
        "docs/metrics.md": metrics_page.page(),
        "docs/doctor.md": doctor_page.page(),
        "deploy/nats/nats.conf": _nats_page(["gateway-1", "gateway-2"], "deploy/compose.yaml"),
        "deploy/systemd/nats.conf": _nats_page(
            ["gateway-1", "gateway-2"], "deploy/systemd/zufall-nats.service", "127.0.0.1:4222", CREDENTIALS
        ),
        "services/runtime/setting_names.py": settings.module(),
        "deploy/settings.generated.yaml": settings.compose(),
        "k8s/base/nats.conf": _nats_cluster_page(),
        **_coturn_files(),
        "k8s/components/monitoring/rules.yaml": cluster_rules.page(),
        "k8s/chart/values.yaml": chart_values.values_file(),
        "docs/kubernetes-values.md": chart_values.page(),
        **version_files.files(),
        **dashboards.files(),
    }


def _coturn_files() -> dict[str, str]:
    """Return copies of `deploy/coturn`, because a component of kustomize reads no files above it."""
    components = ("turn", "turn-load-balancer")
    return {
        f"k8s/components/{component}/coturn/{source.name}": source.read_text()
        for component in components
        for source in sorted((ROOT / "deploy/coturn").iterdir())
    }


def _nats_page(
    gateways: list[str],
    used_by: str,
    listen: str = EVERYWHERE,
    certificates: PurePosixPath = CERTIFICATES,
) -> str:
    """Return the configuration of nats-server for an installation with these words of gateways."""
    return _introduction(used_by) + nats_config(listen, "127.0.0.1:8222", certificates, users(gateways))


def _nats_cluster_page() -> str:
    """Return the configuration of each nats-server on Kubernetes, where the kubelet probes its pages."""
    server = nats_config(EVERYWHERE, "0.0.0.0:8222", CERTIFICATES, users([COMMON_GATEWAY]))
    return _introduction("k8s/base/nats.yaml") + server + nats_cluster_config(CERTIFICATES)


def _introduction(used_by: str) -> str:
    return f"# Written by `make generate` from services/contract/subjects.py, for {used_by}.\n"


if __name__ == "__main__":
    for path, text in files().items():
        (ROOT / path).write_text(text)
