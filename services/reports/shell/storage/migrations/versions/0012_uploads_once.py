"""Keep each original upload once, and how many reports alike came shortly before each report."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("network", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_uploads"),
    )
    op.create_table(
        "report_uploads",
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report", "number", name="pk_report_uploads"),
        sa.ForeignKeyConstraint(
            ["report"], ["reports.id"], name="fk_report_uploads_report", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["uploads.sha256"], name="fk_report_uploads_sha256"),
    )
    op.create_index("ix_report_uploads_sha256", "report_uploads", ["sha256"])
    _move_originals()
    op.drop_table("originals")
    op.drop_index("ix_reports_flags_network_filed_at", "reports")
    op.add_column(
        "reports", sa.Column("alike_lately", sa.SmallInteger, nullable=False, server_default=sa.text("1"))
    )
    op.create_index(
        "ix_reports_reporter_network_flag_reason_filed_at",
        "reports",
        ["reporter_network", "flag", "reason", "filed_at"],
    )


def _move_originals() -> None:
    first = sa.text(
        "INSERT INTO uploads (sha256, content, size, network) "
        "SELECT sha256, content, length(content), coalesce(reporter_network, :none) FROM originals "
        "JOIN reports ON reports.id = originals.report WHERE NOT EXISTS (SELECT 1 FROM originals AS other "
        "WHERE other.sha256 = originals.sha256 AND (other.report < originals.report "
        "OR (other.report = originals.report AND other.number < originals.number)))"
    )
    op.get_bind().execute(first, {"none": b""})
    op.execute("INSERT INTO report_uploads SELECT report, number, sha256 FROM originals")
