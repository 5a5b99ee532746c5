"""Dispatch: how a submitted task reaches a worker. One port (`base.py`), two implementations: embedded and PgQueuer."""
