"""The metrics of a process that is connected to NATS."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
"""Bounds in seconds for what one or two messages take. They show the 2 and 35 ms that a match may take."""

CONNECTED = Gauge(
    "zufall_nats_connected", "Shows 1 while this process is connected to NATS, and 0 otherwise."
)
RECONNECTS = Counter(
    "zufall_nats_reconnects", "Counts how often this process connected to NATS again, after the first time."
)
ROUND_TRIP = Histogram(
    "zufall_nats_round_trip_seconds",
    "Measures how long a message to NATS and back takes: a heartbeat of a gateway, and a ping of another "
    "service. What never comes back is not measured.",
    buckets=MESSAGE_BUCKETS,
)
QUEUED_BYTES = Gauge(
    "zufall_nats_queued_bytes",
    "Shows how many bytes wait in this process until NATS reads them. At 16 MiB a gateway drops frames.",
)
