"""Every table, once, for SQLite and PostgreSQL alike. Alembic's migrations are tested to agree with this module.

Times are stored as integer milliseconds since the epoch (UTC): both databases compare them alike, and leases need
arithmetic. Money is in integer microcredits. JSON columns hold msgspec-encoded text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Unfinished tasks, as the partial index below has them. A query must say it in these very words, not with bound values: else
# SQLite cannot know that the index holds what is asked for, and reads every task there ever was.
OPEN_TASK = text("state IN ('queued', 'running')")

HAS_PARENT = text("parent_id IS NOT NULL")

# Webhooks that are still to be sent, in the words of the index, like OPEN_TASK.
PENDING_WEBHOOK = text("state = 'pending'")

# SQLite gives an autoincrement key to INTEGER columns only.
Sequential = BigInteger().with_variant(Integer, "sqlite")

account = Table(
    "account",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("is_admin", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", BigInteger, nullable=False),
    Column("last_login_at", BigInteger),
)

# A signed-in browser or tool: an access token that works like a key until it expires or its owner logs out.
login = Table(
    "login",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

# The one code that is valid for an address; `tries` is how many more guesses it bears.
email_code = Table(
    "email_code",
    metadata,
    Column("email", String(320), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

# A tool that waits for its user to let it in. `digest` is of the code that only the tool has, `user_code` the one that people
# type, `public_key` (base64url, Ed25519) proves that it is the same tool that asks again.
device_login = Table(
    "device_login",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_code", String(16), nullable=False, unique=True),
    Column("public_key", String(64), nullable=False),
    Column("client", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("account_id", String(36), ForeignKey("account.id")),
    Column("polled_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    CheckConstraint("state IN ('pending', 'approved', 'denied', 'used')", name="state"),
)

# Proofs that were seen, so that none counts twice.
device_nonce = Table(
    "device_nonce",
    metadata,
    Column("device", String(64), ForeignKey("device_login.digest", ondelete="CASCADE"), primary_key=True),
    Column("nonce", String(64), primary_key=True),
)

subscription = Table(
    "subscription",
    metadata,
    Column("account_id", String(36), ForeignKey("account.id"), primary_key=True),
    Column("plan", String(64), nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("hint", String(32), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("expires_at", BigInteger),
    Column("rate_limit", Integer),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
)

wallet = Table(
    "wallet",
    metadata,
    Column("account_id", String(36), ForeignKey("account.id"), primary_key=True),
    Column("available", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("granted", BigInteger, nullable=False),
    # Unfinished tasks of the account: admission reads it in the same guarded UPDATE that reserves.
    Column("open_tasks", Integer, nullable=False),
    CheckConstraint("available >= 0", name="available_not_negative"),
    CheckConstraint("held >= 0", name="held_not_negative"),
    CheckConstraint("open_tasks >= 0", name="open_tasks_not_negative"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("id", Sequential, primary_key=True, autoincrement=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("task_id", String(36)),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("available_after", BigInteger, nullable=False),
    Column("held_after", BigInteger, nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("description", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("kind IN ('grant', 'reserve', 'consume', 'release', 'adjust', 'expire')", name="kind"),
    # With the kind, so that a filtered history is counted in the index alone.
    Index("ix_ledger_entry_history", "account_id", "id", "kind"),
)

# Prompts and their results in one thread, under a title of the owner's.
conversation = Table(
    "conversation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("title", String(200), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    CheckConstraint("status IN ('active', 'completed', 'archived', 'deleted')", name="status"),
    Index("ix_conversation_account_id_created_at", "account_id", "created_at"),
)

task = Table(
    "task",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("public_id", String(64), nullable=False, unique=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("api_key_id", String(36), nullable=False),
    Column("dialect", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("model", String(128), nullable=False),
    Column("request", Text, nullable=False),
    Column("routes", Text, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("charged", BigInteger),
    Column("state", String(16), nullable=False),
    Column("progress", Float, nullable=False, server_default=text("0")),
    Column("result", Text),
    Column("error", Text),
    Column("submission", String(16), nullable=False),
    Column("route", Integer, nullable=False, server_default=text("0")),
    Column("remote_id", String(256)),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("parted", Integer, nullable=False, server_default=text("0")),
    Column("output_token", String(32), nullable=False),
    Column("idempotency_key", String(255)),
    Column("fingerprint", String(64)),
    Column("deadline", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("conversation_id", String(40)),
    # The public id of the task whose result this one starts from.
    Column("parent_id", String(64)),
    # What only the dialect understands, as JSON.
    Column("details", Text),
    # Where its owner wants to be told of its end, as JSON (`tasks.records.Callback`).
    Column("callback", Text),
    # Hidden from its owner; the row stays, since the ledger speaks of it.
    Column("deleted_at", BigInteger),
    # When its upstream last called to say that it is done: the worker then polls at once.
    Column("nudged_at", BigInteger),
    CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')", name="state"),
    CheckConstraint("submission IN ('none', 'sending', 'accepted', 'unknown')", name="submission"),
    Index("uq_task_idempotency", "account_id", "idempotency_key", unique=True),
    Index("ix_task_account_id_id", "account_id", "id"),
    Index("ix_task_conversation_id_id", "conversation_id", "id"),
    Index("ix_task_parent_id", "parent_id", sqlite_where=HAS_PARENT, postgresql_where=HAS_PARENT),
    # A list in its order, with all that it filters by: it is counted in the index alone.
    Index("ix_task_list", "account_id", "dialect", "kind", "deleted_at", "id", "state"),
    # Unfinished tasks only: the deadline sweep and the audit look at nothing else, however many have finished.
    Index(
        "ix_task_open",
        "deadline",
        sqlite_where=OPEN_TASK,
        postgresql_where=OPEN_TASK,
    ),
)

# The outbox: what is to be told of tasks that have ended, written in the transaction that ends them. `due_at` is also the lease
# of the one who sends it.
webhook = Table(
    "webhook",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("task_id", String(36), nullable=False, unique=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("error", String(200)),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger, index=True),
    CheckConstraint("state IN ('pending', 'delivered', 'dead')", name="state"),
    Index("ix_webhook_due", "due_at", sqlite_where=PENDING_WEBHOOK, postgresql_where=PENDING_WEBHOOK),
)

asset = Table(
    "asset",
    metadata,
    Column("path", String(300), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("task_id", String(36)),
    Column("media_type", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("duration", Float),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    # Set for what its owner brought, empty for what a task made.
    Column("upload_id", String(40)),
    Column("filename", String(255)),
    Column("deleted_at", BigInteger),
    Index("ix_asset_account_id_created_at", "account_id", "created_at"),
    Index("uq_asset_upload_id", "upload_id", unique=True),
    Index("ix_asset_expires_at", "expires_at"),
    Index("ix_asset_task_id", "task_id"),
)

# Where an account keeps what it refers to as `asset://<id>`.
asset_group = Table(
    "asset_group",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("project", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("description", String(300), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_asset_group_account_id_created_at", "account_id", "created_at"),
)

# What a group holds: each is one upload, and ends with it.
group_asset = Table(
    "group_asset",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("group_id", String(40), ForeignKey("asset_group.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("path", String(300), ForeignKey("asset.path", ondelete="CASCADE"), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_group_asset_account_id_created_at", "account_id", "created_at"),
)

# Calls that were answered at once and cost nothing, for clients that poll all the same. `text` is the answer,
# `fingerprint` is of the request where an Idempotency-Key came with it, else empty.
gateway_call = Table(
    "gateway_call",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("model", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
    Index("ix_gateway_call_account_id_created_at", "account_id", "created_at"),
)

# Which of our own files a task was given, written with the task.
task_input = Table(
    "task_input",
    metadata,
    Column("task_id", String(36), primary_key=True),
    Column("path", String(300), primary_key=True, index=True),
)

# A file that arrives in pieces. `upload_id` is set once it is whole.
chunked_upload = Table(
    "chunked_upload",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(36), ForeignKey("account.id"), nullable=False),
    Column("filename", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("total_size", BigInteger, nullable=False),
    Column("chunk_size", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("upload_id", String(40)),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    CheckConstraint("state IN ('open', 'completing', 'done')", name="state"),
)

chunk = Table(
    "chunk",
    metadata,
    Column("chunked_upload_id", String(40), ForeignKey("chunked_upload.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
)

# The embedded dispatcher's tickets. A ticket is held while `worker` is set; it counts as lost once that worker's lease is.
job = Table(
    "job",
    metadata,
    Column("id", Sequential, primary_key=True, autoincrement=True),
    Column("task_id", String(36), nullable=False, unique=True),
    Column("lane", String(64), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("run_at", BigInteger, nullable=False),
    Column("worker", String(36)),
    Index(
        "ix_job_ready",
        "lane",
        text("priority DESC"),
        "id",
        "run_at",
        "worker",  # always null here; SQLite would read each row to see that
        sqlite_where=text("worker IS NULL"),
        postgresql_where=text("worker IS NULL"),
    ),
    Index("ix_job_due", "lane", "run_at", sqlite_where=text("worker IS NULL"), postgresql_where=text("worker IS NULL")),
    Index("ix_job_held", "lane", "worker", sqlite_where=text("worker IS NOT NULL"), postgresql_where=text("worker IS NOT NULL")),
    sqlite_autoincrement=True,  # a ticket's id is never used again: it tells a late worker's ticket from a new one
)

# One row per living worker, of either dispatcher: one row to renew per beat, whatever it holds.
worker_lease = Table(
    "worker_lease",
    metadata,
    Column("worker", String(36), primary_key=True),
    Column("leased_until", BigInteger, nullable=False),
)

# When each upstream account may next be sent a job (`tasks.turns`).
upstream_turn = Table(
    "upstream_turn",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("due_at", BigInteger, nullable=False),
)
