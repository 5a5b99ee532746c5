"""Engine, tables and migrations. SQLAlchemy Core is the port to the database; nothing wraps it."""
