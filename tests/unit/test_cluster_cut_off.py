"""A gateway whose messages are lost delays visitors of the others by about a second."""

from services.contract.ids import GatewayId, TicketId, VisitorId, random_id
from services.contract.limits import MAX_RECENT_PARTNERS, REMATCH_COOLDOWN
from services.signaling.core.messages import Find
from services.signaling.core.session import ACCEPT_TIMEOUT
from services.signaling.core.wishes import SearchTicket, normalize
from services.signaling.shell.adapters.matcher_stream import AVOID_TIME, Lane, _offer

from .browsers import Browser
from .cluster import QueuedCluster

DEAF = GatewayId("gateway-2")


def live(cluster: QueuedCluster, seconds: float, deaf: str = "") -> None:
    """Deliver every message at once, except between the deaf gateway and another."""
    for _ in range(round(seconds * 10)):
        while busy := cluster.busy():
            sender, receiver = busy[0]
            if deaf in busy[0] and {sender, receiver} <= set(cluster.gateways):
                cluster.queues[busy[0]].clear()
            else:
                cluster.deliver(busy[0])
        cluster.wait(0.1)


def searching(cluster: QueuedCluster, where: list[int]) -> list[Browser]:
    """Let visitors search at these gateways, one after the other, while one gateway is deaf."""
    hubs = [gateway.hub for gateway in cluster.gateways.values()]
    browsers = [Browser(cluster, hubs[number], VisitorId(random_id()), epoch=1) for number in where]
    for browser in browsers:
        browser.find()
        live(cluster, 0.1, DEAF)
    return browsers


def test_visitors_who_were_paired_in_vain_are_paired_with_others() -> None:
    """All four are offered again at once, so the same pairs could be proposed for ever."""
    cluster = QueuedCluster(3, 1)
    one, deaf, other, also_deaf = searching(cluster, [0, 2, 1, 2])
    live(cluster, 4, DEAF)
    assert one.match == other.match != ""
    assert deaf.match == also_deaf.match != ""


def test_the_only_two_meet_soon_after_it_hears_again() -> None:
    cluster = QueuedCluster(3, 1)
    one, deaf = searching(cluster, [0, 2])
    live(cluster, 10, DEAF)
    assert one.match == deaf.match == ""
    live(cluster, AVOID_TIME + ACCEPT_TIMEOUT + 0.5)
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
