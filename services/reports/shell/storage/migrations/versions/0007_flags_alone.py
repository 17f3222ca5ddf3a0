"""Move open cases of flags alone beneath the others, and index the flags of a network."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BENEATH = 1e9


def upgrade() -> None:
    op.create_index(
        "ix_reports_flags_network_filed_at",
        "reports",
        ["reporter_network", "filed_at"],
        postgresql_where=sa.text("flag"),
        sqlite_where=sa.text("flag"),
    )
    of_case = "SELECT 1 FROM reports WHERE reports.case_id = cases.id AND"
    op.execute(
        f"UPDATE cases SET urgency = urgency - {BENEATH} WHERE closed_at = 0 AND urgency < {BENEATH} "  # noqa: S608 -- constants
        f"AND EXISTS ({of_case} flag) AND NOT EXISTS ({of_case} NOT flag)"
    )
