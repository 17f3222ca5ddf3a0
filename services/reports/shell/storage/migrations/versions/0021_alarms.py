"""Keep alarms to an operator until they are delivered, and of what somebody was told."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "alarms_told",
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("told_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("rule", "subject", name="pk_alarms_told"),
    )
    op.create_index("ix_alarms_told_told_at", "alarms_told", ["told_at"])
    op.create_table(
        "alarm_outbox",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("things", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_outbox"),
    )
    op.create_index("ix_alarm_outbox_ended_at_due_at", "alarm_outbox", ["ended_at", "due_at"])
    op.create_index("ix_alarm_outbox_made_at", "alarm_outbox", ["made_at"])
