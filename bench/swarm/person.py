"""The person before the page acts by chance: all chances come from one seeded source a visitor."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bench.client.client import Phase
from bench.swarm.recording_client import Act, RecordingClient

_MATCHED: Mapping[Act, float] = {
    "say": 0.80, "next": 0.11, "cut": 0.03, "report": 0.02, "stop": 0.01, "rewind": 0.01, "block": 0.005,
    "leave": 0.015,
}  # fmt: skip
_SEARCHING: Mapping[Act, float] = {
    "wait": 0.86, "cut": 0.03, "rewind": 0.05, "stop": 0.02, "report": 0.02, "leave": 0.02,
}  # fmt: skip
_IDLE: Mapping[Act, float] = {"find": 0.7, "wait": 0.25, "rewind": 0.03, "leave": 0.02}

MOST_BLOCKS = 3
"""One visitor blocks no more than this: a visitor who blocks everybody meets nobody."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The mean seconds between two acts of a visitor, and how likely each act is in each state."""

    pause: float = 0.8
    absence: float = 3.0
    """The mean seconds from a closed tab to the next visitor in their place."""
    acts: Mapping[Phase, Mapping[Act, float]] = field(
        default_factory=lambda: {
            "matched": _MATCHED,
            "searching": _SEARCHING,
            "idle": _IDLE,
            "offline": {"wait": 1.0},
        }
    )

    def without(self, *acts: Act) -> "Habits":
        """Return habits without these acts, in place of which the visitor waits."""

        def cleared(chances: Mapping[Act, float]) -> dict[Act, float]:
            kept = {act: chance for act, chance in chances.items() if act not in acts}
            return {**kept, "wait": kept.get("wait", 0) + sum(chances.values()) - sum(kept.values())}

        return replace(self, acts={state: cleared(chances) for state, chances in self.acts.items()})


class Person:
    """Decides; the visitor performs `report`, `cut` and `leave`, the client everything else."""

    def __init__(self, habits: Habits, randomness: random.Random) -> None:
        self._habits = habits
        self._randomness = randomness
        self._blocks = 0

    def pause(self) -> float:
        """Return the seconds until the next act, which are exponential so that acts coincide by chance."""
        return self._randomness.expovariate(1 / self._habits.pause)

    def absence(self) -> float:
        return self._randomness.expovariate(1 / self._habits.absence)

    def choose(self, client: RecordingClient) -> Act:
        """Return the next act. The draws do not depend on what the page shows, so a seed decides most."""
        draw, answer = self._randomness.random(), self._randomness.random()
        if client.offered:
            return "accept" if answer < 0.7 else "wait"
        act = _draw(self._habits.acts[client.phase], draw)
        if act == "rewind" and not client.rewindable:
            return "wait"
        if act == "block":
            self._blocks += 1
            return "block" if self._blocks <= MOST_BLOCKS else "wait"
        return act


def _draw(chances: Mapping[Act, float], draw: float) -> Act:
    rest = draw * sum(chances.values())
    act: Act = "wait"
    for act, chance in chances.items():  # noqa: B007 # the last one stays
        rest -= chance
        if rest < 0:
            break
    return act
