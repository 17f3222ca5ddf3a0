"""Tests of visitors who meet people whom they know: again after a match, or by an invitation."""

from typing import Any

import pytest
from msgspec import UNSET

from services.contract.errors import MeetingRefused, TooLate
from services.contract.ids import TokenId, random_id
from services.contract.invitations import USUAL, InvitationSealer
from services.contract.keys import new_key, parse_ring
from services.contract.passes import LIFETIME
from services.contract.tokens import TokenHolder
from services.signaling.core.messages import Block, Find, Next, Stop, decode_find
from services.signaling.shell.hub import Hub
from services.signaling.shell.meeting_registry import MeetingRegistry
from services.signaling.shell.meeting_requests import AskedInvitation
from services.signaling.shell.meeting_service import MeetingService

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from ...in_memory.ports import INVITATIONS, PASSES
from ...in_memory.pub_sub import FakePubSub

COOLDOWN = 60.0


@pytest.fixture
def cluster() -> InMemoryCluster:
    """Provide gateways with a real matcher."""
    return InMemoryCluster(replicas=1)


@pytest.fixture
def here(cluster: InMemoryCluster) -> Hub:
    return cluster.hub("here")


@pytest.fixture
def there(cluster: InMemoryCluster) -> Hub:
    return cluster.hub("there")


def meetings(cluster: InMemoryCluster) -> MeetingService:
    return MeetingService(PASSES, INVITATIONS, MeetingRegistry(FakePubSub()), cluster.clock)


def invitation(cluster: InMemoryCluster, host: Page, seconds: int = USUAL, line: bool = False) -> str:
    """Return an invitation of this host to a call by text."""
    holder = TokenHolder(host.visitor, 0, TokenId(random_id()))
    return meetings(cluster).invite(holder, AskedInvitation("text", seconds, line)).invitation


def parted(cluster: InMemoryCluster, *hubs: Hub) -> tuple[Page, Page, str, str]:
    """Return two who have met and parted, with their passes. A minute has passed since."""
    one, other = (cluster.page(hub) for hub in hubs)
    for page in (one, other):
        page.find("text")
    cluster.run(1.0)
    passes = one.sealed_pass, other.sealed_pass
    one.says(Stop())
    other.says(Stop())
    cluster.run(COOLDOWN + 1)
    for page in (one, other):
        page.take()
    return one, other, *passes


def matches(page: Page) -> list[str]:
    """Return the matches that the page was told of since the last look."""
    return [frame["match"] for frame in page.take() if frame["type"] == "matched"]


def errors(page: Page) -> list[str]:
    return [frame["code"] for frame in page.take() if frame["type"] == "error"]


# --- meeting again ---------------------------------------------------------------------------------


