"""Names the devices of visitors to whom this gateway gave tokens, where a decision about them names none."""

from collections.abc import Callable

from msgspec import Struct

from services.contract.ids import VisitorId
from services.contract.tokens import LIFETIME

from ..core.recently_used import RecentlyUsed

MAX_REMEMBERED = 32_768
"""Visitors whose device is remembered, in some 5 MB."""


class VisitorDevice(Struct, frozen=True):
    """A visitor, and the key of their device."""

    visitor: VisitorId
    device: int


class IssuedDevices:
    """Remembers the devices of tokens for as long as these live.

    A decision of a moderator about somebody whom nobody reported names no device, because no pass names it.
    The gateway that issued the visitor's last token then names it: `name` gets it.
    """

    def __init__(self, name: Callable[[VisitorDevice], None]) -> None:
        self._name = name
        self._devices: RecentlyUsed[VisitorId, int] = RecentlyUsed(MAX_REMEMBERED, LIFETIME)

    def record(self, visitor: VisitorId, device: int, now: float) -> None:
        """Note that a token was issued. `now` is in monotonic seconds, and `device` 0 if there is none."""
        if device:
            self._devices.put(visitor, device, now)

    def on_decision(self, visitor: VisitorId, device: int) -> None:
        """Name the device of a decision if it names none and this gateway knows it."""
        known = self._devices.get(visitor)
        if not device and known:
            self._name(VisitorDevice(visitor, known))
