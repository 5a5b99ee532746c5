"""Pictures as bytes: what vendors read, what callers asked for, and several calls at once."""

from __future__ import annotations

import asyncio
import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mediakiln.generation import Role
from mediakiln.providers.base import InputFile, OperatorFault, OutcomeUnknown, OutputFile, Rejected, RejectReason, Retryable
from mediakiln.providers.pictures import keep, picture_uri, readable, side_by_side


def drawn(form: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, (200, 100, 50, 0)[: len(mode)]).save(buffer, form)
    return buffer.getvalue()


def shown(output: OutputFile) -> tuple[str | None, tuple[int, int]]:
    with Image.open(output.path) as picture:
        return picture.format, picture.size


def test_what_is_right_keeps_its_bytes(tmp_path: Path) -> None:
    """A vendor's metadata say where a picture comes from."""
    buffer, words = io.BytesIO(), PngInfo()
    words.add_text("C2PA", "drawn by a machine")
    Image.new("RGB", (40, 20)).save(buffer, "PNG", pnginfo=words)
    for asked in ("png", None):
        output = keep(buffer.getvalue(), tmp_path / "a", asked, (40, 20))
        assert output == OutputFile(tmp_path / "a", "image/png")
        assert output.path.read_bytes() == buffer.getvalue()


@pytest.mark.parametrize(("form", "asked"), [("PNG", "jpeg"), ("JPEG", "png"), ("WEBP", "jpeg"), ("PNG", "webp")])
def test_the_format_that_was_asked_for(tmp_path: Path, form: str, asked: str) -> None:
    """Whatever the vendor sends."""
    output = keep(drawn(form), tmp_path / "a", asked)
    assert output.media_type == f"image/{asked}"
    assert shown(output) == (asked.upper(), (40, 20))


def test_transparency_becomes_white(tmp_path: Path) -> None:
    """JPEG has none."""
    with Image.open(keep(drawn(mode="RGBA"), tmp_path / "a", "jpeg").path) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "becomes"), [((20, 10), (20, 10)), ((20, 20), (20, 20)), ((80, 40), (40, 20)), ((20, 40), (40, 20))]
)
def test_a_picture_is_cut_down_never_blown_up(tmp_path: Path, size: tuple[int, int], becomes: tuple[int, int]) -> None:
    """Pixels that were not drawn are not made up."""
    assert shown(keep(drawn(), tmp_path / "a", "png", size)) == ("PNG", becomes)


@pytest.mark.parametrize("data", [b"", b"<html>", drawn()[:60], drawn("JPEG")[:200]])
def test_what_is_no_picture_is_left_to_the_store(tmp_path: Path, data: bytes) -> None:
    """It looks at every delivered file, and tells the caller."""
    assert keep(data, tmp_path / "a", "webp", (20, 10)).path.read_bytes() == data


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "AVIF"])
def test_formats_that_vendors_do_not_read(tmp_path: Path, form: str) -> None:
    """Their first frame goes as PNG."""
    path = tmp_path / "in"
    path.write_bytes(drawn(form))
    made = readable(InputFile(Role.IMAGE, path, f"image/{form.lower()}", 40, 20), tmp_path)
    assert (made.media_type, made.role, made.width) == ("image/png", Role.IMAGE, 40)
    assert shown(OutputFile(made.path, "")) == ("PNG", (40, 20))


def test_formats_that_vendors_read(tmp_path: Path) -> None:
    """They go as they are, and so does what is no picture; a broken one is the caller's trouble."""
    for media_type in ("image/png", "image/webp", "video/mp4"):
        file = InputFile(Role.IMAGE, tmp_path / "in", media_type)
        assert readable(file, tmp_path) is file
    (tmp_path / "in").write_bytes(b"GIF89a")
    with pytest.raises(Rejected, match="image: the picture cannot be read"):
        readable(InputFile(Role.IMAGE, tmp_path / "in", "image/gif"), tmp_path)


async def _say(what: int | Exception) -> int:
    if isinstance(what, Exception):
        raise what
    return what


