"""A gateway that ignores epochs. It proves that the suite can fail."""

import sys

from typing_extensions import override

from services.contract.gateway_messages import Superseded, Takeover, TakeoverAck, VisitorMessage
from services.contract.ids import Place, VisitorId
from services.runtime.lifecycle import Shutdown, run_service
from services.signaling.__main__ import run
from services.signaling.config import Config
from services.signaling.core.effects import Effect
from services.signaling.core.events import VisitorMoved
from services.signaling.core.session import Session
from services.signaling.shell.clients import Client
from services.signaling.shell.hub import Hub


class UnfencedSession(Session):
    """A session that believes the last message about its partner's place."""

    @override
    def _reject_outdated(self, message: VisitorMessage) -> list[Effect] | None:
        return None


class UnfencedHub(Hub):
    """A hub that accepts every hello, takeover and correction, however old it is."""

    @override
    def _check_epoch(self, visitor: VisitorId, place: Place) -> Client | None:
        return self.clients.get(visitor)

    @override
    def _on_takeover(self, takeover: Takeover) -> None:
        client = self.clients.get(takeover.to)
        if client is not None:
            self._on_event(client, VisitorMoved(takeover.place, takeover.match))
        gave_way = TakeoverAck(takeover.to, takeover.match, takeover.epoch, self.gateway)
        self._send_to_gateway(takeover.gateway, gave_way)

    @override
    def _on_superseded(self, newer: Superseded) -> None:
        client = self.clients.get(newer.to)
        if client is not None:
            self._on_event(client, VisitorMoved(newer.place, self._match_of(client)))


async def run_unfenced(config: Config, shutdown: Shutdown) -> None:
    await run(config, shutdown, session=UnfencedSession, hub_type=UnfencedHub)


if __name__ == "__main__":
    sys.exit(run_service("signaling", Config, run_unfenced))
