"""Provides stores in memory, which pass the port tests of the real ones."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from services.contract.errors import InvalidRequest, NotFound
from services.contract.ids import CaseId, DecisionId, PictureId, ReportId, VisitorId, random_id
from services.reports.core.records import (
    DAY_MS,
    Appeal,
    AppealedDecision,
    AppealState,
    Decision,
    Dismissal,
    FilingResult,
    FilingState,
    LastStanding,
    Level,
    NewDecision,
    OriginalUpload,
    Picture,
    Report,
    ReportSummary,
    SpamObservation,
    StoredPicture,
    VisitorTraces,
)
from services.reports.core.scoring import ReportFacts
from services.reports.core.triage import CaseEvaluator, SpamEvaluator


class MemoryReportStore:
    """Implements the port `ReportStore`, and shows what it keeps."""

    def __init__(self) -> None:
        self.reports: list[ReportSummary] = []
        self.decisions: list[Decision] = []
        self.closed: dict[VisitorId, list[tuple[int, DecisionId]]] = {}
        """By accused, how many reports there were when a case was closed, and the decision."""
        self.pictures: dict[tuple[ReportId, int], StoredPicture] = {}
        self.originals: list[OriginalUpload] = []
        self._devices: dict[VisitorId, int] = {}

    async def file(self, report: Report, frames: Sequence[Picture], evaluate: CaseEvaluator) -> FilingResult:
        for place, known in enumerate(self.reports):
            if (known.report.match, known.report.reporter) == (report.match, report.reporter):
                if report.flag or not known.report.flag:
                    return FilingResult(known.report.id, repeated=True)
                self._take_out(place)
                report = replace(report, id=known.report.id)
                break
        if report.accused_device:
            self._devices[report.accused] = report.accused_device
        report = replace(report, accused_device=0)  # the report itself does not keep it
        self.reports.append(ReportSummary(report, len(frames)))
        for number, frame in enumerate(frames):
            self._keep(report.id, number, frame)
        last = next((one for one in reversed(self.decisions) if one.visitor == report.accused), None)
        held = LastStanding(last.level, last.until) if last else None
        case = self._open_case(report.accused)
        judgement = evaluate([self._facts(one) for one in self.open_reports(report.accused)], held)
        decided = judgement.decision
        made = self._insert(replace(decided, case=case)) if decided else None
        return FilingResult(report.id, repeated=False, decision=made, case=case)

    async def state_before(self, report: Report) -> FilingState:
        first = None
        for known in (one.report for one in self.reports):
            if (known.match, known.reporter) == (report.match, report.reporter):
                first = known.id if report.flag or not known.flag else None
        lately = [
            one.report.id
            for one in self.reports
            if one.report.reporter_network == report.reporter_network
            and one.report.filed_at > report.filed_at - DAY_MS
        ]
        brought = [len(one.picture.content) for (of, _), one in self.pictures.items() if of in lately]
        return FilingState(first, sum(brought))

    def _take_out(self, place: int) -> None:
        del self.reports[place]
        for closed in self.closed.values():
            closed[:] = [(count - (count > place), decision) for count, decision in closed]

    def _keep(self, report: ReportId, number: int, frame: Picture) -> None:
        if frame.original:
            self.originals.append(OriginalUpload(report, number, frame.original, frame.original_sha256))
        picture = replace(frame, original=b"")
        kept = StoredPicture(PictureId(random_id()), report, number, picture, None, "")
        self.pictures[report, number] = kept

    async def last_known_device(self, visitor: VisitorId) -> int:
        return self._devices.get(visitor, 0)

    async def observe(self, observed: SpamObservation, evaluate: SpamEvaluator) -> Decision | None:
        last = [
            one
            for one in reversed(self.decisions)
            if not one.silent and (one.visitor == observed.visitor or 0 != one.device == observed.device)
        ]
        decision = evaluate(last)
        return self._insert(decision) if decision else None

    async def name_device(self, visitor: VisitorId, device: int, now: int) -> Decision | None:
        for place, one in reversed(list(enumerate(self.decisions))):
            if one.visitor == visitor and not one.silent:
                if not one.holds(now) or one.device not in (0, device):
                    return None
                self.decisions[place] = replace(one, device=device)
                return self.decisions[place]
        return None

    async def latest_reports(self, limit: int) -> list[ReportSummary]:
        return sorted(self.reports, key=lambda summary: -summary.report.filed_at)[:limit]

    async def report(self, id: ReportId) -> ReportSummary | None:
        return next((summary for summary in self.reports if summary.report.id == id), None)

    async def traces(self, visitor: VisitorId) -> VisitorTraces:
        return VisitorTraces(
            sum(summary.report.accused == visitor for summary in self.reports),
            sum(summary.report.reporter == visitor for summary in self.reports),
            sum(decision.visitor == visitor for decision in self.decisions),
        )

    async def decide(self, decision: NewDecision) -> Decision:
        case = self._open_case(decision.visitor)
        last = next((one for one in reversed(self.decisions) if one.visitor == decision.visitor), None)
        if decision.level is Level.GOOD and not case and not (last and last.holds(decision.made_at)):
            raise NotFound("nothing to lift")
        self.close(decision.visitor, decision.id)
        return self._insert(replace(decision, case=case))

    def close(self, accused: VisitorId, decision: DecisionId) -> None:
        if self.open_reports(accused):
            self.closed.setdefault(accused, []).append((len(self.reports), decision))

    async def decisions_after(self, sequence: int) -> list[Decision]:
        return self.decisions[sequence : sequence + 1000]

    async def standings(self, now: int) -> tuple[int, list[Decision]]:
        last = {decision.visitor: decision for decision in self.decisions}
        return len(self.decisions), [decision for decision in last.values() if decision.holds(now)]

    def _insert(self, decision: NewDecision) -> Decision:
        device = decision.device or self._devices.get(decision.visitor, 0)
        made = Decision(**{**asdict(decision), "device": device}, sequence=len(self.decisions) + 1)
        self.decisions.append(made)
        return made

    def open_reports(self, accused: VisitorId) -> list[Report]:
        closed = max((count for count, _ in self.closed.get(accused, ())), default=0)
        return [one.report for one in self.reports[closed:] if one.report.accused == accused]

    def _open_case(self, accused: VisitorId) -> CaseId:
        open = self.open_reports(accused)
        return self.case(open[0]) if open else CaseId("")

    def case(self, of: Report) -> CaseId:
        place = next(n for n, one in enumerate(self.reports) if one.report is of)
        closed = sum(count <= place for count, _ in self.closed.get(of.accused, ()))
        return CaseId(f"{of.accused} {closed}")

    def _facts(self, of: Report) -> ReportFacts:
        theirs = [
            one.report
            for one in self.reports
            if one.report.reporter == of.reporter and one.report.flag == of.flag
        ]
        decided = [made for one in theirs if (made := self._decided(one, of.filed_at))]
        lately = {
            one.report.accused
            for one in self.reports
            if one.report.reporter == of.reporter
            and of.filed_at - DAY_MS < one.report.filed_at <= of.filed_at
            and (of.flag or not one.report.flag)
        }
        alike = [
            one.report
            for one in self.reports
            if (one.report.flag, one.report.reason) == (of.flag, of.reason)
            and (
                one.report.reporter == of.reporter
                or one.report.reporter_network == of.reporter_network != b""
            )
            and of.filed_at - DAY_MS < one.report.filed_at <= of.filed_at
        ]
        pictures = [one for one in self.pictures.values() if one.report == of.id]
        return ReportFacts(
            id=of.id,
            reporter=of.reporter,
            network=of.reporter_network,
            reason=of.reason,
            filed_at=of.filed_at,
            upheld=sum(one.level is not Level.GOOD for one in decided),
            dismissed=sum(
                one.level is Level.GOOD and one.dismissal is Dismissal.UNFOUNDED for one in decided
            ),
            reported_lately=len(lately),
            proven=of.proven,
            device_hours=of.device_hours,
            flag=of.flag,
            alike_lately=len(alike),
            undressed=max((one.score or 0.0 for one in pictures), default=0.0),
            known=any(one.known for one in pictures),
        )

    def _decided(self, report: Report, before: int) -> Decision | None:
        """Return what a person had decided about the report by then, if anything."""
        place = next(n for n, one in enumerate(self.reports) if one.report is report)
        for count, id in self.closed.get(report.accused, ()):
            if place < count:
                made = next(one for one in self.decisions if one.id == id)
                return made if made.made_at <= before else None
        return None


class MemoryAppealStore:
    """Implements the port `AppealStore` beside a report store."""

    def __init__(self, store: MemoryReportStore) -> None:
        self._store = store
        self._appeals: dict[DecisionId, Appeal] = {}

    async def find(self, decision: DecisionId) -> AppealedDecision:
        for made in self._store.decisions:
            if made.id == decision:
                return AppealedDecision(made, self._appeals.get(decision), self._replaced(made))
        raise NotFound("there is no such decision")

    async def file(self, appeal: Appeal) -> AppealedDecision:
        await self.find(appeal.decision)
        self._appeals.setdefault(appeal.decision, appeal)
        return await self.find(appeal.decision)

    async def open_appeals(self, limit: int) -> list[AppealedDecision]:
        waiting = [one for one in self._appeals.values() if one.state is AppealState.OPEN]
        oldest = sorted(waiting, key=lambda one: one.filed_at)[:limit]
        return [await self.find(one.decision) for one in oldest]

    async def decide(
        self, decided: Appeal, lift: NewDecision | None, actor: str | None = None
    ) -> Decision | None:
        decision = (await self.find(decided.decision)).decision
        if decided.moderator in ("", decision.moderator):
            raise InvalidRequest("the same moderator")
        known = self._appeals.get(decided.decision)
        if known is None or known.state is not AppealState.OPEN:
            raise InvalidRequest("not open")
        self._appeals[decided.decision] = replace(decided, text=known.text, filed_at=known.filed_at)
        if lift is None or self._replaced(decision):
            return None
        if decision.automated and decision.case:
            self._store.close(decision.visitor, lift.id)
        for closed in self._store.closed.values():
            closed[:] = [(count, lift.id if id == decision.id else id) for count, id in closed]
        return self._store._insert(lift)

    def _replaced(self, decision: Decision) -> int:
        later = (
            one
            for one in self._store.decisions
            if one.sequence > decision.sequence
            and not (decision.automated and one.automated and one.case == decision.case)
        )
        return next((one.made_at for one in later if one.visitor == decision.visitor), 0)
