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
KNOWN_PICTURES = Counter(
    "zufall_reports_known_pictures",
    "Counts pictures that a list of known pictures has. A case of one waits for a person, before all others.",
)
DECISIONS = Counter(
    "zufall_reports_decisions",
    "Counts decisions that `triage` or a `person` made since this replica started, by standing and rule. A "
    "dismissal has the rule `none`. It is the same at every replica, some seconds later.",
    ["level", "by", "rule"],
)
OVERTURNED = Counter(
    "zufall_reports_decisions_overturned",
    "Counts decisions against which an appeal was right, by who made them and by rule. It is the same at "
    "every replica.",
    ["by", "rule"],
)
DECISION_SECONDS = Histogram(
    "zufall_reports_decision_seconds",
    "Measures the time from the opening of a case to the decision of a person that closes it. It is the same "
    "at every replica.",
    buckets=(60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400),
)
BAN_DELAY = Histogram(
    "zufall_reports_ban_delay_seconds",
    "Measures the time from a ban to the moment when this replica sends it to a gateway that watches, once "
    "for each of them. Over NATS gateways mostly hear of it earlier.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60),
)
OPEN_CASES = Gauge(
    "zufall_reports_open_cases",
    "Shows how many cases wait for a moderator: with a `known` picture, about a `minor`, `reported` by "
    "people, with flags of programs only (`flagged`), or in a `flood`. It is the same at every replica.",
    ["level"],
)
OLDEST_CASE = Gauge(
    "zufall_reports_oldest_case_seconds",
    "Shows how long the oldest open case has waited, 0 if there is none. It is the same at every replica.",
    ["level"],
)
OPEN_APPEALS = Gauge(
    "zufall_reports_open_appeals",
    "Shows how many appeals wait for an answer. It is the same at every replica.",
)
OLDEST_APPEAL = Gauge(
    "zufall_reports_oldest_appeal_seconds",
    "Shows how long the oldest appeal has waited for an answer, 0 if there is none. It is the same at every "
    "replica.",
)
APPEALS = Counter(
    "zufall_reports_appeals",
    "Counts appeals that visitors `filed`, and those that moderators `upheld` or `overturned`. An upheld "
    "decision stays.",
    ["result"],
)
DELETED = Counter(
    "zufall_reports_deleted", "Counts what was deleted because it was kept long enough.", ["kind"]
)
LOGINS_REFUSED = Counter(
    "zufall_reports_logins_refused",
    "Counts logins and codes that the console refused: wrong ones (`login_refused`), those to a locked name "
    "(`locked`), and those of a network that tries too many (`too_fast`). `unavailable` ones failed because "
    "the database or the identity provider did not answer.",
    ["code"],
)
AUDIT_INTACT = Gauge(
    "zufall_reports_audit_intact",
    "Shows 0 if the last check found that somebody changed or cut the audit log, or changed a decision "
    "without it. It is 1 until the first check is done.",
)
AUDIT_INTACT.set(1)
AUDIT_CHECKED = Gauge(
    "zufall_reports_audit_last_check_timestamp_seconds",
    "Shows when this replica last checked the whole audit log, 0 if it has not done so yet.",
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
DATABASE_WRITABLE = Gauge(
    "zufall_reports_database_writable",
    "Shows 1 while the database takes what is written, and 0 while its disk is full, it is read-only or a "
    "right is lost. The log and `/readyz` say which.",
)
ALARMS = Counter(
    "zufall_reports_alarms",
    "Counts alarms to an operator that were `delivered` or, after a day, `given_up`, and tries that "
    "`failed`. Watch `given_up`.",
    ["channel", "result"],
)
WATCHERS = Gauge("zufall_reports_watchers", "Shows how many gateways watch standings at this replica.")

# Series that begin at 0, so that the first event is an increase.
for result in ("filed", "upheld", "overturned"):
    APPEALS.labels(result)
for code in ("login_refused", "locked", "too_fast"):
    LOGINS_REFUSED.labels(code)
