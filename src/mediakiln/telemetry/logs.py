"""Structured logs. A key, a prompt above debug level, or a signed URL never reaches them: `redact` is the last word."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import PurePath
from typing import Any

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_KEY = re.compile(r"\b([a-z][a-z0-9_]{0,14})_[A-Za-z0-9_-]{43}\b")
_BEARER = re.compile(r"(?i)\b(bearer|apikey)\s+[^\s\"',]+")
_QUERY = re.compile(r"(https?://[^\s\"'?]+)\?[^\s\"']+")
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@\"']+@")
_SIGNED = re.compile(r"(?i)([?&][\w-]*(?:signature|credential|token|secret|sig|key)=)[^&\s\"']+")
_ROW = re.compile(r"(Failing row contains )\(.*")
_PROMPT = re.compile(r"""(?i)(prompt\\*["']?\s*[:=]\s*)(\\*["']).*?(?<!\\)\2""", re.DOTALL)
_PRIVATE = ("prompt", "secret", "api_key", "authorization", "password", "cookie", "token")
"""How the names of private fields end."""
_DEPTH = 6
"""Levels of a structure that are looked into; what lies deeper is shown as text."""


def configure(level: str, form: str) -> None:
    """Send structlog's and the standard library's records to stderr, as json or text (`auto`: text on a terminal)."""
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=shared
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(LEVELS.get(level, logging.INFO))
    # These libraries tell at info level which URLs they touch and which statements they run.
    for noisy in ("httpx", "httpx2", "httpcore", "httpcore2", "pgqueuer", "alembic", "sqlalchemy.engine"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank private fields (prompts stay at debug level) and take keys and URL queries out of every text, at any depth."""
    debug = event.get("level") == "debug"
    for name in list(event):
        if not name.startswith("_"):  # structlog's own: its formatter takes them out
            clean = _scrub(name, debug)
            event[clean] = _clean(name, event.pop(name) if clean != name else event[name], debug, _DEPTH)
    return event


def _clean(name: str, value: Any, debug: bool, depth: int) -> Any:
    """A value that may be shown under this name."""
    plain = name.lower().replace("-", "_")
    if plain.endswith(_PRIVATE) and not (debug and plain.endswith("prompt")):
        return "[redacted]"
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping) and depth:
        return {_scrub(str(key), debug): _clean(str(key), inner, debug, depth - 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_clean("", inner, debug, depth - 1) for inner in value]
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return _scrub(str(value) if isinstance(value, str | PurePath) else repr(value), debug)


def _scrub(text: str, debug: bool) -> str:
    text = _KEY.sub(r"\1_[redacted]", text)
    text = _BEARER.sub(r"\1 [redacted]", text)
    text = _USERINFO.sub(r"\1[redacted]@", text)
    text = _QUERY.sub(r"\1?[redacted]", text)
    text = _SIGNED.sub(r"\1[redacted]", text)
    text = _ROW.sub(r"\1[redacted]", text)
    return text if debug else _PROMPT.sub(r"\1\2[redacted]\2", text)
