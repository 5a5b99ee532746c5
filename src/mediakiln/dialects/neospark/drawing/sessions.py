"""Drawing sessions: create, list, look at, rename, delete."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading, writing
from mediakiln.dialects.neospark.drawing import translate, wire
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.wire import Answer
from mediakiln.generation import Kind
from mediakiln.tasks import conversations, listing, removal
from mediakiln.tasks.conversations import Status, Summary
from mediakiln.web.bodies import StrictBody, decode
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate
from mediakiln.web.queries import Limit, Offset, Permanent, flag, page, whole

Call = Request[Principal, Any, Any]
SHOWN = (Status.ACTIVE, Status.COMPLETED, Status.ARCHIVED)
MOST = 500
"""Generations that one look at a session shows."""
Generations = Annotated[
    str | None, QueryParameter(name="limit", description=f"How many generations at most; 1 to {MOST}, which is the default.")
]
StatusFilter = Annotated[str | None, QueryParameter(name="status", description="`active`, `completed` or `archived`.")]


def session_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    images = gate.admits(Scope.IMAGES)
    missing = documented(errors.InvalidRequest, errors.NotFound)

    @post(
        "/drawing/sessions",
        summary="Create a session",
        status_code=200,
        before_request=images,
        responses=documented(errors.InvalidRequest),
    )
    async def create_session(request: Call) -> Answer[wire.Session]:
        """Begin a drawing session, the thread that generations belong to. The body is `{"title": "…"}` or nothing."""
        body = decode(await request.body() or b"{}", wire.CreateSession)
        async with writing(services.engine) as connection:
            made = await conversations.create(
                connection, request.user.account_id, (body.title or "").strip() or translate.DEFAULT_TITLE
            )
        return Answer(translate.session_of(made))

    @get("/drawing/sessions", summary="List sessions", before_request=images, responses=documented(errors.InvalidRequest))
    async def list_sessions(
        request: Call, status: StatusFilter = None, limit: Limit = None, offset: Offset = None
    ) -> Answer[list[wire.SessionItem]]:
        """Your sessions, newest first."""
        if status and status not in SHOWN:
            raise errors.InvalidRequest.not_allowed("status", status, SHOWN)
        most, first = page(limit, offset)
        async with reading(services.engine) as connection:
            found = await conversations.page(
                connection, request.user.account_id, (Status(status),) if status else SHOWN, limit=most, offset=first
            )
            summaries = await conversations.summaries(connection, [each.id for each in found])
        return Answer([translate.session_item(each, summaries.get(each.id, Summary())) for each in found])

    @get("/drawing/sessions/{session_id:str}", summary="Look at a session", before_request=images, responses=missing)
    async def get_session(
        request: Call, session_id: FromPath[str], limit: Generations = None, offset: Offset = None
    ) -> Answer[wire.SessionDetail]:
        """A session with its messages, oldest first. Very long ones come in parts: the newest generations first of all."""
        most, first = whole("limit", limit, MOST, 1, MOST), whole("offset", offset, 0, 0, 10**9)
        account_id = request.user.account_id
        async with reading(services.engine) as connection:
            found = await conversations.find(connection, account_id, session_id)
            summary = (await conversations.summaries(connection, [session_id])).get(session_id, Summary())
            pictures = await listing.of_conversation(
                connection, account_id, session_id, kind=Kind.IMAGE, limit=most, offset=first
            )
            videos = await listing.children(connection, pictures)
            place = await listing.place(connection, pictures[0]) if pictures else 1
        return Answer(translate.session_detail(found, summary, pictures, videos, place))

    @put(
        "/drawing/sessions/{session_id:str}/title",
        summary="Rename a session",
        dto=StrictBody[wire.RenameSession],
        return_dto=None,
        before_request=images,
        responses=documented(errors.InvalidRequest, errors.NotFound, body=True),
    )
    async def rename_session(
        data: JSONBody[wire.RenameSession], request: Call, session_id: FromPath[str]
    ) -> Answer[wire.Session]:
        """Give a session another title."""
        title = translate.required("title", data.title)
        async with writing(services.engine) as connection:
            renamed = await conversations.rename(connection, request.user.account_id, session_id, title)
        return Answer(translate.session_of(renamed))

    @delete(
        "/drawing/sessions/{session_id:str}",
        summary="Delete a session",
        status_code=200,
        before_request=images,
        responses=documented(errors.InvalidRequest, errors.NotFound),
    )
    async def delete_session(request: Call, session_id: FromPath[str], permanent: Permanent = None) -> Answer[None]:
        """Hide a session: its pictures stay in your library. With `permanent=true` everything in it is deleted, pictures and
        videos too; what is not finished is canceled and its credits come back."""
        for_ever = flag("permanent", permanent)
        removed: list[str] = []
        async with writing(services.engine) as connection:
            await conversations.remove(connection, request.user.account_id, session_id, permanent=for_ever)
            if for_ever:
                removed = await removal.remove_conversation(connection, services.dispatcher, request.user.account_id, session_id)
        for public_id in removed:
            services.snapshots.forget(public_id)
        return Answer(None)

    return [create_session, list_sessions, get_session, rename_session, delete_session]
