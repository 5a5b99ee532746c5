"""Fixtures that any test may take. Helpers that are plain functions live in `databases.py` and `servers.py`."""

from databases import engine

from mediakiln.telemetry import logs

__all__ = ["engine"]

# As the programs do it; structlog's own default draws every local variable of a traceback, which takes a third of a second.
logs.configure("info", "json")
