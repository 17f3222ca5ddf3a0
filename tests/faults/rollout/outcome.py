"""What a rollout cost the visitors, read from the history of the swarm. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import mean

from bench.swarm import events
from bench.swarm.checker import Violation, check
from bench.swarm.events import Event

from ..plan import BOUNDS
from ..talkers import busiest_second


@dataclass(frozen=True, slots=True)
class RolloutOutcome:
    """The cost of a rollout that took `seconds` from its begin to the end of the last old process."""

    seconds: float
    moves: Sequence[int]
    """How often each visitor came to a gateway again. Each side of a call counts."""
    ended: int
    """Calls that ended for one of the two."""
    violations: Sequence[Violation]
    busiest: int
    """The most sockets that were opened within a second, at all gateways together."""
    busiest_gateway: int
    """The most that one gateway got within a second."""
    killed: Sequence[str]
    """Gateways whose grace was too short."""

    @property
    def mean_moves(self) -> float:
        return mean(self.moves)

    def problems(self) -> list[str]:
        """Return what must not happen in any rollout, as sentences."""
        told = [f"{self.ended} times a call ended"] if self.ended else []
        told += [f"{name} was killed before it had stopped" for name in self.killed]
        return [*told, *map(str, self.violations)]


def read_outcome(
    history: Sequence[Event], began: float, seconds: float, killed: Sequence[str]
) -> RolloutOutcome:
    """Return what the history of visitors who stay in their calls says about a rollout from `began` on."""
    came = [event for event in history if isinstance(event, events.Came)]
    moved = [event for event in came if event.at >= began]
    counts = Counter(event.visitor for event in moved)
    by_gateway = groupby(sorted(moved, key=lambda one: one.gateway), lambda one: one.gateway)
    return RolloutOutcome(
        seconds,
        [counts[visitor] for visitor in {event.visitor for event in came}],
        sum(isinstance(event, events.MatchEnded) for event in history),
        check(history, BOUNDS),
        busiest_second([event.at for event in moved]),
        max((busiest_second([event.at for event in there]) for _, there in by_gateway), default=0),
        killed,
    )
