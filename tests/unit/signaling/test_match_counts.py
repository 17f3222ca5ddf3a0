"""A gateway counts proposals, matches, their ends, and relayed frames."""

import asyncio

import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from services.contract.ids import EndReason, TicketId, VisitorId
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.messages import (
    IceRules,
    Next,
    PartnerAway,
    PartnerBack,
    Resumed,
    Typing,
    Welcome,
)
from services.signaling.core.session import ACCEPT_TIMEOUT
from services.signaling.shell.drain import drain
from services.signaling.shell.match_counts import MatchCounts
from services.signaling.shell.metrics import count_end
from services.signaling.shell.traffic import RelayCollector, RelayTraffic

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from ...timing import until
from .samples import MATCH, Driver, accept, chat, partner_left, proposal_for

VISITOR = VisitorId("visitor")


def shown(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"zufall_gateway_{name}", labels) or 0.0


# --- what a session asks to count ------------------------------------------------------------------


@pytest.fixture
def driver() -> Driver:
    return Driver()


def test_a_proposal_is_counted_when_it_is_reserved_and_when_it_comes_to_nothing(driver: Driver) -> None:
    driver.reserve()
    assert driver.counted == ["reserved"]
    driver.happens(events.ProposalTimedOut(MATCH))
    assert driver.counted == ["reserved", "void"]
    driver.meet()
    assert driver.counted == ["reserved", "void", "reserved"]


def test_a_reserved_visitor_who_leaves_makes_the_proposal_void(driver: Driver) -> None:
    driver.reserve()
    driver.happens(events.Disconnected())
    assert driver.counted == ["reserved", "void"]


def test_a_proposal_for_another_ticket_is_counted_as_declined(driver: Driver) -> None:
    driver.search()
    driver.happens(proposal_for(TicketId(driver.ticket.id + 1)))
    assert driver.counted == ["declined"]


def test_a_proposal_that_the_partner_had_declined_is_void(driver: Driver) -> None:
    driver.search()
    driver.happens(partner_left("lost"))
    driver.happens(proposal_for(driver.ticket.id))
    assert driver.counted == ["void"]


def test_an_early_acceptance_reserves_and_matches_at_once(driver: Driver) -> None:
    driver.search()
    driver.happens(accept())
    (*_, matched) = driver.happens(proposal_for(driver.ticket.id))
    assert driver.counted == ["reserved"]
    assert isinstance(matched, fx.SendMatched)
    assert matched.figures == fx.MatchFigures("video", 0.0, 0.0, False)


def test_a_match_is_timed_from_its_proposal_and_from_its_search(driver: Driver) -> None:
    driver.search()
    driver.now += 3
    driver.reserve()
    driver.now += 0.25
    (matched,) = driver.happens(accept())
    assert isinstance(matched, fx.SendMatched)
    assert (matched.figures.waited, matched.figures.reserved_for) == (3.25, 0.25)
    assert matched.figures.reserved_for < ACCEPT_TIMEOUT


@pytest.mark.parametrize("reason", ["next", "stop", "lost", "blocked", "banned"])
def test_the_end_of_a_match_is_counted_by_its_reason(driver: Driver, reason: EndReason) -> None:
    driver.meet()
    driver.happens(partner_left(reason))
    assert driver.counted == ["reserved", reason]


def test_a_match_that_goes_on_elsewhere_has_not_ended(driver: Driver) -> None:
    driver.meet()
    driver.happens(events.VisitorMoved(driver.summary.place, MATCH))
    assert driver.counted == ["reserved"]


# --- what the shell keeps --------------------------------------------------------------------------


def welcome(partner_here: bool | None) -> Welcome:
    said = Welcome("v", "g", "m", IceRules("all"))
    if partner_here is None:
        return said
    resumed = Resumed("match", True, "pass", partner_here, None)  # type: ignore[arg-type]  # not read
    return Welcome("v", "g", "m", IceRules("all"), resumed)


