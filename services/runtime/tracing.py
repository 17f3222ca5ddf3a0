"""Traces of what becomes of one search or one report in all services. They are off by default.

The context of a span travels in messages. OpenTelemetry is imported only if traces are exported.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from .config import number, setting
from .tracer import NoTracer, Tracer


def _endpoint(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError(f"{text!r} is not a URL such as http://127.0.0.1:4317")
    return text


def _share(text: str) -> float:
    share = number(text)
    if not 0 <= share <= 1:
        raise ValueError(f"{text!r} is not a share from 0 to 1")
    return share


@dataclass(frozen=True, slots=True)
class TraceConfig:
    """The settings of traces, which all services have."""

    traces: str = setting("the URL of a collector that takes OTLP over gRPC; empty: no traces", "", _endpoint)
    trace_share: float = setting("the share of searches that are traced; reports always are", 0.01, _share)


_tracer: Tracer = NoTracer()


def configure(service: str, config: TraceConfig) -> None:
    """Set up the tracer of this process. Call this once, before the service is built."""
    global _tracer
    if config.traces:
        from .otlp_tracer import OtlpTracer  # it takes 4 MB and a tenth of a second

        _tracer = OtlpTracer(service, config.traces, config.trace_share)


def tracer() -> Tracer:
    """Return the tracer of this process. Only `__main__` modules ask for it, and give it to who needs it."""
    return _tracer
