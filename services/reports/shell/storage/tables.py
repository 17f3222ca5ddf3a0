"""Defines the schema. A change here needs a migration; a test compares the two."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class DeviceColumn(sa.types.TypeDecorator[int]):
    """Stores the key of a device as the signed number with the same 64 bits, because SQL has no other."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:
        return value if value is None or value < 2**63 else value - 2**64

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> int | None:
        return value if value is None else value % 2**64


reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("match", sa.Text, nullable=False),
    sa.Column("reporter", sa.Text, nullable=False),
    sa.Column("accused", sa.Text, nullable=False),
    sa.Column("reason", sa.SmallInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("chat", sa.JSON, nullable=False),  # [[from accused, text, proven], …]
    sa.Column("filed_at", sa.BigInteger, nullable=False),
    sa.Column("match_started_at", sa.BigInteger, nullable=False),
    sa.Column("accused_address_hash", sa.LargeBinary, nullable=False),
    sa.Column("reporter_network", sa.LargeBinary),
    sa.Column("case_id", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("proven", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("device_hours", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("flag", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("alike_lately", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
    sa.Column("mode", sa.Text, nullable=False, server_default=sa.text("''")),  # of the call
    sa.Column("reporter_languages", sa.Text, nullable=False, server_default=sa.text("''")),  # de,en
    sa.Column("accused_languages", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("accused_country", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("claimed_seconds", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("claimed_ending", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    sa.UniqueConstraint("match", "reporter"),  # filing again is not a second report
    sa.Index(None, "filed_at", "flag", "reason", "accused"),  # reports of a period are counted with it
    sa.Index(None, "accused", "filed_at"),
    sa.Index(None, "reporter", "filed_at"),
    sa.Index(None, "case_id", "flag", "filed_at"),  # finds the first report of a person
    sa.Index(None, "reporter_network", "flag", "reason", "filed_at"),  # reports alike are counted with it
    sa.Index(None, "accused_address_hash", "filed_at"),  # cases of one network are linked with it
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("accused", sa.Text, nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("closed_at", sa.BigInteger, nullable=False),  # 0: open
    sa.Column("decision", sa.Text, nullable=False),  # the decision that closed it
    sa.Column("urgency", sa.Float, nullable=False),
    sa.Column("held_until", sa.BigInteger, nullable=False),  # nothing of it is deleted before that
    sa.Column("device", DeviceColumn, nullable=False, server_default=sa.text("0")),  # of the accused
    sa.Index(None, "urgency"),
    sa.Index(None, "closed_at"),
    sa.Index(None, "accused"),
    sa.Index(None, "device"),
    sa.Index(None, "opened_at", "id"),
)
OPEN = cases.c.closed_at == sa.literal_column("0")  # PostgreSQL knows the index only by a constant
sa.Index(
    "uq_cases_accused_open", cases.c.accused, unique=True, postgresql_where=OPEN, sqlite_where=OPEN
)  # a visitor has one open case at a time
sa.Index("ix_cases_open_urgency", cases.c.urgency, postgresql_where=OPEN, sqlite_where=OPEN)  # the queue
sa.Index("ix_cases_open_opened_at", cases.c.opened_at, postgresql_where=OPEN, sqlite_where=OPEN)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("report", sa.Text, sa.ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.SmallInteger, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("id", sa.Text, nullable=False, server_default=sa.text("''")),  # unique
    sa.Column("original_sha256", sa.LargeBinary),  # the digest of what the browser sent
    sa.Column("score", sa.Float),  # of the classifier
    sa.Column("known", sa.Text, nullable=False, server_default=sa.text("''")),  # the list that has it
    sa.Index("uq_evidence_id", "id", unique=True),
)
KNOWN = evidence.c.known != sa.literal_column("''")  # a constant, as for OPEN
sa.Index("ix_evidence_known", evidence.c.report, postgresql_where=KNOWN, sqlite_where=KNOWN)

uploads = sa.Table(  # pictures from reports of minors as they were sent, each content once
    "uploads",
    metadata,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("network", sa.LargeBinary, nullable=False),  # whose budget it takes: that of its first reporter
)

report_uploads = sa.Table(
    "report_uploads",
    metadata,
    sa.Column("report", sa.Text, sa.ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.SmallInteger, primary_key=True),
    sa.Column("sha256", sa.LargeBinary, sa.ForeignKey("uploads.sha256"), nullable=False, index=True),
)

inspections = sa.Table(  # pictures that wait for an analysis
    "inspections",
    metadata,
    sa.Column("report", sa.Text, primary_key=True),
    sa.Column("number", sa.SmallInteger, primary_key=True),
    sa.Column("kind", sa.SmallInteger, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["report", "number"], ["evidence.report", "evidence.number"], ondelete="CASCADE"),
    sa.Index(None, "kind", "due_at"),
)

_Sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up only INTEGER

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("sequence", _Sequence, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("visitor", sa.Text, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("automated", sa.Boolean, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.Column("moderator", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("statement", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("evidence", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("policy", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("case_id", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("device", DeviceColumn, nullable=False, server_default=sa.text("0")),  # of the visitor
    sa.Column("cause", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("dismissal", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("template", sa.Text, nullable=False, server_default=sa.text("''")),  # of the statement
    sa.Column("addition", sa.Text, nullable=False, server_default=sa.text("''")),  # typed beside the template
    sa.Column("language", sa.Text, nullable=False, server_default=sa.text("''")),  # of what was typed
    sa.Column("reporters_told", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("confirmed_by", sa.Text, nullable=False, server_default=sa.text("''")),  # the second moderator
    sa.Index(None, "visitor", "sequence"),
    sa.Index(None, "device"),
    sa.Index(None, "made_at"),
    sa.Index(None, "case_id"),
    sa.Index(None, "moderator"),
    sqlite_autoincrement=True,  # a number is never used twice, even after a deletion
)

appeals = sa.Table(
    "appeals",
    metadata,
    sa.Column("decision", sa.Text, sa.ForeignKey("decisions.id"), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("filed_at", sa.BigInteger, nullable=False),
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("moderator", sa.Text, nullable=False),
    sa.Column("decided_at", sa.BigInteger, nullable=False),
    sa.Index(None, "state", "filed_at"),
)


def _of_case(*, primary_key: bool = False) -> sa.Column[str]:
    """Return a column that names a case. Its rows go with the case."""
    of_case = sa.ForeignKey("cases.id", ondelete="CASCADE")
    return sa.Column("case_id", sa.Text, of_case, primary_key=primary_key)


case_claims = sa.Table(  # who looks at a case now
    "case_claims",
    metadata,
    _of_case(primary_key=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
)

assignments = sa.Table(  # cases that were handed over
    "assignments",
    metadata,
    _of_case(primary_key=True),
    sa.Column("account", sa.Text, nullable=False),  # "": any senior
    sa.Column("assigned_by", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("assigned_at", sa.BigInteger, nullable=False),
)

proposals = sa.Table(  # decisions that wait for a second moderator
    "proposals",
    metadata,
    _of_case(primary_key=True),
    sa.Column("decision", sa.Text, nullable=False),  # what holds until then
    sa.Column("until", sa.BigInteger, nullable=False),  # what was proposed; 0: without an end
)

notes = sa.Table(  # of moderators; nobody else reads them
    "notes",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("visitor", sa.Text, nullable=False),
    _of_case(),  # NULL: it is about the visitor alone
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written_at", sa.BigInteger, nullable=False),
    sa.Index(None, "visitor", "written_at"),
    sa.Index(None, "case_id"),
    sa.Index(None, "written_at"),
)

mentions = sa.Table(
    "mentions",
    metadata,
    sa.Column("note", sa.Text, sa.ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("seen_at", sa.BigInteger, nullable=False),  # 0: not yet
    sa.Index(None, "seen_at"),
)

revoked_tokens = sa.Table(  # of visitors
    "revoked_tokens",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("until", sa.BigInteger, nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("role", sa.SmallInteger, nullable=False),
    sa.Column("password", sa.Text, nullable=False),  # "": none, so no login with one
    sa.Column("code_secret", sa.Text, nullable=False),  # sealed
    sa.Column("code_step", sa.BigInteger, nullable=False),  # of the last code, so that none works twice
    sa.Column("invitation", sa.LargeBinary, nullable=False),  # a hash, empty for none
    sa.Column("invited_until", sa.BigInteger, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("last_login", sa.BigInteger, nullable=False),
    sa.Column("issuer", sa.Text, nullable=True),  # with the subject: an identity at a provider
    sa.Column("subject", sa.Text, nullable=True),
    sa.Index(None, "invitation"),
    sa.Index(None, "issuer", "subject", unique=True),
)

attempts = sa.Table(  # logins that failed since the last success
    "attempts",
    metadata,
    sa.Column("name", sa.LargeBinary, primary_key=True),  # a hash, because people also type passwords there
    sa.Column("origin", sa.LargeBinary, primary_key=True),  # a keyed hash of a network or of a known browser
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
    sa.Column("locked_until", sa.BigInteger, nullable=False),
    sa.Index(None, "last_at"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key", sa.LargeBinary, primary_key=True),  # a hash of the cookie
    sa.Column("account", sa.Text, sa.ForeignKey("accounts.name"), nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("used_at", sa.BigInteger, nullable=False),
    sa.Column("confirmed_at", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Index(None, "account"),
)

saved_views = sa.Table(  # searches that an account gave a name
    "saved_views",
    metadata,
    sa.Column("account", sa.Text, sa.ForeignKey("accounts.name"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),  # as in an address
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # the JSON that was hashed, byte for byte
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index(None, "action", "at"),
    sa.Index(None, "actor", "sequence"),
    sa.Index(None, "subject", "sequence"),
)

contract_migrations = sa.Table(  # that have run: who does not know the newest cannot use the schema
    "contract_migrations",
    metadata,
    sa.Column("revision", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),  # of Zufall, that ran it
)

write_probe = sa.Table(  # one row, which is written to see whether that is possible
    "write_probe",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("filling", sa.LargeBinary, nullable=False),  # empty, and large after a fault
)

alarms_told = sa.Table(  # things of which an operator was told, so that nobody is told twice
    "alarms_told",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),  # a case, a decision, …
    sa.Column("told_at", sa.BigInteger, nullable=False),
    sa.Index(None, "told_at"),
)

alarm_outbox = sa.Table(  # messages to an operator, one for each channel
    "alarm_outbox",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("things", sa.Integer, nullable=False),  # that its rule held for
    sa.Column("new", sa.Integer, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger, nullable=False),  # delivered or given up; 0: neither
    sa.Column("problem", sa.Text, nullable=False),  # of the last try, "" if it was delivered
    sa.Index(None, "ended_at", "due_at"),
    sa.Index(None, "made_at"),
)
for _column in (
    *(cases.c.id, cases.c.accused, reports.c.id, reports.c.reporter),
    *(decisions.c.id, decisions.c.visitor),
):  # with which the first characters of an id find it, whatever language the database orders texts by
    sa.Index(
        f"ix_{_column.table.name}_{_column.name}_prefix",
        _column,
        postgresql_ops={_column.name: "text_pattern_ops"},
    ).ddl_if(dialect="postgresql")
