"""Decides who may search in a named pool: only while it is open, and only who is old enough."""

from collections.abc import Callable
from typing import Protocol

from services.contract.errors import AgeRefused, PoolClosed, PoolUnknown, ZufallError
from services.contract.ids import VisitorId

from ...core.wishes import POOL_ROOMS
from .named_pool import NamedPool, NamedPools


class AgeCheck(Protocol):
    """Tells whether a visitor is old enough for a pool. An operator may put a check of their own here."""

    def admits(self, visitor: VisitorId, device: int, age: int) -> bool:
        """Tell whether the visitor, with this key of their device, is known to be at least `age` years old.

        It must answer at once, from what it has learned before.
        """


class RulesConfirmed:
    """The `AgeCheck` of an operator without one: with the rules, each visitor has said that they are 18."""

    def admits(self, visitor: VisitorId, device: int, age: int) -> bool:
        return True


class PoolAdmission:
    """Lets visitors into named pools. `wall_clock` returns Unix seconds. Other rooms are open to all."""

    def __init__(self, pools: NamedPools, ages: AgeCheck, wall_clock: Callable[[], float]) -> None:
        self._pools = pools
        self._ages = ages
        self._wall_clock = wall_clock
        self._second = 0
        self._open: dict[str, bool] = {}
        """The pools that were asked for in this second, and whether each is open."""

    def refusal(self, room: str, visitor: VisitorId, device: int) -> ZufallError | None:
        """Return why the visitor may not search in this room now, or None if they may."""
        if not room.startswith(POOL_ROOMS):
            return None
        pool = self._pools.get(room.removeprefix(POOL_ROOMS))
        if pool is None:
            return PoolUnknown("there is no such pool here")
        if not self._ages.admits(visitor, device, pool.minimum_age):
            return AgeRefused(f"this pool is for people who are {pool.minimum_age} or older")
        return None if self._is_open(pool) else PoolClosed("this pool is closed now")

    def _is_open(self, pool: NamedPool) -> bool:
        """Tell whether it is open in this second. Hundreds may wait there, and each is asked for often."""
        second = int(self._wall_clock())
        if second != self._second:
            self._second = second
            self._open.clear()
        if pool.name not in self._open:
            self._open[pool.name] = pool.hours.is_open(second)
        return self._open[pool.name]
