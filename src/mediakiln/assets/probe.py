"""What a file really is, told by its bytes and by decoding it. Blocking: call it from a thread (`probe_async`).

Only the decoder of the sniffed format is let near the bytes, its claims are checked before it allocates pixels, and no
decoder may open another file. One frame is decoded, so a truncated or broken file never reaches a provider or a client.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import av
from msgspec import Struct
from PIL import Image

from mediakiln.assets.media import FORMATS, SNIFF_BYTES, Format, names, sniff
from mediakiln.errors import FetchFailed
from mediakiln.generation import Kind

CODECS = frozenset(
    {"h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "libaom-av1", "mpeg4", "prores"}
    | {"aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "flac", "alac"}
    | {"pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_u8"}
)
"""Decoders that may run, by FFmpeg's names."""

ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)
"""The EXIF tag that says how a camera was held, and its values for a picture that lies on its side."""
MAX_STREAMS = 16
"""Most streams in one container; every one of them costs memory before anything is known."""
MAX_PACKETS = 500_000
"""Most frames in one stream: more than two hours of video."""


class Probed(Struct, frozen=True):
    """`size` in bytes; `width` and `height` in pixels of the first frame, 0 for audio; `duration` in seconds, None for
    pictures and where the file does not tell; `has_audio` says whether a sound track is there."""

    media_type: str
    size: int
    width: int = 0
    height: int = 0
    duration: float | None = None
    has_audio: bool = False


def probe(path: Path, *, max_pixels: int) -> Probed:
    """Read a local file. Raises FetchFailed for other formats, too many pixels, and files that do not decode."""
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    entry = FORMATS.get(sniff(head) or "")
    if entry is None:
        raise FetchFailed(f"got a file of unknown contents; allowed: {names()}")
    size = path.stat().st_size
    try:
        if entry.kind == "image":
            width, height = _image(path, head, entry, max_pixels)
            return Probed(entry.media_type, size, width, height)
        return _timed(path, size, entry, max_pixels)
    except FetchFailed:
        raise
    except Image.DecompressionBombError:
        # Pillow's own limit (179 million pixels) strikes before ours can.
        raise FetchFailed(f"got far too many pixels; allowed: at most {max_pixels} in all") from None
    except Exception as error:
        # Decoders raise whatever the hostile bytes led them to: SyntaxError, struct.error, EOFError, MemoryError...
        raise FetchFailed(f"got {entry.media_type} contents that do not decode; allowed: a complete file") from error


async def probe_async(path: Path, *, max_pixels: int) -> Probed:
    """`probe` in a worker thread."""
    return await asyncio.to_thread(probe, path, max_pixels=max_pixels)


def verify_output(path: Path, *, kind: Kind, max_pixels: int) -> Probed:
    """Check a finished output before its task may succeed: it decodes and is of the kind that was ordered.

    Raises FetchFailed. A video needs a whole first frame and a duration.
    """
    probed = probe(path, max_pixels=max_pixels)
    if probed.media_type.partition("/")[0] != kind:
        raise FetchFailed(f"got an output of type {probed.media_type}; allowed: {names(kind)}")
    if kind is Kind.VIDEO and not probed.duration:
        raise FetchFailed("got a video of no length; allowed: a complete file")
    return probed


