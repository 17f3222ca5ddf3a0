"""The hub between its ports, on one gateway and on two."""

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import UNKNOWN_EPOCH, Decline, Relay
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId, random_id, visitor_key
from services.contract.passes import PassContent
from services.contract.presence import ModeCounts
from services.signaling.core import events
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Block, Chat, Next, Stop
from services.signaling.core.session import ACCEPT_TIMEOUT
from services.signaling.shell.hub import Hub

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from ...in_memory.ports import MEMORIES, PASSES


@pytest.fixture
def cluster() -> InMemoryCluster:
    return InMemoryCluster()


@pytest.fixture
def hub(cluster: InMemoryCluster) -> Hub:
    return cluster.hub("here")


@pytest.fixture(params=["one gateway", "two gateways"])
def pair(request: pytest.FixtureRequest, cluster: InMemoryCluster, hub: Hub) -> tuple[Page, Page]:
    """Provide two visitors who search."""
    other = hub if request.param == "one gateway" else cluster.hub("there")
    return cluster.searching(hub), cluster.searching(other)


Pair = tuple[Page, Page]


def test_a_search_shows_how_many_wait(cluster: InMemoryCluster, hub: Hub) -> None:
    cluster.searching(hub)
    cluster.standings.decide(restricted := VisitorId(random_id()), "restricted")
    second, apart = cluster.page(hub), Page(hub, restricted)
    apart.take()
    second.find(interests=["a"])
    apart.find()
    assert second.take() == [{"type": "searching", "waiting": 1, "stage": 0}]
    assert apart.take() == [{"type": "searching", "waiting": 0, "stage": 1}], "another pool"
    assert [audience for _, audience in cluster.matchmakers[hub].offers.values()] == [False, False, True]


def test_the_modes_of_those_who_search_or_talk_are_counted(cluster: InMemoryCluster, hub: Hub) -> None:
    talks = cluster.searching(hub), cluster.searching(hub)
    cluster.meet(*talks)
    cluster.page(hub)  # has no wish yet
    writes, stops = cluster.page(hub), cluster.page(hub)
    writes.find(mode="text")
    stops.find(mode="text")
    stops.says(Stop())
    assert hub.count_people().modes == ModeCounts(video=2, text=1)
    writes.leaves()
    talks[0].loses_socket()
    assert hub.count_people().modes == ModeCounts(video=1), "who may come back is not here"


def test_a_later_stage_is_shown(cluster: InMemoryCluster, hub: Hub) -> None:
    page = cluster.searching(hub)
    hub.on_matcher_event(events.StageChanged(cluster.matchmakers[hub].ticket_of(page.visitor), 2, 1.26))
    assert page.take() == [{"type": "searching", "waiting": 1, "stage": 2, "widens_in": 1.3}]
    hub.on_matcher_event(events.StageChanged(TicketId(99), 2, 1.26))
    assert page.take() == []


def test_both_sides_are_matched(cluster: InMemoryCluster, pair: Pair) -> None:
    match = cluster.meet(*pair)
    for page, partner, polite in ((pair[0], pair[1], True), (pair[1], pair[0], False)):
        (matched,) = page.take()
        sealed, memory = matched.pop("pass"), matched.pop("memory")
        assert matched == {
            "type": "matched",
            "match": match,
            "polite": polite,
            "partner": {"languages": ["de"], "shared_interests": ["music"]},
            "ice": {"servers": [], "policy": "all"},
        }
        assert MEMORIES.open(memory, page.visitor, cluster.now).present == visitor_key(partner.visitor)
        assert PASSES.open(sealed, page.visitor, cluster.now) == PassContent(
            MatchId(match),
            page.visitor,
            page.hub.gateway,
            partner.visitor,
            partner.hub.gateway,
            polite,
            b"hash of " + partner.visitor[:4].encode(),
            cluster.now,
            b'{"type":"find","mode":"video","languages":["de"]}',
            partner_languages=("de",),
        )


def test_two_of_one_gateway_skip_the_bus(cluster: InMemoryCluster, hub: Hub) -> None:
    one, other = cluster.searching(hub), cluster.searching(hub)
    match = cluster.meet(one, other)
    one.says(Chat(match, 1, "hi", "1"))
    assert cluster.network.sent == 0
    assert other.types() == ["matched", "chat"]


