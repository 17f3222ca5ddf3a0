"""A gateway that was paused, or cut off, and does not know yet who has left it: nobody may pay for that."""

import pytest

from services.contract.arrivals import Arrival
from services.contract.errors import CloseCode
from services.contract.ids import VisitorId, random_id
from services.contract.limits import GRACE
from services.signaling.hub import Hub
from services.signaling.match.conversation import CONFIRM
from services.signaling.messages import Find, Next
from services.signaling.timers import PAUSE

from .gateways import PASSES, Page
from .test_resume import Couple, resumed


@pytest.fixture
def couple() -> Couple:
    return Couple()


def test_an_arrival_that_nats_held_back_closes_nobody(couple: Couple) -> None:
    """There, and back again, while NATS hung: what it tells then is old."""
    town, visitor = couple.town, VisitorId(random_id())
    held: list[tuple[Hub, object]] = []
    for hub in (couple.here, couple.there):
        hub._bus.announce = lambda arrival, hub=hub: held.append((hub, arrival))  # type: ignore[attr-defined]
    for hub in (couple.here, couple.there):
        Page(hub, visitor).loses_socket()
        town.now += 2
    last = Page(couple.here, visitor)
    town.now += 2
    for sender, arrival in held:
        receiver = couple.there if sender is couple.here else couple.here
        receiver.on_arrivals(sender.gateway, [arrival])  # type: ignore[list-item]
    town.wire.pump()
    assert last.closed is None


def test_a_gateway_that_missed_that_its_visitor_left_ends_no_match_of_theirs(couple: Couple) -> None:
    """It was cut off from NATS, has no socket of theirs, and believes them in an earlier match."""
    town, stale = couple.town, couple.there
    couple.other.loses_socket()
    town.wire.pump()
    couple.dies(stale)
    elsewhere = Page(couple.third, couple.other.visitor)
    elsewhere.says(Find("video", languages=["de"]))
    third = town.searching(couple.here)
    couple.match = town.meet(elsewhere, third)
    couple.passes[third] = next(frame["pass"] for frame in third.take() if frame["type"] == "matched")
    elsewhere.take()
    town.wire.hubs[stale.gateway] = stale
    third.loses_socket()
    town.wire.pump()
    again = couple.returns(third, town.hub("d-fourth"))
    assert resumed(again)["partner_here"]
    stale.announce_all()
    town.wire.pump()
    assert stale.clients.get(couple.other.visitor) is None, "it knows better once it asks"
    elsewhere.take()
    couple.talk(again, elsewhere)


def test_a_gateway_that_was_paused_hears_first_what_happened_meanwhile(couple: Couple) -> None:
    """The partner was away before, and came back while nothing was done here."""
    couple.one.loses_socket()
    couple.waits(GRACE - 3)
    again = couple.returns(couple.one, couple.third, pump=False)
    couple.town.now += 10
    couple.there.tick()
    assert couple.other.types() == ["partner_away"]
    couple.waits(CONFIRM + PAUSE)
    assert couple.other.types() == ["partner_back"]
    assert again.types() == ["welcome"]
    couple.talk(again, couple.other)


def test_a_gateway_that_was_paused_is_not_believed_about_who_has_left_it(couple: Couple) -> None:
    """It tells who is there before it hears, or sees, that they are not."""
    couple.waits(1)
    hubs, paused = couple.town.wire.hubs, couple.here
    del hubs[paused.gateway]
    again = couple.returns(couple.one, couple.third)
    couple.waits(CONFIRM)
    assert again.types() == ["welcome"]
    couple.other.take()
    hubs[paused.gateway] = paused
    paused.announce_all()
    couple.one.loses_socket()
    couple.town.wire.pump()
    assert couple.other.take() == []
    couple.talk(again, couple.other)


