"""The hub between its ports: who hears what, on one gateway and on two."""

import pytest

from services.contract.envelopes import Envelope, Kind
from services.contract.errors import CloseCode
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId, random_id
from services.contract.passes import PassContent
from services.signaling import events
from services.signaling.hub import Hub
from services.signaling.match.encounters import Proposed
from services.signaling.messages import Block, Chat, Find, Next, Stop
from services.signaling.session import ANSWER_TIME

from .gateways import PASSES, Page, Town


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
        sealed = matched.pop("pass")
        assert matched == {
            "type": "matched",
            "match": match,
            "polite": polite,
            "partner": {"languages": ["de"], "shared_interests": ["music"]},
        }
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
    one.says(Chat(match, "hi", "1"))
    assert town.wire.carried == 0
    assert other.types() == ["matched", "chat"]


def test_chat_keeps_its_order_and_crosses_both_ways(town: Town, pair: Pair) -> None:
    match = town.meet(*pair)
    for page, partner in (pair, pair[::-1]):
        for number in range(5):
            page.says(Chat(match, f"line {number}", "1"))
        town.wire.pump()
        texts = [frame["text"] for frame in partner.take() if frame["type"] == "chat"]
        assert texts == [f"line {number}" for number in range(5)]


def test_a_frame_of_another_match_reaches_nobody(town: Town, pair: Pair) -> None:
    one, other = pair
    town.meet(one, other)
    other.take()
    one.says(Chat("another match", "psst", "1"))
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
    town.now += ANSWER_TIME - 0.01
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
    hub.on_matcher(Proposed(MatchId("m"), TicketId(99), VisitorId("somebody"), GatewayId("there"), True, ()))
    assert list(town.wire.queue) == [
        (GatewayId("there"), Envelope(VisitorId("somebody"), MatchId("m"), Kind.DECLINE))
    ]


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
    hub.on_envelope(Envelope(VisitorId("far away"), MatchId("m"), Kind.FRAME, b"{}"))
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


@pytest.mark.parametrize(
    "garbage",
    [
        (Kind.ACCEPT, b""),
        (Kind.ACCEPT, b"\xc1"),
        (Kind.ACCEPT, b"\x93\x91\xa1\xff\xc0\xc4\x00"),
        (Kind.ENDED, b"\xff"),
    ],
)
def test_an_unreadable_envelope_is_dropped(town: Town, hub: Hub, garbage: tuple[Kind, bytes]) -> None:
    page = town.searching(hub)
    hub.on_envelope(Envelope(page.visitor, MatchId("m"), *garbage))
    assert page.take() == []
    assert town.desk[hub].offers


def test_all_who_are_here_can_be_sent_away(town: Town, hub: Hub) -> None:
    pages = [town.page(hub) for _ in range(3)]
    assert hub.clients.sockets() == pages


def test_nothing_is_kept_of_those_who_left(town: Town, hub: Hub) -> None:
    for _ in range(50):
        one, other = town.searching(hub), town.searching(hub)
        town.meet(one, other)
        one.says(Next())
        for page in (one, other):
            page.leaves()
    town.now += 2 * ANSWER_TIME
    hub.tick()
    assert len(hub) == 0
    assert not town.desk[hub].offers
    assert hub.clients.visitors() == []
    assert not any((hub._searches, hub._local, *hub._timers._queues.values()))


def test_who_looks_counts_for_what_is_popular_unless_restricted_until_they_leave(town: Town) -> None:
    hub = town.hub("counting", counting=True)
    one, other, apart = town.page(hub), town.page(hub), town.page(hub)
    town.board.apart.add(apart.visitor)
    for page in (one, other, apart):
        page.says(Find("text", interests=["Chess", "bees"]))
    assert [(each.interest, each.networks) for each in town.interests.most()] == [("bees", 2), ("chess", 2)]
    one.says(Find("text", interests=["chess"]))
    other.says(Stop())
    assert [(each.interest, each.networks) for each in town.interests.most()] == [("chess", 2), ("bees", 1)]
    other.leaves()
    one.leaves()
    assert town.interests.most() == []
