"""A collector of traces like that of OpenTelemetry, and a tracer that keeps what it records."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from grpc import aio
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as rpc
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from services.contract.ids import UNTRACED, TraceContext
from services.runtime.tracer import Attributes

from .timing import until

TRACE_ID_BYTES = 16


@dataclass(frozen=True)
class Span:
    """A span that was recorded, and the traces that it is linked to. The first of a trace has no `parent`.

    `start` and `end` are Unix nanoseconds, which only an exported span has.
    """

    trace: bytes
    id: bytes
    parent: bytes
    name: str
    attributes: Attributes
    links: tuple[bytes, ...]
    service: str = ""
    start: int = 0
    end: int = 0


class TraceCollector(rpc.TraceServiceServicer):
    """A collector on loopback. It keeps all spans, and the bytes of all requests."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.received: list[bytes] = []
        self.url = ""

    async def Export(  # noqa: N802 -- gRPC's
        self, request: pb.ExportTraceServiceRequest, context: object
    ) -> pb.ExportTraceServiceResponse:
        self.received.append(request.SerializeToString())
        for resource in request.resource_spans:
            service = _attributes(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                self.spans += (_span(span, str(service)) for span in scope.spans)
        return pb.ExportTraceServiceResponse()

    def named(self, name: str) -> list[Span]:
        """Return the spans with this name."""
        return [span for span in self.spans if span.name == name]

    async def until_recorded(self, **numbers: int) -> None:
        """Wait until there are so many spans of each name."""
        await until(lambda: all(len(self.named(name)) >= number for name, number in numbers.items()))

    def tree(self, trace: bytes) -> str:
        """Return the spans of a trace as lines, each below its parent."""
        return "\n".join(self._lines([span for span in self.spans if span.trace == trace], b"", 0))

    def _lines(self, spans: Sequence[Span], parent: bytes, depth: int) -> Iterator[str]:
        first = min(span.start for span in spans)
        for span in sorted(spans, key=lambda span: span.start):
            if span.parent == parent:
                at, took = (span.start - first) / 1e6, (span.end - span.start) / 1e6
                said = [f"{key.removeprefix('zufall.')}={value}" for key, value in span.attributes.items()]
                indent, service = "  " * depth, span.service.removeprefix("zufall-")
                words = " ".join([service, span.name, *said])
                yield f"{at:8.1f} ms {took:8.1f} ms  {indent}{words}"
                yield from self._lines(spans, span.id, depth + 1)


@asynccontextmanager
async def trace_collector() -> AsyncIterator[TraceCollector]:
    """Run a collector until the context ends."""
    collector, server = TraceCollector(), aio.server()
    rpc.add_TraceServiceServicer_to_server(collector, server)
    collector.url = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    try:
        yield collector
    finally:
        await server.stop(None)


def _span(span: trace_pb2.Span, service: str) -> Span:
    return Span(
        span.trace_id,
        span.span_id,
        span.parent_span_id,
        span.name,
        _attributes(span.attributes),
        tuple(link.trace_id for link in span.links),
        service,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
    )


def _attributes(pairs: Sequence[object]) -> Attributes:
    return {pair.key: _value(pair.value) for pair in pairs}  # type: ignore[attr-defined]


def _value(value: AnyValue) -> str | int | float | bool:
    kind = value.WhichOneof("value")
    assert kind is not None
    found: str | int | float | bool = getattr(value, kind)
    return found


@dataclass
class RecordingTracer:
    """A `Tracer` that keeps its spans and samples every search."""

    spans: list[Span] = field(default_factory=list)

    def is_sampled(self) -> bool:
        return True

    def begin(self, name: str, attributes: Attributes) -> TraceContext:
        return self._record(random.randbytes(TRACE_ID_BYTES), b"", name, attributes, UNTRACED)

    def record(
        self,
        parent: TraceContext,
        name: str,
        attributes: Attributes,
        seconds: float = 0.0,
        link: TraceContext = UNTRACED,
    ) -> TraceContext:
        if not parent:
            return UNTRACED
        return self._record(parent[:TRACE_ID_BYTES], parent[TRACE_ID_BYTES:], name, attributes, link)

    def _record(
        self, trace: bytes, parent: bytes, name: str, attributes: Attributes, link: TraceContext
    ) -> TraceContext:
        links = (link[:TRACE_ID_BYTES],) if link else ()
        span = Span(trace, random.randbytes(8), parent, name, attributes, links)
        self.spans.append(span)
        return TraceContext(span.trace + span.id)

    def close(self) -> None:
        """Keep the spans."""
