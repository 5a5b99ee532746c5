"""Pictures on their way to vendors and back: inputs in a format that the vendor reads, several calls for pictures side by side,
and delivered ones as they were asked for."""

from __future__ import annotations

import asyncio
import io
from base64 import b64encode
from collections.abc import Collection, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import structlog
from msgspec.structs import replace
from PIL import Image, ImageOps

from mediakiln.providers.base import InputFile, OperatorFault, OutcomeUnknown, OutputFile, Rejected, RejectReason

READ = frozenset({"image/png", "image/jpeg", "image/webp"})
"""Formats that every vendor reads."""
PIXELS_MAX = 64_000_000
"""A delivered picture of more is left as it is: the store judges it without decoding."""

QUALITY = 95
"""Of the JPEG that another format becomes."""

_FORMATS = {"png": "PNG", "jpeg": "JPEG", "jpg": "JPEG", "webp": "WEBP"}
_BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""What Pillow raises for bytes that are no whole picture."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


async def side_by_side(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of those calls that succeeded, in order: a partial delivery, and none of the others is sent again. Where none
    did, raises the failure that says most: one that may have been paid for first, one that can be tried again last. Cancelled, it
    cancels all."""
    answers: Sequence[T | BaseException] = await asyncio.gather(*calls, return_exceptions=True)
    made = [answer for answer in answers if not isinstance(answer, BaseException)]
    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    if made:
        tell_partial(len(made), failed)
        return made
    for kind in (OutcomeUnknown, Rejected, OperatorFault, BaseException):
        for answer in failed:
            if isinstance(answer, kind):
                raise answer
    raise OutcomeUnknown("nothing was asked for")


def tell_partial(made: int, failed: Sequence[BaseException]) -> None:
    """Write down what nobody else will hear of: calls that failed beside others that were paid for."""
    for error in failed:
        log.error("provider.partial", delivered=made, failure=type(error).__name__, error=str(error))


def readable(file: InputFile, folder: Path, formats: Collection[str] = READ) -> InputFile:
    """The input itself, or the first frame of it as a PNG in `folder` where the vendor does not read its format. Other than
    pictures pass. Raises Rejected for one that is broken. Blocks."""
    if file.media_type in formats or not file.media_type.startswith("image/"):
        return file
    path = folder / f"{file.path.parent.name}-{file.path.name}.png"
    try:
        with Image.open(file.path) as picture:
            turned = ImageOps.exif_transpose(picture)
            turned.convert("RGBA" if turned.has_transparency_data else "RGB").save(path, "PNG")
    except _BROKEN as error:
        raise Rejected(RejectReason.INVALID, f"{file.role}: the picture cannot be read: {type(error).__name__}") from error
    return replace(file, path=path, media_type="image/png")


def picture_bytes(file: InputFile, formats: Collection[str], *, opaque: bool = False) -> tuple[bytes, str]:
    """The picture's bytes and media type: as they are where `formats` (media types) has it, else as a JPEG, upright and on white.
    With `opaque` a transparent picture becomes one too. Raises `Rejected` for a broken one. Blocks: call it in a thread."""
    if file.media_type in formats and not opaque:
        return file.path.read_bytes(), file.media_type
    try:
        with Image.open(file.path) as picture:
            if file.media_type in formats and not picture.has_transparency_data:
                return file.path.read_bytes(), file.media_type
            made = io.BytesIO()
            _opaque(ImageOps.exif_transpose(picture)).save(made, "JPEG", quality=QUALITY)
            return made.getvalue(), "image/jpeg"
    except _BROKEN as error:
        raise Rejected(RejectReason.INVALID, f"{file.role}: the picture cannot be read: {type(error).__name__}") from error


def picture_uri(vendor: str, file: InputFile, formats: Collection[str], limit: int, *, opaque: bool = False) -> str:
    """The same in a `data:` link. Raises `Rejected` for more than `limit` bytes and for a broken picture. Blocks: call it in a
    thread."""
    data, media_type = picture_bytes(file, formats, opaque=opaque)
    if len(data) > limit:
        size = f"got {len(data) / 2**20:.1f} MB; at most {limit / 2**20:.0f} MB are taken"
        raise Rejected(RejectReason.INVALID, f"{vendor}: {file.role}: {size}")
    return f"data:{media_type};base64,{b64encode(data).decode()}"


def keep(data: bytes, path: Path, output_format: str | None, size: tuple[int, int] | None = None) -> OutputFile:
    """Write a delivered picture to `path`, in the format that was asked for (png, jpeg, webp), and cut down to `size` in pixels
    where that was given and the picture is larger. One that is right already keeps its bytes, and with them what the vendor
    wrote into its metadata; one that cannot be read is kept for the store to judge. Blocks."""
    wanted = _FORMATS.get(output_format or "")
    try:
        with Image.open(io.BytesIO(data)) as picture:
            found = picture.format or ""
            larger = size is not None and picture.size != size and picture.width >= size[0] and picture.height >= size[1]
            if (found == (wanted or found) and not larger) or picture.width * picture.height > PIXELS_MAX:
                path.write_bytes(data)
            else:
                found = wanted or found
                made = ImageOps.fit(picture, size, Image.Resampling.LANCZOS) if larger and size else picture
                (_opaque(made) if found == "JPEG" else made).save(path, found, quality=QUALITY)
    except _BROKEN:
        path.write_bytes(data)
        return OutputFile(path, f"image/{output_format or 'png'}")
    return OutputFile(path, Image.MIME.get(found, "image/png"))


def _opaque(picture: Image.Image) -> Image.Image:
    """Without transparency: on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    above = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
