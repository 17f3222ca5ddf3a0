"""Shows on stderr how far a command is that takes longer than two seconds."""

import sys
from collections.abc import Callable
from time import monotonic
from typing import TextIO

QUIET = 2.0
"""Seconds before anything is shown."""

_REFRESH, _NEXT_LINE = 0.2, 10.0
"""Seconds between two updates of the line of a terminal, and between two lines elsewhere."""


class CommandProgress:
    """A line that a terminal shows and removes at the end. Elsewhere, a plain line now and then."""

    def __init__(self, what: str, stream: TextIO | None = None, now: Callable[[], float] = monotonic) -> None:
        """`now` returns seconds."""
        self._what = what
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._now = now
        self._next = now() + QUIET
        self._shown = False

    def __call__(self, done: float) -> None:
        """Show how much is done, from 0 to 1."""
        if self._now() < self._next:
            return
        self._shown = True
        line = f"{self._what}: {done * 100:3.0f} %"
        self._stream.write(f"\r{line}" if self._terminal else f"{line}\n")
        self._stream.flush()
        self._next = self._now() + (_REFRESH if self._terminal else _NEXT_LINE)

    def clear(self) -> None:
        """Remove the line from a terminal."""
        if self._shown and self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
