"""A histogram of waits, and its quantiles."""

from collections.abc import Iterable, Iterator

from services.contract.presence import BUCKET_GROWTH, SHORTEST_WAIT, WAIT_BUCKETS


class WaitHistogram:
    """Counts of waits in the buckets of `presence.wait_bucket`, added up from many gateways."""

    def __init__(self) -> None:
        self._counts = [0] * WAIT_BUCKETS

    def add(self, counts: Iterable[int]) -> None:
        for place, count in enumerate(counts):
            self._counts[place] += count

    def __iter__(self) -> Iterator[int]:
        return iter(self._counts)

    def quantile(self, share: float) -> float | None:
        """Return the seconds within which `share` of all were matched, or None without a match.

        The result is the middle of a bucket, and at most an eighth off.
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
