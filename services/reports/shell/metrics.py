"""Defines the metrics of the reports service."""

from prometheus_client import Counter, Gauge, Histogram

FILED = Counter("zufall_reports_filed", "Reports acknowledged", ["repeated"])
EVIDENCE_REFUSED = Counter("zufall_reports_evidence_refused", "Pictures refused")
EVIDENCE_SECONDS = Histogram("zufall_reports_evidence_seconds", "From a picture to the one that is kept")
ANALYSES = Counter(
    "zufall_reports_inspections", "Pictures that programs looked at, after filing", ["what", "outcome"]
)
DECISIONS = Counter("zufall_reports_decisions", "Decisions made here", ["level"])
DELETED = Counter("zufall_reports_deleted", "What was kept for long enough", ["what"])
WATCHERS = Gauge("zufall_reports_watchers", "Gateways that watch standings")
NATS_CONNECTED = Gauge("zufall_reports_nats_connected", "1 while bans are announced at once")
