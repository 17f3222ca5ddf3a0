"""All NATS subjects, and who may use which. On none of them does every gateway hear of every visitor."""

from dataclasses import dataclass

from .ids import GatewayId, MatchId

STANDING = "zufall.2.standing"
"""Carries changes of standing as bytes of a `StandingsBatch`, so that a ban takes effect at once."""

PRESENCE = "zufall.2.presence"
"""Carries the `presence.Heartbeat` of every gateway once a second."""

STATUS_HISTORY = "zufall.2.status.history"
"""Carries the question of a new gateway, which another answers by a `HistoryReply` for each gateway."""

HISTORY_GROUP = "gateways"
"""The queue group of `STATUS_HISTORY`, so that one gateway answers each question."""

_GATEWAYS = "zufall.2.gateway"
_MATCHES = "zufall.2.match"
_MEETINGS = "zufall.2.meeting"


def gateway(gateway: GatewayId) -> str:
    """Return the subject on which one gateway receives lists of `GatewayMessage` about its visitors.

    An id is a word, which names the NATS user, a dot and random characters.
    """
    return f"{_GATEWAYS}.{gateway}"


def match(match: MatchId) -> str:
    """Return the subject on which the two sides of a match find each other again.

    A gateway subscribes to it only while one side looks for the other.
    """
    return f"{_MATCHES}.{match}"


def meeting(who: str) -> str:
    """Return the subject on which somebody's gateway says that they wait for one whom they know.

    `who` is a name of `contract.meetings`. A gateway subscribes to it only while they wait, so NATS itself
    answers for all others.
    """
    return f"{_MEETINGS}.{who}"


def inbox(user: str) -> str:
    """Return the prefix of the subjects on which this user alone receives replies."""
    return f"_INBOX.{user.partition('.')[0]}"


@dataclass(frozen=True, slots=True)
class Permissions:
    """The subjects that a NATS user may use, as patterns of NATS. A queue group follows after a space.

    `replies` is the number of messages that it may send to the reply subject of a request.
    """

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    replies: int = 0


def gateway_permissions(word: str) -> Permissions:
    """Return what gateways with this word may do: speak to every gateway, and hear only their own."""
    return Permissions(
        publish=(f"{_GATEWAYS}.*.*", f"{_MATCHES}.*", f"{_MEETINGS}.*.*", PRESENCE, STATUS_HISTORY),
        subscribe=(
            f"{_GATEWAYS}.{word}.*",
            f"{_MATCHES}.*",
            f"{_MEETINGS}.*.*",
            PRESENCE,
            f"{STATUS_HISTORY} {HISTORY_GROUP}",
            STANDING,
            f"{inbox(word)}.*",
        ),
        replies=512,  # at most 256 gateways are counted, and each has one
    )


REPORTS_PERMISSIONS = Permissions(publish=(STANDING,), subscribe=(STANDING,))
"""Only the reports service says who is banned. Its replicas hear each other."""
