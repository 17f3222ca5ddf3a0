"""Keep why a decision was made, so that figures do not count slips that were taken back.

Decisions of before say so in their reason, which the service wrote itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_ID = "_" * 22
_WRITTEN = {
    1: f"{_ID} was undone: %",
    2: f"{_ID} dismissed what had replaced it",
    3: f"the appeal against {_ID} was right",
}


def upgrade() -> None:
    op.add_column(
        "decisions", sa.Column("cause", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    )
    op.create_index("ix_decisions_made_at", "decisions", ["made_at"])
    made = sa.table("decisions", sa.column("reason", sa.Text), sa.column("cause", sa.SmallInteger))
    for cause, reason in _WRITTEN.items():
        op.execute(sa.update(made).where(made.c.reason.like(reason)).values(cause=cause))
