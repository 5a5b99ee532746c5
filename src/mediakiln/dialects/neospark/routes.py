"""The NeoSpark API, assembled from its areas (seed 000; wire file, section 2)."""

from __future__ import annotations

from litestar import Router

from mediakiln.dialects.neospark.account.routes import account_handlers
from mediakiln.dialects.neospark.account.wire import COOKIE
from mediakiln.dialects.neospark.drawing.routes import drawing_handlers
from mediakiln.dialects.neospark.errors import on_error
from mediakiln.dialects.neospark.storage.routes import storage_handlers
from mediakiln.dialects.neospark.video.routes import video_handlers
from mediakiln.dialects.neospark.wire import DIALECT
from mediakiln.web.answers import JsonAnswer
from mediakiln.web.dialect import Dialect, Services
from mediakiln.web.gate import LIMIT_HEADERS, Gate, page_origins

PER_MINUTE = 600
"""Requests per minute and key; the seed names no limit."""
AREAS = ("drawing", "storage", "video", "auth", "api-keys", "balance", "prompts")
"""First segments of this dialect's paths."""
NOT_SERVED = ("image-layer", "image-multiple-angles", "billing", "wechat-pay", "affiliate", "agents", "skills")
"""Those of which its clients ask for things that this server does not have: told in the envelope they can read."""


def neospark(services: Services) -> Dialect:
    """The dialect, ready to mount."""
    per_minute = PER_MINUTE if services.settings.rate_limit is None else services.settings.rate_limit
    gate = Gate(
        services.authenticator,
        services.limiter,
        services.bodies,
        per_minute=per_minute,
        cookie=COOKIE,
        origins=page_origins(services.settings),
    )
    router = Router(
        "/api/v1",
        route_handlers=[
            *drawing_handlers(services, gate),
            *video_handlers(services, gate),
            *storage_handlers(services, gate),
            *account_handlers(services, gate),
        ],
        exception_handlers={Exception: on_error},
        response_class=JsonAnswer,
        response_headers=LIMIT_HEADERS,
        tags=["NeoSpark"],
    )
    return Dialect(DIALECT, tuple(f"/api/v1/{area}" for area in AREAS + NOT_SERVED), router, on_error)
