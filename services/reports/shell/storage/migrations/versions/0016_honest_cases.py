"""Find the looks at evidence quickly, from which a decision knows what it rests on."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index("ix_audit_subject_action", "audit", ["subject", "action"])
