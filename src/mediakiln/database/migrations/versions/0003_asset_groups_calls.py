"""Asset groups, calls that are answered at once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asset_group",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_asset_group_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_group")),
    )
    with op.batch_alter_table("asset_group", schema=None) as batch_op:
        batch_op.create_index("ix_asset_group_account_id_created_at", ["account_id", "created_at"], unique=False)

    op.create_table(
        "group_asset",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_group_asset_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["asset_group.id"], name=op.f("fk_group_asset_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["path"], ["asset.path"], name=op.f("fk_group_asset_path"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_asset")),
        sa.UniqueConstraint("path", name=op.f("uq_group_asset_path")),
    )
    with op.batch_alter_table("group_asset", schema=None) as batch_op:
        batch_op.create_index("ix_group_asset_account_id_created_at", ["account_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_asset_group_id"), ["group_id"], unique=False)

    op.create_table(
        "gateway_call",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_gateway_call_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_call")),
    )
    with op.batch_alter_table("gateway_call", schema=None) as batch_op:
        batch_op.create_index("ix_gateway_call_account_id_created_at", ["account_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gateway_call_created_at"), ["created_at"], unique=False)


def downgrade() -> None:
    for name in ("gateway_call", "group_asset", "asset_group"):
        op.drop_table(name)
