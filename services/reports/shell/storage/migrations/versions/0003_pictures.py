"""Add ids, scores and known lists to pictures, and the original uploads of reports of minors."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SCORE, KNOWN = 1, 2


def upgrade() -> None:
    op.add_column("evidence", sa.Column("id", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("evidence", sa.Column("original_sha256", sa.LargeBinary))
    op.add_column("evidence", sa.Column("score", sa.Float))
    op.add_column("evidence", sa.Column("known", sa.Text, nullable=False, server_default=sa.text("''")))
    _name_pictures()
    op.create_index("uq_evidence_id", "evidence", ["id"], unique=True)
    op.create_table(
        "originals",
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report", "number", name="pk_originals"),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_originals_report", ondelete="CASCADE"),
    )
    _add_inspections()


def _name_pictures() -> None:
    connection = op.get_bind()
    unnamed = connection.execute(sa.text("SELECT report, number FROM evidence")).all()
    names = [{"report": one.report, "number": one.number, "id": secrets.token_urlsafe(16)} for one in unnamed]
    if names:
        one = "report = :report AND number = :number"
        connection.execute(sa.text(f"UPDATE evidence SET id = :id WHERE {one}"), names)  # noqa: S608 -- constant


def _add_inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("report", "number", "kind", name="pk_inspections"),
        sa.ForeignKeyConstraint(
            ["report", "number"],
            ["evidence.report", "evidence.number"],
            name="fk_inspections_report",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_inspections_kind_due_at", "inspections", ["kind", "due_at"])
    for kind in (SCORE, KNOWN):
        op.execute(
            "INSERT INTO inspections (report, number, kind, tries, due_at) "  # noqa: S608 -- constants
            f"SELECT report, number, {kind}, 0, 0 FROM evidence"
        )
