"""The metrics of the matcher."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from ..core.tickets import Pool

_BOUNDS = (0.002, 0.01, 0.05, 0.2, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 300.0)


class Metrics:
    """The counters of one matcher, in `registry`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pairings = Counter("zufall_matcher_pairings", "Pairs proposed", registry=registry)
        self.offers = Counter("zufall_matcher_offers", "Offers accepted", ["kind"], registry=registry)
        self.first_offers = self.offers.labels("first")
        self.later_offers = self.offers.labels("again")
        self.refused = Counter("zufall_matcher_refused_offers", "Malformed offers refused", registry=registry)
        self.overflows = Counter(
            "zufall_matcher_overflows", "Tickets moved from side lanes to lane 0", registry=registry
        )
        self.superseded = Counter(
            "zufall_matcher_superseded_tickets",
            "Tickets refused because their visitor has a newer connection",
            registry=registry,
        )
        self.batches = Counter("zufall_matcher_batches", "Batches written to gateways", registry=registry)
        self.closed = Counter(
            "zufall_matcher_ended_streams", "Streams that the matcher ended", ["status"], registry=registry
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
            "Waits of paired tickets",
            buckets=buckets,
            sum_value=self._sum,
        )


class PoolGauge(Collector):
    """A number for each pool, which `numbers` returns."""

    def __init__(self, name: str, description: str, numbers: Callable[[], Mapping[Pool, int]]) -> None:
        self._name = name
        self._description = description
        self._numbers = numbers

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily(self._name, self._description, labels=["mode", "audience"])
        for pool, count in self._numbers().items():
            family.add_metric([pool.mode.name.lower(), pool.audience.name.lower()], count)
        yield family
