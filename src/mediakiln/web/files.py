"""Outputs and uploads over HTTP: GET and HEAD `/uploads/...`, with ranges and revalidation (RFC 9110, 13 and 14).

No key is asked for: a path holds 128 random bits. Whatever a file contains, a browser is told to treat it as a picture,
a video or a sound only, in a sandbox. On a bucket, GET answers with a redirect to a presigned URL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from litestar import HttpMethod, Request, Response, Router, route
from litestar.params import FromPath
from litestar.response import Stream

from mediakiln.assets.blobs import Blob, BlobStore
from mediakiln.assets.media import BY_EXTENSION
from mediakiln.errors import NotFound

PRESIGNED_SECONDS = 3_600
"""How long a redirect target works. The redirect itself may be cached for half of it."""

_NAME = re.compile(
    r"/(?P<key>[A-Za-z0-9-]{1,64}/(images|videos|audio)/[0-9]{4}/[0-9]{2}/[0-9]{2}/(?P<file>[0-9a-f]{32}_[0-9]{1,3}(_small)?\.(?P<extension>[a-z0-9]{2,5})))"
)
_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}
"""On every answer, errors too."""


def files_router(blobs: BlobStore) -> Router:
    """The routes of finished files, reading from `blobs`."""

    @route("/uploads/{path:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], status_code=200, include_in_schema=False)
    async def serve_file(path: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
        name = _NAME.fullmatch(path)
        entry = BY_EXTENSION.get(name["extension"]) if name else None
        if name is None or entry is None:
            return _not_found()
        key, download = f"uploads/{name['key']}", request.query_params.get("download") == "1"
        head_only = request.method == "HEAD"
        try:
            blob = await blobs.head(key)
            # Presigned for GET alone, and without a say in the disposition: HEAD and downloads are answered here.
            link = None if head_only or download else await blobs.presign(key, PRESIGNED_SECONDS)
        except NotFound:
            return _not_found()
        if link is not None:
            cache = {"Cache-Control": f"private, max-age={PRESIGNED_SECONDS // 2}"}
            return Response(b"", status_code=307, headers=_SAFE | cache | {"Location": link}, media_type="text/plain")
        disposition = f'{"attachment" if download else "inline"}; filename="{name["file"]}"'
        described = _describe(blob) | {"Content-Type": entry.media_type, "Content-Disposition": disposition}
        return _answer(blobs, key, blob, request.headers, described, head_only=head_only)

    return Router("/", route_handlers=[serve_file])


def _answer(
    blobs: BlobStore, key: str, blob: Blob, asked: Mapping[str, str], described: dict[str, str], *, head_only: bool
) -> Response[Any]:
    """200, 206, 304 or 416 for a file that is there."""
    if _is_fresh(blob, asked):
        kept = {name: value for name, value in described.items() if not name.startswith("Content-")}
        return Response(None, status_code=304, headers=_SAFE | kept)
    wanted = None if head_only or not _range_holds(blob, asked.get("if-range")) else _parse_range(asked.get("range"), blob.size)
    if wanted == ():
        return _plain(416, "range_not_satisfiable", "The range lies outside the file.", {"Content-Range": f"bytes */{blob.size}"})
    start, end = wanted or (0, blob.size)
    headers = _SAFE | described | {"Content-Length": str(end - start)}
    if head_only:
        return Response(None, status_code=200, headers=headers)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{blob.size}"
    media_type = headers.pop("Content-Type")
    stream = blobs.stream(key, start, end)
    return Stream(stream, status_code=206 if wanted else 200, headers=headers, media_type=media_type)


def _describe(blob: Blob) -> dict[str, str]:
    """The headers that a file has however it is asked for. A path never changes its contents, so caches may keep it."""
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
        "ETag": blob.etag,
        "Last-Modified": format_datetime(_modified(blob), usegmt=True),
    }


def _modified(blob: Blob) -> datetime:
    return datetime.fromtimestamp(blob.last_modified // 1000, UTC)


def _is_fresh(blob: Blob, asked: Mapping[str, str]) -> bool:
    """If-None-Match by weak comparison; If-Modified-Since only without it (RFC 9110, 13.2.2)."""
    tags = asked.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or blob.etag.removeprefix("W/") in known
    since = _date(asked.get("if-modified-since"))
    return since is not None and _modified(blob) <= since


def _range_holds(blob: Blob, condition: str | None) -> bool:
    """If-Range: the very same strong tag or date, else the whole file is sent."""
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == blob.etag and not condition.startswith("W/")
    return _date(condition) == _modified(blob)


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):  # years and offsets of any length
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _parse_range(text: str | None, size: int) -> tuple[int, int] | tuple[()] | None:
    """One byte range as (start, end exclusive); () when it cannot be satisfied; None when the header is to be ignored:
    absent, malformed, another unit, or several ranges."""
    found = _RANGE.fullmatch(text) if text else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, size) if length else ()
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        return ()
    return int(first), min(int(last) + 1, size) if last else size


def _not_found() -> Response[Any]:
    return _plain(404, "not_found", "No such file.", {})


def _plain(status: int, code: str, message: str, headers: dict[str, str]) -> Response[Any]:
    """An error in JSON; never cached, since a file may appear."""
    body = {"error": {"code": code, "message": message}}
    return Response(body, status_code=status, headers=_SAFE | {"Cache-Control": "no-store"} | headers)