def test_chat_keeps_its_order_and_crosses_both_ways(cluster: InMemoryCluster, pair: Pair) -> None:
    match = cluster.meet(*pair)
    for page, partner in (pair, pair[::-1]):
        for number in range(5):
            page.says(Chat(match, number + 1, f"line {number}", "1"))
        cluster.network.deliver_all()
        texts = [frame["text"] for frame in partner.take() if frame["type"] == "chat"]
        assert texts == [f"line {number}" for number in range(5)]


def test_a_frame_of_another_match_reaches_nobody(cluster: InMemoryCluster, pair: Pair) -> None:
    one, other = pair
    cluster.meet(one, other)
    other.take()
    one.says(Chat("another match", 1, "psst", "1"))
    cluster.network.deliver_all()
    assert other.take() == []


@pytest.mark.parametrize("part", ["next", "stop", "leave"])
def test_the_partner_of_a_visitor_who_leaves_is_told_and_may_search_again(
    cluster: InMemoryCluster, pair: Pair, part: str
) -> None:
    one, other = pair
    match = cluster.meet(one, other)
    one.take()
    other.take()
    match part:
        case "next":
            one.says(Next())
        case "stop":
            one.says(Stop())
        case _:
            one.leaves()
    cluster.network.deliver_all()
    ended, *rest = other.take()
    reason = "lost" if part == "leave" else part
    assert ended == {"type": "ended", "match": match, "reason": reason}
    assert [frame["type"] for frame in rest] == ([] if part == "stop" else ["searching"])
    assert [frame["type"] for frame in one.take()] == (["searching"] if part == "next" else [])


def test_a_search_keeps_its_age_when_no_gateway_answers(cluster: InMemoryCluster, hub: Hub) -> None:
    one, other = cluster.searching(hub), cluster.searching(cluster.hub("there"))
    cluster.now += 5
    first, second = cluster.proposals(one, other)
    cluster.propose(one, first)
    cluster.network.lose_messages()  # the acceptance is lost
    cluster.now += ACCEPT_TIMEOUT - 0.01
    hub.tick()
    assert not cluster.matchmakers[hub].offers
    cluster.now += 0.02
    hub.tick()
    ((ticket, _),) = cluster.matchmakers[hub].offers.values()
    assert (ticket.visitor, ticket.since, ticket.attempt) == (one.visitor, 1000.0, 2)
    cluster.network.deliver_all()
    cluster.propose(other, second)
    cluster.network.deliver_all()
    assert not other.take(), "declined before it was proposed"
    assert cluster.matchmakers[other.hub].offers


def test_a_proposal_for_a_ticket_that_is_gone_is_declined(cluster: InMemoryCluster, hub: Hub) -> None:
    there = cluster.hub("there")
    one, other = cluster.searching(hub), cluster.searching(there)
    first, second = cluster.proposals(one, other)
    one.leaves()
    cluster.propose(other, second)
    cluster.propose(one, first)
    cluster.network.deliver_all()
    assert not other.take()
    ((ticket, _),) = cluster.matchmakers[there].offers.values()
    assert (ticket.visitor, ticket.attempt) == (other.visitor, 2)


def test_a_proposal_for_an_unknown_ticket_is_declined(cluster: InMemoryCluster, hub: Hub) -> None:
    there, somebody = GatewayId("there"), VisitorId("somebody")
    hub.on_matcher_event(MatchProposal(MatchId("m"), TicketId(99), somebody, there, 5, True, ()))
    assert cluster.network.messages() == [
        (there, Decline(somebody, MatchId("m"), UNKNOWN_EPOCH, hub.gateway))
    ]


def test_a_second_connection_of_a_visitor_closes_the_first(cluster: InMemoryCluster, pair: Pair) -> None:
    one, other = pair
    match = cluster.meet(one, other)
    one.take()
    other.take()
    again = Page(one.hub, one.visitor)
    cluster.network.deliver_all()
    assert one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert other.take()[0] == {"type": "ended", "match": match, "reason": "lost"}
    one.find()
    one.leaves()
    assert again.closed is None
    again.find()
    assert again.types() == ["welcome", "searching"], "the first socket's end is not the second's"


