"""Tests of the port `Tracer`: a fake that keeps its spans, and OpenTelemetry with a collector."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from services.contract.ids import UNTRACED, TraceContext
from services.runtime.otlp_tracer import OtlpTracer
from services.runtime.tracer import Tracer

from ..traces import TRACE_ID_BYTES, RecordingTracer, Span, trace_collector


class TracerUnderTest:
    """A tracer, and what was recorded once it is closed."""

    def __init__(self, tracer: Tracer, spans: list[Span]) -> None:
        self.tracer = tracer
        self._spans = spans

    async def recorded(self) -> list[Span]:
        await asyncio.to_thread(self.tracer.close)  # it waits for the collector, which runs on this loop
        return self._spans


@pytest.fixture(params=["kept", "exported"])
async def under_test(request: pytest.FixtureRequest) -> AsyncIterator[TracerUnderTest]:
    if request.param == "kept":
        kept = RecordingTracer()
        yield TracerUnderTest(kept, kept.spans)
        return
    async with trace_collector() as collector:
        yield TracerUnderTest(OtlpTracer("tested", collector.url, 1.0), collector.spans)


async def test_spans_of_one_trace_name_their_parents(under_test: TracerUnderTest) -> None:
    tracer = under_test.tracer
    first = tracer.begin("first", {"mode": "text"})
    second = tracer.record(first, "second", {"waited": 1.5})
    third = tracer.record(second, "third", {"repeated": False, "number": 3})
    spans = {span.name: span for span in await under_test.recorded()}
    assert [len(context) for context in (first, second, third)] == [24] * 3
    assert {span.trace for span in spans.values()} == {first[:TRACE_ID_BYTES]}
    parents = [spans[name].parent for name in ("first", "second", "third")]
    assert parents == [b"", spans["first"].id, spans["second"].id]
    assert second == spans["second"].trace + spans["second"].id


async def test_each_beginning_is_another_trace_and_a_link_leads_there(under_test: TracerUnderTest) -> None:
    tracer = under_test.tracer
    one, other = tracer.begin("one", {}), tracer.begin("other", {})
    tracer.record(one, "both", {}, link=other)
    spans = {span.name: span for span in await under_test.recorded()}
    assert spans["both"].trace == spans["one"].trace != spans["other"].trace
    assert spans["both"].links == (spans["other"].trace,)
    assert spans["one"].links == ()


async def test_nothing_untraced_is_recorded(under_test: TracerUnderTest) -> None:
    assert under_test.tracer.record(UNTRACED, "nothing", {}) == UNTRACED
    assert await under_test.recorded() == []


@pytest.mark.parametrize("context", [b"short", b"\0" * 24, b"x" * 25, b"x" * 16 + b"\0" * 8])
async def test_a_context_that_cannot_be_read_is_untraced(context: bytes) -> None:
    """A newer version of a service may send another kind of context."""
    async with trace_collector() as collector:
        tracer = OtlpTracer("tested", collector.url, 1.0)
        assert tracer.record(TraceContext(context), "nothing", {}) == UNTRACED
        tracer.record(tracer.begin("one", {}), "linked", {}, link=TraceContext(context))
        await asyncio.to_thread(tracer.close)
    assert [span.links for span in collector.spans] == [(), ()]


async def test_a_span_has_its_length_its_attributes_and_its_service() -> None:
    async with trace_collector() as collector:
        tracer = OtlpTracer("tested", collector.url, 1.0)
        tracer.record(tracer.begin("one", {}), "other", {"level": "banned", "automated": True}, seconds=2.5)
        await asyncio.to_thread(tracer.close)
    first, second = collector.spans
    assert first.end == first.start
    assert (second.end - second.start) / 1e9 == pytest.approx(2.5)
    assert second.attributes == {"zufall.level": "banned", "zufall.automated": True}
    assert second.service == "zufall-tested"


@pytest.mark.parametrize(("share", "sampled"), [(0.0, [0]), (1.0, [1000]), (0.2, range(100, 320))])
async def test_searches_are_sampled_by_their_share(share: float, sampled: Sequence[int]) -> None:
    tracer = OtlpTracer("tested", "http://127.0.0.1:1", share)
    assert sum(tracer.is_sampled() for _ in range(1000)) in sampled
    tracer.close()


async def test_a_collector_that_is_away_delays_the_end_only_for_a_moment() -> None:
    tracer = OtlpTracer("tested", "http://127.0.0.1:1", 1.0)
    tracer.begin("lost", {})
    loop = asyncio.get_running_loop()
    before = loop.time()
    await asyncio.to_thread(tracer.close)
    assert loop.time() - before < 5
