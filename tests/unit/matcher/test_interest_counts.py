"""The counts of popular interests: who counts, for how long, and how much is kept."""

import random

import pytest

from services.matcher.core.interest_counts import COUNTED_FOR, LONGEST_LIST, RECHECK_AFTER, InterestCounts


class SearchingVisitors:
    """The visitors whose tickets wait."""

    def __init__(self, **limits: int) -> None:
        self.visitors: set[int] = set()
        self.counts = InterestCounts(self.visitors.__contains__, **limits)

    def looks(self, visitor: int, network: bytes, *interests: str, now: float = 0.0) -> None:
        self.counts.record(visitor, network, {interest: interest for interest in interests}, now)

    def most(self, now: float = 0.0) -> dict[str, int]:
        return dict(self.counts.top(now))


def test_a_network_counts_once_however_many_visitors_it_brings() -> None:
    here = SearchingVisitors()
    for visitor in range(50):
        here.looks(visitor, b"one", "chess")
    assert here.most() == {"chess": 1}
    here.looks(50, b"two", "chess", "bees")
    assert here.most() == {"chess": 2, "bees": 1}


def test_a_visitor_with_new_interests_counts_only_for_those() -> None:
    here = SearchingVisitors()
    here.looks(1, b"1", "chess", "bees")
    here.looks(1, b"1", "chess")
    here.looks(2, b"1", "chess")
    assert here.most() == {"chess": 1}
    here.looks(1, b"1")
    assert here.most() == {"chess": 1}
    here.looks(2, b"1")
    assert here.most() == {}


def test_an_interest_has_the_spelling_of_most_visitors() -> None:
    here = SearchingVisitors()
    for visitor, spelling in enumerate(["cafe", "café", "café", "kafé"]):
        here.counts.record(visitor, bytes([visitor]), {"cafe": spelling}, 0.0)
    assert here.most() == {"café": 4}
    here.counts.record(1, b"1", {"cafe": "cafe"}, 0.0)
    here.counts.record(2, b"2", {}, 0.0)
    assert here.most() == {"cafe": 3}


def test_a_paired_visitor_counts_for_a_minute_after_the_offer() -> None:
    here = SearchingVisitors()
    here.looks(1, b"1", "chess", now=10.0)
    assert here.most(10.0 + COUNTED_FOR - 0.1) == {"chess": 1}
    assert here.most(10.0 + COUNTED_FOR + 0.1) == {}


def test_another_offer_begins_another_minute() -> None:
    here = SearchingVisitors()
    here.looks(1, b"1", "chess", now=0.0)
    here.looks(1, b"1", "chess", now=50.0)
    assert here.most(COUNTED_FOR + 1) == {"chess": 1}
    assert here.most(50.0 + COUNTED_FOR + 0.1) == {}


def test_a_waiting_visitor_counts_until_soon_after_the_wait() -> None:
    here = SearchingVisitors()
    here.visitors.add(1)
    here.looks(1, b"1", "chess", now=0.0)
    now = 0.0
    while now < 10 * COUNTED_FOR:
        now += 1.0
        assert here.most(now) == {"chess": 1}
    here.visitors.remove(1)
    assert here.most(now + RECHECK_AFTER + 0.1) == {}


def test_changes_at_is_the_time_of_the_next_change() -> None:
    here = SearchingVisitors()
    assert here.counts.changes_at == float("inf")
    here.looks(1, b"1", "chess", now=0.0)
    assert here.counts.changes_at == float("-inf")
    here.most(0.0)
    assert here.counts.changes_at == pytest.approx(COUNTED_FOR, abs=0.1)
    here.looks(1, b"1", "chess", now=30.0)
    assert here.counts.changes_at > 30.0, "nothing is new"
    here.most(COUNTED_FOR + 0.1)
    assert here.counts.changes_at == pytest.approx(30.0 + COUNTED_FOR, abs=0.1)
    here.most(30.0 + COUNTED_FOR + 0.1)
    assert here.counts.changes_at == float("inf")


def test_the_list_holds_the_top_interests_and_no_more_than_fit() -> None:
    here = SearchingVisitors()
    for visitor in range(LONGEST_LIST + 10):
        here.looks(visitor, b"%d" % visitor, f"tag {visitor}", "all")
    most = here.counts.top(0.0)
    assert (len(most), most[0]) == (LONGEST_LIST, ("all", LONGEST_LIST + 10))


def test_visitors_cannot_fill_the_memory() -> None:
    here = SearchingVisitors(max_interests=30, max_visitors=50)
    for visitor in range(100):
        here.looks(visitor, b"%d" % visitor, *(f"{visitor} {number}" for number in range(10)), "all")
    assert len(here.counts._interests) == 30
    assert len(here.counts._visitors) == 50
    assert here.most()["all"] == 50, "what is known already goes on counting"
    here.counts.expire(COUNTED_FOR + 1)
    here.looks(100, b"100", "all", now=COUNTED_FOR + 1)
    assert here.most(COUNTED_FOR + 1) == {"all": 1}, "and there is room again"


def test_many_who_left_expire_a_few_at_a_time() -> None:
    here = SearchingVisitors(expired_at_once=10)
    for visitor in range(50):
        here.looks(visitor, b"%d" % visitor, "chess")
    assert here.most(COUNTED_FOR + 1) == {"chess": 40}
    for _ in range(3):
        here.counts.expire(COUNTED_FOR + 1)
    assert here.most(COUNTED_FOR + 1) == {}
    assert here.counts.changes_at == float("inf")


def test_counts_stay_right_whoever_comes_and_goes() -> None:
    chance, here, last = random.Random(7), SearchingVisitors(), dict[int, tuple[float, bytes, list[str]]]()
    now = 0.0
    for _ in range(5_000):
        now += chance.random()
        visitor = chance.randrange(40)
        if chance.random() < 0.5:
            here.visitors.discard(visitor)
        else:
            here.visitors.add(visitor)
            last[visitor] = (now, b"n%d" % chance.randrange(6), chance.sample(["chess", "bees", "tea"], k=2))
            here.looks(visitor, last[visitor][1], *last[visitor][2], now=now)
        told = here.most(now)
        for tag in ("chess", "bees", "tea"):
            sure, perhaps = set(), set()
            for one, (at, network, tags) in last.items():
                if tag in tags:
                    perhaps.add(network)
                    if one in here.visitors or now - at < COUNTED_FOR:
                        sure.add(network)
            assert len(sure) <= told.get(tag, 0) <= len(perhaps)
    here.visitors.clear()
    assert here.most(now + COUNTED_FOR + RECHECK_AFTER) == {}
    assert (here.counts._visitors, here.counts._interests, len(here.counts._expiries)) == ({}, {}, 0)
