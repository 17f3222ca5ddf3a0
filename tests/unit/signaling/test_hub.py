"""The hub between its ports: who hears what, on one gateway and on two."""

import pytest

from services.contract.errors import CloseCode
from services.contract.gateway_messages import UNKNOWN_EPOCH, Decline, Relay
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId, random_id, visitor_key
from services.contract.passes import PassContent
from services.signaling.core import events
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Block, Chat, Find, Next, Stop
from services.signaling.core.session import ACCEPT_TIMEOUT
from services.signaling.shell.hub import Hub

from .gateways import MEMORIES, PASSES, Page, Town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def hub(town: Town) -> Hub:
    return town.hub("here")


@pytest.fixture(params=["one gateway", "two gateways"])
def pair(request: pytest.FixtureRequest, town: Town, hub: Hub) -> tuple[Page, Page]:
    """Two who search."""
    other = hub if request.param == "one gateway" else town.hub("there")
    return town.searching(hub), town.searching(other)


Pair = tuple[Page, Page]


def test_a_search_shows_who_waits_already(town: Town, hub: Hub) -> None:
    town.searching(hub)
    town.board.apart.add(restricted := VisitorId(random_id()))
    second, apart = town.page(hub), Page(hub, restricted)
    apart.take()
    second.says(Find("video", interests=["a"]))
    apart.says(Find("video"))
    assert second.take() == [{"type": "searching", "waiting": 1, "stage": 0}]
    assert apart.take() == [{"type": "searching", "waiting": 0, "stage": 1}], "another pool"
    assert [audience for _, audience in town.desk[hub].offers.values()] == [False, False, True]


def test_a_wider_stage_is_shown(town: Town, hub: Hub) -> None:
    page = town.searching(hub)
    hub.on_matcher(events.StageChanged(town.desk[hub].ticket_of(page.visitor), 2, 1.26))
    assert page.take() == [{"type": "searching", "waiting": 1, "stage": 2, "widens_in": 1.3}]
    hub.on_matcher(events.StageChanged(TicketId(99), 2, 1.26))
    assert page.take() == []


def test_both_are_told_of_each_other(town: Town, pair: Pair) -> None:
    match = town.meet(*pair)
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
        assert MEMORIES.open(memory, page.visitor, town.now).present == visitor_key(partner.visitor)
        assert PASSES.open(sealed, page.visitor, town.now) == PassContent(
            MatchId(match),
            page.visitor,
            page.hub.gateway,
            partner.visitor,
            partner.hub.gateway,
            polite,
            b"hash of " + partner.visitor[:4].encode(),
            town.now,
            b'{"type":"find","mode":"video","languages":["de"]}',
        )