def test_whose_partner_is_away_is_known_until_the_partner_is_back_or_the_match_ends() -> None:
    counts = MatchCounts()
    others = [VisitorId(name) for name in ("back", "ended", "resumed", "gone")]
    for visitor in others:
        counts.told(visitor, PartnerAway("match"))
        counts.told(visitor, PartnerAway("match"))
    counts.told(VISITOR, welcome(partner_here=False))
    counts.told(VISITOR, welcome(partner_here=None))
    assert shown("partners_away") == 5
    counts.told(others[0], PartnerBack("match"))
    counts.count(others[1], fx.CountEnded("lost"))
    counts.told(others[2], welcome(partner_here=True))
    counts.forget(others[3])
    assert shown("partners_away") == 1
    counts.forget(VISITOR)
    assert shown("partners_away") == 0


def test_what_sessions_ask_for_is_counted() -> None:
    names: dict[str, tuple[dict[str, str], fx.CountDropped | fx.CountProposal | fx.CountEnded]] = {
        "dropped_frames_total": ({"reason": "no_socket"}, fx.CountDropped("no_socket")),
        "proposals_total": ({"result": "void"}, fx.CountProposal("void")),
        "matches_ended_total": ({"reason": "blocked"}, fx.CountEnded("blocked")),
    }
    for name, (labels, effect) in names.items():
        before = shown(name, **labels)
        MatchCounts().count(VISITOR, effect)
        assert shown(name, **labels) == before + 1, name


def test_two_who_meet_and_part_move_the_metrics_of_their_gateways() -> None:
    names = {
        "matches_total": {"mode": "video"},
        "match_seconds_count": {},
        "proposals_total": {"result": "reserved"},
    }
    before = {name: shown(name, **labels) for name, labels in names.items()}
    cluster = InMemoryCluster()
    one, other = cluster.searching(cluster.hub("here")), cluster.searching(cluster.hub("there"))
    cluster.meet(one, other)
    assert {name: shown(name, **labels) - before[name] for name, labels in names.items()} == dict.fromkeys(
        names, 2
    )
    ended = shown("matches_ended_total", reason="next")
    leaves(cluster, one)
    assert shown("matches_ended_total", reason="next") == ended + 2


def leaves(cluster: InMemoryCluster, page: Page) -> None:
    page.says(Next())
    cluster.network.deliver_all()


def test_relayed_frames_are_counted_by_kind_and_path() -> None:
    near, far = RelayTraffic("local"), RelayTraffic("nats")
    line, frame = chat()
    far.count(line, frame)
    far.count(line, frame)
    near.count(Typing(MATCH), b"12345")
    frames, size = RelayCollector(near, far).collect()
    numbers = {
        (family.name, one.labels["kind"], one.labels["path"]): one.value
        for family in (frames, size)
        for one in family.samples
        if one.value
    }
    assert numbers == {
        ("zufall_gateway_relayed_frames", "chat", "nats"): 2,
        ("zufall_gateway_relayed_bytes", "chat", "nats"): 2 * len(frame),
        ("zufall_gateway_relayed_frames", "typing", "local"): 1,
        ("zufall_gateway_relayed_bytes", "typing", "local"): 5,
    }


@pytest.mark.parametrize(
    ("code", "label"), [(1001, "1001"), (4409, "4409"), (3999, "other"), (4999, "other")]
)
def test_a_browser_cannot_invent_labels(code: int, label: str) -> None:
    before = shown("closed_sockets_total", by="browser", code=label)
    count_end("browser", code)
    assert shown("closed_sockets_total", by="browser", code=label) == before + 1


async def test_who_must_still_be_sent_away_is_shown_while_a_gateway_drains() -> None:
    cluster = InMemoryCluster()
    hub = cluster.hub("here")
    pages = [cluster.page(hub) for _ in range(3)]
    assert shown("drain_remaining_visitors") == 0
    draining = asyncio.create_task(drain(hub, web.AppRunner(web.Application()), 100, 40))
    await until(lambda: all(page.closed for page in pages))
    assert shown("drain_remaining_visitors") == 3
    for page in pages:
        page.leaves()
    assert shown("drain_remaining_visitors") == 0
    draining.cancel()
