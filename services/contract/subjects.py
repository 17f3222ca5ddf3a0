"""Every NATS subject, in one place."""

from .ids import GatewayId

STANDING = "zufall.standing"
"""Standing changes, the bytes of a `StandingsBatch`: an immediate ban does not wait for anything else."""

PRESENCE = "zufall.presence"
"""Every gateway's `presence.Beat`, once a second."""

ARRIVALS = "zufall.arrivals"
"""Told by each gateway: who has come to it (`arrivals.Arrivals`)."""

STATUS_HISTORY = "zufall.status.history"
"""Asked by a gateway that has just started; one other answers with a `presence.Past` for each gateway."""


def gateway(gateway: GatewayId) -> str:
    """Where one gateway hears about its visitors: lists of `Envelope`."""
    return f"zufall.gateway.{gateway}"
