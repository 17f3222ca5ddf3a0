"""Bind accounts to an identity at a provider. Earlier accounts are bound at their next login there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("issuer", sa.Text, nullable=True))
    op.add_column("accounts", sa.Column("subject", sa.Text, nullable=True))
    op.create_index("ix_accounts_issuer_subject", "accounts", ["issuer", "subject"], unique=True)
