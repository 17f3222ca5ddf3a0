"""Keep saved views, and add the indexes that searches and long lists need."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name="fk_saved_views_account"),
        sa.PrimaryKeyConstraint("account", "name", name="pk_saved_views"),
    )
