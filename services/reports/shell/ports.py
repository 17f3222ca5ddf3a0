"""Declares what the servicers and the scanner need of the database, of helper processes and of NATS."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from services.contract.ids import CaseId, DecisionId, PictureId, ReportId, VisitorId

from ..core.alarms import ChannelState, TestDelivery
from ..core.audit_chain import AuditEvent
from ..core.records import (
    AnalysisKind,
    AnalysisTask,
    Appeal,
    AppealedDecision,
    Decision,
    FilingResult,
    FilingState,
    Finding,
    NewDecision,
    OriginalUpload,
    Picture,
    Report,
    ReportSummary,
    RevokedToken,
    SpamObservation,
    StoredPicture,
    VisitorTraces,
)
from ..core.report_outcomes import DecidedReport
from ..core.triage import CaseEvaluator, SpamEvaluator


class AnalysisFailed(Exception):
    """An analyser fails with a picture, or dies of it. The picture is tried again a few times."""


class ReportStore(Protocol):
    """Keeps reports and decisions. Every method raises `Unavailable` when the database does not answer."""

    async def file(self, report: Report, frames: Sequence[Picture], evaluate: CaseEvaluator) -> FilingResult:
        """Commit a report and what follows from it.

        The first report of a match and reporter stands for all, and is evaluated once. `evaluate` may be
        called again where a commit fails.
        """

    async def state_before(self, report: Report) -> FilingState:
        """Tell whether the report would only repeat another, and what its network brought lately."""

    async def last_known_device(self, visitor: VisitorId) -> int:
        """Return the key of the device that the visitor had in the last report that names one, else 0."""

    async def observe(self, observed: SpamObservation, evaluate: SpamEvaluator) -> Decision | None:
        """Commit what follows from signs of spam, and return it; None if nothing follows.

        `evaluate` gets the decisions about the visitor, and about others with the same device.
        """

    async def name_device(self, visitor: VisitorId, device: int, now: int) -> Decision | None:
        """Let the last decision about the visitor bind the device, too, and return it.

        Return None if it does not hold at `now` (Unix milliseconds), or names another device.
        """

    async def latest_reports(self, limit: int) -> list[ReportSummary]:
        """Return reports, the newest first."""

    async def report(self, id: ReportId) -> ReportSummary | None:
        """Return a report, or None if there is none."""

    async def traces(self, visitor: VisitorId) -> VisitorTraces:
        """Count what is kept about the visitor."""

    async def decide(self, decision: NewDecision) -> Decision:
        """Commit a person's decision, which closes the case of the visitor.

        Raises `NotFound` for a lift if nothing restricts the visitor and no case is open.
        """

    async def decisions_after(self, sequence: int) -> list[Decision]:
        """Return up to 1,000 decisions after `sequence`, in order.

        None is skipped, whoever decided it, but the silent ones, which `standings` passes over too.
        """

    async def standings(self, now: int) -> tuple[int, list[Decision]]:
        """Return the last sequence, and the last decision about each visitor if it holds at `now` (ms)."""


class RevocationStore(Protocol):
    """Keeps revoked tokens. Every method raises `Unavailable` when the database does not answer."""

    async def revoke(self, token: RevokedToken, event: AuditEvent) -> None:
        """Commit that a token is revoked, with an entry in the audit log. It may be so already."""

    async def revoked(self, now: int) -> list[RevokedToken]:
        """Return all tokens that are still of use at `now` (Unix milliseconds). They are few."""


class ReportOutcomes(Protocol):
    """Knows what people decided about reports. It raises `Unavailable` when the database does not answer."""

    async def decided(self, asked: Sequence[ReportId], before: int) -> list[DecidedReport]:
        """Return those of the reports that a person decided before then (Unix milliseconds).

        Flags, open reports and unknown ones are left out.
        """


class AppealStore(Protocol):
    """Keeps appeals. Every method raises `Unavailable` when the database does not answer."""

    async def find(self, decision: DecisionId) -> AppealedDecision:
        """Return the decision and its appeal; raises `NotFound` when there is no such decision."""

    async def file(self, appeal: Appeal) -> AppealedDecision:
        """Commit an appeal. The first one against a decision is the only one."""

    async def open_appeals(self, limit: int) -> list[AppealedDecision]:
        """Return open appeals, the oldest first."""

    async def decide(
        self, decided: Appeal, lift: NewDecision | None, actor: str | None = None
    ) -> Decision | None:
        """Close the appeal, and commit `lift` if nothing was decided about the visitor since.

        `actor` stands in the audit log; without it, the moderator's name that nothing proves. Returns the new
        decision if there is one: an earlier one must not be published again, for it may not hold any more.
        Raises `InvalidRequest` when the appeal is not open, or for the moderator who decided.
        """


class PictureStore(Protocol):
    """Keeps pictures. Every method raises `Unavailable` when the database does not answer."""

    async def picture(self, report: ReportId, number: int) -> StoredPicture:
        """Return a picture; those of a report are numbered from 0, as they were sent. Raises `NotFound`."""

    async def by_id(self, id: PictureId) -> StoredPicture:
        """Return a picture; raises `NotFound`."""

    def of_case(self, case: CaseId) -> AsyncIterator[StoredPicture]:
        """Yield all pictures of a case, one at a time, without their originals. This is for exports."""

    def originals(self, case: CaseId) -> AsyncIterator[OriginalUpload]:
        """Yield all uploads of a case, each of up to a megabyte. This is for exports, and nothing else."""


class AnalysisQueue(Protocol):
    """Keeps which pictures wait for an analysis. All methods raise `Unavailable` without the database."""

    async def claim(self, kind: AnalysisKind, now: int) -> AnalysisTask | None:
        """Claim a picture that is due at `now` (Unix milliseconds); the newest of open cases come first.

        The task is due again after a while that grows with each try, until it is completed or given up. So
        nothing is lost with the process that claimed it, and two replicas hardly ever claim the same picture.
        """

    async def complete(self, task: AnalysisTask, finding: Finding, now: int) -> None:
        """Store the finding, and move the case in the queue. It is safe to call twice."""

    async def give_up(self, task: AnalysisTask) -> None:
        """Remove the task, so that nobody claims it any more."""


class PictureAnalyser(Protocol):
    """Finds something out about pictures."""

    kind: AnalysisKind

    async def analyse(self, task: AnalysisTask) -> Finding:
        """Analyse a picture; raises `AnalysisFailed` where the picture is at fault, else `Unavailable`."""

    async def release(self) -> None:
        """Free memory and processes, for there was nothing to analyse for a while."""


class KnownPictures(Protocol):
    """Looks pictures up in lists of pictures known to be illegal. No list comes with Zufall."""

    async def list_of(self, task: AnalysisTask) -> str:
        """Return the name of a list that has the picture, "" if none has it. Raises `Unavailable`."""


class PictureEncoder(Protocol):
    """Makes a safe picture of what a browser sent."""

    async def encode(self, frame: bytes) -> Picture:
        """Encode a frame anew; raises `EvidenceRefused`, or `Unavailable` when too many wait."""


class AuditLog(Protocol):
    """Keeps what was done and seen, and by whom."""

    async def record(self, event: AuditEvent) -> None:
        """Commit an entry; raises `Unavailable`."""


class AlarmTester(Protocol):
    """Knows the channels to an operator, and tries them out. Every method raises `Unavailable`."""

    async def states(self) -> list[ChannelState]:
        """Return all channels, and how messages fared on them."""

    async def test(self, actor: str) -> list[TestDelivery]:
        """Send a test message over each channel, and record in the audit log that `actor` did."""


class StandingAnnouncer(Protocol):
    """Tells gateways about decisions without delay. `WatchStandings` delivers what this could not."""

    async def announce(self, batch: bytes) -> None:
        """Announce a serialized `StandingsBatch`."""
