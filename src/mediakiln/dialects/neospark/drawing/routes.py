"""Every handler of the drawing area."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.dialects.neospark.drawing import translate, wire
from mediakiln.dialects.neospark.drawing.generate import generate_handlers
from mediakiln.dialects.neospark.drawing.history import history_handlers
from mediakiln.dialects.neospark.drawing.messages import message_handlers
from mediakiln.dialects.neospark.drawing.sessions import session_handlers
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.wire import Answer
from mediakiln.web.bodies import StrictBody
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate

Call = Request[Principal, Any, Any]


def drawing_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""

    @get("/drawing/models/config", summary="Image models", before_request=gate.admits(None), responses=documented())
    async def models_config() -> Answer[dict[str, wire.ModelConfig]]:
        """Every image model that can be called on this server, by its id, with prices and what it takes."""
        return Answer(translate.models_config(services.catalog))

    @post(
        "/prompts/optimize",
        summary="Optimize a prompt",
        dto=StrictBody[wire.OptimizePrompt],
        return_dto=None,
        status_code=200,
        before_request=gate.admits(Scope.IMAGES),
        responses=documented(errors.InvalidRequest, body=True),
    )
    async def optimize(data: JSONBody[wire.OptimizePrompt], request: Call) -> Answer[wire.OptimizedPrompt]:
        """What `optimize_prompt` would make of a prompt; nothing is generated or charged."""
        prompt, style = translate.required("prompt", data.prompt), data.style or ""
        return Answer(wire.OptimizedPrompt(prompt, await services.optimizer.optimize(prompt, style), style))

    return [
        models_config,
        *session_handlers(services, gate),
        *generate_handlers(services, gate),
        *message_handlers(services, gate),
        *history_handlers(services, gate),
        optimize,
    ]
