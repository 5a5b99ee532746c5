"""Bringing a file into an asset group: fetched through the safe door, checked for real, kept as its owner's upload.

In two steps: what takes long goes before the transaction that makes the asset, and that one can hold what else belongs to it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.assets import groups, library
from mediakiln.assets.inputs import InputResolver, own_path
from mediakiln.assets.limits import LIMITS
from mediakiln.assets.names import clean_filename, with_extension
from mediakiln.assets.uploads import Upload, Uploads, confirm
from mediakiln.database.engine import reading
from mediakiln.errors import FetchFailed, NotFound, shorten
from mediakiln.generation import MediaInput, Role

_ROLES = {"image": Role.REFERENCE_IMAGE, "video": Role.REFERENCE_VIDEO, "audio": Role.REFERENCE_AUDIO}


async def bring(
    engine: AsyncEngine,
    uploads: Uploads,
    inputs: InputResolver,
    account_id: str,
    source: str,
    *,
    kind: str,
    name: str,
    base_url: str,
) -> Upload:
    """Stage what `source` names, for `place`: an http(s) URL, a `data:` URI, or one of the account's own files by its link at
    `base_url` (the address that this client asks at) or its path; those are copied. `kind` is image, video or audio.

    It takes as long as one fetch may (`fetch_timeout`), and ends by itself unless it is placed. Raises InvalidRequest and its
    kinds for a file that cannot be had or used, and TooLarge beyond the quota.
    """
    if (path := own_path(source, (base_url,)) or inputs.own_path(source)) is not None:
        source = path
        await _check_own(engine, account_id, path)
    with tempfile.TemporaryDirectory(dir=uploads.scratch) as folder:
        found = await inputs.resolve(MediaInput(_ROLES[kind], source), account_id, Path(folder))
        LIMITS[kind].check(found.media_type, found.size, found.width, found.height, found.duration, field="source")
        return await uploads.stage(account_id, found.path, _filename(name, source, found.media_type), kind)


async def place(connection: AsyncConnection, upload: Upload, *, group_id: str, name: str) -> groups.Asset:
    """Make an asset of what was brought. Raises NotFound for a group that is missing or foreign, and Conflict when it took too
    long."""
    await groups.hold_group(connection, upload.account_id, group_id)
    await confirm(connection, upload)
    return await groups.add_asset(connection, upload.account_id, group_id=group_id, name=name, path=upload.path)


async def _check_own(engine: AsyncEngine, account_id: str, path: str) -> None:
    """A file that its owner deleted is no source any more, although its link works on."""
    try:
        async with reading(engine) as connection:
            deleted = (await library.find(connection, account_id, path)).deleted_at is not None
    except NotFound:
        deleted = True
    if deleted:
        raise FetchFailed(f"got {shorten(path)}, which does not exist; allowed: one of your own files", field="source")


def _filename(name: str, source: str, media_type: str) -> str:
    """What the file is called in its owner's library: as the asset is, else as it was where it came from."""
    there = "" if source[:5].lower() == "data:" else unquote(urlsplit(source).path)
    return with_extension(clean_filename(name, "") or clean_filename(there, "asset"), media_type)
