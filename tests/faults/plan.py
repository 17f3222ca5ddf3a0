"""What to run: how many visitors, which faults, and what is asked of what they see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bench.swarm.checker import Bounds
from bench.swarm.person import Habits

from .recovery import Bars
from .schedule import Card, Fault, Pace, Shape, deck, schedule

STAGE_AGES = "0.5,1,2"
"""The matchers' stages, which are short so that nobody waits for long."""
BOUNDS = Bounds(widest_age=2.0, margin=3.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """In the calm after each storm all must agree, meet and talk."""

    seed: object
    storms: int = 1
    storm: float = 20.0
    warm_up: float = 2.0
    """Seconds in which the first visitors meet."""
    visitors: int = 200
    shape: Shape = field(default_factory=Shape)
    pace: Pace = field(default_factory=Pace)
    cards: Sequence[Card] | None = None
    """All, unless they are given."""
    habits: Habits = field(default_factory=Habits)
    bounds: Bounds = BOUNDS
    asks: Collection[int] = ()
    """The invariants that must be seen in the calm: all, unless some are named."""
    bars: Bars = field(default_factory=Bars)
    measured: bool = True
    """True when the memory of the processes is known."""

    @property
    def calm(self) -> float:
        """Seconds: longer than anything that is asked may take, for else its violation would not be seen."""
        return self.bounds.longest(self.asks) + 0.5

    @property
    def deck(self) -> Sequence[Card]:
        return deck(self.shape) if self.cards is None else self.cards

    def faults(self) -> list[list[Fault]]:
        """Yield the faults of each storm."""
        storms: list[list[Fault]] = []
        for number in range(1, self.storms + 1):
            first = 1 + sum(map(len, storms))
            storms.append(schedule(f"{self.seed}/{number}", self.storm, self.deck, self.pace, first))
        return storms

    def undealt(self) -> set[str]:
        """Kinds of faults that no storm has."""
        dealt = {fault.name for faults in self.faults() for fault in faults}
        return {card.name for card in self.deck} - dealt
