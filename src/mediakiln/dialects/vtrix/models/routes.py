"""The list of models and their specs (wire file, section 8). Needs no key: neither tells more than the documents do."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from mediakiln import errors
from mediakiln.dialects.vtrix.envelope import IN_ENVELOPE, Answer, documented
from mediakiln.dialects.vtrix.models import translate, wire
from mediakiln.web.dialect import Services
from mediakiln.web.gate import OPEN
from mediakiln.web.links import base_url
from mediakiln.web.queries import whole

MOST = 100
"""Models on one page."""


def models_handlers(services: Services) -> list[HTTPRouteHandler]:
    """Every handler of this area, with its whole path."""

    @get(
        "/api/v1/skill/models",
        summary="Models",
        security=OPEN,
        exception_handlers=IN_ENVELOPE,
        responses=documented(errors.InvalidRequest),
    )
    async def list_models(
        page: Annotated[str | None, QueryParameter(description="Which page, from 1.")] = None,
        page_size: Annotated[str | None, QueryParameter(description=f"1 to {MOST}; the default is 20.")] = None,
        kind: Annotated[str | None, QueryParameter(name="type", description="`image`, `video` or `asset`.")] = None,
        keywords: Annotated[str | None, QueryParameter(description="Words of an id, name or description.")] = None,
        provider: Annotated[str | None, QueryParameter(description="Who makes it: a spec's `vendor`.")] = None,
    ) -> Answer[wire.Models]:
        """What can be called on this server."""
        number = whole("page", page, 1, 1, 10**6)
        size = whole("page_size", page_size, 20, 1, MOST)
        return Answer(translate.models(services.catalog, number, size, kind=kind, keywords=keywords, provider=provider))

    @get(
        "/api/v1/skill/models/{model_id:str}/spec",
        summary="What a model takes",
        security=OPEN,
        exception_handlers=IN_ENVELOPE,
        responses=documented(errors.NotFound),
    )
    async def model_spec(model_id: FromPath[str], request: Request[Any, Any, Any]) -> Answer[wire.Spec]:
        """Where and how it is called, and every parameter with the rules that a request is checked against."""
        offer = translate.found(services.catalog, model_id)
        return Answer(translate.spec(offer, base_url(request, services.settings.public_url)))

    return [list_models, model_spec]
