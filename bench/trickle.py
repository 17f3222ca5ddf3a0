"""Candidates one after the other, as ICE gathering finds them."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter

Send = Callable[[bytes], None]


class Trickle:
    """Sends each side's candidates with the same pause between them, as ICE gathering finds them."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._due: deque[tuple[float, Send, list[bytes]]] = deque()

    def add(self, send: Send, frames: list[bytes]) -> None:
        if not self._pause:
            for frame in frames:
                send(frame)
        elif frames:
            self._due.append((perf_counter() + self._pause, send, frames))
            if len(self._due) == 1:
                self._wait()

    def _wait(self) -> None:
        # Every pause is the same, so the queue is in order of time and one timer is enough.
        asyncio.get_running_loop().call_later(max(0.0, self._due[0][0] - perf_counter()), self._send_due)

    def _send_due(self) -> None:
        # Half a millisecond early: the timers of the loop have whole milliseconds.
        now = perf_counter() + 0.0005
        while self._due and self._due[0][0] <= now:
            _, send, (frame, *rest) = self._due.popleft()
            send(frame)
            if rest:
                self._due.append((now + self._pause, send, rest))
        if self._due:
            self._wait()
