"""The tracer that exports spans by OpenTelemetry's protocol (OTLP over gRPC), in a thread of its own."""

import random
import time

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from services.contract.ids import UNTRACED, TraceContext

from .tracer import Attributes

EXPORT_TIMEOUT = 2.0
"""Seconds for one export, retries included. What the collector does not take in time is lost."""

EXPORT_INTERVAL = 1.0
"""Seconds for which spans gather. At most 2,048 wait, and the oldest are dropped beyond that."""

CONTEXT_BYTES = 24
_TRACE_ID_BYTES = 16


class OtlpTracer:
    """A `Tracer` that exports to the collector at `endpoint` (a URL)."""

    def __init__(self, service: str, endpoint: str, share: float) -> None:
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_TIMEOUT)
        self._provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: f"zufall-{service}"}), shutdown_on_exit=False
        )
        processor = BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_INTERVAL * 1000)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("zufall")
        self._share = share

    def is_sampled(self) -> bool:
        # OpenTelemetry's own sampler decides only after it has built half of a span.
        return random.random() < self._share  # noqa: S311 -- chance, not a secret

    def begin(self, name: str, attributes: Attributes) -> TraceContext:
        return self._record(Context(), name, attributes, 0.0, UNTRACED)

    def record(
        self,
        parent: TraceContext,
        name: str,
        attributes: Attributes,
        seconds: float = 0.0,
        link: TraceContext = UNTRACED,
    ) -> TraceContext:
        remote = _unpacked(parent)
        if not remote.is_valid:
            return UNTRACED
        within = set_span_in_context(NonRecordingSpan(remote), Context())
        return self._record(within, name, attributes, seconds, link)

    def _record(
        self, within: Context, name: str, attributes: Attributes, seconds: float, link: TraceContext
    ) -> TraceContext:
        now, linked = time.time_ns(), _unpacked(link)
        span = self._tracer.start_span(
            name,
            within,
            attributes={f"zufall.{key}": value for key, value in attributes.items()},
            links=[Link(linked)] if linked.is_valid else None,
            start_time=now - int(seconds * 1e9),
        )
        span.end(now)
        return _packed(span.get_span_context())

    def close(self) -> None:
        self._provider.shutdown()


def _packed(context: SpanContext) -> TraceContext:
    return TraceContext(
        context.trace_id.to_bytes(_TRACE_ID_BYTES, "big")
        + context.span_id.to_bytes(CONTEXT_BYTES - _TRACE_ID_BYTES, "big")
    )


def _unpacked(context: TraceContext) -> SpanContext:
    """Return a context of another process. It is not valid if there is none, or none that can be read."""
    if len(context) != CONTEXT_BYTES:
        context = TraceContext(bytes(CONTEXT_BYTES))
    trace, span = context[:_TRACE_ID_BYTES], context[_TRACE_ID_BYTES:]
    return SpanContext(
        int.from_bytes(trace, "big"),
        int.from_bytes(span, "big"),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
