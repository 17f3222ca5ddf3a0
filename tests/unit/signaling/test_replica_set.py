"""The lanes of a room follow the advice of its owner, and are forgotten when nobody advises them any more."""

from protos import matcher_pb2 as pb
from services.contract.ids import GatewayId
from services.contract.lanes import lane_owners
from services.signaling.shell.adapters.matcher_stream import MatcherStream, pool_name
from services.signaling.shell.adapters.replica_set import ReplicaSet
from services.signaling.shell.stats.popular_interests import PopularInterests

EVERYBODY = pool_name("video", False)
ROOM = pool_name("video", False, "p:event")


def stream(name: str) -> MatcherStream:
    made = MatcherStream(GatewayId("here"), name, lambda *_: None, lambda _: None)
    made.replica = name
    return made


def advice(**rooms: int) -> pb.MatcherBatch:
    """Return the first batch with advice: for the pool of everybody, and for the rooms of several lanes."""
    advised = [
        pb.LaneAdvice(
            mode=pb.MODE_VIDEO, audience=pb.AUDIENCE_EVERYONE_IN_ROOM, room=f"p:{room}", lanes=lanes
        )
        for room, lanes in rooms.items()
    ]
    return pb.MatcherBatch(advice=[pb.LaneAdvice(mode=pb.MODE_VIDEO, lanes=1), *advised])


async def test_a_room_keeps_its_lanes_until_its_new_owner_has_advised_and_is_forgotten_then() -> None:
    replicas, names = ReplicaSet(PopularInterests()), ["one", "two", "three"]
    streams = {name: stream(name) for name in names}
    for each in streams.values():
        replicas.add(each)
    (first,) = lane_owners(ROOM, 1, names)
    for name, each in streams.items():
        replicas.update(each, advice(event=2) if name == first else advice())
    assert len(replicas.owners(ROOM)) == 2

    replicas.remove(streams[first])
    again = stream(first)  # it was restarted
    replicas.add(again)
    assert len(replicas.owners(ROOM)) == 2, "as before"
    replicas.update(again, advice())
    assert len(replicas.owners(ROOM)) == len(replicas.owners(EVERYBODY)) == 1
    assert replicas._lanes == {}


async def test_what_was_kept_for_rooms_that_nobody_asks_for_is_forgotten_too() -> None:
    replicas, rooms = ReplicaSet(PopularInterests()), [f"room{number}" for number in range(100)]
    streams = [stream("one"), stream("two")]
    for each in streams:
        replicas.add(each)
        replicas.update(each, advice(**dict.fromkeys(rooms, 2)))
    for room in rooms:
        assert len(replicas.owners(pool_name("video", False, f"p:{room}"))) == 2
    for each in streams:
        replicas.remove(each)
    again = [stream("one"), stream("two")]
    for each in again:
        replicas.add(each)
    replicas.update(again[0], advice())
    assert len(replicas._lanes) == 100, "the other one may own them, and has advised nothing yet"
    replicas.update(again[1], advice())
    assert replicas._lanes == {}
