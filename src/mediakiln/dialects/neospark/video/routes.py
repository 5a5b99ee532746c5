"""Video tasks: create, poll, list, delete; videos of a message's picture; the models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, QueryParameter

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading, writing
from mediakiln.dialects.neospark.drawing.translate import STATES as MESSAGE_STATES
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.submits import SUBMIT_ERRORS, take
from mediakiln.dialects.neospark.video import translate, wire
from mediakiln.dialects.neospark.wire import DIALECT, Answer
from mediakiln.generation import Kind
from mediakiln.tasks import listing, removal
from mediakiln.tasks.intake import Wish
from mediakiln.tasks.records import State
from mediakiln.web.bodies import IdempotencyKey, StrictBody, decode
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate
from mediakiln.web.queries import whole

Call = Request[Principal, Any, Any]
PageNumber = Annotated[str | None, QueryParameter(name="page", description="From 1, which is the default.")]
PageSize = Annotated[str | None, QueryParameter(name="page_size", description="1 to 100; the default is 20.")]
StatusFilter = Annotated[
    str | None, QueryParameter(name="status", description="`pending`, `processing`, `completed`, `failed` or `cancelled`.")
]


def video_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    videos = gate.admits(Scope.VIDEOS)

    async def submit(request: Call, wish: Wish, key: str | None) -> Answer[wire.Video]:
        [submitted] = await take(services, request, (wish,), translate.NAMES, key)
        task = await services.snapshots.get(request.user.account_id, DIALECT, Kind.VIDEO, submitted.public_id)
        return Answer(translate.created(task, submitted.available_after))

    @post(
        "/video/generations",
        summary="Generate a video",
        dto=StrictBody[wire.CreateVideo],
        return_dto=None,
        status_code=200,
        before_request=videos,
        responses=documented(*SUBMIT_ERRORS, body=True),
    )
    async def create_video(
        data: Annotated[wire.CreateVideo, Body(examples=[Example(summary="As in the documents", value=wire.VIDEO_EXAMPLE)])],
        request: Call,
        idempotency_key: IdempotencyKey = None,
    ) -> Answer[wire.Video]:
        """Begin to make a video from a prompt, with or without pictures, videos and sounds. The credits are held now; they come
        back when it fails."""
        asked = translate.create_request(data, services.catalog)
        wish = Wish(asked, translate.new_task_id(), details=_details(watermark=data.watermark))
        return await submit(request, wish, idempotency_key)

    @post(
        "/drawing/messages/{message_id:str}/generate-video",
        summary="Make a video of a message's picture",
        status_code=200,
        before_request=videos,
        responses=documented(*SUBMIT_ERRORS, errors.NotFound, errors.Conflict, body=True),
    )
    async def video_of_message(
        request: Call, message_id: FromPath[str], idempotency_key: IdempotencyKey = None
    ) -> Answer[wire.Video]:
        """Begin to make a video that starts with the first picture of a completed message. Every field of the body may be left
        out: `prompt`, `model`, `duration`, `ratio`, `resolution`, `generate_audio`, `watermark`, `seed`."""
        body = decode(await request.body() or b"{}", wire.VideoOfMessage)
        message = await services.snapshots.get(request.user.account_id, DIALECT, Kind.IMAGE, message_id)
        if message.state is not State.SUCCEEDED:
            raise errors.Conflict(f"message_id: is {MESSAGE_STATES[message.state]}; allowed: a completed message")
        wish = Wish(
            translate.message_request(body, message, services.catalog),
            translate.new_task_id(),
            conversation_id=message.conversation_id,
            parent_id=message.public_id,
            details=_details(watermark=body.watermark),
        )
        return await submit(request, wish, idempotency_key)

    @get("/video/generations", summary="List video tasks", before_request=videos, responses=documented(errors.InvalidRequest))
    async def list_videos(
        request: Call, page: PageNumber = None, page_size: PageSize = None, status: StatusFilter = None
    ) -> Answer[wire.VideoPage]:
        """Your video tasks, newest first."""
        number, size = whole("page", page, 1, 1, 10**6), whole("page_size", page_size, 20, 1, 100)
        states: Sequence[State] = translate.states_of(status)
        async with reading(services.engine) as connection:
            total, tasks = await listing.page(
                connection,
                request.user.account_id,
                DIALECT,
                Kind.VIDEO,
                states=states,
                limit=size,
                offset=(number - 1) * size,
            )
        return Answer(wire.VideoPage([translate.item(task) for task in tasks], total, number, size))

    @get(
        "/video/generations/{task_id:str}",
        summary="Poll a video task",
        before_request=videos,
        responses=documented(errors.NotFound),
    )
    async def get_video(request: Call, task_id: FromPath[str]) -> Answer[wire.Video]:
        """Poll this every 2 to 5 seconds until the task is `completed`, `failed` or `cancelled`."""
        return Answer(translate.video(await services.snapshots.get(request.user.account_id, DIALECT, Kind.VIDEO, task_id)))

    @delete(
        "/video/generations/{task_id:str}",
        summary="Cancel or delete a video task",
        status_code=200,
        before_request=videos,
        responses=documented(errors.NotFound),
    )
    async def delete_video(request: Call, task_id: FromPath[str]) -> Answer[wire.Removed]:
        """Cancel a task that is not finished: its credits come back, and it stays in the list as `cancelled`. Delete a finished
        one, with its file."""
        account_id = request.user.account_id
        async with writing(services.engine) as connection:
            canceled = await removal.cancel_or_remove(connection, services.dispatcher, account_id, DIALECT, Kind.VIDEO, task_id)
        services.snapshots.forget(task_id)
        return Answer(wire.Removed(task_id, "cancelled" if canceled else "deleted"))

    @get("/video/models", summary="Video models", before_request=gate.admits(None), responses=documented())
    async def video_models() -> Answer[wire.VideoModels]:
        """Every video model that can be called on this server, with prices and what it takes."""
        return Answer(translate.models(services.catalog))

    return [create_video, video_of_message, list_videos, get_video, delete_video, video_models]


def _details(*, watermark: bool | None) -> dict[str, Any]:
    return {"watermark": True} if watermark else {}
