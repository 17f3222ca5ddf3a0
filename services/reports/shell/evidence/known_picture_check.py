"""Checks whether a list of known pictures has a picture."""

from collections.abc import Callable

from ...core.records import AnalysisKind, AnalysisTask, Finding
from ...core.triage import EVIDENCE_HOLD
from ..ports import KnownPictures


class KnownPictureCheck:
    """Implements the port `PictureAnalyser`. A known picture and all of its case are held for a year."""

    kind = AnalysisKind.KNOWN

    def __init__(self, known: KnownPictures, now: Callable[[], int]) -> None:
        """`now` returns Unix milliseconds."""
        self._known = known
        self._now = now

    async def analyse(self, task: AnalysisTask) -> Finding:
        name = await self._known.list_of(task)
        return Finding(known=name, held_until=self._now() + EVIDENCE_HOLD) if name else Finding()

    async def release(self) -> None:
        """Do nothing, for it holds nothing."""