async def test_several_calls() -> None:
    """What was made is delivered; where nothing was, the failure that may have been paid for counts most."""
    unknown, busy, key = OutcomeUnknown("u"), Retryable("r"), OperatorFault("o")
    refused = Rejected(RejectReason.INVALID, "n")
    assert await side_by_side(_say(one) for one in (1, unknown, 3, busy)) == [1, 3]
    for failures, counts in (((busy, unknown, refused), unknown), ((busy, key, refused), refused), ((busy, key), key)):
        with pytest.raises(type(counts)) as caught:
            await side_by_side(_say(one) for one in failures)
        assert caught.value is counts


async def test_several_calls_are_cancelled_together() -> None:
    """None goes on alone."""
    ended = []

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(1)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(side_by_side(wait() for _ in range(3)), 0.05)
    assert len(ended) == 3


# Pictures inside a request.

COMMON = ("image/jpeg", "image/png")
MUCH = 2**20


def saved(folder: Path, image: Image.Image, form: str, **options: Any) -> InputFile:
    path = folder / f"picture.{form}"
    image.save(path, form, **options)
    return InputFile(Role.IMAGE, path, f"image/{form}", *image.size)


def sent(file: InputFile, *, opaque: bool = False) -> tuple[str, bytes]:
    head, _, data = picture_uri("Vendor", file, COMMON, MUCH, opaque=opaque).partition(";base64,")
    return head.removeprefix("data:"), base64.b64decode(data)


def seen(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_what_is_read_goes_as_it_is(tmp_path: Path) -> None:
    """Byte for byte, transparent or not."""
    clear = saved(tmp_path, Image.new("RGBA", (8, 6), (255, 0, 0, 0)), "png")
    assert sent(clear) == ("image/png", clear.path.read_bytes())


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_nothing_transparent(tmp_path: Path, mode: str) -> None:
    """What was clear is white, not the colour that was hidden under it."""
    hidden = Image.new("RGBA", (16, 16), (10, 10, 10, 0)).convert(mode)
    media_type, data = sent(saved(tmp_path, hidden, "png", **({"transparency": 0} if mode == "P" else {})), opaque=True)
    assert media_type == "image/jpeg"
    assert seen(data).getextrema() == ((255, 255),) * 3


def test_what_is_solid_stays_where_nothing_transparent_is_taken(tmp_path: Path) -> None:
    """Most pictures are."""
    solid = saved(tmp_path, Image.new("RGB", (8, 6), "red"), "png")
    assert sent(solid, opaque=True) == ("image/png", solid.path.read_bytes())


@pytest.mark.parametrize("form", ["gif", "tiff", "webp", "avif"])
def test_other_formats_become_a_jpeg(tmp_path: Path, form: str) -> None:
    """In the same size and colour."""
    media_type, data = sent(saved(tmp_path, Image.new("RGB", (32, 16), (200, 40, 40)), form))
    assert media_type == "image/jpeg"
    assert seen(data).size == (32, 16)
    assert all(abs(low - wanted) < 9 for (low, _), wanted in zip(seen(data).getextrema(), (200, 40, 40), strict=True))


def test_a_turned_picture_is_upright(tmp_path: Path) -> None:
    """The note that says which way is up would be lost."""
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    _, data = sent(saved(tmp_path, Image.new("RGB", (32, 16), "blue"), "webp", exif=exif))
    assert seen(data).size == (16, 32)


def test_a_limit(tmp_path: Path) -> None:
    """One that is too big is named with its size."""
    file = saved(tmp_path, Image.effect_noise((600, 600), 90), "png")
    with pytest.raises(Rejected, match=r"^Vendor: image: got 0\.\d MB; at most 0 MB are taken$") as caught:
        picture_uri("Vendor", file, COMMON, 1000)
    assert caught.value.reason is RejectReason.INVALID


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBPVP8 "])
def test_a_broken_picture_in_a_link(tmp_path: Path, data: bytes) -> None:
    """It is refused once and for all, not tried again."""
    path = tmp_path / "broken"
    path.write_bytes(data)
    with pytest.raises(Rejected, match=r"^first_frame: the picture cannot be read: \w+$"):
        picture_uri("Vendor", InputFile(Role.FIRST_FRAME, path, "image/webp"), COMMON, MUCH)
