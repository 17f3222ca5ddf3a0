"""Finds what holds for a visitor: a decision about them, or about another visitor of the same device."""

from collections.abc import Callable, Iterator
from math import inf
from typing import Generic, Protocol, TypeVar


class StandingDecision(Protocol):
    """A decision about a visitor. A higher level is stricter, and level 0 restricts nothing.

    `device` is the key of the device that the visitor had, 0 if none is known. A decision with a larger
    `sequence` was made later.
    """

    @property
    def visitor(self) -> str: ...
    @property
    def device(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def sequence(self) -> int: ...


AnyDecision = TypeVar("AnyDecision", bound=StandingDecision)


class StandingIndex(Generic[AnyDecision]):
    """Holds the last decision about each visitor, in whatever order decisions arrive.

    What holds for a visitor and a device is the strictest of the last decision about the visitor and the last
    decisions about the other visitors of the device. So a new token does not end a ban, a milder decision
    about another visitor of the device does not either, and lifting a decision lifts it for all of them.
    """

    def __init__(self, until: Callable[[AnyDecision], int]) -> None:
        """`until` returns until when a decision holds, in Unix milliseconds, and 0 if it has no end."""
        self._until = until
        self._last: dict[str, AnyDecision] = {}
        self._visitors: dict[int, set[str]] = {}
        """By device, the visitors whose last decision names it."""

    def __iter__(self) -> Iterator[AnyDecision]:
        """Iterate over a copy, so that decisions may be added and removed meanwhile."""
        return iter(list(self._last.values()))

    def add(self, decision: AnyDecision) -> bool:
        """Keep the decision, and return True, if it is later than all known ones about its visitor.

        The last one may come again with the device, which was not known before.
        """
        known = self._last.get(decision.visitor)
        if known is not None and _version(known) >= _version(decision):
            return False
        self.remove(decision.visitor)
        self._last[decision.visitor] = decision
        if decision.device:
            self._visitors.setdefault(decision.device, set()).add(decision.visitor)
        return True

    def remove(self, visitor: str) -> None:
        """Forget the last decision about the visitor, if there is one."""
        known = self._last.pop(visitor, None)
        if known is None or not known.device:
            return
        others = self._visitors[known.device]
        others.remove(visitor)
        if not others:
            del self._visitors[known.device]

    def holds(self, decision: AnyDecision, now: int) -> bool:
        """Return whether the decision still restricts somebody at `now` (Unix milliseconds)."""
        until = self._until(decision)
        return decision.level > 0 and (not until or until > now)

    def strictest(self, visitor: str, device: int, now: int) -> AnyDecision | None:
        """Return what holds for the visitor and the device (0 if unknown) at `now`, if anything does.

        Of two equally strict ones it is the one that ends later, and then the later one.
        """
        named = {visitor, *self._visitors.get(device, ())} if device else {visitor}
        last = (self._last[one] for one in named if one in self._last)
        return max((one for one in last if self.holds(one, now)), key=self._strictness, default=None)

    def _strictness(self, decision: AnyDecision) -> tuple[int, float, int]:
        return decision.level, self._until(decision) or inf, decision.sequence


def _version(decision: StandingDecision) -> tuple[int, bool]:
    return decision.sequence, decision.device != 0
