"""Events of a client for its user: messages of the protocol, and these types where it knows more."""

from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from services.signaling.core.messages import Candidates, Chat, Description, Reveal, ToBrowser

_signals: msgspec.json.Decoder[Description | Candidates] = msgspec.json.Decoder(Description | Candidates)


@dataclass(frozen=True, slots=True)
class SearchStarted:
    """The client searches from now on, because it asked to or because the gateway goes on by itself."""


@dataclass(frozen=True, slots=True)
class MatchSkipped:
    """A `matched` answered a search that was taken back meanwhile; the gateway will end that match."""

    match: str


@dataclass(frozen=True, slots=True)
class LineSkipped:
    """A `chat` or `reveal` was not the next one of this match: it came before, or too early."""

    message: Chat | Reveal


@dataclass(frozen=True, slots=True)
class UnreadableFrame:
    """A frame is not of the protocol."""

    frame: bytes


class SignalReceived(msgspec.Struct, frozen=True, gc=False):
    """A `description` or `candidates` came from the partner. It is decoded only when somebody asks."""

    frame: bytes

    def decode(self) -> Description | Candidates:
        """Return the message; raises `ValueError`."""
        return _signals.decode(self.frame)


ClientEvent: TypeAlias = (
    ToBrowser | SearchStarted | MatchSkipped | LineSkipped | UnreadableFrame | SignalReceived
)
