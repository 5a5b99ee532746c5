"""Upstream accounts: submit rates, and calls of vendors that wake a poll"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upstream_turn",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_upstream_turn")),
    )
    op.add_column("task", sa.Column("nudged_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "nudged_at")
    op.drop_table("upstream_turn")
