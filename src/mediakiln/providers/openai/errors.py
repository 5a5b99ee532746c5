"""What OpenAI's failures mean to us: the rules of its wire, under its name. A refusal of content is HTTP 400 with the code
`moderation_blocked` (github.com/jeffstric/ZJT/issues/480 quotes one whole)."""

from __future__ import annotations

from mediakiln.providers.openai_wire import table

VENDOR = "OpenAI"
TABLE = table(VENDOR)
