"""A network in memory: what one process says to another lies in a queue until the test delivers it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from services.contract.gateway_messages import GatewayMessage, pack, unpack
from services.contract.ids import GatewayId, MatchId
from services.signaling.shell.adapters.nats_bus import BusListener

NATS = "nats"
MOST_DELIVERIES = 1000
"""More messages than this without a pause mean that gateways talk without end."""

M = TypeVar("M")
Path = tuple[str, str]
"""The sender and the receiver of a queue."""


@dataclass(slots=True)
class QueuedItem:
    """Waits in a queue. `arrive` delivers it; `message` is set if the network may lose it."""

    number: int
    arrive: Callable[[], object]
    message: GatewayMessage | None = None


class QueuedNetwork:
    """Gateways and the queues between them. Each queue keeps its order; the test chooses which goes on."""

    def __init__(self) -> None:
        self.listeners: dict[GatewayId, BusListener] = {}
        """The gateways that live: their hubs, or what a test has in their place."""
        self.killed: set[str] = set()
        self.paused: set[str] = set()
        """Gateways whose process stands still. What is sent to them waits."""
        self.cut_off: set[str] = set()
        """Gateways without NATS. What is said to them or by them is lost."""
        self.sent = 0
        """The number of messages that gateways sent."""
        self._queues: dict[Path, deque[QueuedItem]] = {}
        self._numbers = count()
        self._wanted: set[tuple[GatewayId, MatchId]] = set()
        self._subscribers: dict[MatchId, set[GatewayId]] = {}

    # --- what processes do -------------------------------------------------------------------------

    def put(
        self, sender: str, receiver: str, arrive: Callable[[], object], message: GatewayMessage | None = None
    ) -> None:
        """Let `arrive` wait in the queue from `sender` to `receiver`."""
        queue = self._queues.get((sender, receiver))
        if queue is None:
            queue = self._queues[sender, receiver] = deque()
        queue.append(QueuedItem(next(self._numbers), arrive, message))

    def send(self, sender: GatewayId, receiver: GatewayId, message: GatewayMessage) -> None:
        """Send a message to a gateway, to whom it arrives after encoding and decoding."""
        self._send(sender, receiver, message, lambda gateway, arrived: gateway.on_message(arrived))

    def publish(self, sender: GatewayId, message: GatewayMessage) -> None:
        """Send a message to the gateways that listen on the subject of its match, the sender included."""
        for receiver in self.subscribers(message.match):
            self._send(sender, receiver, message, lambda gateway, arrived: gateway.on_match_message(arrived))

    def _send(
        self,
        sender: GatewayId,
        receiver: GatewayId,
        message: GatewayMessage,
        take: Callable[[BusListener, GatewayMessage], None],
    ) -> None:
        self.sent += 1
        if sender in self.cut_off or receiver in self.killed:
            return
        ((arrived,), _) = unpack(pack([message]))

        def arrive() -> None:
            if receiver in self.listeners and receiver not in self.cut_off:
                take(self.listeners[receiver], arrived)

        self.put(sender, receiver, arrive, arrived)

    def subscribe(self, gateway: GatewayId, match: MatchId) -> None:
        """Subscribe later, because a subscription takes time to spread. Earlier messages are lost."""
        self._wanted.add((gateway, match))

        def arrive() -> None:
            if (gateway, match) in self._wanted:
                self._subscribers.setdefault(match, set()).add(gateway)

        self.put(gateway, NATS, arrive)

    def unsubscribe(self, gateway: GatewayId, match: MatchId) -> None:
        self._wanted.discard((gateway, match))
        self._subscribers.get(match, set()).discard(gateway)

    # --- what the test sees ------------------------------------------------------------------------

    def subscribers(self, match: str) -> list[GatewayId]:
        return sorted(self._subscribers.get(MatchId(match), ()))

    def has_subscribers(self) -> bool:
        """Return whether any gateway listens on the subject of any match."""
        return any(self._subscribers.values())

    def waiting(self) -> list[Path]:
        """Return the queues whose next item may arrive."""
        return [path for path, queue in self._queues.items() if queue and not self._stands_still(path)]

    def lossy(self) -> list[Path]:
        """Return the queues whose next item may be lost."""
        return [path for path in self.waiting() if self.next_message(path) is not None]

    def next_message(self, path: Path) -> GatewayMessage | None:
        """Return what arrives next in a queue, if it is a message between gateways."""
        return self._queues[path][0].message

    def messages(self) -> list[tuple[GatewayId, GatewayMessage]]:
        """Return the messages under way, with their receivers, in the order in which they were sent."""
        under_way = [
            (item.number, GatewayId(receiver), item.message)
            for (_, receiver), queue in self._queues.items()
            for item in queue
            if item.message is not None
        ]
        return [(receiver, message) for _, receiver, message in sorted(under_way, key=lambda one: one[0])]

    def messages_of(self, kind: type[M]) -> list[tuple[GatewayId, M]]:
        """Return the messages of one type under way, with their receivers."""
        return [(receiver, message) for receiver, message in self.messages() if isinstance(message, kind)]

    # --- what the test does ------------------------------------------------------------------------

    def deliver(self, path: Path) -> None:
        """Let the next item of a queue arrive."""
        self._queues[path].popleft().arrive()

    def lose(self, path: Path) -> None:
        """Lose the next item of a queue."""
        self._queues[path].popleft()

    def deliver_all(self, lost: int = -1) -> None:
        """Let everything arrive, in the order in which it was sent, but lose item number `lost`.

        Fail if this never ends.
        """
        for number in range(MOST_DELIVERIES):
            waiting = self.waiting()
            if not waiting:
                return
            oldest = min(waiting, key=lambda path: self._queues[path][0].number)
            (self.lose if number == lost else self.deliver)(oldest)
        raise AssertionError("they talk without end")

    def lose_messages(self, *kinds: type[GatewayMessage], receiver: str | None = None) -> None:
        """Lose the messages under way, or only those of some types or to one gateway."""
        for (_, to), queue in self._queues.items():
            if receiver in (None, to):
                kept = [
                    item
                    for item in queue
                    if item.message is None or (kinds and not isinstance(item.message, kinds))
                ]
                queue.clear()
                queue.extend(kept)

    def clear(self, path: Path) -> None:
        """Lose everything that waits in a queue."""
        self._queues.pop(path, None)

    def reconnect(self, gateway: GatewayId) -> None:
        """Give NATS back to a gateway, which sees that."""
        self.cut_off.discard(gateway)
        self.listeners[gateway].on_bus_reconnected()

    def kill(self, gateway: GatewayId) -> None:
        """Kill a gateway with all that is under way to it and from it. The others are not told."""
        del self.listeners[gateway]
        self.killed.add(gateway)
        for path in [path for path in self._queues if gateway in path]:
            del self._queues[path]
        for subscribers in self._subscribers.values():
            subscribers.discard(gateway)

    def _stands_still(self, path: Path) -> bool:
        """Whether the receiver is paused, or a gateway without NATS wants to subscribe."""
        sender, receiver = path
        return receiver in self.paused or (receiver == NATS and sender in self.cut_off)


class PromptNetwork(QueuedNetwork):
    """Delivers by itself: a subscription at once, as one server does, the rest in the loop's next turn."""

    def put(
        self, sender: str, receiver: str, arrive: Callable[[], object], message: GatewayMessage | None = None
    ) -> None:
        super().put(sender, receiver, arrive, message)
        asyncio.get_running_loop().call_soon(self.deliver_all)

    def subscribe(self, gateway: GatewayId, match: MatchId) -> None:
        super().subscribe(gateway, match)
        self.deliver_all()


class QueuedBus:
    """The `Bus` of one gateway on a network in memory."""

    def __init__(self, network: QueuedNetwork, gateway: GatewayId) -> None:
        self._network = network
        self._gateway = gateway

    @property
    def connected(self) -> bool:
        return self._gateway not in self._network.cut_off

    def send(self, gateway: GatewayId, message: GatewayMessage) -> None:
        self._network.send(self._gateway, gateway, message)

    def subscribe_to_match(self, match: MatchId) -> None:
        self._network.subscribe(self._gateway, match)

    def unsubscribe_from_match(self, match: MatchId) -> None:
        self._network.unsubscribe(self._gateway, match)

    def publish_to_match(self, message: GatewayMessage) -> None:
        self._network.publish(self._gateway, message)
