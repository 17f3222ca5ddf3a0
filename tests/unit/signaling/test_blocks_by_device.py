"""A block binds to the devices of both sides, so that it holds for the new tabs of either."""

from collections.abc import Iterator

import pytest

from services.contract.ids import VisitorId, random_id
from services.signaling.core import effects as fx
from services.signaling.core.messages import Block, Ended, Next, Rewind
from services.signaling.core.rewind import TOO_LATE
from services.signaling.shell.hub import Hub

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from .samples import (
    MATCH,
    OLD_MATCH,
    OTHER,
    Driver,
    accept,
    block_requested,
    key,
    of_kind,
    offered_tickets,
    proposal_for,
    sends_decline,
    sends_left,
)

MY_DEVICE, THEIR_DEVICE = 5, 9
LONG_ENOUGH = 90.0
"""Seconds after which tickets accept everybody, also those whom they have just parted from."""


# --- two browsers and a matcher --------------------------------------------------------------------


class BrowserWithTabs:
    """One browser with a device key, whose tabs are visitors at one gateway."""

    def __init__(self, hub: Hub, device: int) -> None:
        self.hub = hub
        self.device = device
        self.tab = self.opens("")

    def opens(self, memory: str) -> Page:
        """Open a tab, which is a new visitor and shows the memory of the browser."""
        return Page(self.hub, VisitorId(random_id()), memory=memory, device=self.device)

    def replaces_tab(self) -> None:
        """Close the tab and open a new one. Without a device its memory would be refused."""
        self.tab.leaves()
        self.tab = self.opens(self.tab.memory if self.device else "")


class TwoBrowsers:
    """Two browsers at two gateways with a matcher, whose visitors have met."""

    def __init__(self, my_device: int = MY_DEVICE, their_device: int = THEIR_DEVICE) -> None:
        self.cluster = InMemoryCluster(replicas=1, tabs_meet=my_device == their_device)
        self.mine = BrowserWithTabs(self.cluster.hub("here"), my_device)
        self.theirs = BrowserWithTabs(self.cluster.hub("there"), their_device)
        assert self.do_meet(1.0)

    def block(self) -> None:
        """Let my visitor block the other."""
        self.mine.tab.says(Block(self.mine.tab.sealed_pass))
        self.cluster.network.deliver_all()

    def do_meet(self, seconds: float) -> bool:
        """Let both search for this long, and tell whether they met."""
        tabs = self.mine.tab, self.theirs.tab
        for tab in tabs:
            tab.take()
            tab.find(languages=["de"])
        self.cluster.run(seconds)
        met = ["matched" in tab.types() for tab in tabs]
        assert met[0] is met[1]
        return met[0]


def who_block(my_device: int = MY_DEVICE, their_device: int = THEIR_DEVICE) -> TwoBrowsers:
    two = TwoBrowsers(my_device, their_device)
    two.block()
    return two


@pytest.mark.parametrize("new", ["both", "the blocker", "the blocked", "neither"])
def test_who_was_blocked_is_not_met_in_a_new_tab(new: str) -> None:
    two = who_block()
    if new in ("both", "the blocker"):
        two.mine.replaces_tab()
    if new in ("both", "the blocked"):
        two.theirs.replaces_tab()
    assert not two.do_meet(LONG_ENOUGH)
    two.theirs.replaces_tab()
    assert not two.do_meet(LONG_ENOUGH), "the next tab is no better"


def test_a_memory_is_passed_on_from_tab_to_tab() -> None:
    two = who_block()
    for _ in range(3):
        two.mine.replaces_tab()
    two.theirs.replaces_tab()
    assert not two.do_meet(LONG_ENOUGH)


@pytest.mark.parametrize(("mine", "theirs"), [(MY_DEVICE, 0), (0, THEIR_DEVICE), (0, 0)])
def test_a_block_of_somebody_without_a_device_ends_with_their_tab(mine: int, theirs: int) -> None:
    two = who_block(mine, theirs)
    two.theirs.replaces_tab()
    assert two.do_meet(LONG_ENOUGH) is (theirs == 0)


def test_of_two_tabs_of_one_browser_only_the_tab_is_blocked() -> None:
    """Nobody blocks their own device, or they would meet nobody in another window of their browser."""
    two = who_block(MY_DEVICE, MY_DEVICE)
    assert not two.do_meet(LONG_ENOUGH)
    two.theirs.replaces_tab()
    assert two.do_meet(1.0)


