"""Counts what becomes of proposals and of matches, and knows whose partner is away."""

from typing import assert_never

from msgspec import UNSET

from services.contract.ids import VisitorId

from ..core.effects import CountDropped, CountEnded, CountProposal
from ..core.messages import PartnerAway, PartnerBack, ToBrowser, Welcome
from . import metrics


class MatchCounts:
    """The counts of one gateway. They are shown as metrics."""

    def __init__(self) -> None:
        self._waiting: set[VisitorId] = set()
        """The visitors here whose partner is away."""

    def count(self, visitor: VisitorId, counted: CountDropped | CountProposal | CountEnded) -> None:
        """Count what a visitor's session asks to count."""
        match counted:
            case CountDropped():
                metrics.DROPPED_FRAMES.labels(counted.reason).inc()
            case CountProposal():
                metrics.PROPOSALS.labels(counted.result).inc()
            case CountEnded():
                metrics.MATCHES_ENDED.labels(counted.reason).inc()
                self.forget(visitor)
            case _:
                assert_never(counted)

    def told(self, visitor: VisitorId, message: ToBrowser) -> None:
        """Note what a visitor's browser is told about their partner."""
        if isinstance(message, PartnerAway):
            self._waiting.add(visitor)
        elif isinstance(message, PartnerBack):
            self._waiting.discard(visitor)
        elif isinstance(message, Welcome) and message.resumed is not UNSET:
            if message.resumed.partner_here:
                self._waiting.discard(visitor)
            else:
                self._waiting.add(visitor)
        else:
            return
        metrics.PARTNERS_AWAY.set(len(self._waiting))

    def forget(self, visitor: VisitorId) -> None:
        """Note that the visitor waits for no partner any more."""
        self._waiting.discard(visitor)
        metrics.PARTNERS_AWAY.set(len(self._waiting))
