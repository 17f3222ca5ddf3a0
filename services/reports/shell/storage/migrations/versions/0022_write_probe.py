"""Make the row that is written to see whether the database can be written."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "write_probe",
        sa.Column("id", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("filling", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_write_probe"),
    )