@pytest.mark.parametrize("where", ["third", "there"])
def test_a_gateway_that_was_paused_ends_no_match_of_whom_it_had(couple: Couple, where: str) -> None:
    """They went on elsewhere meanwhile, and it hears of their new partner before it hears of them."""
    town, paused = couple.town, couple.here
    del town.wire.hubs[paused.gateway]
    elsewhere = Page(couple.third, couple.one.visitor)
    elsewhere.says(Find("video", languages=["de"]))
    stranger = town.searching(getattr(couple, where))
    couple.match = town.meet(elsewhere, stranger)
    elsewhere.take(), stranger.take()
    town.wire.hubs[paused.gateway] = paused
    couple.one.says(Next())  # which lay in the socket
    stranger.hub.announce_all()
    town.wire.pump()
    couple.third.announce_all()
    town.wire.pump()
    assert stranger.take() == elsewhere.take() == []
    couple.talk(elsewhere, stranger)


def test_a_gateway_that_was_paused_ends_no_match_that_was_resumed_meanwhile(couple: Couple) -> None:
    """The new partner of whom it had came to another gateway, and asked everybody where they are."""
    town, paused = couple.town, couple.here
    couple.waits(1)
    del town.wire.hubs[paused.gateway]
    elsewhere = Page(couple.third, couple.one.visitor)
    elsewhere.says(Find("video", languages=["de"]))
    stranger = town.searching(couple.there)
    couple.match = town.meet(elsewhere, stranger)
    couple.passes[stranger] = next(frame["pass"] for frame in stranger.take() if frame["type"] == "matched")
    fourth = town.hub("d-fourth")
    asked: list[Arrival] = []
    bus = fourth._bus
    bus.announce, announce = asked.append, bus.announce  # type: ignore[method-assign]
    stranger.loses_socket()
    again = couple.returns(stranger, fourth)
    for arrival in asked:
        announce(arrival)
    couple.waits(CONFIRM + 0.1)
    assert resumed(again)["partner_here"]
    elsewhere.take()
    town.wire.hubs[paused.gateway] = paused
    for arrival in asked:
        paused.on_arrivals(fourth.gateway, [arrival])
    couple.one.loses_socket()
    town.wire.pump()
    assert again.take() == elsewhere.take() == []
    couple.talk(again, elsewhere)


@pytest.mark.parametrize("stale", ["a-third", "d-fourth"])
def test_a_hello_that_lay_at_a_paused_gateway_throws_nobody_out(couple: Couple, stale: str) -> None:
    """The page had given that socket up and opened another, before the gateway came to read it."""
    couple.waits(5)
    paused = couple.third if stale == "a-third" else couple.town.hub(stale)
    given_up = couple.town.now
    couple.waits(5)
    content = PASSES.open(couple.passes[couple.one], couple.one.visitor, couple.town.now)
    again = couple.returns(couple.one, couple.here)
    assert again.types() == ["welcome"]
    couple.waits(1)
    Page(paused, couple.one.visitor, content, given_up).loses_socket()
    couple.waits(CONFIRM)
    assert again.closed is None
    assert couple.other.take() == []
    couple.talk(again, couple.other)


def test_a_rival_whose_word_lay_at_a_paused_gateway_throws_nobody_out(couple: Couple) -> None:
    """It was younger than the visitor is at this gateway now, when it said so; but that is long ago."""
    couple.waits(8)
    again = couple.returns(couple.one, couple.third, pump=False)
    couple.town.now += 10
    couple.town.wire.pump()
    assert again.closed is None
    assert couple.one.closed == CloseCode.CONNECTED_ELSEWHERE


def test_a_hello_that_lay_at_the_gateway_itself_is_not_heard(couple: Couple) -> None:
    given_up = couple.town.now
    couple.waits(5)
    couple.returns(couple.one, couple.here)
    assert couple.here.has_later(couple.one.visitor, given_up)
    assert not couple.here.has_later(couple.one.visitor, couple.town.now + 1)
    assert not couple.third.has_later(couple.one.visitor, given_up)