def _image(path: Path, head: bytes, entry: Format, max_pixels: int) -> tuple[int, int]:
    """Decode the first frame; returns its width and height as they are shown."""
    if entry.media_type == "image/webp":
        # Pillow's WebP reader allocates the canvas when it opens the file, so the header is read here first.
        _check_pixels(*_webp_canvas(head), max_pixels)
    with Image.open(path, formats=(entry.decoder,)) as image:
        width, height = image.size
        _check_pixels(width, height, max_pixels)
        # An eighth of the size is enough to walk the whole of a JPEG, at a fraction of the memory.
        image.draft(image.mode, (max(1, width // 8), max(1, height // 8)))
        image.load()
        return (height, width) if _on_its_side(image) else (width, height)


def _on_its_side(image: Image.Image) -> bool:
    """Whether a picture is turned a quarter before it is shown."""
    try:
        return image.getexif().get(ORIENTATION) in SIDEWAYS
    except Exception:  # whatever a camera wrote there, the picture itself has decoded
        return False


def _webp_canvas(head: bytes) -> tuple[int, int]:
    """Width and height from a WebP header (RFC 9649, 2.5-2.7)."""
    chunk, body = head[12:16], head[20:30]
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def open_container(file: BinaryIO, entry: Format, max_pixels: int) -> Any:
    """A container for the one demuxer that the bytes asked for, within limits; it opens no other file."""
    options = {"max_pixels": str(max_pixels), "protocol_whitelist": "file", "threads": "1", "max_streams": str(MAX_STREAMS)}
    return av.open(file, "r", format=entry.decoder, options=options, metadata_errors="replace", io_open=_no_other_file)


def _timed(path: Path, size: int, entry: Format, max_pixels: int) -> Probed:
    """Probe video or audio."""
    with path.open("rb") as file, open_container(file, entry, max_pixels) as container:
        duration = _seconds(container)
        has_audio = bool(container.streams.audio)
        if entry.kind == "audio":
            # Cover art is a picture stream here; nobody decodes it.
            _play(container, container.streams.audio, size, max_pixels)
            return Probed(entry.media_type, size, duration=duration, has_audio=True)
        frame = _play(container, container.streams.video, size, max_pixels)
        return Probed(entry.media_type, size, frame.width, frame.height, duration, has_audio)


def _play(container: Any, streams: Sequence[Any], size: int, max_pixels: int) -> Any:
    """Decode the first frame of the first of `streams`, then walk its packets to the end; returns the frame."""
    if not streams:
        raise FetchFailed(f"got a file without sound or pictures; allowed: {names()}")
    stream = streams[0]
    context = stream.codec_context
    if context is None or context.name not in CODECS:
        raise FetchFailed("got a file in an unusual codec; allowed: H.264, HEVC, VP8, VP9, AV1, AAC, MP3, Opus, Vorbis, FLAC")
    if stream.type == "video":
        _check_pixels(context.width, context.height, max_pixels)
    # A decoder is opened anew for decoding, so the limits are said again.
    context.thread_count = 1
    context.options = {"max_pixels": str(max_pixels)}
    frame = next(container.decode(stream), None)
    if frame is None:
        raise FetchFailed("got a file without a single frame; allowed: a complete file")
    if stream.type == "video":
        _check_pixels(frame.width, frame.height, max_pixels)
    _walk(container, stream, size)
    return frame


def _walk(container: Any, stream: Any, size: int) -> None:
    """Read every packet without decoding it. An index may name the same bytes again and again, so the sum is bounded."""
    total = 0
    for count, packet in enumerate(container.demux(stream)):
        total += packet.size
        if packet.is_corrupt:
            raise FetchFailed("got a file that ends too early; allowed: a complete file")
        if count > MAX_PACKETS or total > 2 * size:
            raise FetchFailed("got a file whose index is longer than its contents; allowed: an ordinary file")


def _seconds(container: Any) -> float | None:
    """The container's duration in seconds, when it is a sane one."""
    if container.duration is None:
        return None
    seconds = float(container.duration / av.time_base)
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _check_pixels(width: int, height: int, max_pixels: int) -> None:
    if width <= 0 or height <= 0:
        raise FetchFailed(f"got pictures of no usable size; allowed: at most {max_pixels} pixels in all")
    if width * height > max_pixels:
        raise FetchFailed(f"got {width}x{height} pixels; allowed: at most {max_pixels} in all")


def _no_other_file(*_: object) -> NoReturn:
    """Containers may point at other files (MOV data references): none is ever opened."""
    raise PermissionError("a media file may not open another one")
