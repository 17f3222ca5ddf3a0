"""How often batches go out: at once while little is going on, at most every interval under load."""


class BatchLimiter:
    """A budget of one batch an `interval` (seconds), of which a few can be saved up."""

    def __init__(self, interval: float, saved: int = 4) -> None:
        self._interval = interval
        self._saved = interval * (saved - 1)
        self._next = float("-inf")

    def ready_at(self) -> float:
        """When the next batch may go out; in the past when it may now."""
        return self._next - self._saved

    def spend(self, now: float) -> None:
        """A batch goes out."""
        self._next = max(self._next, now) + self._interval
