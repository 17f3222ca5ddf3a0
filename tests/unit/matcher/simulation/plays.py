"""Short runs of the simulation for tests."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from random import Random

from services.matcher.simulation.crowd import Crowd
from services.matcher.simulation.results import Figures
from services.matcher.simulation.run import Chances, Simulation
from services.matcher.simulation.visitors import Behaviour
from services.matcher.stages import Stages

BEHAVIOUR = Behaviour(visitors=100, stay=600.0, talk=60.0, patience=60.0, warm_up=300.0, duration=1800.0)


def simulation(
    crowd: Crowd,
    seed: int = 1,
    without: Collection[str] = (),
    stages: Stages | None = None,
    **behaviour: float,
) -> Simulation:
    chances = Chances(*(Random(f"{seed} {part}") for part in range(3)))
    changed = replace(BEHAVIOUR, **behaviour)  # type: ignore[arg-type]  # a test that passes anything else fails
    return Simulation(changed, crowd, stages or Stages(), chances, without)


def play(
    crowd: Crowd,
    seed: int = 1,
    without: Collection[str] = (),
    stages: Stages | None = None,
    **behaviour: float,
) -> Mapping[str, Figures]:
    """The figures by population."""
    outcome = simulation(crowd, seed, without, stages, **behaviour).run()
    return {one.name: one for one in outcome.figures}
