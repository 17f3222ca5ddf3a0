"""The times that events may take by the invariants of the design."""

from collections.abc import Collection
from dataclasses import dataclass

from bench.client.delivery import REPEAT_DELAYS


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds, as the design promises them; `margin` is added to each for a machine that is busy."""

    answered: float = 1.0
    """A match that only one of the two sees is over by then: a gateway has a second to answer a pairing."""
    agree: float = 2.0
    agree_again: float = 5.0
    """Partners agree again so soon after a fault: a lost message is noticed at the next confirmation."""
    told: float = 5.0
    """A partner hears within this time that the other's socket, or gateway, is gone."""
    grace: float = 15.0
    parted: float = 60.0
    widest_age: float = 15.0
    """The age of a search that is content with anybody: the matcher's last stage."""
    sweep: float = 1.0
    delivered: float = 3.0
    """Seconds in which a line is heard and acknowledged, counted from when nothing keeps it any more."""
    repeat: float = REPEAT_DELAYS[-1]
    """The longest time between two tries of a line, as after a fault that nobody was told of."""
    back: float = 16.0
    """A visitor who dials, or lost their socket, is welcomed by then: the longest pause, and one try."""
    filed: float = 17.0
    """A report is acknowledged within this time: one try that hangs, the pause after it, and another try."""
    margin: float = 1.0
    memory_bytes: int = 300 * 1024 * 1024
    """The most that any one process may hold."""

    growth_bytes: int = 64 * 1024 * 1024
    """The most that any one process may add from ten seconds after its start to its end."""
    sociable: float = 0.5
    """The share of the visitors who meet somebody in each calm, at least."""
    talkative: float = 0.5
    """The share of those who hear a line in it."""

    def longest(self, invariants: Collection[int] = ()) -> float:
        """Return the longest time that these of the invariants (all, unless some are named) allow.

        Only in a calm that is longer can each of their violations be seen.
        """
        limits = {
            1: max(self.agree, self.agree_again),
            4: max(self.widest_age + self.sweep, self.back),
            5: max(self.told, self.grace + self.agree),
            6: self.repeat + self.delivered,
            7: self.filed,
        }
        return max(limits[one] for one in invariants or limits) + self.margin
