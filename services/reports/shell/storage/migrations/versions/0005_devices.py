"""Add to reports whether the browser has a device key, and for how long it had been known."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("reports", sa.Column("proven", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column(
        "reports", sa.Column("device_hours", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    )
