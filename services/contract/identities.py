"""The names of services in their certificates. Each end of a connection checks the name of the other."""

_DOMAIN = "zufall.internal"

NATS = f"nats.{_DOMAIN}"
NATS_HOSTS = tuple(f"nats-{number}.nats-cluster" for number in range(3))
"""The hosts of the servers of NATS on Kubernetes.

A server that dials another one wants to find the host that it dialled in the certificate, too.
"""
MATCHER = f"matcher.{_DOMAIN}"
REPORTS = f"reports.{_DOMAIN}"
GATEWAY = f"gateway.{_DOMAIN}"
"""Each gateway has this name. Those whose messages the others must not overhear have one more."""

COMMON_GATEWAY = "gateway"
"""The word that all gateways without a word of their own share."""


def gateway_name(word: str) -> str:
    """Return the name of the gateways with this word, which is also their NATS user."""
    return f"{word}.{_DOMAIN}"


def gateway_names(word: str) -> tuple[str, ...]:
    """Return all names in the certificate of a gateway."""
    own = gateway_name(word)
    return (own,) if own == GATEWAY else (own, GATEWAY)
