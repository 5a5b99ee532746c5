"""`/openapi.json` and a page that reads it. The page needs nothing from other hosts."""

from __future__ import annotations

from importlib import resources
from typing import Any

from litestar import MediaType, Request, Response, Router, get

CONTENT_SECURITY = "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def docs_router() -> Router:
    """`/openapi.json`, `/docs`, and `/` for whoever opens the address in a browser."""
    page = resources.files(__package__).joinpath("docs.html").read_text(encoding="utf-8")

    @get("/openapi.json", include_in_schema=False, sync_to_thread=False)
    def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
        """The OpenAPI 3.1 document of every mounted dialect."""
        return request.app.openapi_schema.to_schema()

    @get(["/docs", "/"], include_in_schema=False, media_type=MediaType.HTML, sync_to_thread=False)
    def docs() -> Response[str]:
        """The reference for people."""
        return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": CONTENT_SECURITY})

    return Router("/", route_handlers=[openapi, docs])
