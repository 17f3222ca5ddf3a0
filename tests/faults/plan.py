"""Plans of runs: the number of visitors, the faults, and the checks of what visitors see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bench.swarm.checker import Bounds
from bench.swarm.person import Habits

from .recovery import Bars
from .schedule import Fault, FaultTemplate, Pace, Shape, fault_templates, schedule

STAGE_AGES = "0.5,1,2"
"""The matchers' stages, which are short so that nobody waits for long."""
BOUNDS = Bounds(widest_age=2.0, margin=3.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of storms with faults. In the calm after each storm all must agree, meet and talk."""

    seed: object
    storms: int = 1
    storm: float = 20.0
    warm_up: float = 2.0
    """Seconds in which the first visitors meet."""
    visitors: int = 200
    shape: Shape = field(default_factory=Shape)
    pace: Pace = field(default_factory=Pace)
    templates: Sequence[FaultTemplate] | None = None
    """The kinds of faults, or None for all."""
    habits: Habits = field(default_factory=Habits)
    bounds: Bounds = BOUNDS
    asks: Collection[int] = ()
    """The invariants that must be checked in the calm, or none for all."""
    bars: Bars = field(default_factory=Bars)
    measured: bool = True
    """True when the memory of the processes is known."""

    @property
    def calm(self) -> float:
        """The length of a calm in seconds, which exceeds every checked wait so that violations show."""
        return self.bounds.longest(self.asks) + 0.5

    @property
    def fault_templates(self) -> Sequence[FaultTemplate]:
        return fault_templates(self.shape) if self.templates is None else self.templates

    def faults(self) -> list[list[Fault]]:
        """Return the faults of each storm."""
        storms: list[list[Fault]] = []
        for number in range(1, self.storms + 1):
            first = 1 + sum(map(len, storms))
            storms.append(
                schedule(f"{self.seed}/{number}", self.storm, self.fault_templates, self.pace, first)
            )
        return storms

    def missing_kinds(self) -> set[str]:
        """Return the kinds of faults that no storm has."""
        drawn = {fault.name for faults in self.faults() for fault in faults}
        return {template.name for template in self.fault_templates} - drawn
