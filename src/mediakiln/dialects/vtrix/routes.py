"""The Vtrix API: its gateway, one submit and one poll for all models (wire file, sections 2 and 3), and the rest, assembled."""

from __future__ import annotations

from typing import Any

from litestar import HttpMethod, Request, Router, get, post, route
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.catalog import Model
from mediakiln.dialects.vtrix import translate, wire
from mediakiln.dialects.vtrix.assets.calls import asset_call, find_call
from mediakiln.dialects.vtrix.assets.translate import code_of
from mediakiln.dialects.vtrix.assets.wire import ASSET_MODELS
from mediakiln.dialects.vtrix.body import GenerationBody, anything, parameters
from mediakiln.dialects.vtrix.envelope import AREAS as ENVELOPE_AREAS
from mediakiln.dialects.vtrix.errors import answer_with, documented, on_error
from mediakiln.dialects.vtrix.families import family_of_model
from mediakiln.dialects.vtrix.login.page import PAGE
from mediakiln.dialects.vtrix.login.routes import SHARES, login_handlers
from mediakiln.dialects.vtrix.models.routes import models_handlers
from mediakiln.dialects.vtrix.wire import DIALECT
from mediakiln.generation import Kind
from mediakiln.tasks.replays import Idempotency
from mediakiln.web.answers import JsonAnswer
from mediakiln.web.bodies import IdempotencyKey, idempotency_of
from mediakiln.web.dialect import Dialect, Services
from mediakiln.web.edge import add_headers
from mediakiln.web.gate import LIMIT_HEADERS, Gate
from mediakiln.web.links import base_url
from mediakiln.web.naming import wire_names

PER_MINUTE = 600
"""Requests per minute and key; the seeds name no limit."""
MOST_BODY = 64 * 1024 * 1024
"""Bytes of one body (seed 002: "must not exceed 64 MB")."""
SCOPES = {Kind.IMAGE: Scope.IMAGES, Kind.VIDEO: Scope.VIDEOS}
SUBMIT_ERRORS = (
    errors.UnknownModel,
    errors.InvalidRequest,
    errors.ContentFiltered,
    errors.InsufficientCredits,
    errors.IdempotencyInFlight,
    errors.IdempotencyMismatch,
    errors.Overloaded,
)

REPLAYED = ("Idempotent-Replayed", "true")
"""The header of an answer that was given before."""
METHODS = [method for method in HttpMethod if method is not HttpMethod.OPTIONS]
"""Those that a path which is not there may be asked with; OPTIONS is answered by itself."""

Call = Request[Principal, Any, Any]


def vtrix(services: Services) -> Dialect:
    """The dialect, ready to mount."""
    per_minute = PER_MINUTE if services.settings.rate_limit is None else services.settings.rate_limit
    gate = Gate(services.authenticator, services.limiter, services.bodies, per_minute=per_minute)
    settings = services.settings

    def model_of(name: str | None) -> Model:
        """A model of the catalogue. Raises UnknownModel, which names everything that can be called."""
        try:
            return services.catalog.find(DIALECT, name or "")
        except errors.UnknownModel:
            known = ", ".join([*(model.id for model in services.catalog.models(DIALECT)), *ASSET_MODELS])
            got = f"got {errors.shorten(name)}" if name else "required, but missing"
            raise errors.UnknownModel(f"{got}; allowed: {known}", field="model") from None

    async def generate(request: Call, envelope: wire.Envelope, repeat: Idempotency | None) -> wire.Task:
        """A task of a model of the catalogue."""
        model = model_of(envelope.model)
        request.user.require(SCOPES[model.kind])
        family = family_of_model(model)
        answer_with(request.scope, family.code_of)
        body = parameters(await request.body(), envelope, family.body)
        wish, names = await family.wish_of(body, model, translate.new_task_id(), services.optimizer)
        with wire_names(names):
            [submitted] = await services.intake.take_all(
                DIALECT,
                request.user,
                (wish,),
                base_url=base_url(request, ""),
                idempotency=repeat,
                fetch_now=True,
            )
        if submitted.replayed:
            add_headers(request.scope, REPLAYED)
        return translate.accepted(submitted, model.id)

    async def call_assets(request: Call, model: str, envelope: wire.Envelope, repeat: Idempotency | None) -> wire.Task:
        """What an asset model answers, which it does at once."""
        answer_with(request.scope, code_of)
        answer = await asset_call(
            services,
            request.user,
            model,
            anything(await request.body(), envelope),
            base_url(request, settings.public_url),
            task_id=translate.task_id_of(request.user.account_id, repeat.key) if repeat else translate.new_task_id(),
            fingerprint=repeat.fingerprint if repeat else "",
        )
        if answer.replayed:
            add_headers(request.scope, REPLAYED)
        return translate.answered(answer)

    @post(
        "/generation",
        summary="Generate",
        dto=GenerationBody,
        return_dto=None,
        status_code=200,
        request_max_body_size=MOST_BODY,
        before_request=gate.admits(None, largest=MOST_BODY),
        responses=documented(*SUBMIT_ERRORS, errors.NotFound, body=True),
    )
    async def generation(data: JSONBody[wire.Envelope], request: Call, idempotency_key: IdempotencyKey = None) -> wire.Task:
        """Begin a task of any model. Parameters may stand in `input[0].params` or beside `model`; unknown ones are ignored. The
        credits are held now; they come back when the task fails. Asset models (`spark_asset_…`) are answered at once, and cost
        nothing."""
        repeat = await idempotency_of(idempotency_key, request)
        if data.model in ASSET_MODELS:
            return await call_assets(request, data.model, data, repeat)
        return await generate(request, data, repeat)

    @get(
        "/generation/task/{task_id:str}",
        summary="Poll a task",
        before_request=gate.admits(None),
        responses=documented(errors.NotFound),
    )
    async def generation_task(request: Call, task_id: FromPath[str]) -> wire.Task:
        """Poll this every few seconds until the task is `completed` or `failed`."""
        try:
            found = await services.snapshots.get(request.user.account_id, DIALECT, None, task_id)
        except errors.NotFound:
            return translate.answered(await find_call(services, request.user, task_id))
        request.user.require(SCOPES[found.kind])
        return translate.task(found, base_url(request, settings.public_url), settings.usd_per_credit)

    @route(["/", "/{rest:path}"], http_method=METHODS, include_in_schema=False)
    async def elsewhere() -> None:
        """Whatever else is asked for below `/model/v1` is told in this dialect's words that it is not there."""
        raise NotFoundException

    gateway = Router(
        "/model/v1",
        route_handlers=[generation, generation_task, elsewhere],
        exception_handlers={Exception: on_error},
        response_class=JsonAnswer,
        response_headers=LIMIT_HEADERS,
    )
    router = Router("/", route_handlers=[gateway, *models_handlers(services), *login_handlers(services, gate)], tags=["Vtrix"])
    return Dialect(DIALECT, ("/model/v1/generation", *ENVELOPE_AREAS, PAGE), router, on_error, SHARES)
