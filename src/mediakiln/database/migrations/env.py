"""Alembic's environment: always online, on the connection that `migrate` (or a developer's script) hands over."""

from alembic import context

from mediakiln.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
