"""The metrics of a gateway. `docs/metrics.md` lists those of all services."""

from typing import get_args

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

from services.contract.errors import CloseCode
from services.contract.ids import EndReason
from services.runtime.nats_metrics import MESSAGE_BUCKETS

from ..core.messages import Mode
from .traffic import RelayCollector, RelayTraffic

# --- visitors --------------------------------------------------------------------------------------

VISITORS = Gauge("zufall_gateway_visitors", "Shows how many visitors have a socket at this gateway.")
CONNECTIONS = Counter(
    "zufall_gateway_connections",
    "Counts attempts to connect. A visitor got their `welcome`, `resumed` a match with it, or was `refused`.",
    ["result"],
)
HANDSHAKES_REFUSED = Counter(
    "zufall_gateway_handshakes_refused",
    "Counts attempts to connect that were refused, before or after the upgrade to a WebSocket, by the code "
    "of the error. `permission_refused`: another site's Origin. `invalid_request`: no valid upgrade. "
    "`unavailable`: this gateway is about to stop.",
    ["reason"],
)
CLOSED_SOCKETS = Counter(
    "zufall_gateway_closed_sockets",
    "Counts sockets that ended, by the side that ended it and the close code. `network`: the connection was "
    "lost. `gateway` with 4409: the same visitor has a newer socket. `gateway` with 1006: see "
    "`zufall_gateway_slow_readers_total`.",
    ["by", "code"],
)
SLOW_READERS = Counter(
    "zufall_gateway_slow_readers",
    "Counts sockets that were cut off because their browser did not read what was sent to it.",
)
RESUMES = Counter(
    "zufall_gateway_resumes",
    "Counts visitors who came back to resume a match. It goes on with the partner (`together`), or for now "
    "without (`alone`), it is `over`, or the pass was `refused`.",
    ["result"],
)
DRAIN_REMAINING = Gauge(
    "zufall_gateway_drain_remaining_visitors",
    "Shows how many visitors this gateway must still send to others before it stops, and 0 while it runs.",
)
STANDINGS_KNOWN = Gauge(
    "zufall_gateway_standings_known",
    "Shows 1 once this gateway has learned from the reports service who is banned or restricted.",
)
REPORTS_CONNECTED = Gauge(
    "zufall_gateway_reports_connected",
    "Shows 1 while this gateway hears what the reports service decides, and 0 otherwise. At 0, reports wait "
    "in browsers, and new bans reach it over NATS alone.",
)

# --- matching --------------------------------------------------------------------------------------

MATCHERS = Gauge(
    "zufall_gateway_matchers",
    "Shows how many matcher replicas this gateway can use. It should be all of them, at every gateway.",
)
SEARCHING = Gauge("zufall_gateway_searching", "Shows how many visitors of this gateway search for a partner.")
PROPOSALS = Counter(
    "zufall_gateway_proposals",
    "Counts proposals of a match: this gateway `reserved` its visitor for it, or `declined` because they "
    "no longer searched. A `void` one came to nothing, mostly after it was reserved, because the partner's "
    "gateway declined or did not answer.",
    ["result"],
)
MATCH_SECONDS = Histogram(
    "zufall_gateway_match_seconds",
    "Measures the time from a proposal to `matched`, in which both gateways agree.",
    buckets=MESSAGE_BUCKETS,
)
MATCHES = Counter(
    "zufall_gateway_matches",
    "Counts the visitors of this gateway who were matched. A match has two, so all gateways together count "
    "each match twice.",
    ["mode"],
)
REPEATS = Counter(
    "zufall_gateway_repeats",
    "Counts the visitors of this gateway who were matched with a partner whom they had met before.",
)
WAIT = Histogram(
    "zufall_gateway_wait_seconds",
    "Measures the time from the start of a search to `matched`.",
    ["mode"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300),
)
MATCHES_ENDED = Counter(
    "zufall_gateway_matches_ended",
    "Counts the visitors of this gateway whose match ended, by the reason. All gateways together count each "
    "match twice. `lost`: somebody did not come back in time.",
    ["reason"],
)
PARTNERS_AWAY = Gauge(
    "zufall_gateway_partners_away",
    "Shows how many visitors of this gateway are in a match whose partner is away and may come back.",
)
RELAY_CREDENTIALS = Counter(
    "zufall_gateway_relay_credentials",
    "Counts credentials for TURN: `given` with a match, or `refused` because the network has had too many.",
    ["result"],
)
CALLS = Counter(
    "zufall_gateway_calls",
    "Counts visitors whose page said that media flows, once for each match: through a TURN server of theirs "
    "(`relay`), or without (`direct`). The partner may use one all the same. Nothing is kept of who said it.",
    ["route"],
)

