"""Delivery from client to client: what must arrive is numbered, and sent again until it is acknowledged.

The page has the same rules (`web/src/core/call/send-buffer.ts`). Times are seconds on one monotonic clock;
`inf` is never. The numbers of one match and direction begin at 1 and go on when a socket is lost.
"""

from math import inf

from msgspec import structs

from services.signaling.core.messages import Chat, Reveal

Numbered = Chat | Reveal

REPEAT_DELAYS = (3.0, 6.0, 12.0, 24.0, 30.0)
"""Seconds until the oldest is sent again, at first and then after each repeat. The last delay stays."""
ALL_REPEATED_INTERVAL = 3.0
"""Seconds between two repeats of everything, however often the partner comes and goes."""
MAX_WAITING_CHATS = 60
"""A `reveal`, which is sent once, always has a place beside them."""


class SendBuffer:
    """The lines of one visitor in one match that the partner's client has not acknowledged."""

    def __init__(self) -> None:
        self.waiting: list[Numbered] = []
        """The oldest comes first."""
        self.last = 0
        """The number of the newest."""
        self.due = inf
        """The oldest is to be sent again at this time."""
        self._repeats = 0
        self._recovering = False
        self._repeated_up_to = 0
        self._all_repeated_at = -inf

    @property
    def acknowledged(self) -> int:
        """The partner's client has everything up to this number."""
        return self.last - len(self.waiting)

    @property
    def full(self) -> bool:
        """Whether no further chat may wait."""
        return sum(isinstance(one, Chat) for one in self.waiting) >= MAX_WAITING_CHATS

    def add(self, message: Numbered) -> Numbered:
        """Return the message with its number; it waits from now on."""
        self.last += 1
        numbered = structs.replace(message, n=self.last)
        self.waiting.append(numbered)
        return numbered

    def sent(self, now: float) -> None:
        """Plan the next repeat, because the newest message was sent just now."""
        if self.waiting and self.due == inf:
            self.due = now + self._delay()

    def pause(self) -> None:
        """Plan no repeat, because nothing reaches the partner."""
        self._repeats, self.due = 0, inf

    def repeat_all(self, now: float) -> list[Numbered]:
        """Return all that waits, to be sent again now, because it may be lost.

        When that was done a moment ago, return nothing: then the oldest is planned, and those after it
        follow one by one.
        """
        self.pause()
        recent = now < self._all_repeated_at + ALL_REPEATED_INTERVAL
        self._recovering = recent
        if not recent:
            self._repeated_up_to, self._all_repeated_at = self.last, now
        self.sent(now)
        return [] if recent else list(self.waiting)

    def acknowledge(self, number: int, now: float) -> list[Numbered]:
        """Forget everything up to `number`, and return what is to be sent again at once.

        Once the oldest had to be repeated, those after it may be lost as well: each acknowledgement then
        calls for the next one, until none waits. A number that makes no sense acknowledges nothing.
        """
        if not self.acknowledged < number <= self.last:
            return []
        self.waiting = self.waiting[number - self.acknowledged :]
        self._recovering = self._recovering and bool(self.waiting)
        self.pause()
        self.sent(now)
        return self._again(self.waiting[:1]) if self._recovering else []

    def repeat_oldest(self, now: float) -> list[Numbered]:
        """Return the oldest, when it is due."""
        if now < self.due:
            return []
        self._recovering = True
        self._repeats += 1
        self.due = now + self._delay()
        return self._again(self.waiting[:1])

    def withdraw(self, chat_id: str, now: float) -> list[Numbered]:
        """Drop a chat that the gateway refused, and return what is to be sent again with new numbers.

        A chat that was sent more than once may have arrived all the same, so it stays.
        """
        refused = next((one for one in self.waiting if isinstance(one, Chat) and one.id == chat_id), None)
        if refused is None or refused.n <= self._repeated_up_to:
            return []
        later = [structs.replace(one, n=one.n - 1) for one in self.waiting if one.n > refused.n]
        self.waiting = [one for one in self.waiting if one.n < refused.n] + later
        self.last -= 1
        self.pause()
        self.sent(now)
        return self._again(later)

    def _again(self, messages: list[Numbered]) -> list[Numbered]:
        if messages:
            self._repeated_up_to = max(self._repeated_up_to, messages[-1].n)
        return messages

    def _delay(self) -> float:
        return REPEAT_DELAYS[min(self._repeats, len(REPEAT_DELAYS) - 1)]
