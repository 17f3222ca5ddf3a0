"""A gateway follows searches and matches in traces and in its log, by hashes alone."""

import logging
from typing import Any

import pytest
import structlog
from msgspec import structs

from services.contract.ids import TraceContext
from services.contract.log_hashes import LogHasher
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Next, Stop
from services.signaling.core.session import ACCEPT_TIMEOUT

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from ...in_memory.ports import RING
from ...traces import RecordingTracer

SHORTEST_ID = 20
"""Characters. No hash is as long as an id of a visitor or of a match."""


class CapturedLog:
    """A log that keeps its lines from a level on."""

    def __init__(self, level: int) -> None:
        captured = structlog.testing.CapturingLogger()
        self.logger = structlog.wrap_logger(
            captured, processors=[_as_keywords], wrapper_class=structlog.make_filtering_bound_logger(level)
        )
        self._captured = captured

    def take(self) -> list[dict[str, Any]]:
        """Return the lines since the last time."""
        lines = [call.kwargs for call in self._captured.calls]
        self._captured.calls.clear()
        return lines


def _as_keywords(_: Any, __: str, line: Any) -> tuple[tuple[()], dict[str, Any]]:
    return (), dict(line)


def hash_of(id: str) -> str:
    return LogHasher(RING).hash(id)


# --- traces ---------------------------------------------------------------------------------------------


@pytest.fixture
def tracer() -> RecordingTracer:
    return RecordingTracer()


@pytest.fixture
def traced(tracer: RecordingTracer) -> InMemoryCluster:
    return InMemoryCluster(tracer=tracer)


def ticket_trace(cluster: InMemoryCluster, page: Page) -> TraceContext:
    return cluster.matchmakers[page.hub].tickets[-1].trace


def traced_proposals(
    cluster: InMemoryCluster, one: Page, other: Page
) -> tuple[MatchProposal, MatchProposal, TraceContext]:
    """Return proposals that go on with the trace of `one`."""
    trace = ticket_trace(cluster, one)
    first, second = (structs.replace(each, trace=trace) for each in cluster.proposals(one, other))
    return first, second, trace


def test_each_search_is_a_trace_of_its_own_that_travels_with_its_ticket(
    traced: InMemoryCluster, tracer: RecordingTracer
) -> None:
    page = traced.searching(traced.hub("here"))
    (first,) = tracer.spans
    assert ticket_trace(traced, page) == first.trace + first.id
    assert first.attributes == {"mode": "video", "visitor": hash_of(page.visitor), "gateway": "here"}
    page.says(Stop())
    page.find()
    _, second = tracer.spans
    assert ticket_trace(traced, page) == second.trace + second.id


def test_a_search_that_goes_on_stays_in_its_trace(traced: InMemoryCluster, tracer: RecordingTracer) -> None:
    one, other = traced.searching(traced.hub("here")), traced.searching(traced.hub("there"))
    proposal, _, trace = traced_proposals(traced, one, other)
    traced.propose(one, proposal)
    traced.wait(ACCEPT_TIMEOUT + 0.1)
    assert traced.matchmakers[one.hub].tickets[-1].attempt == 2
    assert ticket_trace(traced, one) == trace
    assert [span.name for span in tracer.spans] == ["find", "find", "reserve"]


def test_the_trace_of_a_proposal_leads_to_both_matched(
    traced: InMemoryCluster, tracer: RecordingTracer
) -> None:
    one, other = traced.searching(traced.hub("here")), traced.searching(traced.hub("there"))
    first, second, trace = traced_proposals(traced, one, other)
    traced.propose(one, first)
    traced.propose(other, second)
    traced.network.deliver_all()
    found = [(span.name, span.attributes["gateway"]) for span in tracer.spans if span.trace == trace[:16]]
    assert found[0] == ("find", "here")
    assert sorted(found[1:]) == [
        ("matched", "here"), ("matched", "there"), ("reserve", "here"), ("reserve", "there"),
    ]  # fmt: skip
    assert {span.attributes.get("match") for span in tracer.spans[2:]} == {hash_of(first.match)}
    assert [span.attributes["result"] for span in tracer.spans if span.name == "reserve"] == ["reserved"] * 2


def test_a_proposal_for_a_visitor_who_left_is_declined_in_the_trace(
    traced: InMemoryCluster, tracer: RecordingTracer
) -> None:
    one, other = traced.searching(traced.hub("here")), traced.searching(traced.hub("there"))
    first, _, _ = traced_proposals(traced, one, other)
    pending = one.hub._pending.get(first.ticket)
    one.says(Stop())
    assert pending is not None
    one.hub._pending._tickets[first.ticket] = pending  # the matcher was quicker than the withdrawal
    one.hub.on_matcher_event(first)
    assert tracer.spans[-1].attributes["result"] == "declined"


def test_a_match_of_a_gateway_that_knows_no_traces_is_not_traced(
    traced: InMemoryCluster, tracer: RecordingTracer
) -> None:
    one, other = traced.searching(traced.hub("here")), traced.searching(traced.hub("there"))
    traced.meet(one, other)
    assert [span.name for span in tracer.spans] == ["find", "find"]


# --- the log --------------------------------------------------------------------------------------------


def test_at_debug_the_whole_call_can_be_followed_by_one_hash() -> None:
    log = CapturedLog(logging.DEBUG)
    cluster = InMemoryCluster(log=log.logger)
    one, other = cluster.searching(cluster.hub("here")), cluster.searching(cluster.hub("there"))
    log.take()
    match = cluster.meet(one, other)
    other.loses_socket()
    cluster.network.deliver_all()
    one.says(Next())
    lines = log.take()
    ours = [line for line in lines if line["visitor"] == hash_of(one.visitor)]
    assert [line["event"] for line in ours] == [
        "got a proposal", "matched", "the partner is away", "searches",
    ]  # fmt: skip
    assert [line["match"] for line in ours if "match" in line] == [hash_of(match)] * 3
    theirs = [line["event"] for line in lines if line["visitor"] == hash_of(other.visitor)]
    assert theirs == ["got a proposal", "matched", "disconnected"]
    assert not any(len(str(value)) >= SHORTEST_ID for line in lines for value in line.values())


def test_at_info_only_a_match_that_was_lost_is_logged() -> None:
    log = CapturedLog(logging.INFO)
    cluster = InMemoryCluster(log=log.logger)
    hub = cluster.hub("here")
    one, other = cluster.searching(hub), cluster.searching(hub)
    cluster.meet(one, other)
    other.says(Stop())
    assert one.types()[-1] == "ended"
    one.find()
    assert log.take() == []
    third = cluster.searching(hub)
    match = cluster.meet(one, third)
    third.leaves()
    (line,) = log.take()
    who, which = hash_of(one.visitor), hash_of(match)
    assert line == {"event": "the match ended", "visitor": who, "match": which, "reason": "lost"}
