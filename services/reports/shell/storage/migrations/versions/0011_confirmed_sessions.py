"""Keep when the person in a session last gave a code. Sessions from before count as not confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    confirmed_at = sa.Column("confirmed_at", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    op.add_column("sessions", confirmed_at)
