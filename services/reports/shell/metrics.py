"""Defines the metrics of the reports service."""

from prometheus_client import Counter, Gauge, Histogram

FILED = Counter("zufall_reports_filed", "Reports acknowledged", ["repeated"])
OBSERVED = Counter("zufall_reports_observed", "Visitors with many signs of spam, told by gateways", ["sign"])
EVIDENCE_REFUSED = Counter("zufall_reports_evidence_refused", "Pictures refused")
EVIDENCE_SECONDS = Histogram("zufall_reports_evidence_seconds", "Seconds to re-encode a picture")
ANALYSES = Counter("zufall_reports_inspections", "Pictures analysed after filing", ["what", "outcome"])
DECISIONS = Counter("zufall_reports_decisions", "Decisions published to gateways", ["level"])
DELETED = Counter("zufall_reports_deleted", "Rows deleted by retention", ["what"])
AUDIT_LOST = Counter("zufall_reports_audit_lost", "Anchors that the audit log no longer has")
UPLOAD_BYTES = Gauge("zufall_reports_upload_bytes", "Bytes of original uploads that are kept")
UPLOAD_BUDGET_BYTES = Gauge(
    "zufall_reports_upload_budget_bytes", "Bytes of original uploads that may be kept in all"
)
UPLOADS_DROPPED = Counter(
    "zufall_reports_uploads_dropped",
    "Original uploads that were not kept, by the budget they exceed",
    ["budget"],
)
WATCHERS = Gauge("zufall_reports_watchers", "Gateways that watch standings")
NATS_CONNECTED = Gauge(
    "zufall_reports_nats_connected", "1 while connected to NATS, so that bans are announced at once"
)
