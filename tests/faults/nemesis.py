"""Applies the faults of a schedule to an installation, records them, and heals them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bench.swarm.events import Calmed, Healed, Struck
from bench.swarm.history import History

from .schedule import Fault

Heal = Callable[[], Awaitable[None]]
"""Undoes a fault, and returns when what it struck can serve again."""


class Victim(Protocol):
    """An installation that faults can strike."""

    @property
    def origins(self) -> Mapping[str, str]:
        """The origin of each gateway."""
        ...

    async def strike(self, fault: Fault) -> Heal:
        """Begin the fault."""
        ...

    async def until_ready(self) -> None:
        """Wait until every service can serve. Raises if one cannot in good time."""
        ...


class Nemesis:
    """Strikes one installation. `say` gets a line for each act."""

    def __init__(self, victim: Victim, history: History, say: Callable[[str], None]) -> None:
        self._victim = victim
        self._history = history
        self._say = say
        self._targets: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def perform(self, faults: Sequence[Fault]) -> None:
        """Perform all faults, until the last one is healed and every service is ready."""
        began = self._history.now
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                group.create_task(self._one(fault, began))
        await self._victim.until_ready()
        self._history.record(Calmed(self._history.now))

    async def _one(self, fault: Fault, began: float) -> None:
        await asyncio.sleep(began + fault.at - self._history.now)
        async with self._targets[fault.target]:  # what is repaired slowly is struck again only after that
            origin = self._victim.origins.get(fault.target.partition("~")[0], "")
            struck = Struck(self._history.now, fault.number, fault.kind, fault.target, fault.sudden, origin)
            self._history.record(struck)
            self._say(f"{self._history.now:7.1f}  {fault}")
            heal = await self._victim.strike(fault)
            await asyncio.sleep(struck.at + fault.lasts - self._history.now)
            await heal()
            self._history.record(Healed(self._history.now, fault.number))
