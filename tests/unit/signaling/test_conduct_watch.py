"""Signs of spam in what visitors of a gateway do: whose searches are deferred, and who is told of."""

import asyncio

import pytest

from services.contract.errors import Unavailable, ZufallError
from services.contract.ids import MatchId, VisitorId, random_id
from services.signaling.core.conduct import Observation, Sign
from services.signaling.core.messages import Chat, Next, Reveal, Stop
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell import metrics
from services.signaling.shell.conduct_watch import ConductWatch
from services.signaling.shell.observations import MAX_WAITING, ObservationSender

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from ...timing import until
from .matched_pairs import MatchedPair

LINK = "more of me on https://spam.example"


class WatchedGateway:
    """A gateway in memory whose visitors' lines and presses are watched, as a connection does."""

    def __init__(self, limits: bool = True) -> None:
        self.cluster = InMemoryCluster()
        self.hub = self.cluster.hub("here")
        self.observed: list[Observation] = []
        self.watch = ConductWatch(self.cluster.conducts, b"key", self.observed.append, limits)

    def says(self, page: Page, match: str, text: str, n: int = 1) -> None:
        line = Chat(MatchId(match), n, text, "id")
        self.watch.on_line(page.client, line, self.cluster.now)
        page.says(line)

    def meets_strangers(self, page: Page, strangers: int, text: str, answer: str = "") -> None:
        """Let the visitor say the line to strangers, one after the other, each of whom may write first."""
        for _ in range(strangers):
            stranger = self.cluster.searching(self.hub)
            match = self.cluster.meet(page, stranger)
            if answer:
                self.says(stranger, match, answer)
            self.says(page, match, text)
            stranger.says(Next())
            self.cluster.now += 5

    def is_suspect(self, page: Page) -> bool:
        return self.cluster.conducts.is_suspect(page.visitor, 0, self.cluster.now)

    def ticket(self, page: Page) -> SearchTicket:
        """Return the ticket of a visitor, who searches now."""
        page.says(Next())
        offers = self.cluster.matchmakers[self.hub].offers.values()
        return next(ticket for ticket, _ in offers if ticket.visitor == page.visitor)


@pytest.fixture
def gateway() -> WatchedGateway:
    return WatchedGateway()


def test_who_sends_a_link_to_strangers_before_they_write_is_deferred(gateway: WatchedGateway) -> None:
    spammer, other = (gateway.cluster.searching(gateway.hub, device=key) for key in (1, 2))
    assert not gateway.ticket(spammer).deferred
    gateway.meets_strangers(spammer, 3, LINK)
    assert gateway.ticket(spammer).deferred
    assert not gateway.ticket(other).deferred
    gateway.cluster.now += 3600
    spammer.says(Stop())
    spammer.find()
    assert not gateway.ticket(spammer).deferred, "signs fade"


def test_who_is_answered_first_may_send_a_link(gateway: WatchedGateway) -> None:
    talker = gateway.cluster.searching(gateway.hub)
    gateway.meets_strangers(talker, 6, LINK, answer="hi")
    assert not gateway.is_suspect(talker)


def test_more_of_it_is_told(gateway: WatchedGateway) -> None:
    spammer = gateway.cluster.searching(gateway.hub)
    gateway.meets_strangers(spammer, 7, LINK)
    assert gateway.observed == [Observation(spammer.visitor, 0, Sign.EARLY_LINK, 7)]


def test_a_line_in_another_match_does_not_count(gateway: WatchedGateway) -> None:
    page = gateway.cluster.searching(gateway.hub)
    for number in range(10):
        gateway.says(page, f"match {number}", LINK)
    assert not gateway.is_suspect(page)


def test_without_limits_nothing_is_watched() -> None:
    gateway = WatchedGateway(limits=False)
    page = gateway.cluster.searching(gateway.hub)
    gateway.meets_strangers(page, 10, LINK)
    for _ in range(1000):
        gateway.watch.on_press(page.client, gateway.cluster.now)
    assert not gateway.is_suspect(page)
    assert gateway.observed == []


# --- whether the partner has written ---------------------------------------------------------------


def wrote(page: Page) -> bool:
    return page.client.session.summary.partner_wrote


def test_the_gateway_knows_whether_the_partner_wrote() -> None:
    pair = MatchedPair()
    match = MatchId(pair.match)
    pair.other.says(Reveal(match, 1))
    pair.cluster.network.deliver_all()
    assert (wrote(pair.one), wrote(pair.other)) == (False, False), "a lifted curtain is no line"
    pair.other.says(Chat(match, 2, "hi", "id"))
    pair.cluster.network.deliver_all()
    assert (wrote(pair.one), wrote(pair.other)) == (True, False)


def test_after_a_resume_elsewhere_nobody_is_blamed_for_what_the_gateway_does_not_know() -> None:
    pair = MatchedPair()
    assert wrote(pair.resumes(pair.one, pair.third))


# --- sending ---------------------------------------------------------------------------------------


class FakeReports:
    """Takes observations, unless a test sets a `refusal`."""

    def __init__(self) -> None:
        self.refusal: ZufallError | None = None
        self.observed: list[Observation] = []
        self.tries = 0

    async def observe(self, observation: Observation) -> None:
        self.tries += 1
        if self.refusal is not None:
            raise self.refusal
        self.observed.append(observation)


def observation() -> Observation:
    return Observation(VisitorId(random_id()), 0, Sign.SAME_LINE, 3)


async def test_observations_are_sent_in_order_and_one_that_fails_is_dropped() -> None:
    reports = FakeReports()
    sender = ObservationSender(reports.observe, metrics.OBSERVATIONS)
    first, second, third = (observation() for _ in range(3))
    reports.refusal = Unavailable("away")
    running = asyncio.create_task(sender.run())
    sender.add(first)
    await until(lambda: reports.tries == 1)
    reports.refusal = None
    sender.add(second)
    sender.add(third)
    await until(lambda: reports.observed == [second, third])
    running.cancel()


async def test_a_slow_service_makes_nobody_wait() -> None:
    reports = FakeReports()
    sender = ObservationSender(reports.observe, metrics.OBSERVATIONS)
    added = [observation() for _ in range(MAX_WAITING + 10)]
    for one in added:
        sender.add(one)
    running = asyncio.create_task(sender.run())
    await until(lambda: len(reports.observed) == MAX_WAITING)
    running.cancel()
    assert reports.observed == added[:MAX_WAITING]
