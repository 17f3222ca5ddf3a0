"""Decides when batches go out: at once while little is going on, at most one every interval under load."""


class BatchLimiter:
    """A budget of one batch every `interval` seconds, of which up to `burst` batches can be saved."""

    def __init__(self, interval: float, burst: int = 4) -> None:
        self._interval = interval
        self._tolerance = interval * (burst - 1)
        self._next = float("-inf")

    def next_at(self) -> float:
        """Return when the next batch may go out. It is in the past when that is now."""
        return self._next - self._tolerance

    def record_batch(self, now: float) -> None:
        """Count a batch that goes out."""
        self._next = max(self._next, now) + self._interval
