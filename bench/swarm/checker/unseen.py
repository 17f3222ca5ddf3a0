"""Who may have been in a match that only the other has seen: their socket was lost at that moment."""

from collections.abc import Sequence

from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.searches import Search
from bench.swarm.checker.sides import Side


class Unseen:
    """All whose search broke off, and all who met somebody."""

    def __init__(self, searches: Sequence[Search], bounds: Bounds) -> None:
        self._modes = {(one.visitor, one.until): one.mode for one in searches if one.met}
        self._broken_off = [one for one in searches if one.broken_off]
        self._agree = bounds.agree

    def partners(self, side: Side) -> set[str]:
        """Of `side`, whose partner nobody saw: everybody who it may have been."""
        mode = self._modes.get((side.visitor, side.met), "")
        return {
            one.visitor
            for one in self._broken_off
            if one.mode == mode and abs(one.until - side.met) < self._agree and one.visitor != side.visitor
        }
