"""Scans that did not end at once take turns, so that nobody starves behind tickets they may not meet."""

from collections import deque
from collections.abc import Iterator

from .partner_scan import PartnerScan
from .ticket_queue import QueuedTicket

_SPARE = 1024
"""Finished scans that may be kept, and as many more as there were unfinished ones at the last clean-up."""


class DeferredScans:
    """The unfinished scans, oldest first. One turn takes `steps` of them on by one step."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._scans: deque[PartnerScan] = deque()
        self._most = _SPARE
        self._young: PartnerScan | None = None

    def __len__(self) -> int:
        return len(self._scans)

    def add(self, scan: PartnerScan) -> None:
        self._scans.append(scan)
        if len(self._scans) > self._most:
            self._scans = deque(scan for scan in self._scans if not scan.is_finished)
            self._most = 2 * len(self._scans) + _SPARE

    def run_turn(self) -> Iterator[tuple[PartnerScan, QueuedTicket | None]]:
        """Resume scans for some milliseconds. Yield each with the partner if it found one.

        The oldest scan and a young one alternate, so a newcomer does not wait for many hopeless scans, and no
        scan waits for ever. The young one goes on until it ends, and then the newest follows. If each
        newcomer took over the turn of the one before, no scan would come to an end.
        """
        for step in range(self._steps):
            scan = self._oldest() if step % 2 == 0 else self._young_one()
            if scan is None:
                return
            yield scan, scan.resume()

    def _oldest(self) -> PartnerScan | None:
        while self._scans and self._scans[0].is_finished:
            self._scans.popleft()
        return self._scans[0] if self._scans else None

    def _young_one(self) -> PartnerScan | None:
        """Return the young scan of the last turn, or the newest one if that has ended."""
        if self._young is None or self._young.is_finished:
            while self._scans and self._scans[-1].is_finished:
                self._scans.pop()
            self._young = self._scans[-1] if self._scans else None
        return self._young
