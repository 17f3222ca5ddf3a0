"""A `PubSub` in this process, which delivers at once."""

from collections.abc import Awaitable, Callable
from itertools import count

Handler = Callable[[bytes, str], None]


class FakePubSub:
    """All gateways that share one hear each other. Like NATS it answers a question that nobody hears."""

    def __init__(self) -> None:
        self.connected = True
        self.answers = True
        """Whether messages are delivered. Otherwise they are lost."""
        self.published: list[str] = []
        """The subjects of all messages."""
        self.handlers: dict[str, list[Handler]] = {}
        self._inboxes = count(1)

    async def subscribe(
        self, subject: str, on_message: Handler, group: str = ""
    ) -> Callable[[], Awaitable[None]]:
        assert not group
        self.handlers.setdefault(subject, []).append(on_message)

        async def end() -> None:
            self.handlers[subject].remove(on_message)
            if not self.handlers[subject]:
                del self.handlers[subject]

        return end

    async def publish(self, subject: str, payload: bytes, reply_to: str = "") -> bool:
        self.published.append(subject)
        if not self.answers:
            return self.connected
        for handler in self.handlers.get(subject, ()):
            handler(payload, reply_to)
        if subject not in self.handlers and reply_to:
            await self.publish(reply_to, b"")
        return self.connected

    def new_inbox(self) -> str:
        return f"inbox.{next(self._inboxes)}"
