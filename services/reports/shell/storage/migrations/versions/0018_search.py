"""Keep saved views, and add the indexes that searches and long lists need."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_INDEXES: dict[str, list[tuple[str, ...]]] = {
    "reports": [("accused_address_hash", "filed_at")],
    "cases": [("opened_at", "id")],
    "decisions": [("case_id",), ("moderator",)],
    "audit": [("actor", "sequence"), ("subject", "sequence")],
}
_IDS = {"cases": ("id", "accused"), "reports": ("id", "reporter"), "decisions": ("id", "visitor")}


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name="fk_saved_views_account"),
        sa.PrimaryKeyConstraint("account", "name", name="pk_saved_views"),
    )
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    is_open = sa.text("closed_at = 0")
    for column in ("urgency", "opened_at"):
        name = f"ix_cases_open_{column}"
        op.create_index(name, "cases", [column], postgresql_where=is_open, sqlite_where=is_open)
    if op.get_bind().dialect.name == "postgresql":
        for table, ids in _IDS.items():
            for id in ids:
                name, order = f"ix_{table}_{id}_prefix", {id: "text_pattern_ops"}
                op.create_index(name, table, [id], postgresql_ops=order)
