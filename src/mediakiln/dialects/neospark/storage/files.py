"""The file lists, and single files by id or path."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, delete, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.assets import library
from mediakiln.database.engine import reading
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.storage import translate, wire
from mediakiln.dialects.neospark.wire import Answer
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate
from mediakiln.web.links import base_url
from mediakiln.web.queries import Limit, Offset, Permanent, flag, page

Call = Request[Principal, Any, Any]
SourceFilter = Annotated[str | None, QueryParameter(name="source", description="`upload` or `generation`; the default is both.")]
StatusFilter = Annotated[
    str | None, QueryParameter(name="status", description=f"Tasks only: one of {', '.join(translate.STATUSES.values())}.")
]
TypeFilter = Annotated[
    str | None, QueryParameter(name="file_type", description="`image`, `video` or `other` (sounds); the default is all.")
]
WithDeleted = Annotated[str | None, QueryParameter(name="include_deleted", description="`true` for deleted ones too.")]
WithSession = Annotated[
    str | None, QueryParameter(name="check_session", description="`true` to tell the session each was last used in.")
]


def file_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    storage = gate.admits(Scope.STORAGE)
    public_url = services.settings.public_url
    wrong, missing = documented(errors.InvalidRequest), documented(errors.InvalidRequest, errors.NotFound)

    @get("/storage/user-images", summary="List pictures", before_request=storage, responses=wrong)
    async def user_images(
        request: Call, source: SourceFilter = None, limit: Limit = None, offset: Offset = None
    ) -> Answer[wire.Images]:
        """Your pictures, uploaded and made, newest first."""
        most, first = page(limit, offset)
        wanted = translate.source_of(source)
        async with reading(services.engine) as connection:
            total, found = await library.images(connection, request.user.account_id, source=wanted, limit=most, offset=first)
        base = base_url(request, public_url)
        return Answer(wire.Images(total, first, most, [translate.image(each, base) for each in found]))

    @get("/storage/user-videos", summary="List videos", before_request=storage, responses=wrong)
    async def user_videos(
        request: Call,
        source: SourceFilter = None,
        status: StatusFilter = None,
        limit: Limit = None,
        offset: Offset = None,
    ) -> Answer[wire.Videos]:
        """Your videos, uploaded and made, newest first; those that are still being made too. A `status` leaves uploads out."""
        most, first = page(limit, offset)
        wanted, states = translate.source_of(source), translate.states_of(status)
        async with reading(services.engine) as connection:
            total, found = await library.videos(
                connection, request.user.account_id, source=wanted, states=states, limit=most, offset=first
            )
        base = base_url(request, public_url)
        return Answer(wire.Videos(total, first, most, [translate.video(each, base) for each in found]))

    @get("/storage/files", summary="List uploads", before_request=storage, responses=wrong)
    async def files(
        request: Call,
        file_type: TypeFilter = None,
        include_deleted: WithDeleted = None,
        check_session: WithSession = None,
        limit: Limit = None,
        offset: Offset = None,
    ) -> Answer[wire.Files]:
        """Your uploads, newest first, with how often each was used."""
        most, first = page(limit, offset)
        kinds = translate.kinds_of(file_type)
        deleted, threads = flag("include_deleted", include_deleted), flag("check_session", check_session)
        async with reading(services.engine) as connection:
            total, found = await library.uploads(
                connection, request.user.account_id, kinds=kinds, deleted=deleted, threads=threads, limit=most, offset=first
            )
        base = base_url(request, public_url)
        return Answer(wire.Files(total, first, most, [translate.file_item(each, base) for each in found]))

    @get("/storage/upload/{upload_id:str}", summary="Look at an upload", before_request=storage, responses=missing)
    async def get_upload(request: Call, upload_id: FromPath[str]) -> Answer[wire.FileDetail]:
        """An upload, deleted or not, and what it was used for."""
        account_id = request.user.account_id
        async with reading(services.engine) as connection:
            file, thread = await library.find_upload(connection, account_id, upload_id)
            uses = await library.uses(connection, account_id, file.path)
        return Answer(translate.file_detail(file, thread, uses, base_url(request, public_url)))

    @delete(
        "/storage/upload/{upload_id:str}", summary="Delete an upload", status_code=200, before_request=storage, responses=missing
    )
    async def delete_upload(request: Call, upload_id: FromPath[str], permanent: Permanent = None) -> Answer[wire.Deleted]:
        """Hide an upload: it leaves the lists and is no reference any more, but its link works on. With `permanent=true` the
        file is removed."""
        for_ever = flag("permanent", permanent)
        upload = await services.uploads.get(request.user.account_id, upload_id)
        await services.uploads.delete(request.user.account_id, upload.path, permanent=for_ever)
        return Answer(wire.Deleted(upload_id, True, for_ever))

    @get("/storage/url/{path:path}", summary="A file's link", before_request=storage, responses=missing)
    async def file_url(request: Call, path: FromPath[str]) -> Answer[wire.FileUrl]:
        """The absolute link of one of your files."""
        file = await find(request, path)
        return Answer(wire.FileUrl(base_url(request, public_url) + file.path))

    @get("/storage/file/{path:path}", summary="Read a file", status_code=307, before_request=storage, responses=missing)
    async def read_file(request: Call, path: FromPath[str]) -> Response[bytes]:
        """One of your files: a redirect to its link."""
        file = await find(request, path)
        # On the host that the client talks to already, unless files have another one.
        location = public_url.rstrip("/") + file.path
        return Response(b"", status_code=307, headers={"Location": location}, media_type="text/plain")

    @delete("/storage/file/{path:path}", summary="Delete a file", status_code=200, before_request=storage, responses=missing)
    async def delete_file(request: Call, path: FromPath[str], permanent: Permanent = None) -> Answer[wire.Deleted]:
        """Hide one of your files, uploaded or made, as `DELETE /storage/upload/{upload_id}` does."""
        for_ever = flag("permanent", permanent)
        file = await find(request, path)
        await services.uploads.delete(request.user.account_id, file.path, permanent=for_ever)
        return Answer(wire.Deleted(file.upload_id or file.path, True, for_ever))

    async def find(request: Call, path: str) -> library.File:
        async with reading(services.engine) as connection:
            return await library.find(connection, request.user.account_id, translate.path_of(path))

    return [user_images, user_videos, files, get_upload, delete_upload, file_url, read_file, delete_file]
