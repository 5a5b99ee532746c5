"""Between the wire of the storage area and our own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediakiln.assets import uploads
from mediakiln.assets.chunks import Session
from mediakiln.assets.inputs import ROOT
from mediakiln.assets.library import File, Item, Made, Source, Thread
from mediakiln.assets.media import FORMATS
from mediakiln.assets.stills import thumbnail_path
from mediakiln.database.ids import iso
from mediakiln.dialects.neospark.storage import wire
from mediakiln.errors import InvalidRequest
from mediakiln.generation import Kind
from mediakiln.tasks.records import State

STATUSES: Mapping[State, wire.TaskStatus] = {
    State.QUEUED: "pending",
    State.RUNNING: "processing",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELED: "cancelled",
}
OTHERS = {"other": ("audio",)}
"""The kinds of files that a `file_type` of the lists means, where it is no kind itself."""
USAGES: Mapping[str, wire.UsageType] = {Kind.IMAGE: "image_to_image", Kind.VIDEO: "video_generation"}


def kind_of(file_type: str | None) -> str:
    """What a caller says a file is. Raises InvalidRequest."""
    kind = (file_type or "").strip() or "other"
    if kind not in uploads.KINDS:
        raise InvalidRequest.not_allowed("file_type", file_type, uploads.KINDS)
    return kind


def kinds_of(file_type: str | None) -> tuple[str, ...] | None:
    """The kinds that a list is narrowed to. Raises InvalidRequest."""
    return OTHERS.get(kind_of(file_type), (kind_of(file_type),)) if file_type else None


def source_of(source: str | None) -> Source | None:
    """Where listed files come from; None for anywhere. Raises InvalidRequest."""
    if not source:
        return None
    if source not in list(Source):
        raise InvalidRequest.not_allowed("source", source, list(Source))
    return Source(source)


def states_of(status: str | None) -> tuple[State, ...] | None:
    """The task states behind a `status` filter. Raises InvalidRequest."""
    if not status:
        return None
    states = tuple(state for state, name in STATUSES.items() if name == status)
    if not states:
        raise InvalidRequest.not_allowed("status", status, list(STATUSES.values()))
    return states


def path_of(path: str) -> str:
    """The public path that a caller named in a URL's path: with or without its `/uploads/`."""
    return ROOT + path.lstrip("/").removeprefix(ROOT.lstrip("/"))


def upload_of(upload: uploads.Upload, base: str) -> wire.Upload:
    """A new upload."""
    return wire.Upload(**_upload(upload, base))


def file_item(item: Item, base: str) -> wire.FileItem:
    """An upload in a list."""
    if item.file is None:
        raise ValueError("an upload without a file")
    return wire.FileItem(**_item(item.file, item.thread, base))


def file_detail(file: File, thread: Thread | None, uses: list[Made], base: str) -> wire.FileDetail:
    """An upload with all that it was used for."""
    return wire.FileDetail(**_item(file, thread, base), usage_history=[_usage(each) for each in uses])


def image(item: Item, base: str) -> wire.Image:
    """A picture of the library."""
    file, made = item.file, item.made
    if file is None:
        raise ValueError("a picture without a file")
    return wire.Image(
        id=file.upload_id or _stem(file.path),
        type="upload" if file.upload_id else "generation",
        filename=_filename(file),
        path=file.path,
        url=base + file.path,
        thumbnail_url=base + thumbnail_path(file.path),
        size=file.size,
        prompt=made.request.prompt if made else None,
        model=made.model if made else None,
        created_at=iso(file.created_at),
        session_info=session_info(item.thread),
    )


def video(item: Item, base: str) -> wire.UploadedVideo | wire.MadeVideo:
    """A video of the library, finished or not."""
    file, made = item.file, item.made
    if made is None:
        if file is None:
            raise ValueError("a video without a file")
        return wire.UploadedVideo(
            id=file.upload_id or "",
            filename=_filename(file),
            path=file.path,
            url=base + file.path,
            size=file.size,
            content_type=file.media_type,
            created_at=iso(file.created_at),
        )
    state = State(made.state)
    return wire.MadeVideo(
        id=made.public_id,
        filename=_filename(file) if file else "",
        path=file.path if file else "",
        url=base + file.path if file else "",
        size=file.size if file else 0,
        prompt=made.request.prompt,
        model=made.model,
        duration=made.request.duration,
        resolution=made.request.resolution,
        ratio=made.request.aspect_ratio,
        task_type="image_to_video" if made.request.inputs else "text_to_video",
        task_status=STATUSES[state],
        progress=100 if state is State.SUCCEEDED else int(made.progress * 100),
        created_at=iso(made.created_at),
        completed_at=iso(made.finished_at) if made.finished_at and state is State.SUCCEEDED else None,
        session_info=session_info(item.thread),
    )


def session_info(thread: Thread | None) -> wire.SessionInfo | None:
    """The drawing session of a file."""
    return None if thread is None else wire.SessionInfo(thread.id, thread.title, thread.status, thread.status != "deleted")


def chunk_session(session: Session) -> wire.ChunkSession:
    """A session that was begun."""
    return wire.ChunkSession(session.id, session.chunk_size, session.chunks, iso(session.expires_at))


def chunk_state(session: Session, received: list[int]) -> wire.ChunkState:
    """What has arrived of a session."""
    return wire.ChunkState(
        session_id=session.id,
        filename=session.filename,
        status=session.state,
        total_size=session.total_size,
        chunk_size=session.chunk_size,
        total_chunks=session.chunks,
        received=received,
        # While it is completing the column names the attempt.
        upload_id=session.upload_id if session.state == "done" else None,
        expires_at=iso(session.expires_at),
    )


def _upload(file: File | uploads.Upload, base: str) -> dict[str, Any]:
    return {
        "upload_id": file.upload_id,
        "filename": file.filename or _filename(file),
        "path": file.path,
        "url": base + file.path,
        "size": file.size,
        "content_type": file.media_type,
        "file_type": FORMATS[file.media_type].kind,
        "meta_info": wire.MetaInfo(file.width or None, file.height or None, file.duration),
        "created_at": iso(file.created_at),
    }


def _item(file: File, thread: Thread | None, base: str) -> dict[str, Any]:
    status = "active" if file.deleted_at is None else "deleted"
    return _upload(file, base) | {"use_count": file.uses, "status": status, "session_info": session_info(thread)}


def _usage(made: Made) -> wire.Usage:
    request = made.request
    params = {
        "prompt": request.prompt,
        "model": made.model,
        "resolution": request.resolution,
        "aspect_ratio": request.aspect_ratio,
        "num_images": request.count if made.kind == Kind.IMAGE else None,
        "duration": request.duration,
    }
    named = {name: value for name, value in params.items() if value is not None}
    return wire.Usage(USAGES.get(made.kind, "other"), made.public_id, named, iso(made.created_at))


def _filename(file: File | uploads.Upload) -> str:
    return file.filename or file.path.rpartition("/")[2]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
