"""Detects gateways that fail. It counts our own heartbeats, so a pause of this process suspects nobody."""

from services.contract.ids import GatewayId
from services.contract.presence import ALLOWED_MISSES


class FailureDetector:
    """The known gateways, and for how many of our heartbeats each has been silent.

    A gateway is lost when it has missed more than `ALLOWED_MISSES` heartbeats.
    """

    def __init__(self) -> None:
        self._missed: dict[GatewayId, int] = {}
        self._heard: set[GatewayId] = set()
        self._beats = 0

    def is_suspected(self, gateway: GatewayId) -> bool:
        """Return whether the gateway is silent although it should have been heard by now."""
        return gateway not in self._missed and self._beats > ALLOWED_MISSES

    def watch(self, gateway: GatewayId) -> None:
        """Expect heartbeats of the gateway from now on, even if it never sent one."""
        self._missed.setdefault(gateway, 0)

    def heartbeat(self, gateway: GatewayId) -> bool:
        """Note a heartbeat, and return whether it is the first since the gateway came or was lost.

        It may be watched already, because somebody waits for an answer of it.
        """
        is_first = gateway not in self._heard
        self._heard.add(gateway)
        self._missed[gateway] = 0
        return is_first

    def remove(self, gateway: GatewayId) -> bool:
        """Forget a gateway that shuts down, and return whether it was known."""
        self._heard.discard(gateway)
        return self._missed.pop(gateway, None) is not None

    def tick(self) -> list[GatewayId]:
        """Count one heartbeat of our own, and return the gateways that are lost now."""
        self._beats += 1
        for gateway in self._missed:
            self._missed[gateway] += 1
        lost = [gateway for gateway, missed in self._missed.items() if missed > ALLOWED_MISSES]
        for gateway in lost:
            del self._missed[gateway]
        self._heard.difference_update(lost)
        return lost
