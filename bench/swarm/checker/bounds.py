"""How long things may take, by the invariants of the design."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds, as the design promises them; `margin` is added to each for a machine that is busy."""

    agree: float = 2.0
    told: float = 5.0
    """Until a partner hears that the other's socket, or gateway, is gone."""
    grace: float = 15.0
    parted: float = 60.0
    widest_age: float = 15.0
    """Of a search that is content with anybody: the matcher's last stage."""
    sweep: float = 1.0
    delivered: float = 3.0
    back: float = 16.0
    """Until who dials, or lost their socket, is welcomed: the longest pause between two tries, and a try."""
    filed: float = 17.0
    """Until a report is acknowledged: one try that hangs, the pause after it, and another try."""
    margin: float = 1.0
    memory_bytes: int = 300 * 1024 * 1024
    """Of any one process."""

    growth_bytes: int = 64 * 1024 * 1024
    """Of any one process, from ten seconds after its start to its end."""
    sociable: float = 0.5
    """The share of the visitors who meet somebody in each calm, at least."""
    talkative: float = 0.5
    """The share of those who hear a line in it."""

    def longest(self, invariants: Collection[int] = ()) -> float:
        """What these of the invariants (all, unless some are named) allow at most.

        Only in a calm that is longer can each of their violations be seen.
        """
        limits = {
            1: self.agree,
            4: max(self.widest_age + self.sweep, self.back),
            5: max(self.told, self.grace + self.agree),
            6: self.delivered,
            7: self.filed,
        }
        return max(limits[one] for one in invariants or limits) + self.margin
