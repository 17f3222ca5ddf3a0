"""Create reports with their evidence, and decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("match", sa.Text, nullable=False),
        sa.Column("reporter", sa.Text, nullable=False),
        sa.Column("accused", sa.Text, nullable=False),
        sa.Column("reason", sa.SmallInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("chat", sa.JSON, nullable=False),
        sa.Column("filed_at", sa.BigInteger, nullable=False),
        sa.Column("match_started_at", sa.BigInteger, nullable=False),
        sa.Column("accused_address_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("match", "reporter", name="uq_reports_match_reporter"),
    )
    op.create_index("ix_reports_filed_at", "reports", ["filed_at"])
    op.create_index("ix_reports_accused_filed_at", "reports", ["accused", "filed_at"])
    op.create_table(
        "evidence",
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report", "number", name="pk_evidence"),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_evidence_report", ondelete="CASCADE"),
    )
    op.create_table(
        "decisions",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("visitor", sa.Text, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("automated", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_decisions"),
        sa.UniqueConstraint("id", name="uq_decisions_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_visitor_sequence", "decisions", ["visitor", "sequence"])
