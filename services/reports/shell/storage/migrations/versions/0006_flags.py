"""Add to reports whether the classifier in the reporter's browser filed them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("reports", sa.Column("flag", sa.Boolean, nullable=False, server_default=sa.false()))
