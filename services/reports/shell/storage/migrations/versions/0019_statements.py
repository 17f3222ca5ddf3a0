"""Keep which template a decision tells the visitor, and why a case was closed without action."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_EMPTY, _ZERO = sa.text("''"), sa.text("0")


def upgrade() -> None:
    for name in ("template", "addition", "language"):
        op.add_column("decisions", sa.Column(name, sa.Text, nullable=False, server_default=_EMPTY))
    op.add_column("decisions", sa.Column("dismissal", sa.SmallInteger, nullable=False, server_default=_ZERO))
    op.add_column("decisions", sa.Column("reporters_told", sa.Integer, nullable=False, server_default=_ZERO))
