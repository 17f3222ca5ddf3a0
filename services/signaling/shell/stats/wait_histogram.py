"""Many waits as counts by class, and what can be said of them: within a class nothing is known."""

from collections.abc import Iterable, Iterator

from services.contract.presence import BUCKET_GROWTH, SHORTEST_WAIT, WAIT_BUCKETS


class WaitHistogram:
    """Counts of waits by class (`presence.wait_class`), added up from many gateways."""

    def __init__(self) -> None:
        self._counts = [0] * WAIT_BUCKETS

    def add(self, counts: Iterable[int]) -> None:
        for place, count in enumerate(counts):
            self._counts[place] += count

    def __iter__(self) -> Iterator[int]:
        return iter(self._counts)

    def quantile(self, share: float) -> float | None:
        """Seconds within which `share` of all had met, at most an eighth off: the middle of a class.

        None when there were none.
        """
        total = sum(self._counts)
        if not total:
            return None
        seen = 0
        for place, count in enumerate(self._counts):
            seen += count
            if seen >= share * total:
                return float(f"{SHORTEST_WAIT * BUCKET_GROWTH ** (place - 0.5):.3g}")
        raise AssertionError("the shares of all add up to 1")
