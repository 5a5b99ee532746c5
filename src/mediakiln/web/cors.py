"""Which other sites' pages may call this server from a browser, with their visitors' session cookies."""

from __future__ import annotations

import re

from litestar.config.cors import CORSConfig

from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings

SENT = ["Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Requested-With"]
"""Headers that clients send."""
READ = [
    "Idempotent-Replayed",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-Id",
]
"""Headers of our answers that pages may read."""
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")


def cors(settings: Settings) -> CORSConfig | None:
    """The rules for the configured origins; None without any. Raises ConfigurationError for what is no origin: a wildcard would
    hand every site its visitors' accounts."""
    for origin in settings.cors_origins:
        if not _ORIGIN.fullmatch(origin):
            raise ConfigurationError(f"MEDIAKILN_CORS_ORIGINS: got {origin}; expected origins such as https://app.example.com")
    if not settings.cors_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.cors_origins),
        allow_methods=["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
        allow_headers=SENT,
        allow_credentials=True,
        expose_headers=READ,
    )
