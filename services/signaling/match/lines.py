"""What one visitor says to the other and what must arrive: in order, and once, whatever breaks in between.

Go-back-N: a line is kept until the partner's browser has it; who missed one is told all again from it.
That a browser has it is known by its answer to a WebSocket ping sent after it, which every browser gives.
"""

from collections.abc import Iterable
from hashlib import blake2b

from services.contract.envelopes import Heard, Line

MOST_LINES = 128
MOST_BYTES = 128 * 1024
"""What is kept of one visitor's lines for a partner who does not hear them."""

REMEMBERED = 64
"""Lines that are known again when a page that lost its gateway says them once more."""


def _digest(frame: bytes) -> bytes:
    """What is remembered of a line: a frame may have 32 KiB."""
    return blake2b(frame, digest_size=8).digest()


def _remember(recent: list[bytes], *digests: bytes) -> None:
    recent += digests
    del recent[:-REMEMBERED]


class Outgoing:
    """One visitor's lines, at their own gateway."""

    __slots__ = ("_bytes", "_last", "_recent", "_repeats", "_unheard", "stream")

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self._last = 0
        self._unheard: list[bytes] = []  # like the others here: an empty deque has 600 bytes, in each match
        self._bytes = 0
        self._recent: list[bytes] = []
        self._repeats: frozenset[bytes] = frozenset()

    def __len__(self) -> int:
        return len(self._unheard)

    def take(self, frame: bytes) -> Line | None:
        """The line to tell; None when no more can be kept."""
        if len(self._unheard) >= MOST_LINES or self._bytes + len(frame) > MOST_BYTES:
            return None
        self._last += 1
        self._unheard.append(frame)
        _remember(self._recent, _digest(frame))
        self._bytes += len(frame)
        return Line(self.stream, self._last, self._first, frame)

    def unheard(self) -> list[Line]:
        """All that must be told again."""
        first = self._first
        return [Line(self.stream, first + place, first, frame) for place, frame in enumerate(self._unheard)]

    def heard(self, heard: Heard) -> None:
        """The partner's browser has them up to a number; of another stream it says nothing."""
        if heard.stream == self.stream:
            while self._unheard and self._first <= heard.number:
                self._bytes -= len(self._unheard.pop(0))

    def returned(self) -> None:
        """The page has lost its socket, and does not know what of its last lines has reached us."""
        self._repeats = frozenset(self._recent)

    def repeats(self, frame: bytes) -> bool:
        """Whether the page says again what it said before its loss. It does that first."""
        if _digest(frame) not in self._repeats:
            self._repeats = frozenset()
        return bool(self._repeats)

    def written(self) -> tuple[str, int, list[bytes], list[bytes]]:
        """For the gateway that goes on: stream, last number, unheard frames, digests of recent ones."""
        return self.stream, self._last, list(self._unheard), list(self._recent)

    @classmethod
    def read(cls, stream: str, last: int, unheard: Iterable[bytes], recent: Iterable[bytes]) -> "Outgoing":
        """What `written` wrote."""
        lines = cls(stream)
        lines._last = last
        lines._unheard.extend(unheard)
        lines._bytes = sum(map(len, lines._unheard))
        lines._recent.extend(recent)
        return lines

    @property
    def _first(self) -> int:
        return self._last - len(self._unheard) + 1


class Incoming:
    """The partner's lines, at the gateway of the one who hears them."""

    __slots__ = ("_asked", "_asked_shown", "_recent", "_repeats", "_shown", "_taken", "_whole", "heard")

    def __init__(self, heard: Heard | None = None, recent: Iterable[bytes] = (), whole: bool = True) -> None:
        """`whole`: nothing was heard before that is not in `recent`."""
        self.heard = heard or Heard("", 0)
        self._taken = self.heard.number
        self._asked = 0
        """The number that an unanswered ping stands for, or 0."""
        self._asked_shown = 0
        """And how many of `_shown`."""
        self._recent = list(recent)
        """What the browser has; `_shown`: what it was sent since, and may not get, in order."""
        self._shown: list[bytes] = []
        self._repeats: set[bytes] = set()
        self._whole = whole

    def takes(self, line: Line) -> bool:
        """Whether it is the next one; any other is told again in its turn."""
        if line.stream != self.heard.stream:
            if line.number != line.first:
                return False
            # The partner's gateway died: their page says its last lines again to the next one.
            self.heard = Heard(line.stream, line.number - 1)
            self._taken, self._asked = line.number - 1, 0
            self._repeats = {*self._recent, *self._shown}
        if line.number != self._taken + 1:
            return False
        self._taken = line.number
        return True

    def shows(self, line: Line) -> bool:
        """Whether a line that was taken is to be shown: not when it was, under another number.

        Repeats come first; but before them there may be some that are older than what is known here.
        """
        digest = _digest(line.frame)
        if digest in self._repeats:
            self._repeats.discard(digest)
            return False
        if self._whole:
            self._repeats.clear()
        self._shown.append(digest)
        return True

    def ask(self) -> bytes | None:
        """What a ping is to carry now; None while there is nothing to ask, or a ping is under way."""
        if self._asked or self._taken == self.heard.number:
            return None
        self._asked, self._asked_shown = self._taken, len(self._shown)
        return self._mark

    def answered(self, mark: bytes) -> bool:
        """The browser has answered a ping; whether it has more lines than before."""
        if not self._asked or mark != self._mark:
            return False
        self.heard, self._asked = Heard(self.heard.stream, self._asked), 0
        _remember(self._recent, *self._shown[: self._asked_shown])
        del self._shown[: self._asked_shown]
        return True

    def returned(self) -> None:
        """The socket is lost, and with it what the browser had not answered for."""
        self._taken, self._asked = self.heard.number, 0
        self._repeats.difference_update(self._shown)
        self._shown.clear()

    def written(self) -> tuple[Heard, list[bytes]]:
        """For the gateway that goes on, as the arguments of a new one."""
        return self.heard, list(self._recent)

    @property
    def _mark(self) -> bytes:
        return f"{self.heard.stream} {self._asked}".encode()
