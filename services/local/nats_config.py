"""The configuration of nats-server: its users, each with exactly its subjects, and its certificate.

A user has no password: the name in the client's certificate says who it is.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from services.contract import identities, subjects
from services.contract.subjects import Permissions
from services.runtime.tls import AUTHORITIES, CERTIFICATE, KEY

_REPLY_TIME = "10s"
"""The time in which a user may answer a request."""


def users(gateways: Iterable[str]) -> dict[str, Permissions]:
    """Return the permissions of each user of an installation whose gateways have these words."""
    return {
        **{identities.gateway_name(word): subjects.gateway_permissions(word) for word in gateways},
        identities.REPORTS: subjects.REPORTS_PERMISSIONS,
    }


def nats_config(
    listen: str, monitoring: str, certificates: PurePath, users: Mapping[str, Permissions]
) -> str:
    """Return the text of a configuration file. `listen` and `monitoring` are each a host and port."""
    lines = [
        f"listen: {json.dumps(listen)}",
        f"http: {json.dumps(monitoring)}",
        "tls {",
        f"  cert_file: {json.dumps(str(certificates / CERTIFICATE))}",
        f"  key_file: {json.dumps(str(certificates / KEY))}",
        f"  ca_file: {json.dumps(str(certificates / AUTHORITIES))}",
        "  verify_and_map: true # the name in a client's certificate is its user",
        "  handshake_first: true # so that clients can refuse a server without TLS",
        "  timeout: 5",
        "}",
        "authorization {",
        "  users: [",
        *(line for name, permissions in users.items() for line in _user(name, permissions)),
        "  ]",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _user(name: str, permissions: Permissions) -> list[str]:
    replies = f"{{max: {permissions.replies}, expires: {json.dumps(_REPLY_TIME)}}}"
    return [
        f"    {{user: {json.dumps(name)}, permissions: {{",
        f"      publish: {json.dumps(permissions.publish)}",
        f"      subscribe: {json.dumps(permissions.subscribe)}",
        *([f"      allow_responses: {replies}"] if permissions.replies else []),
        "    }}",
    ]
