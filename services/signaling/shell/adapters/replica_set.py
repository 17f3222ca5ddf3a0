"""The ready matcher replicas: the owners of lanes, the sizes of pools, and popular interests."""

from protos import matcher_pb2 as pb
from services.contract import lanes

from ..stats.popular_interests import PopularInterests
from .matcher_stream import MatcherStream, pool_name

_MOST_KNOWN = 1000
"""Pools whose owners are kept. There may be a room for each ticket."""

_RESTRICTED = (pb.AUDIENCE_RESTRICTED, pb.AUDIENCE_RESTRICTED_IN_ROOM)


class ReplicaSet:
    """The ready streams by the names of their replicas.

    `popular` collects the interests that each replica counts most.
    """

    def __init__(self, popular: PopularInterests) -> None:
        self._popular = popular
        self._streams: dict[str, MatcherStream] = {}
        self._sizes: dict[MatcherStream, dict[str, int]] = {}
        self._advice: dict[MatcherStream, dict[str, int]] = {}
        self._lanes: dict[str, int] = {}
        self._owners: dict[str, list[MatcherStream]] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def add(self, stream: MatcherStream) -> None:
        self._streams[stream.replica] = stream
        self._sizes[stream] = {}
        self._advice[stream] = {}
        self._owners.clear()

    def remove(self, stream: MatcherStream) -> None:
        """Remove the stream if it is there."""
        if self._sizes.pop(stream, None) is not None:
            del self._advice[stream]
            self._streams = {name: one for name, one in self._streams.items() if one is not stream}
            self._owners.clear()
            self._popular.remove(stream.replica)

    def update(self, stream: MatcherStream, batch: pb.MatcherBatch) -> None:
        for size in batch.pools:
            self._sizes[stream][pool_name(size.mode, size.audience)] = size.waiting
        for advice in batch.advice:
            pool = pool_name(advice.mode, advice.audience in _RESTRICTED, advice.room)
            self._advice[stream][pool] = advice.lanes
            if advice.room and advice.lanes == 1:  # as if nothing had been advised
                del self._advice[stream][pool]
                self._lanes.pop(pool, None)
            self._owners.clear()
        if batch.advice and all(self._advice.values()):  # each has named its rooms with several lanes
            self._lanes = {pool: lanes for pool, lanes in self._lanes.items() if self._is_advised(pool)}
        if batch.popular_told:
            self._popular.update(stream.replica, [(each.interest, each.networks) for each in batch.popular])

    def waiting(self, pool: str) -> int:
        """Return the number of tickets in the pool of everybody at all replicas together."""
        return sum(sizes.get(pool, 0) for sizes in self._sizes.values())

    def owners(self, pool: str) -> list[MatcherStream]:
        """Return the owners of the pool's lanes, from lane 0. Empty if no replica is ready."""
        if pool not in self._owners:
            if len(self._owners) >= _MOST_KNOWN:
                self._owners.clear()
            self._owners[pool] = self._choose(pool)
        return self._owners[pool]

    def _choose(self, pool: str) -> list[MatcherStream]:
        """Use as many lanes as the owner of lane 0 advises, or as before, but at most one a replica."""
        if not self._streams:
            return []
        (first,) = lanes.lane_owners(pool, 1, self._streams)
        advised = self._advice[self._streams[first]].get(pool, self._lanes.get(pool, 1))
        if advised > 1:
            self._lanes[pool] = advised
        else:
            self._lanes.pop(pool, None)
        wanted = min(advised, len(self._streams))
        return [self._streams[name] for name in lanes.lane_owners(pool, wanted, self._streams)]

    def _is_advised(self, pool: str) -> bool:
        return any(pool in advice for advice in self._advice.values())
