"""Every NATS subject, in one place."""

from .ids import GatewayId

STANDING = "zufall.standing"
"""Standing changes, the bytes of a `StandingsBatch`: an immediate ban does not wait for anything else."""


def gateway(gateway: GatewayId) -> str:
    """Where one gateway hears about its visitors: lists of `Envelope`."""
    return f"zufall.gateway.{gateway}"
