"""How much work a token takes, and what counts newcomers and bans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import DecisionId
from services.signaling.core.work_policy import OLD_TOKEN_SECONDS, NetworkBans, NewcomerRate, WorkPolicy

POLICY = WorkPolicy(least=400, most=6400, quiet_rate=50.0, keyless_factor=4.0)
RATES = st.floats(0, 1e6)
BANS = st.integers(0, 10**6)
AGES = st.none() | st.floats(0, 86_400)


@given(rate=RATES, bans=BANS, age=AGES)
def test_the_work_is_within_its_bounds_and_never_less_without_a_key(
    rate: float, bans: int, age: float | None
) -> None:
    with_key = POLICY.work(rate, bans, age, has_key=True)
    assert POLICY.least <= with_key <= POLICY.work(rate, bans, age) <= POLICY.most


@given(rates=st.tuples(RATES, RATES), bans=st.tuples(BANS, BANS), age=AGES)
def test_more_newcomers_and_more_bans_never_take_less_work(
    rates: tuple[float, float], bans: tuple[int, int], age: float | None
) -> None:
    low, high = POLICY.work(min(rates), min(bans), age), POLICY.work(max(rates), max(bans), age)
    assert low <= high


@given(rate=RATES, bans=BANS, ages=st.tuples(st.floats(0, 86_400), st.floats(0, 86_400)))
def test_an_older_token_never_takes_more_work(rate: float, bans: int, ages: tuple[float, float]) -> None:
    assert POLICY.work(rate, bans, max(ages)) <= POLICY.work(rate, bans, min(ages))
    assert POLICY.work(rate, bans, min(ages)) <= POLICY.work(rate, bans, None)


@pytest.mark.parametrize(
    ("rate", "bans", "age", "work"),
    [
        (0, 0, None, 400),
        (50, 0, None, 400),
        (100, 0, None, 800),
        (100, 1, None, 1600),
        (0, 3, OLD_TOKEN_SECONDS - 1, 3200),
        (1e6, 99, OLD_TOKEN_SECONDS, 400),
        (1e6, 99, None, 6400),
    ],
)
def test_examples(rate: float, bans: int, age: float | None, work: int) -> None:
    assert POLICY.work(rate, bans, age, has_key=True) == work


@pytest.mark.parametrize(
    ("rate", "age", "work"),
    [(0, None, 1600), (100, None, 3200), (1e6, None, 6400), (0, 0, 1600), (1e6, OLD_TOKEN_SECONDS, 400)],
)
def test_examples_without_a_key(rate: float, age: float | None, work: int) -> None:
    assert POLICY.work(rate, 0, age) == work


def test_a_steady_stream_of_newcomers_is_its_rate_and_ends_in_a_minute() -> None:
    newcomers = NewcomerRate()
    for number in range(60 * 30):
        newcomers.add(number / 30)
    assert newcomers.per_second(60.0) == pytest.approx(30, rel=0.05)
    assert newcomers.per_second(120.0) < 0.1


@given(times=st.lists(st.floats(0, 1000), min_size=1, max_size=50))
def test_the_rate_falls_until_the_next_newcomer(times: list[float]) -> None:
    newcomers = NewcomerRate()
    for now in sorted(times):
        before = newcomers.per_second(now)
        newcomers.add(now)
        assert newcomers.per_second(now) == pytest.approx(before + 0.1)
        assert newcomers.per_second(now + 1) < newcomers.per_second(now)


ONE, OTHER = DecisionId("one"), DecisionId("other")


def test_each_ban_counts_once_in_a_network() -> None:
    bans = NetworkBans(100.0)
    bans.record(b"a", ONE, 0.0)
    bans.record(b"a", ONE, 1.0)
    bans.record(b"a", OTHER, 2.0)
    bans.record(b"b", ONE, 3.0)
    assert [bans.count(network, 4.0) for network in (b"a", b"b", b"c")] == [2, 1, 0]


def test_a_ban_counts_until_some_time_after_somebody_came_with_it_last() -> None:
    bans = NetworkBans(100.0)
    bans.record(b"a", ONE, 0.0)
    bans.record(b"a", OTHER, 10.0)
    bans.record(b"a", ONE, 50.0)
    assert [bans.count(b"a", now) for now in (109.0, 110.0, 149.0, 150.0)] == [2, 1, 1, 0]


def test_the_oldest_is_forgotten_when_there_are_too_many() -> None:
    bans = NetworkBans(100.0, most=2)
    for number in range(3):
        bans.record(bytes([number]), ONE, 0.0)
    assert [bans.count(bytes([number]), 0.0) for number in range(3)] == [0, 1, 1]


@given(seen=st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.sampled_from(["x", "y", "z"]))))
def test_counts_are_those_of_a_set(seen: list[tuple[bytes, str]]) -> None:
    bans = NetworkBans(1e9)
    for network, ban in seen:
        bans.record(network, DecisionId(ban), 0.0)
    for network in (b"a", b"b"):
        assert bans.count(network, 1.0) == len({one for one in seen if one[0] == network})
