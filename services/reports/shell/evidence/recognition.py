"""Whether a list knows a picture, as one of the programs that look at pictures."""

from collections.abc import Callable

from ...core.records import Finding, Inspection, Kind
from ...core.triage import HOLD
from ..ports import KnownPictures


class Recognition:
    """Implements the port `Look`. A picture that is known is held for a year, with all of its case."""

    kind = Kind.KNOWN

    def __init__(self, known: KnownPictures, now: Callable[[], int]) -> None:
        """`now` in Unix milliseconds."""
        self._known = known
        self._now = now

    async def at(self, picture: Inspection) -> Finding:
        name = await self._known.list_of(picture)
        return Finding(known=name, held_until=self._now() + HOLD) if name else Finding()

    async def rest(self) -> None:
        """It has nothing to put away."""