def test_others_are_met_as_before() -> None:
    two = who_block()
    two.theirs = BrowserWithTabs(two.theirs.hub, THEIR_DEVICE + 1)
    assert two.do_meet(1.0)


def test_a_block_may_be_asked_for_in_another_tab_of_the_browser() -> None:
    two = TwoBrowsers()
    sealed = two.mine.tab.sealed_pass
    stranger = BrowserWithTabs(two.mine.hub, MY_DEVICE + 1).tab
    stranger.take()
    stranger.says(Block(sealed))
    assert [frame["code"] for frame in stranger.take()] == ["pass_refused"], "it is not their browser"
    two.mine.tab.leaves()
    two.mine.tab = two.mine.opens("")
    two.mine.tab.take()
    two.mine.tab.says(Block(sealed))
    assert two.mine.tab.types() == ["memory"]
    two.theirs.replaces_tab()
    assert not two.do_meet(LONG_ENOUGH)


def told_hints(page: Page) -> list[str | None]:
    """Return the hints of the searches that the page was told of, and forget them."""
    return [frame.get("hint") for frame in page.take() if frame["type"] == "searching"]


def test_who_leaves_and_blocks_is_never_told_that_they_can_meet_again() -> None:
    two = TwoBrowsers()
    mine, theirs = two.mine.tab, two.theirs.tab
    sealed = mine.sealed_pass
    mine.says(Next())
    mine.says(Block(sealed))
    two.cluster.run(LONG_ENOUGH)
    hints = told_hints(mine)
    assert "met" not in hints
    assert hints[-1] == told_hints(theirs)[-1] == "nobody"


def test_who_blocks_the_last_partner_while_searching_is_told_so_at_once() -> None:
    two = TwoBrowsers()
    mine = two.mine.tab
    sealed = mine.sealed_pass
    mine.says(Next())
    two.cluster.run(5.0)
    assert told_hints(mine)[-1] == "met"
    mine.says(Block(sealed))
    two.cluster.run(5.0)
    assert told_hints(mine)[-1] == "nobody"


# --- the gateway's own check -----------------------------------------------------------------------


@pytest.fixture
def blocking() -> Iterator[Driver]:
    """A visitor who blocked another visitor of the stranger's device, which the matcher does not know."""
    driver = Driver()
    driver.happens(block_requested(OTHER, OLD_MATCH, THEIR_DEVICE))
    driver.search()
    yield driver
    assert driver.phase == "searching"
    assert driver.ticket.blocked == (key(OTHER), THEIR_DEVICE)
    assert driver.ticket.attempt == 2


def test_a_partner_whose_device_is_blocked_is_declined(blocking: Driver) -> None:
    blocking.happens(proposal_for(blocking.ticket.id))
    assert blocking.phase == "reserved"
    declined, *rest = blocking.happens(accept(device=THEIR_DEVICE))
    assert declined == sends_decline()
    assert offered_tickets(rest)


def test_a_partner_whose_device_is_blocked_and_who_was_faster_is_not_accepted(blocking: Driver) -> None:
    blocking.happens(accept(device=THEIR_DEVICE))
    declined, *rest = blocking.happens(proposal_for(blocking.ticket.id))
    assert declined == sends_decline()
    assert not of_kind(rest, fx.SendToGateway)


def test_a_partner_of_another_device_is_met(driver: Driver) -> None:
    driver.search()
    driver.happens(block_requested(OTHER, OLD_MATCH, THEIR_DEVICE))
    driver.happens(proposal_for(driver.ticket.id))
    driver.happens(accept(device=THEIR_DEVICE + 1))
    assert driver.phase == "matched"


def test_blocking_another_visitor_of_the_partners_device_ends_the_match(driver: Driver) -> None:
    driver.reserve()
    driver.happens(accept(device=THEIR_DEVICE))
    left, told, *_ = driver.happens(block_requested(OTHER, OLD_MATCH, THEIR_DEVICE))
    assert (left, told) == (sends_left("blocked"), fx.SendMessage(Ended(MATCH, "blocked")))


def test_blocking_another_visitor_of_the_last_partners_device_ends_the_rewind(driver: Driver) -> None:
    driver.reserve()
    driver.happens(accept(device=THEIR_DEVICE))
    driver.says(Next())
    driver.happens(block_requested(OTHER, OLD_MATCH, THEIR_DEVICE))
    (refused,) = driver.says(Rewind(MATCH))
    assert refused == TOO_LATE
