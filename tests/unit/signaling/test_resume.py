"""A match between hubs in memory: lost sockets, other gateways, dead ones, two tabs, and the way back."""

import pytest

from services.contract.errors import CloseCode
from services.contract.ids import MatchId, visitor_key
from services.contract.limits import GRACE
from services.signaling.cluster.reminders import EVERY
from services.signaling.hub import Hub
from services.signaling.match.conversation import CONFIRM, SAY_AGAIN
from services.signaling.match.lines import MOST_LINES
from services.signaling.messages import Block, Chat, Find, Next, Reveal, Typing

from .gateways import PASSES, Page, Town


class Couple:
    """Two in a match, `one` at the gateway here, `other` at another."""

    def __init__(self) -> None:
        self.town = Town()
        self.here, self.there, self.third = map(self.town.hub, ("b-here", "c-there", "a-third"))
        self.one, self.other = self.town.searching(self.here), self.town.searching(self.there)
        self.match = self.town.meet(self.one, self.other)
        self.passes = {page: page.take()[0]["pass"] for page in (self.one, self.other)}

    def returns(self, page: Page, hub: Hub, pump: bool = True) -> Page:
        """The page dials again, with its pass."""
        content = PASSES.open(self.passes[page], page.visitor, self.town.now)
        again = Page(hub, page.visitor, content)
        self.passes[again] = self.passes[page]
        if pump:
            self.town.wire.pump()
        return again

    def dies(self, hub: Hub) -> None:
        """Without a word; the others have not noticed yet."""
        del self.town.wire.hubs[hub.gateway]

    def waits(self, seconds: float) -> None:
        """In steps, as the hubs' clocks do."""
        for _ in range(round(seconds * 10)):
            self.town.now += 0.1
            for hub in list(self.town.wire.hubs.values()):
                hub.tick()
            self.town.wire.pump()

    def part(self) -> None:
        """By `next`, which `one` presses."""
        self.one.says(Next())
        self.town.wire.pump()
        self.one.take()
        self.other.take()

    def talk(self, one: Page, other: Page) -> None:
        for speaker, listener in ((one, other), (other, one)):
            speaker.says(Chat(self.match, f"from {speaker.visitor}", "1"))
            self.town.wire.pump()
            assert [frame["text"] for frame in listener.take()] == [f"from {speaker.visitor}"]
            listener.answers()
            self.town.wire.pump()


@pytest.fixture
def couple() -> Couple:
    return Couple()


def resumed(page: Page) -> dict[str, object]:
    (welcome,) = page.take()
    assert welcome["type"] == "welcome"
    return dict(welcome["resumed"])


# --- one comes back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["here", "third", "there"])
def test_who_comes_back_goes_on_wherever_that_is(couple: Couple, where: str) -> None:
    hub: Hub = getattr(couple, where)
    couple.one.loses_socket()
    couple.town.wire.pump()
    assert couple.other.take() == [{"type": "partner_away", "match": couple.match, "grace": GRACE}]
    again = couple.returns(couple.one, hub)
    welcome = resumed(again)
    assert (welcome["match"], welcome["polite"], welcome["partner_here"]) == (couple.match, True, True)
    (back,) = couple.other.take()
    assert (back["type"], back["match"]) == ("partner_back", couple.match)
    assert ("pass" in back) == (hub is not couple.here)
    for page, sealed in ((again, welcome["pass"]), (couple.other, back.get("pass"))):
        if sealed is not None:
            content = PASSES.open(str(sealed), page.visitor, couple.town.now)
            partner = couple.other if page is again else again
            assert (content.partner, content.partner_gateway) == (partner.visitor, partner.hub.gateway)
    couple.talk(again, couple.other)
    couple.waits(GRACE + 1)
    assert again.take() == couple.other.take() == []
    assert couple.here.clients.get(couple.one.visitor) is (again.client if where == "here" else None)


def test_a_new_socket_brings_no_new_allowance_of_candidates(couple: Couple) -> None:
    screen = couple.one.client.screen
    couple.one.loses_socket()
    assert couple.returns(couple.one, couple.here).client.screen is screen


def test_nobody_was_told_that_they_were_away_for_they_were_quicker(couple: Couple) -> None:
    """The old gateway does not even know that its socket is dead: a phone has changed its network."""
    again = couple.returns(couple.one, couple.third)
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert resumed(again)["partner_here"]
    assert couple.other.types() == ["partner_back"]
    couple.talk(again, couple.other)


