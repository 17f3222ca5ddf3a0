"""Whether a list knows a picture, as one of the programs that look at pictures."""

from collections.abc import Callable

from ...core.records import AnalysisKind, AnalysisTask, Finding
from ...core.triage import EVIDENCE_HOLD
from ..ports import KnownPictures


class KnownPictureCheck:
    """Implements the port `PictureAnalyser`. A known picture and all of its case are held for a year."""

    kind = AnalysisKind.KNOWN

    def __init__(self, known: KnownPictures, now: Callable[[], int]) -> None:
        """`now` in Unix milliseconds."""
        self._known = known
        self._now = now

    async def at(self, picture: AnalysisTask) -> Finding:
        name = await self._known.list_of(picture)
        return Finding(known=name, held_until=self._now() + EVIDENCE_HOLD) if name else Finding()

    async def rest(self) -> None:
        """It has nothing to put away."""
