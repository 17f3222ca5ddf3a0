"""Which other gateways live. It counts our own beats, so a gateway that was paused blames nobody for it."""

from services.contract.ids import GatewayId
from services.contract.presence import ALLOWED_MISSES


class FailureDetector:
    """The gateways that were heard of, and for how many of our beats each has been silent since."""

    def __init__(self) -> None:
        self._silent: dict[GatewayId, int] = {}
        self._beats = 0

    def is_suspected(self, gateway: GatewayId) -> bool:
        """Whether it has been heard of late, or could not have been yet."""
        return gateway not in self._silent and self._beats > ALLOWED_MISSES

    def watch(self, gateway: GatewayId) -> None:
        """A visitor of it is with one of ours: it must be heard of from now on, if it never was."""
        self._silent.setdefault(gateway, 0)

    def heartbeat(self, gateway: GatewayId) -> bool:
        """It has beaten; whether it was unknown, because it is new or was lost."""
        unknown = gateway not in self._silent
        self._silent[gateway] = 0
        return unknown

    def remove(self, gateway: GatewayId) -> bool:
        """It has said goodbye; whether it was known."""
        return self._silent.pop(gateway, None) is not None

    def tick(self) -> list[GatewayId]:
        """We have heard our own beat; who has been silent for too long."""
        self._beats += 1
        for gateway in self._silent:
            self._silent[gateway] += 1
        lost = [gateway for gateway, beats in self._silent.items() if beats > ALLOWED_MISSES]
        for gateway in lost:
            del self._silent[gateway]
        return lost