def test_two_who_both_want_to_meet_again_do_so_although_others_search(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    one, other, pass_of_one, pass_of_other = parted(cluster, here, there)
    one.find("text", again=pass_of_one)
    strangers = [cluster.page(hub) for hub in (here, there, here)]
    for page in strangers:
        page.find("text")
    cluster.run(5.0)
    assert matches(one) == [], "nobody else fits"
    other.find("text", again=pass_of_other)
    cluster.run(1.0)
    assert matches(one) == matches(other) != []


def test_a_meeting_is_for_one_search_also_at_another_gateway(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    one, other, pass_of_one, pass_of_other = parted(cluster, here, there)
    one.find("video", again=pass_of_one)
    other.find("video", again=pass_of_other)
    cluster.run(1.0)
    assert matches(one) != []
    wish = decode_find(PASSES.open(one.sealed_pass, one.visitor, cluster.clock()).find)
    assert wish is not None
    assert (wish.once, wish.again) == (True, UNSET), "who resumes with it searches for nobody afterwards"


def test_no_preference_keeps_two_apart_who_both_want_to_meet_again(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    one, other, pass_of_one, pass_of_other = parted(cluster, here, there)
    wish: dict[str, Any] = {"languages": ["cy"], "strict_language": True, "interests": ["rare"]}
    one.find("text", again=pass_of_one, **wish)
    other.find("text", again=pass_of_other, languages=["de"], strict_language=True)
    cluster.run(1.0)
    assert matches(one) == matches(other) != []


def test_within_a_minute_they_wait_until_it_is_over(cluster: InMemoryCluster, here: Hub, there: Hub) -> None:
    one, other = cluster.page(here), cluster.page(there)
    for page in (one, other):
        page.find("text")
    cluster.run(1.0)
    passes = one.sealed_pass, other.sealed_pass
    one.says(Stop())
    cluster.run(1.0)
    for page, sealed in zip((one, other), passes, strict=True):
        page.take()
        page.find("text", again=sealed)
    cluster.run(COOLDOWN - 5)
    assert not [frame for frame in one.take() if frame["type"] == "matched"]
    cluster.run(6.0)
    assert matches(one) == matches(other) != []


def test_who_was_blocked_after_the_match_is_never_met_again(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    """A report blocks, too."""
    one, other, pass_of_one, pass_of_other = parted(cluster, here, there)
    one.says(Block(pass_of_one))
    one.find("text", again=pass_of_one)
    other.find("text", again=pass_of_other)
    cluster.run(2 * COOLDOWN)
    assert matches(one) == matches(other) == []


def test_a_pass_of_somebody_else_or_an_old_or_forged_one_finds_nobody(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    one, _, pass_of_one, _ = parted(cluster, here, there)
    thief = cluster.page(here)
    for sealed in (pass_of_one, pass_of_one[:-4] + "AAAA", "nonsense", "ü"):
        thief.says(Find("text", again=sealed))
        assert errors(thief) == ["meeting_refused"]
    cluster.now += LIFETIME
    one.says(Find("text", again=pass_of_one))
    assert errors(one) == ["meeting_refused"]
    assert here.searching == 0


def test_another_tab_of_the_same_browser_may_use_the_pass(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    one, other = cluster.page(here, device=7), cluster.page(there, device=8)
    for page in (one, other):
        page.find("text")
    cluster.run(1.0)
    passes = one.sealed_pass, other.sealed_pass
    one.leaves()
    other.says(Stop())
    cluster.run(COOLDOWN + 1)
    tab = cluster.page(there, device=7)
    tab.find("text", again=passes[0])
    other.take()
    other.find("text", again=passes[1])
    cluster.run(1.0)
    assert matches(tab) == matches(other) != []


def test_next_after_the_meeting_searches_for_strangers_by_the_rest_of_the_wish(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    one, other, pass_of_one, pass_of_other = parted(cluster, here, there)
    one.find("text", again=pass_of_one, interests=["chess"])
    other.find("text", again=pass_of_other)
    cluster.run(1.0)
    one.says(Next())
    cluster.network.deliver_all()
    assert (other.types()[-1], there.searching) == ("ended", 0), "no search begins by itself"
    stranger = cluster.page(here)
    stranger.find("text", interests=["chess"])
    cluster.run(1.0)
    assert matches(stranger) == matches(one)[-1:] != []


def test_others_may_learn_who_waits_while_they_wait(cluster: InMemoryCluster, here: Hub, there: Hub) -> None:
    one, other, pass_of_one, pass_of_other = parted(cluster, here, there)
    one.find("text", again=pass_of_one)
    side = "polite" if PASSES.open(pass_of_one, one.visitor, cluster.now).polite else "impolite"
    name = f"{PASSES.open(pass_of_one, one.visitor, cluster.now).match}.{side}"
    assert cluster.registries[here].names == {name}
    other.find("text", again=pass_of_other)
    cluster.run(1.0)
    assert cluster.registries[here].names == cluster.registries[there].names == set()
    one.says(Find("text", again=pass_of_one))
    one.says(Stop())
    assert cluster.registries[here].names == set()


# --- invitations -----------------------------------------------------------------------------------


def test_a_guest_meets_the_host_and_a_second_guest_nobody(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    host, guest, second = cluster.page(here), cluster.page(there), cluster.page(here)
    link = invitation(cluster, host)
    for page in (guest, second):
        page.find("text", invitation=link)
        cluster.run(1.0)
    assert matches(guest) == matches(second) == [], "two guests do not meet"
    host.find("text", invitation=link)
    cluster.run(1.0)
    assert matches(host) == matches(guest) != []
    cluster.run(COOLDOWN)
    assert matches(second) == [], "the host's page does not wait any more"


def test_a_host_meets_one_guest_after_the_other_in_the_order_in_which_they_came(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    host, guests = cluster.page(here), [cluster.page(hub) for hub in (there, here, there)]
    link = invitation(cluster, host, line=True)
    for guest in guests:
        guest.find("text", invitation=link)
        cluster.run(0.5)
    for guest in guests:
        host.take()
        host.find("text", invitation=link)
        cluster.run(1.0)
        assert matches(host) == matches(guest) != []


def test_an_expired_forged_or_foreign_invitation_is_refused(cluster: InMemoryCluster, here: Hub) -> None:
    host, guest = cluster.page(here), cluster.page(here)
    link, foreign = invitation(cluster, host), InvitationSealer(parse_ring(new_key()))
    other_site = MeetingService(PASSES, foreign, MeetingRegistry(FakePubSub()), cluster.clock).invite(
        TokenHolder(host.visitor, 0, TokenId("x")), AskedInvitation("text")
    )
    for sealed in (link[:-4] + "AAAA", other_site.invitation, "nonsense"):
        guest.says(Find("text", invitation=sealed))
        assert errors(guest) == ["meeting_refused"]
    guest.says(Find("video", invitation=link))
    assert errors(guest) == ["meeting_refused"], "it is for text"
    cluster.now += USUAL
    for page in (guest, host):
        page.says(Find("text", invitation=link))
        assert errors(page) == ["too_late"]
    assert here.searching == 0


def test_a_blocked_guest_does_not_come_in(cluster: InMemoryCluster, here: Hub, there: Hub) -> None:
    host, guest, pass_of_host, _ = parted(cluster, here, there)
    host.says(Block(pass_of_host))
    link = invitation(cluster, host)
    for page in (host, guest):
        page.find("text", invitation=link)
    cluster.run(2 * COOLDOWN)
    assert matches(host) == matches(guest) == []


async def test_whoever_has_the_link_learns_whether_the_host_waits(
    cluster: InMemoryCluster, here: Hub
) -> None:
    host = cluster.page(here)
    link, asked = (
        invitation(cluster, host, 90),
        MeetingService(PASSES, INVITATIONS, cluster.registries[here], cluster.clock),
    )
    assert (await asked.check(link)).host_waits is False
    host.find("text", invitation=link)
    state = await asked.check(link)
    assert (state.mode, state.line, state.expires_in, state.host_waits) == ("text", False, 90, True)
    cluster.now += 90
    with pytest.raises(TooLate):
        await asked.check(link)
    with pytest.raises(MeetingRefused):
        await asked.check("nonsense")


async def test_a_question_about_passes_leaves_out_what_is_not_the_visitors(
    cluster: InMemoryCluster, here: Hub, there: Hub
) -> None:
    one, other, pass_of_one, pass_of_other = parted(cluster, here, there)
    one.find("text", again=pass_of_one)
    asked = MeetingService(PASSES, INVITATIONS, cluster.registries[here], cluster.clock)
    holder = TokenHolder(other.visitor, 0, TokenId("x"))
    match = PASSES.open(pass_of_one, one.visitor, cluster.now).match
    answer = await asked.waiting_for(holder, [pass_of_one, pass_of_other, "nonsense"])
    assert answer.waiting == [match]
    mine = TokenHolder(one.visitor, 0, TokenId("x"))
    assert (await asked.waiting_for(mine, [pass_of_one])).waiting == [], "I wait, and they do not"
