"""Pictures taken from finished files: a small JPEG beside every picture and video, and a video's last frame.

A thumbnail has no row of its own: its path follows from its file's, and it comes and goes with it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from pathlib import Path

import av
import structlog
from PIL import Image, ImageOps

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.media import FORMATS
from mediakiln.assets.probe import open_container

SIDE = 480
"""Longest side of a thumbnail in pixels."""
SMALL = "_small.jpg"

log = structlog.get_logger(__name__)


def thumbnail_path(path: str) -> str:
    """The path of the thumbnail of a picture or video."""
    return path.rpartition(".")[0] + SMALL


async def add_thumbnail(blobs: BlobStore, path: str, file: Path, media_type: str, *, max_pixels: int) -> None:
    """Store the thumbnail of the local `file`, whose contents were probed and will be (or are) at `path`; none for sound.
    A failure is only logged: nobody's work is lost to a missing preview."""
    if FORMATS[media_type].kind == "audio":
        return
    try:
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            small = Path(folder) / "small.jpg"
            await asyncio.to_thread(_shrink, file, media_type, small, max_pixels)
            await blobs.put_file(thumbnail_path(path).removeprefix("/"), small, "image/jpeg")
    except Exception as error:  # decoders raise whatever the bytes led them to
        log.warning("thumbnail_failed", path=path, error=repr(error)[:300])


async def delete_file(blobs: BlobStore, path: str) -> None:
    """Delete a file and its thumbnail. Raises what the store raises for the file itself, which goes last: what is still there
    is found again."""
    await blobs.delete(thumbnail_path(path).removeprefix("/"))
    await blobs.delete(path.removeprefix("/"))


def write_last_frame(video: Path, media_type: str, into: Path, *, max_pixels: int) -> None:
    """Write the last frame of a probed video as a PNG. Blocking."""
    with video.open("rb") as file, open_container(file, FORMATS[media_type], max_pixels) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        if container.duration:
            # From the last key frame on; the whole file where it has no index.
            container.seek(max(0, container.duration - av.time_base // 10), backward=True)
        frames = deque(container.decode(stream), maxlen=1)
        frames[0].to_image().save(into, "png")


def _shrink(file: Path, media_type: str, into: Path, max_pixels: int) -> None:
    entry = FORMATS[media_type]
    if entry.kind == "video":
        with file.open("rb") as opened, open_container(opened, entry, max_pixels) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            picture: Image.Image = next(container.decode(stream)).to_image()
            picture.thumbnail((SIDE, SIDE))
    else:
        with Image.open(file, formats=(entry.decoder,)) as image:
            image.draft("RGB", (SIDE, SIDE))
            image.thumbnail((SIDE, SIDE))
            picture = ImageOps.exif_transpose(image)
            if picture.has_transparency_data:
                picture = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            picture = picture.convert("RGB")
    picture.save(into, "jpeg", quality=82, progressive=True)
