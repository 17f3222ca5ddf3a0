"""The metrics of a gateway."""

from prometheus_client import Counter, Gauge, Histogram

VISITORS = Gauge("zufall_gateway_visitors", "Visitors whose socket this gateway holds")
MATCHERS = Gauge("zufall_gateway_matchers", "Matcher replicas that this gateway can use")
MATCHES = Counter("zufall_gateway_matches", "Matches of this gateway's visitors")
REPEATS = Counter("zufall_gateway_repeats", "Matches of this gateway's visitors with a former partner")
MATCH_WAIT = Histogram(
    "zufall_gateway_waits_seconds",
    "Seconds from the start of a search to its match",
    buckets=[0.001 * 4**power for power in range(10)],
)
DROPPED_FRAMES = Counter("zufall_gateway_dropped_frames", "Frames not relayed", ["why"])
CLOSED_SOCKETS = Counter("zufall_gateway_closed_sockets", "Sockets that this gateway closed", ["code"])
REFUSED_REQUESTS = Counter("zufall_gateway_refused_requests", "Connections and requests refused", ["why"])
DELAYED_SEARCHES = Counter("zufall_gateway_held_searches", "Searches delayed by a visitor's rate limit")
DEFERRED_SEARCHES = Counter(
    "zufall_gateway_deferred_searches", "Searches of suspect visitors, before whom others are paired"
)
SPAM_SIGNS = Counter("zufall_gateway_spam_signs", "Signs of spam in what visitors do", ["sign"])
OBSERVATIONS = Counter(
    "zufall_gateway_observations",
    "Visitors with many signs, told to the reports service",
    ["outcome"],
)
NAMED_DEVICES = Counter(
    "zufall_gateway_named_devices", "Devices named to the reports service, for a decision", ["outcome"]
)
WORK = Histogram(
    "zufall_gateway_work",
    "Key derivations that a proof of work may take at most, of each challenge",
    buckets=[100 * 2**power for power in range(10)],
)
REPORTS = Counter("zufall_gateway_reports", "Reports sent to the reports service", ["outcome"])
