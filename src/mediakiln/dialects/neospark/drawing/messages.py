"""Polling a generation, and making a video of its picture."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading
from mediakiln.dialects.neospark.drawing import translate, wire
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.wire import DIALECT, Answer
from mediakiln.generation import Kind
from mediakiln.tasks import listing
from mediakiln.tasks.records import State, TaskSnapshot
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate

Call = Request[Principal, Any, Any]


def message_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    images, places = gate.admits(Scope.IMAGES), listing.Places(services.engine)

    @get(
        "/drawing/messages/{message_id:str}",
        summary="Poll a generation",
        before_request=images,
        responses=documented(errors.NotFound),
    )
    async def message(request: Call, message_id: FromPath[str]) -> Answer[wire.MessageStatus]:
        """Poll this every 2 to 5 seconds until the message is `completed`, `failed` or `cancelled`. A failed one says why in
        `error_msg` and costs nothing."""
        task = await services.snapshots.get(request.user.account_id, DIALECT, Kind.IMAGE, message_id)
        videos: list[TaskSnapshot] = []
        if task.state is State.SUCCEEDED:
            async with reading(services.engine) as connection:
                videos = await listing.children(connection, [task])
        return Answer(translate.message_status(task, 2 * await places.of(task), videos))

    return [message]
