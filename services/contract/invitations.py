"""Invitations: sealed texts with which guests find the visitor who made them."""

from collections.abc import Sequence

import msgspec

from .errors import MeetingRefused, PassRefused, TooLate
from .ids import VisitorId
from .keys import Key
from .meetings import MeetingRoom
from .sealing import Sealer

SHORTEST, USUAL, LONGEST = 60, 3600, 7 * 24 * 3600
"""Seconds for which an invitation is good: at least, unless the host says otherwise, and at most a week."""


class InvitationContent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An invitation says who invites, for which mode, and until when (`expires`, in Unix seconds).

    `id` is random. The `host` is also any other visitor of `host_device`, a key that is 0 if unknown. With
    `line` the host meets one guest after the other, and otherwise one.
    """

    id: str
    mode: str
    host: VisitorId
    host_device: int
    expires: float
    line: bool = False

    def is_host(self, visitor: VisitorId, device: int) -> bool:
        """Return whether this is the visitor who invites, or another one of the same device."""
        return visitor == self.host or (device != 0 and device == self.host_device)

    @property
    def host_waits_as(self) -> str:
        """The name under which the host waits for guests."""
        return f"{self.id}.host"

    def meeting(self, visitor: VisitorId, device: int) -> MeetingRoom:
        """Return the room, which a visitor of this device enters as the host or as a guest."""
        if self.is_host(visitor, device):
            return MeetingRoom(f"i:{self.id}", self.host_waits_as)
        return MeetingRoom(f"i:{self.id}", guest=True)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(InvitationContent)


class InvitationSealer:
    """Seals and opens invitations with the key ring that gateways share."""

    def __init__(self, ring: Sequence[Key]) -> None:
        self._sealer = Sealer(ring, b"zufall invitation 1")

    def seal(self, content: InvitationContent) -> str:
        return self._sealer.seal(_encoder.encode(content))

    def open(self, sealed: str, wall_now: float) -> InvitationContent:
        """Open the invitation. Raises `MeetingRefused` if it is not ours, and `TooLate` if it has expired."""
        try:
            content = _decoder.decode(self._sealer.open(sealed))
        except PassRefused:
            raise MeetingRefused("the invitation is not one of ours") from None
        if wall_now >= content.expires:
            raise TooLate("the invitation has expired")
        return content
