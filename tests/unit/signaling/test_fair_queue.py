"""Sources take turns, and whoever has most in a full queue makes room."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.signaling.core.fair_queue import FairQueue

SOURCES = st.lists(st.sampled_from("abcd"), max_size=60)


def filled(sources: list[str]) -> FairQueue[tuple[str, int]]:
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for number, source in enumerate(sources):
        queue.push(source, (source, number))
    return queue


def test_one_who_sends_much_waits_for_themselves_only() -> None:
    queue = filled(["loud"] * 1000 + ["quiet"] * 3)
    assert [queue.pop()[0] for _ in range(6)] == ["loud", "quiet", "loud", "quiet", "loud", "quiet"]


@given(SOURCES)
def test_nothing_is_lost_and_each_source_keeps_its_order(sources: list[str]) -> None:
    queue = filled(sources)
    popped = [queue.pop() for _ in range(len(queue))]
    assert not queue
    for source in "abcd":
        own = [number for one, number in popped if one == source]
        assert own == [number for number, one in enumerate(sources) if one == source]


@given(SOURCES)
def test_a_turn_comes_after_at_most_one_of_each_other_source(sources: list[str]) -> None:
    queue = filled(sources)
    popped = [queue.pop()[0] for _ in range(len(queue))]
    for source in set(popped):
        turns = [place for place, one in enumerate(popped) if one == source]
        for before, after in pairwise(turns):
            between = popped[before + 1 : after]
            assert len(between) == len(set(between))


@given(SOURCES, st.integers(0, 20))
def test_the_newest_of_the_longest_queue_is_dropped(sources: list[str], most: int) -> None:
    queue = filled(sources)
    counts = {source: sources.count(source) for source in set(sources) - {"a"}}
    dropped = queue.drop_excess(most, spared="a")
    if dropped is None:
        assert max(counts.values(), default=0) <= most
    else:
        source, number = dropped
        assert counts[source] == max(counts.values()) > most
        assert source not in sources[number + 1 :]
        assert len(queue) == len(sources) - 1
