"""The metrics of the matcher."""

from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from ..core.tickets import Pool
from ..core.waiting_room import WaitingRoom

_BOUNDS = (0.002, 0.01, 0.05, 0.2, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 300.0)


class Metrics:
    """The counters of one matcher, in `registry`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pairings = Counter(
            "zufall_matcher_pairings", "Counts pairs that were proposed to gateways.", registry=registry
        )
        self.pairings_across_regions = Counter(
            "zufall_matcher_pairings_across_regions",
            "Counts pairs that were proposed to gateways of different regions (`ZUFALL_REGION`).",
            registry=registry,
        )
        self.offers = Counter(
            "zufall_matcher_offers",
            "Counts tickets that gateways offered, for the `first` time or `again`, as after a failed match.",
            ["kind"],
            registry=registry,
        )
        self.first_offers = self.offers.labels("first")
        self.later_offers = self.offers.labels("again")
        self.refused = Counter(
            "zufall_matcher_refused_offers", "Counts malformed offers, which are refused.", registry=registry
        )
        self.overflows = Counter(
            "zufall_matcher_overflows",
            "Counts tickets that found nobody in a side lane and moved to lane 0 of their pool.",
            registry=registry,
        )
        self.superseded = Counter(
            "zufall_matcher_superseded_tickets",
            "Counts tickets of visitors who had moved to another gateway. A few after each fault are normal.",
            registry=registry,
        )
        self.batches = Counter(
            "zufall_matcher_batches", "Counts batches that were written to gateways.", registry=registry
        )
        self.closed = Counter(
            "zufall_matcher_ended_streams",
            "Counts streams of gateways that the matcher ended, by their gRPC status.",
            ["status"],
            registry=registry,
        )
        self.waits = PairingWaitHistogram()
        registry.register(self.waits)


class PairingWaitHistogram(Collector):
    """A histogram of the waits of paired tickets, in seconds. It is far cheaper than the library's own."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        self._counts[bisect_left(_BOUNDS, seconds)] += 1
        self._sum += seconds

    def collect(self) -> Iterable[Metric]:
        total = 0
        buckets: list[tuple[str, float]] = []
        for bound, counted in zip([*map(str, _BOUNDS), "+Inf"], self._counts, strict=True):
            total += counted
            buckets.append((bound, total))
        yield HistogramMetricFamily(
            "zufall_matcher_wait_seconds",
            "Measures how long tickets waited until they were paired.",
            buckets=buckets,
            sum_value=self._sum,
        )


class PoolGauge(Collector):
    """A number for each mode and audience, summed over the pools that `numbers` returns.

    Rooms are no labels, because there may be as many as tickets.
    """

    def __init__(self, name: str, description: str, numbers: Callable[[], Mapping[Pool, int]]) -> None:
        self._name = name
        self._description = description
        self._numbers = numbers

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily(self._name, self._description, labels=["mode", "audience"])
        sums = Tally[tuple[str, str]]()
        for pool, count in self._numbers().items():
            sums[pool.mode.name.lower(), pool.audience.name.lower()] += count
        for labels, total in sums.items():
            family.add_metric(labels, total)
        yield family


def pool_gauges(room: WaitingRoom) -> tuple[PoolGauge, ...]:
    """Return the numbers of each pool of a waiting room."""
    return (
        PoolGauge(
            "zufall_matcher_waiting_tickets",
            "Shows how many tickets wait in a pool and its rooms.",
            room.waiting,
        ),
        PoolGauge(
            "zufall_matcher_crowded_networks",
            "Shows how many networks have visitors who hurry so much that they meet other such networks "
            "first. More than none: bots are at work.",
            room.crowded_networks,
        ),
    )
