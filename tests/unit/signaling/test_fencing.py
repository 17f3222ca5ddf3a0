"""A message with an older epoch changes nothing, and its sender learns of the newer one."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import structs

from services.contract.errors import CloseCode, StaleEpoch
from services.contract.gateway_messages import (
    Accept,
    Decline,
    DeclineRewind,
    Forwardable,
    GatewayMessage,
    LocatePartner,
    PartnerLeft,
    PartnerLocation,
    PartnerNotHere,
    Relay,
    RequestRewind,
    SessionMessage,
    Superseded,
    Takeover,
    TakeoverAck,
)
from services.contract.ids import GatewayId, MatchId, Place, VisitorId, random_id, rewound_match_id
from services.signaling.core import effects as fx
from services.signaling.core.events import TicketSuperseded
from services.signaling.core.fencing import RETENTION, FencingTable
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Next

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from .samples import MATCH, ME, STRANGER, Driver, partner_location, pass_content

# --- in a session ----------------------------------------------------------------------------------

places = st.builds(Place, st.integers(1, 4), st.sampled_from(["a", "b", "c"]).map(GatewayId))


def proposed_at(driver: Driver, place: Place) -> None:
    ticket = driver.search()
    driver.happens(MatchProposal(MATCH, ticket.id, STRANGER, place.gateway, place.epoch, True, ()))


def reserved(driver: Driver, first: Place, newest: Place) -> None:
    proposed_at(driver, newest)


def matched(driver: Driver, first: Place, newest: Place) -> None:
    proposed_at(driver, first)
    driver.happens(Accept(ME, MATCH, first.epoch, first.gateway, [], None, b"hash"))
    driver.happens(partner_location(newest))


def away(driver: Driver, first: Place, newest: Place) -> None:
    matched(driver, first, newest)
    driver.happens(partner_location(newest, connected=False))


def resuming(driver: Driver, first: Place, newest: Place) -> None:
    driver.resume(structs.replace(pass_content(), partner_gateway=newest.gateway, partner_epoch=newest.epoch))


def parted(driver: Driver, first: Place, newest: Place) -> None:
    matched(driver, first, newest)
    driver.says(Next())


STATES = {"reserved": reserved, "matched": matched, "away": away, "resuming": resuming, "parted": parted}


def kinds(match: MatchId, place: Place) -> dict[str, Relay | SessionMessage]:
    """Return one message of every type about the partner, from this place."""
    head = ME, match, place.epoch, place.gateway
    return {
        "accept": Accept(*head, ["de"], "AT", b"hash"),
        "decline": Decline(*head),
        "relay": Relay(*head, b"theirs", True),
        "left": PartnerLeft(*head, "next"),
        "seek": LocatePartner(*head, STRANGER, b"hash"),
        "here": PartnerLocation(*head, STRANGER, b"hash", True),
        "away": PartnerLocation(*head, STRANGER, b"hash", False),
        "not here": PartnerNotHere(*head),
        "ask": RequestRewind(*head, STRANGER),
        "refuse": DeclineRewind(*head),
    }


def react(driver: Driver, message: Relay | SessionMessage) -> list[object]:
    """Return what the session asks for. A frame that its browser may get stands for itself."""
    if not isinstance(message, Relay):
        return [*driver.happens(message)]
    instead = driver.hears(message)
    return [message.frame] if instead is None else [*instead]


@given(st.data())
def test_an_outdated_message_changes_nothing_and_its_sender_learns_of_the_newer_place(
    data: st.DataObject,
) -> None:
    first, newest = sorted(data.draw(st.tuples(places, places)))
    said_from = data.draw(places)
    state = data.draw(st.sampled_from(sorted(STATES)))
    match = rewound_match_id(MATCH) if state == "parted" and data.draw(st.booleans()) else MATCH
    told = data.draw(st.sampled_from(sorted(kinds(match, said_from))))
    then = data.draw(st.sampled_from(sorted(kinds(match, newest))))
    driver, undisturbed = Driver(), Driver()
    for one in (driver, undisturbed):
        STATES[state](one, first, newest)
    effects = react(driver, kinds(match, said_from)[told])
    if said_from >= newest:
        answers = [effect.message for effect in effects if isinstance(effect, fx.SendToGateway)]
        assert all(not isinstance(answer, Superseded) or answer.place == said_from for answer in answers)
        return
    newer = fx.SendToGateway(said_from.gateway, Superseded(STRANGER, match, newest.epoch, newest.gateway))
    assert effects == ([] if said_from.gateway == newest.gateway else [newer])
    assert driver.summary == undisturbed.summary
    assert react(driver, kinds(match, newest)[then]) == react(undisturbed, kinds(match, newest)[then])


# --- in a hub --------------------------------------------------------------------------------------

NEWEST = 4
HERE, THERE = GatewayId("b"), GatewayId("c")
elsewhere = st.builds(Place, st.integers(1, NEWEST), st.sampled_from(["a", "c"]).map(GatewayId))
matches = st.sampled_from([MATCH, MatchId("")])


class KnownVisitor:
    """A visitor whose newest place the hub `b` knows, whether they are here or went elsewhere."""

    def __init__(self, here: bool) -> None:
        self.cluster = InMemoryCluster()
        self.hub = self.cluster.hub(HERE)
        self.page = Page(self.hub, VisitorId(random_id()), epoch=NEWEST if here else 1)
        self.page.find()
        self.ticket = self.cluster.matchmakers[self.hub].ticket_of(self.page.visitor)
        self.newest = Place(NEWEST, HERE if here else THERE)
        if not here:
            self.hub.on_message(Takeover(self.page.visitor, MATCH, NEWEST, THERE))
        self.page.take()
        self.cluster.network.lose_messages()

    def answers(self) -> list[tuple[GatewayId, GatewayMessage]]:
        """Check that nothing has changed for the visitor, and return what others are told."""
        client = self.hub.clients.get(self.page.visitor)
        assert (client is self.page.client) == (self.newest.gateway == HERE)
        assert (self.page.closed is None) == (client is not None)
        assert self.page.take() == []
        assert bool(self.cluster.matchmakers[self.hub].offers) == (client is not None)
        return self.cluster.network.messages()


def newer_places(known: KnownVisitor) -> list[tuple[GatewayId, GatewayMessage]]:
    """Return the answers except those that only acknowledge a takeover."""
    return [answer for answer in known.answers() if not isinstance(answer[1], TakeoverAck)]


@given(st.booleans(), elsewhere, matches)
def test_a_gateway_with_an_older_connection_cannot_take_a_visitor_over(
    here: bool, place: Place, match: MatchId
) -> None:
    known = KnownVisitor(here)
    assume(place < known.newest)
    known.hub.on_message(Takeover(known.page.visitor, match, place.epoch, place.gateway))
    newer = Superseded(known.page.visitor, match, known.newest.epoch, known.newest.gateway)
    assert newer_places(known) == [(place.gateway, newer)]


@given(st.booleans(), elsewhere, matches)
def test_word_of_an_older_connection_changes_nothing(here: bool, place: Place, match: MatchId) -> None:
    known = KnownVisitor(here)
    assume(place < known.newest)
    known.hub.on_message(Superseded(known.page.visitor, match, place.epoch, place.gateway))
    known.hub.on_matcher_event(TicketSuperseded(known.ticket, place.epoch, place.gateway))
    assert known.answers() == []
    known.hub.on_message(Takeover(known.page.visitor, match, 1, GatewayId("a")))
    ((_, answer),) = newer_places(known)
    assert answer.place == known.newest, "the older place does not become the newest"


@given(st.booleans(), st.integers(1, NEWEST - 1))
def test_a_hello_with_an_older_epoch_is_refused_with_the_newer(here: bool, epoch: int) -> None:
    known = KnownVisitor(here)
    with pytest.raises(StaleEpoch) as refused:
        Page(known.hub, known.page.visitor, epoch=epoch)
    assert refused.value.epoch == NEWEST
    assert known.answers() == []


@pytest.mark.parametrize("epoch", [NEWEST, NEWEST + 1])
def test_at_one_gateway_the_later_hello_of_equal_epochs_wins(epoch: int) -> None:
    known = KnownVisitor(here=True)
    again = Page(known.hub, known.page.visitor, epoch=epoch)
    assert (known.page.closed, again.closed) == (CloseCode.CONNECTED_ELSEWHERE, None)


@pytest.mark.parametrize("told", ["takeover", "superseded", "ticket"])
def test_a_newer_connection_ends_the_one_here(told: str) -> None:
    known, newer = KnownVisitor(here=True), Place(NEWEST, THERE)
    head = known.page.visitor, MatchId(""), newer.epoch, newer.gateway
    match told:
        case "takeover":
            known.hub.on_message(Takeover(*head))
            assert known.cluster.network.messages() == [
                (THERE, TakeoverAck(known.page.visitor, MatchId(""), NEWEST, HERE))
            ]
        case "superseded":
            known.hub.on_message(Superseded(*head))
        case _:
            known.hub.on_matcher_event(TicketSuperseded(known.ticket, newer.epoch, newer.gateway))
    assert known.page.closed is CloseCode.CONNECTED_ELSEWHERE
    (refused,) = known.page.take()
    assert (refused["code"], refused["epoch"]) == ("stale_epoch", NEWEST)
    assert not known.cluster.matchmakers[known.hub].offers
    assert list(known.hub.clients) == []


# --- the places of visitors who left ---------------------------------------------------------------

VISITOR = VisitorId(random_id())


def test_the_newer_of_two_places_is_kept_for_a_minute() -> None:
    fence = FencingTable()
    fence.record(VISITOR, Place(2, HERE), 100.0)
    fence.record(VISITOR, Place(1, THERE), 110.0)
    fence.expire(110.0 + RETENTION - 0.1)
    assert fence.newest(VISITOR) == Place(2, HERE)
    fence.record(VISITOR, Place(2, THERE), 111.0)
    assert fence.newest(VISITOR) == Place(2, THERE)
    fence.expire(111.0 + RETENTION)
    assert (fence.newest(VISITOR), len(fence)) == (None, 0)


def test_only_the_last_places_up_to_the_capacity_are_kept() -> None:
    fence = FencingTable(capacity=3)
    visitors = [VisitorId(random_id()) for _ in range(5)]
    for visitor in visitors:
        fence.record(visitor, Place(1, HERE), 100.0)
    assert [fence.newest(visitor) is None for visitor in visitors] == [True, True, False, False, False]


def test_a_place_between_two_visits_here_is_forgotten_after_the_second() -> None:
    cluster = InMemoryCluster()
    here, there = cluster.hub("b"), cluster.hub("c")
    page = cluster.page(here)
    for hub in (there, here):
        page = page.moves(hub)
        cluster.network.deliver_all()
    page.leaves()
    here.on_message(Relay(page.visitor, MATCH, 1, GatewayId("a"), b"{}"))
    cluster.network.deliver_all()  # two gateways would send it to each other for a minute
    with pytest.raises(StaleEpoch):
        Page(here, page.visitor, epoch=page.epoch - 1)


GATEWAY = GatewayId("a")


@pytest.mark.parametrize(
    "message",
    [
        Relay(VISITOR, MATCH, 1, GATEWAY, b"{}"),
        PartnerLeft(VISITOR, MATCH, 1, GATEWAY, "next"),
        LocatePartner(VISITOR, MATCH, 1, GATEWAY, STRANGER, b"hash"),
        RequestRewind(VISITOR, MATCH, 1, GATEWAY, STRANGER),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_is_forwarded_to_one_other_gateway_only(message: Forwardable) -> None:
    cluster = InMemoryCluster()
    here = cluster.hub("b")
    here._fence.record(VISITOR, Place(2, THERE), 100.0)
    here.on_message(message)
    ((gateway, followed),) = cluster.network.messages()
    assert (gateway, followed) == (THERE, structs.replace(message, forwarded=True))
    cluster.network.lose_messages()
    here.on_message(followed)
    assert not [told for gateway, told in cluster.network.messages() if gateway == THERE]
