"""The partners who may have been in a match that only the other saw, for their socket was lost just then.

Their gateway had agreed to the match already, and the `matched` had nobody to go to. The other is told that
they are away, or that the match is over, as soon as anybody can know it: this excuses nothing else.
"""

from collections.abc import Sequence

from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.match_views import Matches, MatchView
from bench.swarm.checker.searches import Search


class HalfSeenMatches:
    """Collects visitors whose search broke off, who met somebody, or who skipped a match."""

    def __init__(self, searches: Sequence[Search], matches: Matches, bounds: Bounds) -> None:
        self._modes = {(one.visitor, one.until): one.mode for one in searches if one.met}
        self._broken_off = [one for one in searches if one.broken_off]
        self._skipped = matches.skipped
        self._agree = bounds.agree

    def partners(self, side: MatchView) -> set[str]:
        """Return everybody who the partner of `side`, whom nobody saw, may have been.

        A visitor who skipped that match was the partner. One who met somebody else since their loss was not.
        """
        if side.match in self._skipped:
            return set()
        mode = self._modes.get((side.visitor, side.met), "")
        return {
            one.visitor
            for one in self._broken_off
            if one.mode == mode and abs(one.until - side.met) < self._agree and one.visitor != side.visitor
            if not self._met_between(one.visitor, one.until, side.met)
        }

    def _met_between(self, visitor: str, since: float, until: float) -> bool:
        return any(one == visitor and since < at <= until for one, at in self._modes)
