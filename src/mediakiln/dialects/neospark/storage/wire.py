"""The JSON of uploads and file lists (wire file, section 4). Unknown fields are ignored; null is absent."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Struct

from mediakiln.web.bodies import told

FileKind = Literal["image", "video", "audio"]
FileType = Annotated[FileKind, told("What the bytes are; `audio` is our extension.", "image")]
Url = Annotated[str, told("Absolute link, open to anybody who has it.")]
Path = Annotated[str, told("The same without the host: `/uploads/…`. `/storage/file/` and `/storage/url/` take it.")]
TaskStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]


UsageType = Literal["image_to_image", "video_generation", "other"]


class ChunkInit(Struct, kw_only=True):
    """Body of `POST /storage/upload/chunk/init`."""

    filename: Annotated[str | None, told("Kept for display.", "clip.mp4")] = None
    content_type: Annotated[str | None, told("Not believed: the bytes decide.", "video/mp4")] = None
    file_type: Annotated[str | None, told("`image`, `video`, `audio` or `other` (the default: anything).", "video")] = None
    total_size: Annotated[int | None, told("Bytes of the whole file; required.", 12_345_678, minimum=1)] = None
    chunk_size: Annotated[int | None, told("Bytes of each chunk but the last; the default is 5242880.", 5_242_880)] = None


class DownloadZip(Struct, kw_only=True):
    """Body of `POST /drawing/download-zip`."""

    urls: Annotated[list[str] | None, told("1 to 100 links to files of yours; required.")] = None
    filename: Annotated[str | None, told("What to call the zip; the default is `images`.", "images")] = None


class MetaInfo(Struct, omit_defaults=True):
    """Pixels of a picture or a video, seconds of a video or a sound."""

    width: int | None = None
    height: int | None = None
    duration: float | None = None


class SessionInfo(Struct):
    """The drawing session that a file belongs to or was last used in."""

    session_id: str
    title: str
    session_status: str
    session_exists: bool


class Upload(Struct, kw_only=True):
    """An upload."""

    upload_id: str
    filename: str
    path: Path
    url: Url
    size: int
    content_type: str
    file_type: FileType
    meta_info: MetaInfo
    created_at: str


class FileItem(Upload, kw_only=True):
    """An upload in a list. `use_count` counts the generations it was given to."""

    use_count: int
    status: Literal["active", "deleted"]
    session_info: SessionInfo | None


class Usage(Struct):
    """A generation that an upload was given to."""

    usage_type: UsageType
    message_id: str
    usage_params: dict[str, Any]
    created_at: str


class FileDetail(FileItem, kw_only=True):
    """`data` of `GET /storage/upload/{upload_id}`; the latest 100 uses."""

    usage_history: list[Usage]


class Files(Struct):
    """`data` of `GET /storage/files`."""

    total: int
    offset: int
    limit: int
    files: list[FileItem]


class Image(Struct, kw_only=True):
    """A picture: an upload, or one that a generation made. `thumbnail_url` is a JPEG of at most 480 pixels a side."""

    id: str
    type: Literal["upload", "generation"]
    filename: str
    path: Path
    url: Url
    thumbnail_url: Url
    size: int
    prompt: str | None
    model: str | None
    created_at: str
    session_info: SessionInfo | None


class Images(Struct):
    """`data` of `GET /storage/user-images`."""

    total: int
    offset: int
    limit: int
    images: list[Image]


class UploadedVideo(Struct, kw_only=True, tag="upload", tag_field="type"):
    """A video that was uploaded."""

    id: str
    filename: str
    path: Path
    url: Url
    size: int
    content_type: str
    status: Literal["active"] = "active"
    created_at: str


class MadeVideo(Struct, kw_only=True, tag="generation", tag_field="type"):
    """A video that a task made or is to make: until it has, `path`, `url` and `filename` are empty."""

    id: str
    filename: str
    path: Path
    url: Url
    size: int
    prompt: str
    model: str
    duration: int | None
    resolution: str | None
    ratio: str | None
    task_type: Literal["text_to_video", "image_to_video"]
    task_status: TaskStatus
    progress: int
    created_at: str
    completed_at: str | None
    session_info: SessionInfo | None


class Videos(Struct):
    """`data` of `GET /storage/user-videos`."""

    total: int
    offset: int
    limit: int
    items: list[UploadedVideo | MadeVideo]


class ChunkSession(Struct):
    """`data` of `POST /storage/upload/chunk/init`."""

    session_id: str
    chunk_size: int
    total_chunks: int
    expires_at: str


class ChunkState(Struct, kw_only=True):
    """`data` of `GET /storage/upload/chunk/{session_id}`, our extension: what has arrived, to go on after a break."""

    session_id: str
    filename: str
    status: Annotated[str, told("`open`, `completing` or `done`.", "open")]
    total_size: int
    chunk_size: int
    total_chunks: int
    received: Annotated[list[int], told("Numbers of the chunks that are here.", [1, 2, 5])]
    upload_id: str | None
    expires_at: str


class ChunkReceived(Struct):
    """`data` of `POST /storage/upload/chunk/{session_id}`."""

    session_id: str
    chunk_number: int
    size: int
    total_chunks: int


class Deleted(Struct):
    """What was deleted. `permanent` false: its link still works."""

    id: str
    deleted: bool
    permanent: bool


class FileUrl(Struct):
    """`data` of `GET /storage/url/{path}`."""

    url: Url
