"""Follows reports in the log and in traces, until the reports service has answered."""

from services.contract.ids import GatewayId, TraceContext, VisitorId
from services.contract.log_hashes import LogHasher
from services.runtime.logs import logger
from services.runtime.tracer import Tracer


class ReportFollower:
    """Is told what becomes of the reports of one gateway's visitors. It names them by keyed hashes."""

    def __init__(self, gateway: GatewayId, hasher: LogHasher, tracer: Tracer) -> None:
        self._gateway = gateway
        self._hash = hasher.hash
        self._tracer = tracer

    def on_report(self, reporter: VisitorId) -> TraceContext:
        """Begin to follow a report that is to be filed, and return the context that travels with it."""
        return self._tracer.begin("report", {"visitor": self._hash(reporter), "gateway": self._gateway})

    def on_answer(self, trace: TraceContext, reporter: VisitorId, code: str, seconds: float) -> None:
        """Follow the answer after so many seconds: the code of a refusal, or an empty one."""
        self._tracer.record(trace, "answer", {"result": code or "filed"}, seconds)
        if code:
            logger().info("a report was refused", visitor=self._hash(reporter), code=code)
