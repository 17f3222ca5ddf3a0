"""Widen two indexes, with which alone reports of a period are counted and the first of a case is found."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_index(
        "ix_reports_filed_at_flag_reason_accused", "reports", ["filed_at", "flag", "reason", "accused"]
    )
    op.drop_index("ix_reports_filed_at", "reports")
    op.create_index("ix_reports_case_id_flag_filed_at", "reports", ["case_id", "flag", "filed_at"])
    op.drop_index("ix_reports_case_id", "reports")
