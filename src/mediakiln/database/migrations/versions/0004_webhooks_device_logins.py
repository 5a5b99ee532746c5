"""Webhooks, device logins"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name=op.f("ck_webhook_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_webhook_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("task_id", name=op.f("uq_webhook_task_id")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_finished_at"), ["finished_at"], unique=False)
        batch_op.create_index(
            "ix_webhook_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "device_login",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_code", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("client", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("polled_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'approved', 'denied', 'used')", name=op.f("ck_device_login_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_device_login_account_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_device_login")),
        sa.UniqueConstraint("user_code", name=op.f("uq_device_login_user_code")),
    )
    with op.batch_alter_table("device_login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_login_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "device_nonce",
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device_login.digest"], name=op.f("fk_device_nonce_device"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("device", "nonce", name=op.f("pk_device_nonce")),
    )
    # Not in a batch: SQLite would copy every task there ever was to add an empty column.
    op.add_column("task", sa.Column("callback", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_column("callback")
    for name in ("device_nonce", "device_login", "webhook"):
        op.drop_table(name)
