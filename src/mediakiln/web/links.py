"""Absolute links to our own files."""

from __future__ import annotations

from typing import Any

from litestar import Request


def base_url(request: Request[Any, Any, Any], public_url: str) -> str:
    """What to put before `/uploads/...`: the operator's public URL, or the address this client used (no slash at the end)."""
    if public_url:
        return public_url.rstrip("/")
    host = next((value for name, value in request.scope["headers"] if name == b"host"), b"localhost")
    return f"{request.scope['scheme']}://{host.decode('latin-1')}"
