"""Uploads, in one request and in chunks."""

from __future__ import annotations

from typing import Any

from litestar import Request, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.assets.uploads import KINDS
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.storage import translate, wire
from mediakiln.dialects.neospark.wire import Answer
from mediakiln.web.bodies import StrictBody
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate
from mediakiln.web.links import base_url
from mediakiln.web.multipart import OVERHEAD, file_form, receive_form
from mediakiln.web.queries import whole

Call = Request[Principal, Any, Any]
CHUNK_SIZE = 5 * 1024 * 1024
"""Bytes of a chunk where the client names none."""
UPLOAD_FORM = file_form("file", {"file_type": ("What the file is; the default is anything this server reads.", KINDS)})
CHUNK_FORM = file_form("chunk", {"chunk_number": ("Which chunk this is, from 1.", ())})


def upload_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    storage, streamed = gate.admits(Scope.STORAGE), gate.admits(Scope.STORAGE, streamed=True)
    public_url, most, scratch = services.settings.public_url, services.uploads.max_bytes, services.uploads.scratch
    missing = documented(errors.NotFound)

    @post(
        "/storage/upload",
        summary="Upload a file",
        status_code=200,
        before_request=streamed,
        request_max_body_size=most + OVERHEAD,
        operation_class=UPLOAD_FORM,
        responses=documented(errors.InvalidRequest, body=True),
    )
    async def upload(request: Call) -> Answer[wire.Upload]:
        """Upload a picture, a video or a sound, to be used as a reference. The bytes decide what it is."""
        async with receive_form(request, "file", scratch=scratch, max_bytes=most) as form:
            kind = translate.kind_of(form.fields.get("file_type"))
            made = await services.uploads.add(request.user.account_id, form.path, form.filename, kind)
        return Answer(translate.upload_of(made, base_url(request, public_url)))

    @post(
        "/storage/upload/chunk/init",
        summary="Begin a chunked upload",
        dto=StrictBody[wire.ChunkInit],
        return_dto=None,
        status_code=200,
        before_request=storage,
        responses=documented(errors.InvalidRequest, errors.TooLarge, body=True),
    )
    async def begin(data: JSONBody[wire.ChunkInit], request: Call) -> Answer[wire.ChunkSession]:
        """Begin to upload a large file in chunks, in any order, each again if need be. What is not completed within a day is
        deleted."""
        if data.total_size is None:
            raise errors.InvalidRequest("required, but missing; send the file's size in bytes", field="total_size")
        session = await services.chunked.begin(
            request.user.account_id,
            filename=data.filename or "",
            kind=translate.kind_of(data.file_type),
            total_size=data.total_size,
            chunk_size=CHUNK_SIZE if data.chunk_size is None else data.chunk_size,
        )
        return Answer(translate.chunk_session(session))

    @post(
        "/storage/upload/chunk/{session_id:str}",
        summary="Upload a chunk",
        status_code=200,
        before_request=streamed,
        request_max_body_size=most + OVERHEAD,
        operation_class=CHUNK_FORM,
        responses=documented(errors.InvalidRequest, errors.NotFound, errors.Conflict, body=True),
    )
    async def put(request: Call, session_id: FromPath[str]) -> Answer[wire.ChunkReceived]:
        """Send one chunk; it replaces what came under its number before."""
        session = await services.chunked.get(request.user.account_id, session_id)
        async with receive_form(request, "chunk", scratch=scratch, max_bytes=session.chunk_size) as form:
            told = form.fields.get("chunk_number")
            if not told:
                raise errors.InvalidRequest(f"required, but missing; allowed: 1 to {session.chunks}", field="chunk_number")
            number = whole("chunk_number", told, 0, 1, session.chunks)
            await services.chunked.put(session, number, form.path, form.size)
        return Answer(wire.ChunkReceived(session_id, number, form.size, session.chunks))

    @get("/storage/upload/chunk/{session_id:str}", summary="Look at a chunked upload", before_request=storage, responses=missing)
    async def state(request: Call, session_id: FromPath[str]) -> Answer[wire.ChunkState]:
        """Which chunks have arrived, to go on after a break; our extension."""
        session = await services.chunked.get(request.user.account_id, session_id)
        return Answer(translate.chunk_state(session, await services.chunked.arrived(session)))

    @post(
        "/storage/upload/chunk/{session_id:str}/complete",
        summary="Complete a chunked upload",
        status_code=200,
        before_request=storage,
        responses=documented(errors.InvalidRequest, errors.NotFound, errors.Conflict),
    )
    async def complete(request: Call, session_id: FromPath[str]) -> Answer[wire.Upload]:
        """Make an upload of the chunks. Asked again, it is the same one."""
        made = await services.chunked.complete(request.user.account_id, session_id)
        return Answer(translate.upload_of(made, base_url(request, public_url)))

    @delete(
        "/storage/upload/chunk/{session_id:str}",
        summary="Give a chunked upload up",
        status_code=200,
        before_request=storage,
        responses=documented(errors.NotFound, errors.Conflict),
    )
    async def abort(request: Call, session_id: FromPath[str]) -> Answer[wire.Deleted]:
        """Delete what has arrived of a chunked upload."""
        await services.chunked.abort(request.user.account_id, session_id)
        return Answer(wire.Deleted(session_id, True, True))

    return [upload, begin, put, state, complete, abort]
