"""Messages with sealed passes and memories, and what browsers show of them."""

import pytest

from services.contract.errors import MemoryRefused, PassRefused
from services.contract.gateway_messages import Accept
from services.contract.ids import GatewayId, MatchId, Place, VisitorId, random_id
from services.contract.keys import new_key, parse_ring
from services.contract.limits import BLOCKED_KEYS_REMEMBERED, MAX_RECENT_PARTNERS
from services.contract.memory import LIFETIME, SEARCH_RESUME_WINDOW, MemoryContent, MemorySealer
from services.contract.passes import PassSealer
from services.signaling.core import effects as fx
from services.signaling.core.match_side import MatchSide, Participant
from services.signaling.core.messages import Ice, Matched
from services.signaling.core.visitor_history import EMPTY_MEMORY, VisitorMemory
from services.signaling.shell.ice import IceProvider
from services.signaling.shell.match_messages import MatchMessages
from services.signaling.shell.stats.minute_counters import MinuteCounters

HERE, THERE = GatewayId("here"), GatewayId("there")
ME, STRANGER, SOMEBODY = (VisitorId(random_id()) for _ in range(3))
MATCH, FIND = MatchId("m"), b'{"type":"find","mode":"video"}'
PARTY = Participant(ME, Place(7, HERE), b"mine", 8)
ENCOUNTER = MatchSide(MATCH, STRANGER, Place(4, THERE), True, b"theirs", 90.0, 9)
RING = parse_ring(new_key())


