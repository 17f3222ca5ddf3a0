"""The metrics of every process. `docs/metrics.md` lists those of all services."""

import time

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from services.contract.version import VERSION

from .build import REVISION

# Or there would be a series for the start of each other one, for which nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's

BUILD_INFO = Gauge(
    "zufall_build_info",
    "Shows 1, with the version and the revision of what runs.",
    ["version", "revision"],
)
BUILD_INFO.labels(VERSION, REVISION).set(1)
READY = Gauge("zufall_ready", "Shows 1 while `/readyz` says that this process can serve, and 0 otherwise.")
WALL_CLOCK = Gauge(
    "zufall_wall_clock_seconds",
    "Shows what time it is for this process, in Unix seconds. Compare it with the time of the scrape.",
)
WALL_CLOCK.set_function(time.time)
LOOP_LAG = Histogram(
    "zufall_event_loop_lag_seconds",
    "Measures every quarter of a second how late this process notices that time has passed. Everybody who is "
    "served waits that long.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
HTTP_REQUESTS = Counter(
    "zufall_http_requests",
    "Counts HTTP requests that were answered, by the route and the status. `none`: there is no such path.",
    ["route", "status"],
)
MALFORMED_REQUESTS = Counter(
    "zufall_http_malformed_requests",
    "Counts requests that are not HTTP, or too large. Scanners send some.",
)
