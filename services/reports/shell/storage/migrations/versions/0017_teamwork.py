"""Let moderators work as a team: claims, assignments, notes with mentions, and proposals of decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "case_claims",
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_claims"),
    )
    op.create_table(
        "assignments",
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("assigned_by", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("assigned_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_assignments"),
    )
    op.create_table(
        "proposals",
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_proposals"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("visitor", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=True),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_visitor_written_at", "notes", ["visitor", "written_at"])
    op.create_index("ix_notes_case_id", "notes", ["case_id"])
    op.create_index("ix_notes_written_at", "notes", ["written_at"])
    op.create_table(
        "mentions",
        sa.Column("note", sa.Text, sa.ForeignKey("notes.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("note", "account", name="pk_mentions"),
    )
    op.create_index("ix_mentions_seen_at", "mentions", ["seen_at"])
    op.add_column(
        "decisions", sa.Column("confirmed_by", sa.Text, nullable=False, server_default=sa.text("''"))
    )