# --- frames ----------------------------------------------------------------------------------------

LOCAL_TRAFFIC, NATS_TRAFFIC = RelayTraffic("local"), RelayTraffic("nats")
RELAYED = RelayCollector(LOCAL_TRAFFIC, NATS_TRAFFIC)
REGISTRY.register(RELAYED)
RELAY_SECONDS = Histogram(
    "zufall_gateway_relay_seconds",
    "Measures how long frames take from other gateways to this one, at the first frame of each batch. The "
    "clocks of the two hosts are compared, so their difference is part of it. It is never below 0.",
    buckets=MESSAGE_BUCKETS,
)
DROPPED_FRAMES = Counter(
    "zufall_gateway_dropped_frames",
    "Counts frames that were not relayed or not read. `partner_away`, `no_socket` and `stale_match` are "
    "normal, and the page repeats the frame. `no_visitor`: the visitor had left. `paused`: this process "
    "stood still for over a second, or NATS was away. Read the log for `bus_full`, `unreadable` and `fault`.",
    ["reason"],
)

# --- limits and abuse ------------------------------------------------------------------------------

REFUSED_REQUESTS = Counter(
    "zufall_gateway_refused_requests",
    "Counts connections and requests that were refused because of a limit, and connections without a request "
    "(`no_request`) or without the header that a proxy must send (`no_proxy_header`).",
    ["reason"],
)
HELD_SEARCHES = Counter(
    "zufall_gateway_held_searches", "Counts searches that wait because their visitor searches too often."
)
DEFERRED_SEARCHES = Counter(
    "zufall_gateway_deferred_searches",
    "Counts searches of suspect visitors, before whom others are paired. Many: a program is at work, or a "
    "limit is too low for your visitors.",
)
SPAM_SIGNS = Counter(
    "zufall_gateway_spam_signs",
    "Counts signs of spam in what visitors do. A few are normal.",
    ["kind"],
)
OBSERVATIONS = Counter(
    "zufall_gateway_observations",
    "Counts visitors with many signs of spam. With `sent` the reports service was told. Anything else was "
    "lost, and a spammer is soon seen again.",
    ["result"],
)
NAMED_DEVICES = Counter(
    "zufall_gateway_named_devices",
    "Counts decisions about visitors whom nobody had reported, to which this gateway named the device. With "
    "anything but `sent` it failed, and is tried when the gateway hears of the decision again.",
    ["result"],
)
WORK = Histogram(
    "zufall_gateway_work",
    "Measures how many key derivations the proof of work of a challenge may take at most. Much above the "
    "least: many newcomers, or banned visitors, come to this gateway.",
    buckets=[100 * 2**power for power in range(10)],
)
REPORTS = Counter(
    "zufall_gateway_reports",
    "Counts reports of visitors. With `filed` the reports service has stored it. Anything else is the code "
    "of the error that the page got.",
    ["result"],
)

# Series that begin at 0, so that the first event is an increase.
for mode in get_args(Mode):
    MATCHES.labels(mode)
    WAIT.labels(mode)
for reason in get_args(EndReason):
    MATCHES_ENDED.labels(reason)
for counter, results in (
    (CONNECTIONS, ("welcome", "resumed", "refused")),
    (RESUMES, ("together", "alone", "over", "refused")),
    (PROPOSALS, ("reserved", "declined", "void")),
    (RELAY_CREDENTIALS, ("given", "refused")),
    (CALLS, ("direct", "relay")),
):
    for result in results:
        counter.labels(result)


_CODES = frozenset(map(str, (*CloseCode, *range(1000, 1016))))
"""The close codes that are shown. A browser may send any other."""


def count_end(by: str, code: int) -> None:
    """Count a socket that ended, by the `gateway`, the `browser` or the `network`."""
    text = str(int(code))
    CLOSED_SOCKETS.labels(by, text if text in _CODES else "other").inc()


def refuse_handshake(reason: str) -> None:
    """Count an attempt to connect that was refused."""
    CONNECTIONS.labels("refused").inc()
    HANDSHAKES_REFUSED.labels(reason).inc()