def test_who_does_not_come_back_is_given_up(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.waits(GRACE - 0.5)
    assert couple.other.types() == ["partner_away"]
    couple.waits(1)
    assert couple.other.types() == ["ended", "searching"]
    assert couple.here.clients.visitors() == []
    again = couple.returns(couple.one, couple.third)
    couple.waits(CONFIRM)
    assert "resumed" not in again.take()[0]


def test_who_closes_the_page_is_not_waited_for(couple: Couple) -> None:
    couple.one.leaves()
    couple.town.wire.pump()
    assert couple.other.types() == ["ended", "searching"]


def test_a_match_that_ended_meanwhile_is_not_resumed(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.says(Next())
    couple.town.wire.pump()
    assert couple.here.clients.visitors() == [], "nothing waits for them any more"
    again = couple.returns(couple.one, couple.third)
    (welcome,) = again.take()
    assert "resumed" not in welcome
    again.says(Next())
    assert again.types() == ["searching"], "the wish came with the pass"


def test_the_pass_of_an_earlier_match_disturbs_nobody(couple: Couple) -> None:
    couple.one.says(Next())
    couple.town.wire.pump()
    third = couple.town.searching(couple.third)
    match = couple.town.meet(couple.other, third)
    couple.other.take()
    again = couple.returns(couple.one, couple.there)
    assert "resumed" not in again.take()[0]
    assert couple.other.take() == []
    assert couple.other.client.session.goes_on_with(MatchId(match))


# --- dead gateways -----------------------------------------------------------------------------------


def test_a_gateway_that_dies_is_noticed_and_its_visitor_comes_back(couple: Couple) -> None:
    couple.dies(couple.here)
    couple.there.on_gateway_lost(couple.here.gateway)
    assert couple.other.types() == ["partner_away"]
    again = couple.returns(couple.one, couple.third)
    assert again.take() == [], "the former gateway may still have something to say"
    couple.waits(CONFIRM)
    assert resumed(again)["partner_here"]
    assert couple.other.types() == ["partner_back"]
    couple.talk(again, couple.other)


def test_both_gateways_die_and_both_visitors_find_each_other(couple: Couple) -> None:
    fourth = couple.town.hub("d-fourth")
    couple.dies(couple.here)
    couple.dies(couple.there)
    one = couple.returns(couple.one, couple.third)
    couple.waits(CONFIRM + 0.1)
    assert not resumed(one)["partner_here"]
    one.says(Chat(couple.match, "are you there?", "1"))
    other = couple.returns(couple.other, fourth)
    assert one.take() == [], "not before the other can hear"
    couple.waits(CONFIRM + 0.1)
    assert [frame["type"] for frame in one.take()] == ["partner_back"]
    welcome, line = other.take()
    assert welcome["resumed"]["partner_here"]
    assert line["text"] == "are you there?"
    other.answers()
    couple.talk(one, other)


def test_a_partner_who_is_not_there_any_more_is_missed_soon(couple: Couple) -> None:
    """The goodbye was lost; so a reminder finds nobody."""
    couple.one.leaves()
    couple.town.wire.queue.clear()
    couple.waits(EVERY + 0.2)
    assert couple.other.types() == ["partner_away"]
    couple.waits(GRACE)
    assert couple.other.types() == ["ended", "searching"]


def test_a_partner_who_is_in_another_match_is_missed_soon(couple: Couple) -> None:
    couple.one.says(Next())
    couple.town.wire.queue.clear()
    couple.waits(EVERY + 0.2)
    assert couple.other.types() == ["ended", "searching"]


# --- what is said meanwhile ----------------------------------------------------------------------------


def test_what_is_said_to_who_is_away_waits_for_them_in_order(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    for number in range(3):
        couple.other.says(Chat(couple.match, str(number), str(number)))
    couple.other.says(Reveal(couple.match))
    couple.other.says(Typing(couple.match))
    again = couple.returns(couple.one, couple.third)
    welcome, *said = again.take()
    assert [(frame["type"], frame.get("text")) for frame in said] == [
        ("chat", "0"), ("chat", "1"), ("chat", "2"), ("reveal", None),
    ]  # fmt: skip
    assert welcome["type"] == "welcome"


def test_one_line_too_many_is_refused_and_said_so(couple: Couple) -> None:
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.take()
    for number in range(MOST_LINES + 1):
        couple.other.says(Chat(couple.match, str(number), str(number)))
    (refused,) = couple.other.take()
    assert (refused["type"], refused["code"]) == ("error", "partner_away")
    assert refused["id"] == str(MOST_LINES)


def test_lines_to_who_vanished_without_a_word_are_named(couple: Couple) -> None:
    """Their socket looked alive for long; their gateway has written to it, and no browser has answered."""
    couple.other.says(Chat(couple.match, "heard", "1"))
    couple.town.wire.pump()
    couple.one.answers()
    couple.other.says(Reveal(couple.match))
    couple.other.says(Chat(couple.match, "into the void", "2"))
    couple.waits(30)
    couple.one.loses_socket()
    couple.town.wire.pump()
    couple.other.says(Chat(couple.match, "are you there?", "3"))
    couple.other.says(Typing(couple.match))
    couple.waits(GRACE + 1)
    away, ended, _ = couple.other.take()
    assert away["type"] == "partner_away"
    assert (ended["reason"], ended["unheard"]) == ("lost", ["2", "3"])


def test_who_has_heard_everything_leaves_nothing_to_name(couple: Couple) -> None:
    couple.other.says(Chat(couple.match, "heard", "1"))
    couple.town.wire.pump()
    couple.one.answers()
    couple.one.leaves()
    couple.town.wire.pump()
    (ended, _) = couple.other.take()
    assert "unheard" not in ended


def test_lines_said_again_are_known_among_other_frames(couple: Couple) -> None:
    """A page may have begun a negotiation again before it says its last lines again."""
    lines = [Chat(couple.match, f"line {number}", str(number)) for number in range(3)]
    for line in lines:
        couple.one.says(line)
    couple.town.wire.pump()
    assert len(couple.other.take()) == 3
    couple.one.loses_socket()
    again = couple.returns(couple.one, couple.here)
    again.says(Reveal(couple.match))
    for line in lines:
        again.says(line)
    couple.town.wire.pump()
    assert [frame["type"] for frame in couple.other.take() if frame["type"] == "chat"] == []


def test_a_line_that_is_lost_on_its_way_is_said_again(couple: Couple) -> None:
    couple.one.says(Chat(couple.match, "lost", "1"))
    couple.town.wire.queue.clear()
    couple.one.says(Chat(couple.match, "after it", "2"))
    couple.town.wire.pump()
    assert couple.other.take() == [], "not before the one that is missing"
    couple.waits(SAY_AGAIN + 0.1)
    assert [frame["text"] for frame in couple.other.take()] == ["lost", "after it"]
    couple.waits(3 * SAY_AGAIN)
    assert couple.other.take() == []


def test_a_lifted_curtain_that_is_lost_on_its_way_is_told_again(couple: Couple) -> None:
    couple.one.says(Reveal(couple.match))
    couple.town.wire.queue.clear()
    couple.waits(SAY_AGAIN + 0.1)
    assert couple.other.types() == ["reveal"]
    couple.other.answers()
    couple.waits(3 * SAY_AGAIN)
    assert couple.other.types() == []


def test_a_line_that_died_with_a_socket_is_said_again(couple: Couple) -> None:
    """It was written to a socket that nobody read any more."""
    couple.other.says(Chat(couple.match, "into the void", "1"))
    couple.town.wire.pump()
    couple.one.loses_socket()
    again = couple.returns(couple.one, couple.third)
    assert [frame.get("text") for frame in again.take()] == [None, "into the void"]


# --- two tabs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["here", "third", "there"])
def test_a_second_tab_takes_over_and_the_first_is_told(couple: Couple, where: str) -> None:
    couple.town.now += 1
    again = Page(getattr(couple, where), couple.one.visitor)
    couple.town.wire.pump()
    assert couple.one.closed is CloseCode.CONNECTED_ELSEWHERE
    assert again.closed is None
    assert "resumed" not in again.take()[0]
    assert couple.other.types() == ["ended", "searching"]


@pytest.mark.parametrize("order", [1, -1])
def test_two_tabs_at_the_same_moment_are_not_both_closed(couple: Couple, order: int) -> None:
    """Each gateway hears of the other's hello after its own."""
    hubs = [couple.third, couple.there][::order]
    told: list[tuple[Hub, object]] = []
    for hub in (couple.here, couple.third, couple.there):
        hub._bus.announce = lambda arrival, hub=hub: told.append((hub, arrival))  # type: ignore[attr-defined]
    pages = [Page(hub, couple.one.visitor) for hub in hubs]
    for sender, arrival in told:
        for hub in hubs:
            if hub is not sender:
                hub.on_arrivals(sender.gateway, [arrival])  # type: ignore[list-item]
    couple.town.wire.pump()
    assert [page.closed for page in pages].count(None) == 1


# --- whom they met ---------------------------------------------------------------------------------------


def test_whom_somebody_met_is_known_wherever_they_go(couple: Couple) -> None:
    couple.one.says(Block(couple.passes[couple.one]))
    couple.town.wire.pump()
    couple.one.loses_socket()
    again = Page(couple.third, couple.one.visitor)
    couple.town.wire.pump()
    again.says(Next())
    assert again.types() == ["welcome", "searching"], "so is their wish"
    ((ticket, _),) = couple.town.desk[couple.third].offers.values()
    assert len(ticket.blocked) == len(ticket.partners) == 1


def test_whom_somebody_parted_from_is_known_when_both_their_gateways_are_dead(couple: Couple) -> None:
    couple.part()
    couple.dies(couple.here)
    couple.dies(couple.there)
    for page, partner in ((couple.one, couple.other), (couple.other, couple.one)):
        again = Page(couple.third, page.visitor)
        again.says(Find("video"))
        ticket, _ = couple.town.desk[couple.third].offers[
            couple.town.desk[couple.third].ticket_of(page.visitor)
        ]
        assert [key for key, _ in ticket.partners] == [visitor_key(partner.visitor)]


def test_a_search_goes_on_elsewhere_with_its_age(couple: Couple) -> None:
    page = couple.town.searching(couple.here)
    couple.town.now += 7
    page.loses_socket()
    couple.town.now += 1
    again = Page(couple.third, page.visitor)
    again.says(Next())
    couple.town.wire.pump()
    again.says(Next())
    ((ticket, _),) = couple.town.desk[couple.third].offers.values()
    assert couple.town.now - ticket.since == pytest.approx(8)
