"""Tells of NATS that is away: at once, then ever more rarely, with the servers and what it means."""

from collections.abc import Callable, Sequence
from time import monotonic

from .logs import logger

_FIRST_PAUSE, _LONGEST_PAUSE = 60.0, 3600.0
"""Seconds between two lines while it stays away. Each pause is twice the one before."""


class NatsOutage:
    """Turns the callbacks of a client, one with each attempt to connect, into a few lines of the log."""

    def __init__(self, servers: Sequence[str], meaning: str, now: Callable[[], float] = monotonic) -> None:
        """`meaning` says what does not work meanwhile. `now` returns seconds."""
        self._servers = ", ".join(map(_without_password, servers))
        self._meaning = meaning
        self._now = now
        self._since: float | None = None
        self._next = 0.0
        self._pause = _FIRST_PAUSE

    def away(self, error: Exception | None = None) -> None:
        """Handle a lost connection or a failed attempt to connect."""
        now = self._now()
        if self._since is None:
            self._since, self._next, self._pause = now, now, _FIRST_PAUSE
        if now < self._next:
            return
        logger().warning(
            "NATS is away",
            servers=self._servers,
            meaning=self._meaning,
            seconds=round(now - self._since),
            **({"problem": describe(error)} if error else {}),
        )
        self._next, self._pause = now + self._pause, min(2 * self._pause, _LONGEST_PAUSE)

    def back(self) -> None:
        """Handle a connection."""
        if self._since is not None:
            logger().info("NATS is back", servers=self._servers, seconds=round(self._now() - self._since))
        self._since = None


def describe(error: Exception) -> str:
    """Return what an error of nats-py says; some say nothing."""
    return str(error) or type(error).__name__


def _without_password(server: str) -> str:
    scheme, _, rest = server.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
