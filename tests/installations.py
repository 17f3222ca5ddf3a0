"""Installations that have all overlays and components between them."""

from pathlib import Path

from .manifests import COMPONENTS, OVERLAYS, Object, objects, overlay_with

FIRST = ("hosts", "network-policy", "turn-certificate")
LAST = (
    "gateway-api-timeouts",
    "cloudnative-pg",
    "cloudnative-pg-secrets",
    "cloudnative-pg-recovery",
    "postgres-single",
    "priority",
    "openshift",
)
"""Components that change what others add, in their order."""

NEEDS = {
    "gateway-api-timeouts": ("gateway-api",),
    "cloudnative-pg-recovery": ("cloudnative-pg",),
}
"""Components that change what another one adds."""

EITHER = (
    ("hpa", "keda"),
    ("ingress", "gateway-api"),
    ("ingress", "gateway-api-timeouts"),
    ("turn", "turn-load-balancer"),
    ("turn-secret", "turn-load-balancer"),
    ("postgres-single", "cloudnative-pg"),
    ("postgres-single", "cloudnative-pg-secrets"),
    ("postgres-single", "cloudnative-pg-recovery"),
)
"""Components that do the same in two ways."""


def _without(*others: str) -> tuple[str, ...]:
    """Return the names of all components but some, in an order that works."""
    ordered = (*FIRST, *(name for name in COMPONENTS if name not in FIRST + LAST), *LAST)
    return tuple(name for name in ordered if name in COMPONENTS and name not in others)


ONE_WAY = _without(*(other for _, other in EITHER))
OTHER_WAY = _without(*(one for one, _ in EITHER))


def all_installations(copy: Path) -> dict[str, list[Object]]:
    """Return the objects of each overlay in a copy of `k8s`, and of all components, one way and the other."""
    folders = {name: copy / "overlays" / name for name in OVERLAYS}
    folders["everything, one way"] = overlay_with(copy, ONE_WAY)
    folders["everything, the other way"] = overlay_with(copy, OTHER_WAY)
    return {name: objects(folder) for name, folder in folders.items()}
