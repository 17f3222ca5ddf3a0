"""Keep the key of the accused's device with each case and each decision."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for table in ("cases", "decisions"):
        op.add_column(table, sa.Column("device", sa.BigInteger, nullable=False, server_default=sa.text("0")))
        op.create_index(f"ix_{table}_device", table, ["device"])
