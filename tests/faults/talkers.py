"""Visitors who never leave a call by themselves, so that each call that ends was ended by a fault."""

from collections.abc import Sequence

from bench.swarm import events
from bench.swarm.counters import SwarmCounters
from bench.swarm.person import Habits
from bench.swarm.swarm import Swarm

from ..timing import until

TALKATIVE = Habits(
    pause=0.5,
    acts={
        "matched": {"say": 0.9, "wait": 0.1},
        "searching": {"wait": 1.0},
        "idle": {"find": 1.0},
        "offline": {"wait": 1.0},
    },
)


async def until_all_talk(running: Swarm, visitors: int) -> None:
    """Wait until each of the visitors has met somebody."""
    await until(lambda: len(_met(running)) == visitors, seconds=30, pause=0.1)


async def until_all_online(running: Swarm, visitors: int) -> None:
    """Wait until each of the visitors has a socket."""

    def online() -> int:
        counters = SwarmCounters()
        counters.take(running.history.events)
        return counters.online

    await until(lambda: online() == visitors, seconds=30, pause=0.1)


def _met(running: Swarm) -> set[str]:
    return {event.visitor for event in running.history.events if isinstance(event, events.Met)}


def busiest_second(moments: Sequence[float]) -> int:
    """Return the most moments that lie within one second."""
    return max((sum(start <= one < start + 1 for one in moments) for start in moments), default=0)
