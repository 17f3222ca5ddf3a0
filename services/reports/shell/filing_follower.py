"""Follows reports and decisions in the log and in traces. It names visitors and matches by keyed hashes."""

from services.contract.ids import TraceContext
from services.contract.log_hashes import LogHasher
from services.runtime.logs import logger
from services.runtime.tracer import Attributes, Tracer

from ..core.records import Decision, FilingResult, Report


class FilingFollower:
    """Is told what happens to reports. Its lines about decisions are logged at `info`, for these are rare."""

    def __init__(self, hasher: LogHasher, tracer: Tracer) -> None:
        self._hash = hasher.hash
        self._tracer = tracer

    def on_pictures(self, trace: TraceContext, number: int, seconds: float) -> None:
        """Follow the pictures of a report, which were encoded in so many seconds."""
        self._tracer.record(trace, "pictures", {"number": number}, seconds)

    def on_commit(
        self, trace: TraceContext, report: Report, filed: FilingResult, seconds: float
    ) -> TraceContext:
        """Follow a report that was committed in so many seconds, or was here already. Return its context."""
        about: Attributes = {
            "match": self._hash(report.match),
            "visitor": self._hash(report.reporter),
            "accused": self._hash(report.accused),
            "case": self._hash(filed.case) if filed.case else "",
            "repeated": filed.repeated,
        }
        logger().debug("a report was filed", **about)
        return self._tracer.record(trace, "commit", about, seconds)

    def on_decision(self, decision: Decision, trace: TraceContext) -> None:
        """Follow a decision that was published. One of a person begins a trace, which names the case."""
        about: Attributes = {
            "accused": self._hash(decision.visitor),
            "case": self._hash(decision.case) if decision.case else "",
            "standing": decision.level.name.lower(),  # not `level`, which is that of the line of the log
            "automated": decision.automated,
        }
        logger().info("a decision was published", **about)
        if trace:
            self._tracer.record(trace, "decision", about)
        else:
            self._tracer.begin("decision", about)
