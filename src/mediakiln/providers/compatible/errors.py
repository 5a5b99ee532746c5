"""What such a server's failures mean to us: the rules of OpenAI's wire. Those built on FastAPI have `detail` instead of an error
with a code."""

from __future__ import annotations

from mediakiln.providers.openai_wire import table

VENDOR = "The upstream server"
TABLE = table(VENDOR)
