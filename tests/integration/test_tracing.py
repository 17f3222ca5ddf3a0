"""One trace leads through all services, and lines of their logs about one match have the same hash."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from protos import reports_pb2 as pb
from services.contract.keys import parse_ring
from services.contract.log_hashes import LogHasher
from services.reports.shell.policy_file import default_source

from ..moderation import decide
from ..timing import until
from ..traces import Span, TraceCollector, trace_collector
from ..visitor import visitor
from .cluster import Cluster, Service, running_cluster

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADDRESS = "9.9.9.9"
"""The reporter's. One report from a network that is known has somebody watched below."""

WHOLE = {"find": 1, "waiting": 1, "pairing": 1, "reserve": 2, "matched": 2}
"""How many spans of each name the trace of a match has."""


@dataclass(frozen=True)
class TracedCluster:
    """A cluster that exports all traces and logs all that it can."""

    cluster: Cluster
    collector: TraceCollector

    def hash(self, id: str) -> str:
        return LogHasher(parse_ring(self.cluster.environment["ZUFALL_PASS_KEYS"])).hash(id)

    async def trace_of(self, match: str) -> Mapping[str, list[Span]]:
        """Return the spans of the trace in which the two were matched, once all services have sent theirs."""
        spans: dict[str, list[Span]] = {}

        def is_whole() -> bool:
            traces = {span.trace for span in self.about("matched", match)}
            assert len(traces) <= 1
            spans.clear()
            for span in self.collector.spans:
                if span.trace in traces:
                    spans.setdefault(span.name, []).append(span)
            return {name: len(found) for name, found in spans.items()} == WHOLE

        await until(is_whole)
        return spans

    def about(self, name: str, match: str) -> list[Span]:
        """Return the spans with the name that name the match."""
        return [
            span for span in self.collector.named(name) if span.attributes["zufall.match"] == self.hash(match)
        ]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def traced(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TracedCluster]:
    folder = tmp_path_factory.mktemp("traced")
    policy = folder / "policy.toml"
    policy.write_text(
        default_source().text.replace(
            'from_score = 1.5\nlevel = "watched"\nhours = 24\nnetworks = 2',
            'from_score = 0.1\nlevel = "watched"\nhours = 24\nnetworks = 1',
        )
    )
    async with (
        trace_collector() as collector,
        running_cluster(
            folder,
            ZUFALL_TRACES=collector.url,
            ZUFALL_TRACE_SHARE="1",
            ZUFALL_LOGS="json",
            ZUFALL_LOG_LEVEL="debug",
            ZUFALL_POLICY=str(policy),
            ZUFALL_TRUSTED_PROXIES="1",
        ) as cluster,
    ):
        yield TracedCluster(cluster, collector)


def lines(service: Service, event: str) -> list[dict[str, Any]]:
    found = map(json.loads, service.log.read_text().splitlines())
    return [line for line in found if line["event"] == event]


async def test_one_trace_leads_from_find_through_all_services_to_both(traced: TracedCluster) -> None:
    one_url, other_url = traced.cluster.urls
    async with visitor(one_url) as one, visitor(other_url) as other:
        await one.find()
        await one.hear("searching")
        await other.find()
        match = (await one.meet())["match"]
        await other.meet()
        spans = await traced.trace_of(match)
        (find,), (waiting,), (pairing,) = spans["find"], spans["waiting"], spans["pairing"]
        both = {traced.hash(one.name), traced.hash(other.name)}
        finds = [span for span in traced.collector.named("find") if span.attributes["zufall.visitor"] in both]
        links = [span.trace for span in finds if span is not find]
        assert pairing.links == tuple(links), traced.collector.tree(find.trace)
        assert (find.parent, waiting.parent, pairing.parent) == (b"", find.id, waiting.id)
        assert {span.service for span in (waiting, pairing)} == {"zufall-matcher"}
        for name in ("reserve", "matched"):
            assert {span.parent for span in spans[name]} == {pairing.id}
            assert {span.service for span in spans[name]} == {"zufall-signaling"}
            gateways = {span.attributes["zufall.gateway"] for span in spans[name]}
            assert gateways == {one.gateway, other.gateway}, "both gateways"


async def test_the_lines_of_both_gateways_about_a_match_have_its_hash(traced: TracedCluster) -> None:
    async with visitor(traced.cluster.urls[0]) as one, visitor(traced.cluster.urls[1]) as other:
        await one.find()
        await other.find()
        match = (await one.meet())["match"]
        await other.meet()
        await other.say("stop")
        await one.hear("ended")
        trace = (await traced.trace_of(match))["find"][0].trace
    status, printed = await traced.cluster.command("log-hash", match, one.name)
    assert (status, printed.split()) == (0, [traced.hash(match), traced.hash(one.name)])
    for gateway, who in zip(traced.cluster.gateways, (one, other), strict=True):
        (line,) = [line for line in lines(gateway, "matched") if line["match"] == traced.hash(match)]
        assert line["visitor"] == traced.hash(who.name)
        assert line["trace"] == trace.hex()
        assert match not in gateway.log.read_text()
    ends = lines(traced.cluster.gateways[0], "the match ended")
    assert [(line["match"], line["reason"]) for line in ends] == [(traced.hash(match), "stop")]


async def test_one_trace_leads_from_a_report_to_the_decision(traced: TracedCluster) -> None:
    first, second = traced.cluster.urls
    async with visitor(first, address=ADDRESS) as one, visitor(second) as other:
        await one.find()
        await other.find()
        await one.meet()
        await other.meet()
        await one.report("nudity")
        await traced.collector.until_recorded(decision=1, answer=1)
        (report,), (pictures,) = traced.collector.named("report"), traced.collector.named("pictures")
        (commit,), (decision,) = traced.collector.named("commit"), traced.collector.named("decision")
        (answer,) = traced.collector.named("answer")
        assert {span.trace for span in (pictures, commit, decision, answer)} == {report.trace}
        assert [pictures.parent, commit.parent, answer.parent] == [report.id] * 3
        assert decision.parent == commit.id
        assert commit.attributes["zufall.match"] == traced.hash(one.match.id)
        assert decision.attributes["zufall.accused"] == traced.hash(other.name)
        assert decision.attributes["zufall.standing"] == "watched"
        (filed,) = lines(traced.cluster.reports, "a report was filed")
        assert filed["match"] == traced.hash(one.match.id)
        token = traced.cluster.environment["ZUFALL_MODERATOR_TOKEN"]
        await decide(traced.cluster.reports.address, token, other.name, pb.LEVEL_RESTRICTED, "nudity")
        await traced.collector.until_recorded(decision=2)
        _, later = traced.collector.named("decision")
        assert (later.parent, later.attributes["zufall.automated"]) == (b"", False)
        assert later.attributes["zufall.case"] == commit.attributes["zufall.case"], "so it can be found"


async def test_a_refused_report_is_one_request_in_both_logs(traced: TracedCluster) -> None:
    async with visitor(traced.cluster.urls[0]) as one:
        refused = await one.file(**{"pass": "none of ours"})
        assert (await refused.json())["code"] == "pass_refused"
    (line,) = lines(traced.cluster.gateways[0], "a report was refused")
    assert (line["visitor"], line["code"]) == (traced.hash(one.name), "pass_refused")
    (there,) = lines(traced.cluster.reports, "a call was refused")
    assert there["request"] == line["request"]
