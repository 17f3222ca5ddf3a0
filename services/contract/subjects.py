"""Every NATS subject, in one place. No subject tells every gateway of every visitor."""

from .ids import GatewayId, MatchId

STANDING = "zufall.2.standing"
"""Standing changes, the bytes of a `StandingsBatch`: an immediate ban does not wait for anything else."""

PRESENCE = "zufall.2.presence"
"""Every gateway's `presence.Heartbeat`, once a second."""

STATUS_HISTORY = "zufall.2.status.history"
"""A gateway that has just started asks here; one other sends a `presence.HistoryReply` for each gateway."""


def gateway(gateway: GatewayId) -> str:
    """Where one gateway hears about its visitors: lists of `GatewayMessage`."""
    return f"zufall.2.gateway.{gateway}"


def match(match: MatchId) -> str:
    """Where the two sides of a match find each other again; subscribed only while one looks for the other."""
    return f"zufall.2.match.{match}"
