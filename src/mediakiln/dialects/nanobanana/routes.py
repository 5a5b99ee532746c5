"""The endpoints of the Nano Banana API (seed 004)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Router, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading
from mediakiln.dialects.nanobanana import translate, wire
from mediakiln.dialects.nanobanana.errors import documented, on_error
from mediakiln.generation import GenerationRequest, Kind
from mediakiln.ledger.entries import balance
from mediakiln.tasks.replays import Submitted
from mediakiln.web.answers import JsonAnswer
from mediakiln.web.bodies import IdempotencyKey, StrictBody, idempotency_of
from mediakiln.web.dialect import Dialect, Services
from mediakiln.web.edge import add_headers
from mediakiln.web.gate import LIMIT_HEADERS, Gate
from mediakiln.web.links import base_url
from mediakiln.web.naming import wire_names

PER_MINUTE = 60
"""Requests per minute and key (seed 004, "Rate Limits")."""
OK: Literal[True] = True
SUBMIT_ERRORS = (
    errors.InvalidPrompt,
    errors.UnknownModel,
    errors.InvalidRequest,
    errors.InsufficientCredits,
    errors.IdempotencyInFlight,
    errors.IdempotencyMismatch,
    errors.ContentFiltered,
    errors.Overloaded,
)

Call = Request[Principal, Any, Any]
TaskId = Annotated[str | None, QueryParameter(name="task_id", description="The id that generate answered.")]


def nanobanana(services: Services) -> Dialect:
    """The dialect, ready to mount."""
    per_minute = PER_MINUTE if services.settings.rate_limit is None else services.settings.rate_limit
    gate = Gate(services.authenticator, services.limiter, services.bodies, per_minute=per_minute)
    images, videos, account = gate.admits(Scope.IMAGES), gate.admits(Scope.VIDEOS), gate.admits(Scope.ACCOUNT)
    submit_errors = documented(*SUBMIT_ERRORS, body=True)
    status_errors = documented(errors.InvalidRequest, errors.NotFound)
    public_url, retention = services.settings.public_url, services.settings.retention_days

    async def take(request: Call, canonical: GenerationRequest, key: str | None) -> Submitted:
        idempotency = await idempotency_of(key, request)
        with wire_names(translate.NAMES[canonical.kind]):
            submitted = await services.intake.take(
                translate.DIALECT,
                request.user,
                canonical,
                public_id=translate.new_task_id(),
                base_url=base_url(request, ""),
                idempotency=idempotency,
            )
        if submitted.replayed:
            add_headers(request.scope, ("Idempotent-Replayed", "true"))
        return submitted

    @post(
        "/images/generate",
        summary="Generate images",
        dto=StrictBody[wire.GenerateImage],
        return_dto=None,
        status_code=200,
        before_request=images,
        responses=submit_errors,
    )
    async def generate_image(
        data: Annotated[wire.GenerateImage, Body(examples=_examples(wire.IMAGE_EXAMPLE))],
        request: Call,
        idempotency_key: IdempotencyKey = None,
    ) -> wire.Answer[wire.Accepted]:
        """Begin to make 1 to 4 images from a prompt, or from a prompt and a reference image. The credits are taken now; those
        for images that are not delivered come back."""
        submitted = await take(request, translate.image_request(data, services.catalog), idempotency_key)
        return wire.Answer(OK, translate.image_accepted(submitted))

    @get("/images/status", summary="Image status", before_request=images, responses=status_errors)
    async def image_status(request: Call, task_id: TaskId = None) -> wire.Answer[wire.ImageStatus]:
        """Poll this until the task is `completed` or `failed`. A failed task says why in `error` and costs nothing."""
        task = await services.snapshots.get(request.user.account_id, translate.DIALECT, Kind.IMAGE, _required(task_id))
        return wire.Answer(OK, translate.image_status(task, base_url(request, public_url), retention))

    @post(
        "/videos/generate",
        summary="Generate a video",
        dto=StrictBody[wire.GenerateVideo],
        return_dto=None,
        status_code=200,
        before_request=videos,
        responses=submit_errors,
    )
    async def generate_video(
        data: Annotated[wire.GenerateVideo, Body(examples=_examples(wire.VIDEO_EXAMPLE))],
        request: Call,
        idempotency_key: IdempotencyKey = None,
    ) -> wire.Answer[wire.Accepted]:
        """Begin to make a video from a prompt, optionally beginning with an image. The credits are taken now; they come back
        when it fails."""
        submitted = await take(request, translate.video_request(data, services.catalog), idempotency_key)
        return wire.Answer(OK, translate.video_accepted(submitted))

    @get("/videos/status", summary="Video status", before_request=videos, responses=status_errors)
    async def video_status(request: Call, task_id: TaskId = None) -> wire.Answer[wire.VideoStatus]:
        """Poll this until the task is `succeeded` or `failed`. A failed task says why in `error` and costs nothing."""
        task = await services.snapshots.get(request.user.account_id, translate.DIALECT, Kind.VIDEO, _required(task_id))
        return wire.Answer(OK, translate.video_status(task, base_url(request, public_url), retention))

    @get("/account/credits", summary="Account credits", before_request=account, responses=documented())
    async def account_credits(request: Call) -> wire.Answer[wire.Credits]:
        """The credit balance and the subscription."""
        async with reading(services.engine) as connection:
            wallet = await balance(connection, request.user.account_id)
        return wire.Answer(OK, translate.credits_of(wallet, request.user.subscription))

    @post(
        "/account/calculate-cost",
        summary="Calculate a cost",
        dto=StrictBody[wire.CalculateCost],
        return_dto=None,
        status_code=200,
        before_request=account,
        responses=documented(errors.InvalidRequest, errors.UnknownModel, body=True),
    )
    async def calculate_cost(
        data: Annotated[wire.CalculateCost, Body(examples=_examples(wire.COST_EXAMPLE))],
    ) -> wire.Answer[wire.Cost]:
        """What a generation would cost; nothing is executed or charged."""
        request = translate.cost_request(data, services.catalog)
        with wire_names(translate.NAMES[request.kind]):
            price = services.catalog.price(translate.DIALECT, request)
        return wire.Answer(OK, wire.Cost(request.kind.value, translate.whole_credits(price)))

    @get("/models", summary="Models", before_request=gate.admits(None), responses=documented())
    async def list_models() -> wire.Answer[wire.Models]:
        """Every model that can be called on this server."""
        return wire.Answer(OK, translate.models(services.catalog))

    router = Router(
        "/api/v1",
        route_handlers=[
            generate_image,
            image_status,
            generate_video,
            video_status,
            account_credits,
            calculate_cost,
            list_models,
        ],
        exception_handlers={Exception: on_error},
        response_class=JsonAnswer,
        response_headers=LIMIT_HEADERS,
        tags=["Nano Banana"],
    )
    areas = ("/api/v1/images", "/api/v1/videos", "/api/v1/account", "/api/v1/models")
    return Dialect(translate.DIALECT, areas, router, on_error)


def _examples(value: dict[str, Any]) -> list[Example]:
    return [Example(summary="As in the service's own documentation", value=value)]


def _required(task_id: str | None) -> str:
    if not task_id:
        raise errors.InvalidRequest("required, but missing; send the id that generate answered", field="task_id")
    return task_id