def test_two_of_one_gateway_skip_the_bus(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(hub)
    match = town.meet(one, other)
    one.says(Chat(match, 1, "hi", "1"))
    assert town.wire.carried == 0
    assert other.types() == ["matched", "chat"]


def test_chat_keeps_its_order_and_crosses_both_ways(town: Town, pair: Pair) -> None:
    match = town.meet(*pair)
    for page, partner in (pair, pair[::-1]):
        for number in range(5):
            page.says(Chat(match, number + 1, f"line {number}", "1"))
        town.wire.pump()
        texts = [frame["text"] for frame in partner.take() if frame["type"] == "chat"]
        assert texts == [f"line {number}" for number in range(5)]


def test_a_frame_of_another_match_reaches_nobody(town: Town, pair: Pair) -> None:
    one, other = pair
    town.meet(one, other)
    other.take()
    one.says(Chat("another match", 1, "psst", "1"))
    town.wire.pump()
    assert other.take() == []


@pytest.mark.parametrize("part", ["next", "stop", "leave"])
def test_who_is_left_is_told_and_searches_again_or_not(town: Town, pair: Pair, part: str) -> None:
    one, other = pair
    match = town.meet(one, other)
    one.take()
    other.take()
    match part:
        case "next":
            one.says(Next())
        case "stop":
            one.says(Stop())
        case _:
            one.leaves()
    town.wire.pump()
    ended, *rest = other.take()
    reason = "lost" if part == "leave" else part
    assert ended == {"type": "ended", "match": match, "reason": reason}
    assert [frame["type"] for frame in rest] == ([] if part == "stop" else ["searching"])
    assert [frame["type"] for frame in one.take()] == (["searching"] if part == "next" else [])


def test_nobody_answers_so_the_search_goes_on_with_its_age(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(town.hub("there"))
    town.now += 5
    first, second = town.proposals(one, other)
    town.propose(one, first)
    town.wire.queue.clear()  # the acceptance is lost
    town.now += ACCEPT_TIMEOUT - 0.01
    hub.tick()
    assert not town.desk[hub].offers
    town.now += 0.02
    hub.tick()
    ((ticket, _),) = town.desk[hub].offers.values()
    assert (ticket.visitor, ticket.since, ticket.attempt) == (one.visitor, 1000.0, 2)
    town.wire.pump()
    town.propose(other, second)
    town.wire.pump()
    assert not other.take(), "declined before it was proposed"
    assert town.desk[other.hub].offers


def test_a_proposal_for_a_ticket_that_is_gone_is_declined(town: Town, hub: Hub) -> None:
    there = town.hub("there")
    one, other = town.searching(hub), town.searching(there)
    first, second = town.proposals(one, other)
    one.leaves()
    town.propose(other, second)
    town.propose(one, first)
    town.wire.pump()
    assert not other.take()
    ((ticket, _),) = town.desk[there].offers.values()
    assert (ticket.visitor, ticket.attempt) == (other.visitor, 2)


def test_a_proposal_of_a_ticket_nobody_ever_had_is_declined(town: Town, hub: Hub) -> None:
    there, somebody = GatewayId("there"), VisitorId("somebody")
    hub.on_matcher(MatchProposal(MatchId("m"), TicketId(99), somebody, there, 5, True, ()))
    assert list(town.wire.queue) == [(there, Decline(somebody, MatchId("m"), UNKNOWN_EPOCH, hub.gateway))]


def test_a_second_connection_of_a_visitor_closes_the_first(town: Town, pair: Pair) -> None:
    one, other = pair
    match = town.meet(one, other)
    one.take()
    other.take()
    again = Page(one.hub, one.visitor)
    town.wire.pump()
    assert one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert other.take()[0] == {"type": "ended", "match": match, "reason": "lost"}
    one.says(Find("video"))
    one.leaves()
    assert again.closed is None
    again.says(Find("video"))
    assert again.types() == ["welcome", "searching"], "the first socket's end is not the second's"


def test_an_end_that_is_noticed_twice_counts_once(town: Town, hub: Hub) -> None:
    page = town.searching(hub)
    page.leaves()
    page.leaves()
    assert len(hub) == 0
    assert len(town.desk[hub].withdrawn) == 1


def test_a_ban_ends_the_match_and_the_socket_and_is_final(town: Town, pair: Pair) -> None:
    one, other = pair
    match = town.meet(one, other)
    one.take()
    other.take()
    town.board.banned.add(one.visitor)
    one.hub.on_standing(one.visitor)
    town.wire.pump()
    assert one.types() == ["banned"]
    assert one.closed is CloseCode.BANNED
    assert other.take() == [{"type": "ended", "match": match, "reason": "banned"}]
    one.says(Find("video"))
    assert not town.desk[one.hub].offers, "what was on its way when the socket was closed"


def test_news_about_strangers_disturb_nobody(town: Town, hub: Hub) -> None:
    page = town.searching(hub)
    hub.on_standing(page.visitor)  # whose ban is over already
    town.board.banned.add(VisitorId("far away"))
    hub.on_standing(VisitorId("far away"))
    hub.on_message(Relay(VisitorId("far away"), MatchId("m"), 1, GatewayId("there"), b"{}"))
    assert page.take() == []
    assert page.closed is None


def test_a_block_needs_a_pass_of_ones_own(town: Town, pair: Pair) -> None:
    one, other = pair
    match = town.meet(one, other)
    sealed, theirs = one.take()[0]["pass"], other.take()[0]["pass"]
    one.says(Block(theirs))
    one.says(Block("nonsense"))
    assert [frame["code"] for frame in one.take()] == ["pass_refused", "pass_refused"]
    one.says(Block(sealed))
    town.wire.pump()
    ended = {"type": "ended", "match": match, "reason": "blocked"}
    assert one.take()[0] == ended
    assert other.take() == [ended]


def test_all_who_are_here_can_be_sent_away(town: Town, hub: Hub) -> None:
    pages = [town.page(hub) for _ in range(3)]
    pages[1].loses_socket()
    assert hub.clients.sockets() == [pages[0].client, pages[2].client]


def test_nothing_is_kept_of_those_who_left(town: Town, hub: Hub) -> None:
    for _ in range(50):
        one, other = town.searching(hub), town.searching(hub)
        town.meet(one, other)
        one.says(Next())
        for page in (one, other):
            page.leaves()
    town.tick(2 * ACCEPT_TIMEOUT)
    assert len(hub) == 0
    assert not town.desk[hub].offers
    assert list(hub.clients) == []
    assert not any((hub._searches, hub._local, hub._allowances, *hub._timers._queues.values()))
