"""Defines the metrics of the reports service. `docs/metrics.md` lists those of all services."""

from prometheus_client import Counter, Gauge, Histogram

FILED = Counter(
    "zufall_reports_filed",
    "Counts reports that were acknowledged: `new` ones, and those that a page sent again (`repeated`).",
    ["result"],
)
OBSERVED = Counter(
    "zufall_reports_observed",
    "Counts visitors with many signs of spam of a kind, of whom gateways have told.",
    ["kind"],
)
EVIDENCE_REFUSED = Counter(
    "zufall_reports_evidence_refused", "Counts pictures that are too large, broken or of another format."
)
EVIDENCE_SECONDS = Histogram(
    "zufall_reports_evidence_seconds", "Measures how long it takes to encode a picture again."
)
ANALYSES = Counter(
    "zufall_reports_inspections",
    "Counts pictures that were analysed after filing, by the kind of analysis. `failed` ones are tried "
    "again. Watch `given_up` and `unavailable`.",
    ["kind", "result"],
)
DECISIONS = Counter(
    "zufall_reports_decisions",
    "Counts decisions of this replica that gateways were told of, by the standing that they give.",
    ["level"],
)
DELETED = Counter(
    "zufall_reports_deleted", "Counts what was deleted because it was kept long enough.", ["kind"]
)
AUDIT_LOST = Counter(
    "zufall_reports_audit_lost",
    "Counts notes of this service about the audit log that the log contradicts. More than none: it was "
    "changed or cut, or a backup was restored.",
)
UPLOAD_BYTES = Gauge("zufall_reports_upload_bytes", "Shows how many bytes of original uploads are kept.")
UPLOAD_BUDGET_BYTES = Gauge(
    "zufall_reports_upload_budget_bytes", "Shows how many bytes of original uploads may be kept in all."
)
UPLOADS_DROPPED = Counter(
    "zufall_reports_uploads_dropped",
    "Counts original uploads that were not kept. `network`: one network sent too many, which is normal in a "
    "flood. `all`: the whole budget is used up.",
    ["reason"],
)
WATCHERS = Gauge("zufall_reports_watchers", "Shows how many gateways watch standings at this replica.")
