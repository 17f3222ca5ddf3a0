"""Readiness: a process waits at its start for what it needs, and is ready from then on until it stops."""

from collections.abc import Callable, Mapping


class Readiness:
    """Says why a process cannot serve. What its start waits for may go away later without a consequence.

    Otherwise an outage of one part, which all processes share, would take all of them out of service at the
    same time, with everything that they can do without it.
    """

    def __init__(self, gates: Mapping[str, Callable[[], bool]], stopping: Callable[[], bool]) -> None:
        """`gates` has what the start waits for: how to say that it is missing, and whether it is there."""
        self._missing = dict(gates)
        self._stopping = stopping

    def problems(self) -> list[str]:
        """Return what has not been there yet, and whether the process stops; nothing if it can serve."""
        self._missing = {name: there for name, there in self._missing.items() if not there()}
        return [*(["stopping"] if self._stopping() else []), *self._missing]
