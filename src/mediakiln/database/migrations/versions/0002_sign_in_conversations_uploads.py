"""Sign-in, conversations, uploads"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_code",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_email_code")),
    )
    op.create_table(
        "task_input",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "path", name=op.f("pk_task_input")),
    )
    with op.batch_alter_table("task_input", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_input_path"), ["path"], unique=False)

    op.create_table(
        "chunked_upload",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("total_size", sa.BigInteger(), nullable=False),
        sa.Column("chunk_size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("upload_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'completing', 'done')", name=op.f("ck_chunked_upload_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_chunked_upload_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunked_upload")),
    )
    with op.batch_alter_table("chunked_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chunked_upload_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'completed', 'archived', 'deleted')", name=op.f("ck_conversation_status")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_conversation_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index("ix_conversation_account_id_created_at", ["account_id", "created_at"], unique=False)

    op.create_table(
        "login",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("digest", name=op.f("uq_login_digest")),
    )
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "chunk",
        sa.Column("chunked_upload_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunked_upload_id"], ["chunked_upload.id"], name=op.f("fk_chunk_chunked_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chunked_upload_id", "number", name=op.f("pk_chunk")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_login_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_used_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.add_column(sa.Column("upload_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("filename", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.BigInteger(), nullable=True))
        batch_op.create_index("uq_asset_upload_id", ["upload_id"], unique=True)
        batch_op.create_index("ix_asset_task_id", ["task_id"], unique=False)

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("conversation_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("parent_id", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("details", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_task_conversation_id_id", ["conversation_id", "id"], unique=False)
        batch_op.create_index(
            "ix_task_parent_id",
            ["parent_id"],
            unique=False,
            sqlite_where=sa.text("parent_id IS NOT NULL"),
            postgresql_where=sa.text("parent_id IS NOT NULL"),
        )
        batch_op.create_index("ix_task_list", ["account_id", "dialect", "kind", "deleted_at", "id", "state"], unique=False)

    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entry_account_id_id")
        batch_op.create_index("ix_ledger_entry_history", ["account_id", "id", "kind"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entry_history")
        batch_op.create_index("ix_ledger_entry_account_id_id", ["account_id", "id"], unique=False)
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_list")
        batch_op.drop_index("ix_task_parent_id")
        batch_op.drop_index("ix_task_conversation_id_id")
        for name in ("deleted_at", "details", "parent_id", "conversation_id"):
            batch_op.drop_column(name)
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.drop_index("ix_asset_task_id")
        batch_op.drop_index("uq_asset_upload_id")
        for name in ("deleted_at", "filename", "upload_id"):
            batch_op.drop_column(name)
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_column("last_used_at")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("last_login_at")
    for name in ("chunk", "login", "conversation", "chunked_upload", "task_input", "email_code"):
        op.drop_table(name)