def test_a_second_disconnect_changes_nothing(cluster: InMemoryCluster, hub: Hub) -> None:
    page = cluster.searching(hub)
    page.leaves()
    page.leaves()
    assert len(hub) == 0
    assert len(cluster.matchmakers[hub].withdrawn) == 1


def test_a_ban_ends_the_match_and_closes_the_socket(cluster: InMemoryCluster, pair: Pair) -> None:
    one, other = pair
    match = cluster.meet(one, other)
    one.take()
    other.take()
    cluster.standings.decide(one.visitor, "banned")
    one.hub.on_standing(one.visitor, 0)
    cluster.network.deliver_all()
    assert one.types() == ["banned"]
    assert one.closed is CloseCode.BANNED
    assert other.take() == [{"type": "ended", "match": match, "reason": "banned"}]
    one.find()
    assert not cluster.matchmakers[one.hub].offers, "what was on its way when the socket was closed"


@pytest.mark.parametrize("others_device", [7, 8, 0])
def test_a_ban_closes_the_sockets_of_all_visitors_of_the_device(
    cluster: InMemoryCluster, hub: Hub, others_device: int
) -> None:
    one = Page(hub, VisitorId(random_id()), device=7)
    other = Page(hub, VisitorId(random_id()), device=others_device)
    cluster.standings.decide(one.visitor, "banned", device=7)
    hub.on_standing(one.visitor, 7)
    assert one.closed is CloseCode.BANNED
    assert other.closed is (CloseCode.BANNED if others_device == 7 else None)
    assert len(hub) == (0 if others_device == 7 else 1)


def test_a_milder_decision_about_another_visitor_of_the_device_ends_no_ban(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    cluster.standings.decide(VisitorId("first"), "banned", device=7)
    cluster.standings.decide(VisitorId("second"), "watched", device=7)
    page = Page(hub, VisitorId("second"), device=7)
    hub.on_standing(page.visitor, 7)
    assert page.closed is CloseCode.BANNED


def test_events_about_unknown_visitors_change_nothing(cluster: InMemoryCluster, hub: Hub) -> None:
    page = cluster.searching(hub)
    hub.on_standing(page.visitor, 0)  # whose ban is over already
    cluster.standings.decide(VisitorId("far away"), "banned")
    hub.on_standing(VisitorId("far away"), 0)
    hub.on_message(Relay(VisitorId("far away"), MatchId("m"), 1, GatewayId("there"), b"{}"))
    assert page.take() == []
    assert page.closed is None


def test_a_block_needs_the_visitors_own_pass(cluster: InMemoryCluster, pair: Pair) -> None:
    one, other = pair
    match = cluster.meet(one, other)
    sealed, theirs = one.take()[0]["pass"], other.take()[0]["pass"]
    one.says(Block(theirs))
    one.says(Block("nonsense"))
    assert [frame["code"] for frame in one.take()] == ["pass_refused", "pass_refused"]
    one.says(Block(sealed))
    cluster.network.deliver_all()
    ended = {"type": "ended", "match": match, "reason": "blocked"}
    assert one.take()[0] == ended
    assert other.take() == [ended]


def test_all_visitors_can_be_sent_to_other_gateways(cluster: InMemoryCluster, hub: Hub) -> None:
    pages = [cluster.page(hub) for _ in range(3)]
    pages[1].loses_socket()
    assert hub.clients.sockets() == [pages[0].client, pages[2].client]


def test_visitors_who_left_are_forgotten(cluster: InMemoryCluster, hub: Hub) -> None:
    for _ in range(50):
        one, other = cluster.searching(hub), cluster.searching(hub)
        cluster.meet(one, other)
        one.says(Next())
        for page in (one, other):
            page.leaves()
    cluster.run(2 * ACCEPT_TIMEOUT)
    assert len(hub) == 0
    assert not cluster.matchmakers[hub].offers
    assert list(hub.clients) == []
    assert not any((hub._pending, hub._local, hub._pacers, *hub._timers._queues.values()))
