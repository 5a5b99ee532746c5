"""Downloads of the caller's own files, one by one and as a zip. Never of anything on another host."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.assets import library
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.inputs import own_path
from mediakiln.assets.names import clean_filename, unique, with_extension
from mediakiln.database.engine import reading
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.storage import wire
from mediakiln.web.bodies import StrictBody
from mediakiln.web.dialect import Services
from mediakiln.web.downloads import attachment
from mediakiln.web.gate import Gate
from mediakiln.web.links import base_url
from mediakiln.web.zips import Member, zip_stream

Call = Request[Principal, Any, Any]
MOST = 100
"""Files in one zip."""
FileUrl = Annotated[str | None, QueryParameter(name="url", description="Link or path of one of your files; required.")]
FileName = Annotated[str | None, QueryParameter(name="name", description="What to call it; the default is its own name.")]


def download_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    storage = gate.admits(Scope.STORAGE)

    @get(
        "/drawing/download",
        summary="Download a file",
        before_request=storage,
        responses=documented(errors.InvalidRequest, errors.NotFound),
    )
    async def download(request: Call, url: FileUrl = None, name: FileName = None) -> Stream:
        """One of your files, under the name you want."""
        if not url:
            raise errors.InvalidRequest("required, but missing; send a link to one of your files", field="url")
        [file] = await find(request, [url], "url")
        size = await _size(services.blobs, file)
        given = with_extension(clean_filename(name, _name(file)), file.media_type)
        headers = attachment(given) | {"Content-Length": str(size)}
        return Stream(services.blobs.stream(file.path.removeprefix("/")), headers=headers, media_type=file.media_type)

    @post(
        "/drawing/download-zip",
        summary="Download a zip",
        dto=StrictBody[wire.DownloadZip],
        return_dto=None,
        status_code=200,
        before_request=storage,
        responses=documented(errors.InvalidRequest, errors.NotFound, body=True),
    )
    async def download_zip(data: JSONBody[wire.DownloadZip], request: Call) -> Stream:
        """Up to 100 of your files in one zip."""
        urls = data.urls or []
        if not 1 <= len(urls) <= MOST:
            raise errors.InvalidRequest.not_allowed("urls", f"{len(urls)} links", f"1 to {MOST}")
        files = await find(request, urls, "urls")
        sizes = await asyncio.gather(*(_size(services.blobs, file) for file in files))
        names = unique(with_extension(_name(file), file.media_type) for file in files)
        members = [
            Member(name, file.path.removeprefix("/"), size, file.created_at)
            for name, file, size in zip(names, files, sizes, strict=True)
        ]
        asked = clean_filename(data.filename, "images")
        named = asked if asked.lower().endswith(".zip") else f"{asked[:251]}.zip"
        return Stream(zip_stream(members, services.blobs.stream), headers=attachment(named), media_type="application/zip")

    async def find(request: Call, urls: list[str], field: str) -> list[library.File]:
        """The files behind links of ours, in order. Raises InvalidRequest for other links, and NotFound alike for files that
        are missing or foreign."""
        bases = (base_url(request, ""), services.settings.public_url)
        paths = [own_path(url.strip(), bases) for url in urls]
        for url, path in zip(urls, paths, strict=True):
            if path is None:
                raise errors.InvalidRequest.not_allowed(field, url, "links to your own files: /uploads/…")
        async with reading(services.engine) as connection:
            return [await library.find(connection, request.user.account_id, path or "") for path in paths]

    return [download, download_zip]


async def _size(blobs: BlobStore, file: library.File) -> int:
    return (await blobs.head(file.path.removeprefix("/"))).size


def _name(file: library.File) -> str:
    return file.filename or file.path.rpartition("/")[2]