class SealingGateway:
    """The messages of a gateway with two clocks that show different times."""

    def __init__(self, ring: str = "", gateway: GatewayId = HERE, show_country: bool = True) -> None:
        keys = parse_ring(ring) if ring else RING
        self.now, self.wall = 100.0, 1_767_225_600.0
        self.passes, self.memories = PassSealer(keys), MemorySealer(keys)
        self.match_messages = MatchMessages(
            gateway,
            self.passes,
            self.memories,
            MinuteCounters(),
            show_country,
            IceProvider("all"),
            lambda: self.now,
            lambda: self.wall,
        )

    def waits(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds

    def seals(self, memory: VisitorMemory) -> str:
        return self.match_messages.memory(PARTY, fx.SendMemory(memory)).memory

    def opens(self, sealed: str, visitor: VisitorId = ME, device: int = 0) -> VisitorMemory:
        return self.match_messages.open_memory(sealed, visitor, device)


@pytest.fixture
def gateway() -> SealingGateway:
    return SealingGateway()


# --- what a browser is told ------------------------------------------------------------------------


def matched(gateway: SealingGateway) -> Matched:
    accept = Accept(ME, MATCH, 4, THERE, ["de"], "AT", b"theirs", 9)
    memory = VisitorMemory((), (), 5, (PARTY.place,))
    meeting = fx.SendMatched(
        ENCOUNTER, FIND, memory, ("Music",), accept, fx.MatchFigures("text", 2.0, 0.1, False)
    )
    return gateway.match_messages.matched(PARTY, meeting)


def test_a_match_comes_with_a_pass_and_a_memory(gateway: SealingGateway) -> None:
    message = matched(gateway)
    assert (message.match, message.polite, message.ice) == (MATCH, True, Ice([], "all"))
    content = gateway.match_messages.open_pass(message.pass_, ME)
    assert (content.holder, content.holder_gateway, content.holder_epoch) == (ME, HERE, 7)
    assert (content.partner, content.partner_gateway, content.partner_epoch) == (STRANGER, THERE, 4)
    assert (content.holder_device, content.partner_device, content.find) == (8, 9, FIND)
    assert content.started == gateway.wall - 10.0
    assert gateway.opens(message.memory).present == 5


@pytest.mark.parametrize(("show", "country"), [(True, "AT"), (False, None)])
def test_the_country_is_shown_if_the_operator_wants_it(show: bool, country: str | None) -> None:
    assert matched(SealingGateway(show_country=show)).partner.country == country


def test_a_pass_is_renewed_only_when_the_partner_has_moved(gateway: SealingGateway) -> None:
    back = gateway.match_messages.partner_back(PARTY, fx.SendPartnerBack(ENCOUNTER, FIND, fresh=True))
    assert isinstance(back.pass_, str)
    assert gateway.match_messages.open_pass(back.pass_, ME).partner_epoch == 4
    assert not gateway.match_messages.partner_back(
        PARTY, fx.SendPartnerBack(ENCOUNTER, FIND, fresh=False)
    ).pass_


def test_a_pass_has_the_start_of_the_match_in_wall_time(gateway: SealingGateway) -> None:
    gateway.waits(50)
    sealed = matched(gateway).pass_
    elsewhere = SealingGateway()
    elsewhere.now, elsewhere.wall = 7.0, gateway.wall
    started = elsewhere.match_messages.to_monotonic(elsewhere.match_messages.open_pass(sealed, ME).started)
    assert started == 7.0 - 60.0
    with pytest.raises(PassRefused):
        elsewhere.match_messages.open_pass(sealed, STRANGER)


# --- what a browser remembers ----------------------------------------------------------------------


def test_another_gateway_opens_the_same_memory(gateway: SealingGateway) -> None:
    sealed = gateway.seals(VisitorMemory(((1, 40.0), (2, 99.5)), (3, 4), 5, (PARTY.place,)))
    elsewhere = SealingGateway(gateway=THERE)
    elsewhere.now, elsewhere.wall = 1000.0, gateway.wall + 2.0
    memory = elsewhere.opens(sealed)
    assert [key for key, _ in memory.partners] == [1, 2]
    assert [parted for _, parted in memory.partners] == pytest.approx([938.0, 997.5])
    assert (memory.blocked, memory.present, memory.places) == ((3, 4), 5, (PARTY.place,))
    assert (memory.find, memory.since) == (EMPTY_MEMORY.find, EMPTY_MEMORY.since)


def test_a_memory_of_another_visitor_of_the_device_tells_only_the_blocks(gateway: SealingGateway) -> None:
    """It has no place to take over, and no search, match or parting to go on with."""
    whole = VisitorMemory(((1, 40.0),), (3, 4), 5, (PARTY.place,), FIND, 80.0)
    sealed = gateway.seals(whole)
    assert gateway.opens(sealed, SOMEBODY, PARTY.device) == VisitorMemory(blocked=(3, 4))
    assert gateway.opens(sealed, ME, PARTY.device).find == FIND, "it still counts once for its own visitor"
    with pytest.raises(MemoryRefused):
        gateway.opens(sealed, SOMEBODY, PARTY.device + 1)


def test_a_pass_of_another_visitor_of_the_device_is_opened_only_where_the_device_counts(
    gateway: SealingGateway,
) -> None:
    sealed = matched(gateway).pass_
    assert gateway.match_messages.open_pass(sealed, SOMEBODY, PARTY.device).partner == STRANGER
    with pytest.raises(PassRefused):
        gateway.match_messages.open_pass(sealed, SOMEBODY)


def test_the_largest_memory_is_opened_whole(gateway: SealingGateway) -> None:
    partners = tuple((2**64 - 1 - number, 99.0) for number in range(MAX_RECENT_PARTNERS))
    blocked = tuple(range(BLOCKED_KEYS_REMEMBERED))
    memory = gateway.opens(gateway.seals(VisitorMemory(partners, blocked, 5, (PARTY.place,))))
    assert memory.partners == partners
    assert memory.blocked == blocked


def test_no_parting_is_in_the_future(gateway: SealingGateway) -> None:
    """The clock of the sealing gateway was ahead. No partner may be barred for longer than a minute."""
    sealed = gateway.seals(VisitorMemory(((1, 100.0), (2, 200.0)), (), 0, (PARTY.place,), FIND, 300.0))
    gateway.wall -= 3600
    memory = gateway.opens(sealed)
    assert [parted for _, parted in memory.partners] == [100.0, 100.0]
    assert memory.since <= 100.0


@pytest.mark.parametrize("why", ["forged", "somebody else's", "too old", "cut", "a pass"])
def test_a_bad_pass_or_memory_is_refused(gateway: SealingGateway, why: str) -> None:
    sealed, visitor = gateway.seals(EMPTY_MEMORY), ME
    match why:
        case "forged":
            sealed = SealingGateway(new_key()).seals(EMPTY_MEMORY)
        case "somebody else's":
            visitor = SOMEBODY
        case "too old":
            gateway.waits(LIFETIME + 1)
        case "cut":
            sealed = sealed[:-2]
        case _:
            sealed = matched(gateway).pass_
    with pytest.raises(MemoryRefused):
        gateway.opens(sealed, visitor)


@pytest.mark.parametrize("packed", [{"partners": b"x" * 13}, {"blocked": b"x" * 9}])
def test_a_memory_in_another_format_is_refused(gateway: SealingGateway, packed: dict[str, bytes]) -> None:
    content = MemoryContent(ME, (Place(7, HERE),), gateway.wall, **packed)  # type: ignore[arg-type]  # every byte value
    with pytest.raises(MemoryRefused, match="cannot be read"):
        gateway.opens(gateway.memories.seal(content))


# --- a search that a drain interrupted -------------------------------------------------------------

SEARCHING = VisitorMemory((), (), 0, (PARTY.place,), FIND, 80.0)


def goes_on(memory: VisitorMemory) -> bool:
    assert (memory.find == FIND) == (memory.since < 1000.0)
    return memory.find == FIND


def test_an_interrupted_search_keeps_its_age(gateway: SealingGateway) -> None:
    sealed = gateway.seals(SEARCHING)
    gateway.waits(3)
    memory = gateway.opens(sealed)
    assert memory.find == FIND
    assert memory.since == pytest.approx(80.0)


@pytest.mark.parametrize(
    ("seconds", "counts"), [(SEARCH_RESUME_WINDOW - 0.1, True), (SEARCH_RESUME_WINDOW + 0.1, False)]
)
def test_an_interrupted_search_goes_on_for_fifteen_seconds(
    gateway: SealingGateway, seconds: float, counts: bool
) -> None:
    sealed = gateway.seals(SEARCHING)
    gateway.waits(seconds)
    assert goes_on(gateway.opens(sealed)) is counts


def test_an_interrupted_search_goes_on_once(gateway: SealingGateway) -> None:
    sealed = gateway.seals(SEARCHING)
    assert [goes_on(gateway.opens(sealed)) for _ in range(3)] == [True, False, False]
    gateway.waits(2)
    newer = gateway.seals(SEARCHING)
    assert [goes_on(gateway.opens(one)) for one in (newer, sealed)] == [True, False]


def test_an_older_memory_continues_no_search_after_a_newer_one(gateway: SealingGateway) -> None:
    older = gateway.seals(SEARCHING)
    gateway.waits(2)
    assert goes_on(gateway.opens(gateway.seals(SEARCHING)))
    assert not goes_on(gateway.opens(older))


def test_continued_searches_are_forgotten_when_they_cannot_go_on(gateway: SealingGateway) -> None:
    for _ in range(50):
        gateway.opens(gateway.seals(SEARCHING))
        gateway.waits(1)
    assert len(gateway.match_messages._continued) == 1
    for number in range(50):
        visitor = VisitorId(random_id())
        content = MemoryContent(visitor, (Place(1, HERE),), gateway.wall, find=FIND, searched=1.0)
        gateway.match_messages.open_memory(gateway.memories.seal(content), visitor)
        gateway.waits(1)
        assert len(gateway.match_messages._continued) <= SEARCH_RESUME_WINDOW + 2, number
