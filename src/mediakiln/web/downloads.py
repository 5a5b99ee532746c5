"""The headers of a file that is to be saved, not shown."""

from __future__ import annotations

from urllib.parse import quote

_KEPT = frozenset("!#$&+-.^_`|~() ,;=@[]{}'")
"""Signs that may stand in a quoted file name besides letters and digits; `%` may not, since some clients decode it."""


def attachment(name: str) -> dict[str, str]:
    """Headers that make any client save a file as `name` (RFC 6266): once as it is (RFC 8187), once in plain ASCII."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in _KEPT) else "_" for sign in name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
