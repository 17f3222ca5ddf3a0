"""All NATS subjects. On none of them does every gateway hear of every visitor."""

from .ids import GatewayId, MatchId

STANDING = "zufall.2.standing"
"""Carries changes of standing as bytes of a `StandingsBatch`, so that a ban takes effect at once."""

PRESENCE = "zufall.2.presence"
"""Carries the `presence.Heartbeat` of every gateway once a second."""

STATUS_HISTORY = "zufall.2.status.history"
"""Carries the question of a new gateway, which another answers by a `HistoryReply` for each gateway."""


def gateway(gateway: GatewayId) -> str:
    """Return the subject on which one gateway receives lists of `GatewayMessage` about its visitors."""
    return f"zufall.2.gateway.{gateway}"


def match(match: MatchId) -> str:
    """Return the subject on which the two sides of a match find each other again.

    A gateway subscribes to it only while one side looks for the other.
    """
    return f"zufall.2.match.{match}"
