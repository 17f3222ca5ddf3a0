"""A store in memory that passes the port tests of the real ones."""

from collections.abc import Sequence
from dataclasses import asdict

from services.reports.records import Decision, Filed, NewDecision, Picture, Report, Summary


class MemoryStore:
    """Implements the port `Store`. Also says what it was asked to keep."""

    def __init__(self) -> None:
        self.reports: list[Summary] = []
        self.decisions: list[Decision] = []

    async def file(self, report: Report, frames: Sequence[Picture]) -> Filed:
        for known in self.reports:
            if (known.report.match, known.report.reporter) == (report.match, report.reporter):
                return Filed(known.report.id, repeated=True)
        self.reports.append(Summary(report, len(frames)))
        return Filed(report.id, repeated=False)

    async def latest_reports(self, limit: int) -> list[Summary]:
        return sorted(self.reports, key=lambda summary: -summary.report.filed_at)[:limit]

    async def decide(self, decision: NewDecision) -> Decision:
        made = Decision(**asdict(decision), sequence=len(self.decisions) + 1)
        self.decisions.append(made)
        return made

    async def decisions_after(self, sequence: int) -> list[Decision]:
        return self.decisions[sequence : sequence + 1000]

    async def standings(self, now: int) -> tuple[int, list[Decision]]:
        last = {decision.visitor: decision for decision in self.decisions}
        return len(self.decisions), [decision for decision in last.values() if decision.holds(now)]
