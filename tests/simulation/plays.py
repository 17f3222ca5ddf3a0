"""Short runs of the simulation for tests."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from random import Random

from services.matcher.core.crowded_networks import DEFAULT_LIMITS, CrowdLimits
from services.matcher.core.stages import Stages
from tools.simulation.crowd_model import CrowdModel
from tools.simulation.results import PopulationStats
from tools.simulation.simulation import RandomStreams, Simulation
from tools.simulation.visitors import Behaviour

BEHAVIOUR = Behaviour(visitors=100, stay=600.0, talk=60.0, patience=60.0, warm_up=300.0, duration=1800.0)


def simulation(
    crowd: CrowdModel,
    seed: int = 1,
    without: Collection[str] = (),
    stages: Stages | None = None,
    limits: CrowdLimits = DEFAULT_LIMITS,
    **behaviour: float,
) -> Simulation:
    chances = RandomStreams(*(Random(f"{seed} {part}") for part in range(3)))
    changed = replace(BEHAVIOUR, **behaviour)  # type: ignore[arg-type]  # a test that passes anything else fails
    return Simulation(changed, crowd, stages or Stages(), chances, without, limits)


def play(
    crowd: CrowdModel,
    seed: int = 1,
    without: Collection[str] = (),
    stages: Stages | None = None,
    limits: CrowdLimits = DEFAULT_LIMITS,
    **behaviour: float,
) -> Mapping[str, PopulationStats]:
    """Return the statistics by population."""
    outcome = simulation(crowd, seed, without, stages, limits, **behaviour).run()
    return {one.name: one for one in outcome.populations}
