"""Tells on standard error how far the measurements are."""

import sys
from collections.abc import Iterator
from time import monotonic
from typing import TextIO


class RoundProgress:
    """Counts `parts`, and within each the rounds of each measurement. On a terminal it keeps to one line."""

    def __init__(self, parts: int, out: TextIO = sys.stderr) -> None:
        self._parts = parts
        self._out = out
        self._began = monotonic()
        self._number = 0
        self._name = ""

    def begin(self, name: str) -> None:
        """Begin the next part."""
        self._number += 1
        self._name = name

    def rounds(self, what: str, number: int) -> Iterator[int]:
        """Yield the numbers of the rounds, from 0. Tell each before it begins."""
        for index in range(number):
            self.tell(f"{what}, round {index + 1} of {number}")
            yield index

    def tell(self, what: str) -> None:
        """Say what is measured next, with the minutes and seconds since the start."""
        minutes, seconds = divmod(int(monotonic() - self._began), 60)
        line = f"{minutes}:{seconds:02} part {self._number} of {self._parts}, {self._name}: {what}"
        self._out.write(f"\r{line}\x1b[K" if self._out.isatty() else f"{line}\n")
        self._out.flush()

    def clear(self) -> None:
        """Make room for a table."""
        if self._out.isatty():
            self._out.write("\r\x1b[K")
            self._out.flush()
