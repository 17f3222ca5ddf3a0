"""Which networks are crowded: those of many bots, and not those of many people."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.core.crowded_networks import (
    DEFAULT_LIMITS,
    REFRESH_EVERY,
    WINDOW,
    CrowdedNetworks,
    CrowdLimits,
)

from .tickets import ticket

BOTS, HERE = b"bots", b"here"


Searches = list[tuple[float, bytes, int]]
"""When somebody searches, from which network, and who."""


def people(number: int, networks: int, every: float = 40.0) -> Searches:
    """Return the searches of two minutes of people in some networks."""
    return [
        ((visitor * 7.3) % every + turn * every, b"%d" % (visitor % networks), visitor)
        for visitor in range(number)
        for turn in range(int(2 * WINDOW / every))
    ]


def group(network: bytes, number: int, every: float) -> Searches:
    """Return the searches of two minutes of some visitors in one network."""
    turns = range(int(2 * WINDOW / every))
    return [
        (turn * every + visitor / number, network, 10_000 + visitor)
        for visitor in range(number)
        for turn in turns
    ]


def record(networks: CrowdedNetworks, searches: Searches, start: float = 0.0) -> None:
    """Count the searches in the order of their times, with a refresh every second."""
    refreshed = start
    networks.refresh(start)
    for when, network, visitor in sorted(searches):
        while refreshed + REFRESH_EVERY <= start + when:
            refreshed += REFRESH_EVERY
            networks.refresh(refreshed)
        networks.record(ticket(visitor, network=network))
    networks.refresh(start + NOW)


def after(searches: Searches, limits: CrowdLimits = DEFAULT_LIMITS) -> CrowdedNetworks:
    networks = CrowdedNetworks(limits)
    record(networks, searches)
    return networks


NOW = 2 * WINDOW - 0.001
CROWD = people(900, 900) + group(BOTS, 30, 6.0)


@pytest.mark.parametrize(
    ("others", "is_crowded"),
    [
        (group(HERE, 30, 6.0), True),  # thirty bots at ten searches a minute
        (group(HERE, 300, 40.0), False),  # a provider with three hundred people behind one address
        (group(HERE, 1, 1.0), False),  # one who presses Next every second
        (group(HERE, 2, 1.0), False),  # two of them in one house
        (group(HERE, 300, 40.0) + group(HERE, 2, 1.0), False),  # and with a provider's other customers
        (group(b"", 30, 6.0), False),  # one machine, or a private network
    ],
)
def test_many_tickets_of_visitors_who_hurry_are_a_crowd(others: Searches, is_crowded: bool) -> None:
    networks = after(people(900, 900) + others)
    assert networks.is_busy
    assert networks.crowded == ({HERE} if is_crowded else set())


@pytest.mark.parametrize("networks", [1, 2])
def test_nobody_is_a_crowd_where_all_are_in_few_networks(networks: int) -> None:
    assert not after(people(900, networks)).crowded


def test_nobody_is_a_crowd_if_the_limit_is_switched_off() -> None:
    assert not after(CROWD, CrowdLimits(tickets=0)).crowded


def test_no_network_is_crowded_in_a_pool_that_is_not_busy() -> None:
    searches = people(50, 50) + group(BOTS, 30, 6.0)
    assert after(searches).crowded == {BOTS}
    calm = after(searches, CrowdLimits(busy=10_000))
    assert (calm.crowded, calm.is_busy) == (set(), False)


def test_a_crowd_stays_one_with_half_as_much_and_ends_when_it_is_calm() -> None:
    networks = after(CROWD)
    record(networks, people(900, 900) + group(BOTS, 10, 6.0), 2 * WINDOW)
    assert networks.crowded == {BOTS}, "a hundred in a minute"
    record(networks, people(900, 900) + group(BOTS, 100, 60.0), 4 * WINDOW)
    assert not networks.crowded, "no more than others have"


def test_a_crowd_is_forgotten_after_a_pause() -> None:
    networks = after(CROWD)
    networks.refresh(3 * WINDOW - 0.001)
    assert networks.crowded == {BOTS}
    networks.refresh(4 * WINDOW)
    assert (networks.crowded, networks.is_busy) == (set(), False)


def test_memory_is_bounded_and_a_crowd_is_found_all_the_same() -> None:
    networks = CrowdedNetworks(CrowdLimits(tickets=80, busy=0), most=100)
    for turn in range(10):
        networks.refresh(turn)
        for visitor in range(1000):
            networks.record(ticket(visitor, network=b"%d %d" % (visitor, turn)))
        for visitor in range(200):
            networks.record(ticket(visitor, network=BOTS))
    networks.refresh(10.0)
    assert networks.crowded == {BOTS}
    assert set(networks._counts) == {BOTS}
    assert len(networks._large[BOTS].visitors) == 100


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.sampled_from([b"", b"a", b"b", b"c"]), st.integers(0, 5)),
        max_size=200,
    )
)
def test_a_network_with_few_tickets_is_never_crowded(searches: Searches) -> None:
    limits = CrowdLimits(tickets=20, hurry=0.5, busy=0)
    counts = Counter(network for _, network, _ in searches)
    assert all(counts[name] > limits.tickets for name in after(searches, limits).crowded - {b""})
    assert b"" not in after(searches, limits).crowded
