"""Create cases and appeals, and statements of decisions. Earlier reports form one case for each visitor."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _add_cases()
    _fill_cases()
    op.add_column("decisions", sa.Column("moderator", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("decisions", sa.Column("statement", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column(
        "decisions", sa.Column("evidence", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("decisions", sa.Column("policy", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("decisions", sa.Column("case_id", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "appeals",
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("filed_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("moderator", sa.Text, nullable=False),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("decision", name="pk_appeals"),
        sa.ForeignKeyConstraint(["decision"], ["decisions.id"], name="fk_appeals_decision"),
    )
    op.create_index("ix_appeals_state_filed_at", "appeals", ["state", "filed_at"])


def _add_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("accused", sa.Text, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("urgency", sa.Float, nullable=False),
        sa.Column("held_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_urgency", "cases", ["urgency"])
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"])
    still_open = sa.text("closed_at = 0")
    op.create_index(
        "uq_cases_accused_open",
        "cases",
        ["accused"],
        unique=True,
        postgresql_where=still_open,
        sqlite_where=still_open,
    )
    op.add_column("reports", sa.Column("reporter_network", sa.LargeBinary))
    op.add_column("reports", sa.Column("case_id", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_index("ix_reports_reporter_filed_at", "reports", ["reporter", "filed_at"])
    op.create_index("ix_reports_case_id", "reports", ["case_id"])


def _fill_cases() -> None:
    op.execute(
        "INSERT INTO cases (id, accused, opened_at, closed_at, decision, urgency, held_until) "
        "SELECT MIN(id), accused, MIN(filed_at), 0, '', 0, 0 FROM reports GROUP BY accused"
    )
    op.execute(
        "UPDATE reports SET case_id = (SELECT cases.id FROM cases WHERE cases.accused = reports.accused)"
    )
