"""Visitors who search or talk are counted some at a time, and each count is whole before it is told."""

from services.contract.presence import ModeCounts
from services.signaling.shell.people_count import PeopleCount

from ...in_memory.cluster import InMemoryCluster


def test_a_count_goes_on_over_several_calls() -> None:
    cluster = InMemoryCluster()
    hub = cluster.hub("here")
    people = [cluster.searching(hub) for _ in range(5)]
    count = PeopleCount(lambda: [client.session for client in hub.clients], at_once=2)
    assert count.advance().modes == count.advance().modes == ModeCounts()
    people[0].leaves()
    for _ in range(2):
        cluster.searching(hub)  # for the next count
    assert [count.advance().modes.video for _ in range(4)] == [4, 4, 4, 6]
