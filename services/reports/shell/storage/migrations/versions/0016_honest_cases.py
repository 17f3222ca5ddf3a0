"""Keep the context of a reported call, and find known pictures and the looks at evidence quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

TEXTS = ("mode", "reporter_languages", "accused_languages", "accused_country")


def upgrade() -> None:
    known = sa.text("known <> ''")
    op.create_index("ix_evidence_known", "evidence", ["report"], postgresql_where=known, sqlite_where=known)
    for name in TEXTS:
        op.add_column("reports", sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''")))
    zero = sa.text("0")
    op.add_column("reports", sa.Column("claimed_seconds", sa.Integer, nullable=False, server_default=zero))
    op.add_column(
        "reports", sa.Column("claimed_ending", sa.SmallInteger, nullable=False, server_default=zero)
    )
