"""Count wrong logins by name, whether there is such an account or not."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("locked_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_attempts"),
    )
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"])
    _keep_what_is_closed()
    op.drop_column("accounts", "failures")
    op.drop_column("accounts", "locked_until")


def _keep_what_is_closed() -> None:
    connection = op.get_bind()
    closed = connection.execute(sa.text("SELECT * FROM accounts WHERE locked_until > 0")).all()
    rows = [
        {"name": hashlib.sha256(one.name.encode()).digest(), "failures": one.failures, "at": one.locked_until}
        for one in closed
    ]
    if rows:
        insert = "INSERT INTO attempts (name, failures, last_at, locked_until)"
        connection.execute(sa.text(f"{insert} VALUES (:name, :failures, :at, :at)"), rows)
