"""What the server needs of the world."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from services.contract.ids import CaseId, DecisionId, PictureId, ReportId

from ..core.records import (
    AnalysisKind,
    AnalysisTask,
    Appeal,
    AppealedDecision,
    Decision,
    FilingResult,
    Finding,
    NewDecision,
    OriginalUpload,
    Picture,
    Report,
    ReportSummary,
    StoredPicture,
)
from ..core.triage import CaseEvaluator


class AnalysisFailed(Exception):
    """A program fails with a picture, or dies of it. It is tried again a few times."""


class ReportStore(Protocol):
    """Durable memory. Every method raises `Unavailable` when the database does not answer."""

    async def file(self, report: Report, frames: Sequence[Picture], judge: CaseEvaluator) -> FilingResult:
        """Returns once the report and what follows from it are committed; the first one of its match and
        reporter stands for all, and is judged once. `judge` may be called again where a commit fails.
        """

    async def latest_reports(self, limit: int) -> list[ReportSummary]:
        """The newest first."""

    async def decide(self, decision: NewDecision) -> Decision:
        """Returns once a person's decision is committed, which closes the case of the visitor."""

    async def decisions_after(self, sequence: int) -> list[Decision]:
        """What was decided after `sequence`, in order, at most 1,000. None is skipped, whoever decided it,
        but the silent ones, which `standings` passes over, too.
        """

    async def standings(self, now: int) -> tuple[int, list[Decision]]:
        """The last sequence, and the last decision about each visitor if it holds at `now` (ms)."""


class AppealStore(Protocol):
    """Appeals, durably. Every method raises `Unavailable` when the database does not answer."""

    async def find(self, decision: DecisionId) -> AppealedDecision:
        """Raises `NotFound` when there is no such decision."""

    async def file(self, appeal: Appeal) -> AppealedDecision:
        """Returns once it is committed; the first one against a decision is the only one."""

    async def open_appeals(self, limit: int) -> list[AppealedDecision]:
        """The oldest first."""

    async def decide(
        self, decided: Appeal, lift: NewDecision | None, actor: str | None = None
    ) -> Decision | None:
        """Closes the appeal; commits `lift`, if given and nothing was decided about the visitor since.

        `actor` is for the audit log: None if the moderator is only what somebody called themselves.

        Returns what was newly decided, if anything: what was decided before must not be made known again, for
        it may not hold any more. Raises `InvalidRequest` when it is not open, or for the same moderator.
        """


class PictureStore(Protocol):
    """What is kept of pictures. Every method raises `Unavailable` when the database does not answer."""

    async def picture(self, report: ReportId, number: int) -> StoredPicture:
        """Pictures of a report are numbered from 0, as they were sent. Raises `NotFound`."""

    async def named(self, id: PictureId) -> StoredPicture:
        """Raises `NotFound`."""

    def of_case(self, case: CaseId) -> AsyncIterator[StoredPicture]:
        """All of a case, one at a time, without their originals. For an export."""

    def originals(self, case: CaseId) -> AsyncIterator[OriginalUpload]:
        """All of a case, one at a time, for each may have a megabyte. For an export, and nothing else."""


class AnalysisQueue(Protocol):
    """What is to be found out about pictures, durably. All raise `Unavailable` when the database is away."""

    async def claim(self, kind: AnalysisKind, now: int) -> AnalysisTask | None:
        """One that is due at `now` (Unix milliseconds): the newest of open cases first, then any.

        It is due again after a while that grows with each try, unless it is found or given up: so nothing is
        lost with whoever claimed it, and two replicas hardly ever look at the same one.
        """

    async def found(self, inspection: AnalysisTask, finding: Finding, now: int) -> None:
        """It is kept, and the case takes its new place. Safe to call twice, or when the picture is gone."""

    async def give_up(self, inspection: AnalysisTask) -> None:
        """It is not claimed any more."""


class PictureAnalyser(Protocol):
    """A program that finds something out about pictures."""

    kind: AnalysisKind

    async def at(self, picture: AnalysisTask) -> Finding:
        """Raises `AnalysisFailed` where it is the picture's fault, or `Unavailable`."""

    async def rest(self) -> None:
        """Nothing was to be looked at for a while."""


class KnownPictures(Protocol):
    """Lists of pictures that are known to be illegal. Others make and keep them; none comes with Zufall."""

    async def list_of(self, picture: AnalysisTask) -> str:
        """The name of a list that knows it, "" if none does. Raises `Unavailable`."""


class PictureEncoder(Protocol):
    """Makes a safe picture of what a browser sent."""

    async def encode(self, frame: bytes) -> Picture:
        """Raises `EvidenceRefused`, or `Unavailable` when too many wait."""


class StandingAnnouncer(Protocol):
    """Tells gateways without delay. They find out by `WatchStandings` what it could not tell."""

    async def announce(self, batch: bytes) -> None:
        """`batch` is a serialized `StandingsBatch`."""
