"""A gateway whose messages are lost delays visitors of the others by about a second."""

import pytest

from services.contract.ids import TicketId, VisitorId, random_id
from services.contract.limits import MAX_RECENT_PARTNERS, REMATCH_COOLDOWN
from services.signaling.core.messages import Find
from services.signaling.core.session import ACCEPT_TIMEOUT
from services.signaling.core.wishes import SearchTicket, normalize
from services.signaling.shell.adapters.matcher_stream import AVOID_TIME, Lane, _offer

from ..in_memory.cluster import InMemoryCluster
from .browsers import Browser, Storage


@pytest.fixture
def cluster() -> InMemoryCluster:
    """Return three gateways, the last of which is cut off from the others."""
    cluster = InMemoryCluster(replicas=1)
    hubs = [cluster.hub(f"gateway-{number}") for number in range(3)]
    cluster.cut_off(hubs[2])
    return cluster


def searching(cluster: InMemoryCluster, where: list[int]) -> list[Browser]:
    """Let visitors search at these gateways, one after the other."""
    hubs = list(cluster.hubs.values())
    browsers = [Browser(cluster, hubs[number], VisitorId(random_id()), Storage()) for number in where]
    for browser in browsers:
        browser.find()
        cluster.run(0.1)
    return browsers


def test_visitors_who_were_paired_in_vain_are_paired_with_others(cluster: InMemoryCluster) -> None:
    """All four are offered again at once, so the same pairs could be proposed for ever."""
    one, deaf, other, also_deaf = searching(cluster, [0, 2, 1, 2])
    cluster.run(4)
    assert one.match == other.match != ""
    assert deaf.match == also_deaf.match != ""


def test_the_only_two_meet_soon_after_it_hears_again(cluster: InMemoryCluster) -> None:
    one, deaf = searching(cluster, [0, 2])
    cluster.run(10)
    assert one.match == deaf.match == ""
    cluster.reconnect(deaf.hub)
    cluster.run(AVOID_TIME + ACCEPT_TIMEOUT + 0.5)
    assert one.match == deaf.match != ""


def test_an_offer_names_no_more_partners_than_a_matcher_takes() -> None:
    parted = tuple((number, 0.0) for number in range(MAX_RECENT_PARTNERS))
    unreachable = ((1000, 99.0),)
    ticket = SearchTicket(
        TicketId(1), VisitorId("v"), normalize(Find("video")), "", 0.0, 2, (), parted, unreachable
    )
    offer = _offer(ticket, Lane("1/everyone", False, 0, 1), now=100.0)
    assert len(offer.partners) == len(offer.parted_ms_ago) == MAX_RECENT_PARTNERS
    assert (offer.partners[-1], offer.parted_ms_ago[-1]) == (1000, (REMATCH_COOLDOWN - AVOID_TIME + 1) * 1000)
