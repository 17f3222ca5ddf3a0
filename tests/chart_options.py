"""Values of the chart, and the components of kustomize that make the same objects."""

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]

BARE: Values = {
    "autoscaling": {"by": "none"},
    "certificates": "secrets",
    "ingress": {"enabled": False},
    "networkPolicy": {"enabled": False},
    "turn": {"by": "none"},
}
"""Turns off what an installation has by default."""


def policies(**networks: str) -> Values:
    """Return values that make policies with these networks."""
    return {"networkPolicy": {"enabled": True, **networks}}


POLICIES = policies()
BACKUPS = policies(backupNetwork="192.0.2.3/32", apiServerNetwork="192.0.2.4/32")
ALL_NETWORKS = policies(
    backupNetwork="192.0.2.3/32",
    apiServerNetwork="192.0.2.4/32",
    identityProviderNetwork="192.0.2.1/32",
    pictureMatcherNetwork="192.0.2.2/32",
    alarmWebhookNetwork="192.0.2.5/32",
    mailServerNetwork="192.0.2.6/32",
)
OPTIONS: dict[tuple[str, ...], Values] = {
    (): {},
    ("hpa",): {"autoscaling": {"by": "hpa"}},
    ("keda",): {"autoscaling": {"by": "keda"}},
    ("cert-manager",): {"certificates": "certManager"},
    ("ingress",): {"ingress": {"enabled": True}},
    ("gateway-api",): {"gatewayApi": {"enabled": True}},
    ("gateway-api", "gateway-api-timeouts"): {"gatewayApi": {"enabled": True, "timeouts": True}},
    ("monitoring",): {"monitoring": {"enabled": True}},
    ("network-policy",): POLICIES,
    ("network-policy", "identity-provider", "picture-matcher"): policies(
        identityProviderNetwork="192.0.2.1/32", pictureMatcherNetwork="192.0.2.2/32"
    ),
    ("network-policy", "alarm-webhook", "mail-server"): policies(
        alarmWebhookNetwork="192.0.2.5/32", mailServerNetwork="192.0.2.6/32"
    ),
    ("network-policy", "postgres-single"): {**POLICIES, "database": "single"},
    ("network-policy", "backups"): {**BACKUPS, "backups": {"enabled": True}},
    ("network-policy", "cloudnative-pg"): {**BACKUPS, "database": "cloudnativePg"},
    ("network-policy", "backups", "cloudnative-pg"): {
        **BACKUPS,
        "backups": {"enabled": True},
        "database": "cloudnativePg",
    },
    ("network-policy", "cloudnative-pg", "cloudnative-pg-recovery"): {
        **BACKUPS,
        "cloudnativePg": {"recoverUntil": "2026-12-01T03:00:00Z"},
        "database": "cloudnativePg",
    },
    ("turn-certificate", "turn"): {"turn": {"by": "hostNetwork", "certificate": True}},
    ("network-policy", "turn-certificate", "turn-load-balancer"): {
        **POLICIES,
        "turn": {"by": "loadBalancer", "certificate": True},
    },
    ("network-policy", "turn"): {**POLICIES, "turn": {"by": "hostNetwork"}},
    ("network-policy", "turn-load-balancer"): {**POLICIES, "turn": {"by": "loadBalancer"}},
    ("network-policy", "postgres-single", "priority"): {**POLICIES, "database": "single", "priority": True},
    ("network-policy", "openshift"): {**POLICIES, "openshift": True},
    (
        *("network-policy", "cert-manager", "hpa", "ingress", "turn-load-balancer", "backups", "monitoring"),
        *("postgres-single", "identity-provider", "picture-matcher", "priority", "openshift"),
        *("alarm-webhook", "mail-server"),
    ): {
        **ALL_NETWORKS,
        "autoscaling": {"by": "hpa"},
        "backups": {"enabled": True},
        "certificates": "certManager",
        "database": "single",
        "ingress": {"enabled": True},
        "monitoring": {"enabled": True},
        "openshift": True,
        "priority": True,
        "turn": {"by": "loadBalancer"},
    },
    (
        *("network-policy", "cert-manager", "keda", "gateway-api", "turn", "backups", "monitoring"),
        *("cloudnative-pg", "identity-provider", "picture-matcher", "priority", "openshift"),
        *("alarm-webhook", "mail-server"),
    ): {
        **ALL_NETWORKS,
        "autoscaling": {"by": "keda"},
        "backups": {"enabled": True},
        "certificates": "certManager",
        "database": "cloudnativePg",
        "gatewayApi": {"enabled": True},
        "monitoring": {"enabled": True},
        "openshift": True,
        "priority": True,
        "turn": {"by": "hostNetwork"},
    },
}
"""What makes the same objects: components of kustomize, and values over `BARE`."""

OF_SECRETS = {"cloudnative-pg-secrets", "turn-secret"}
"""Components that the chart cannot have, since it never sees a secret."""
