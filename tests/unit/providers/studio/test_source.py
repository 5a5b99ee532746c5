"""Given pictures of every kind are read upright, in colour, and no larger than anything is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mediakiln.generation import Role
from mediakiln.providers.studio.orders import CannotRender, Source
from mediakiln.providers.studio.source import LARGEST, open_picture

RED, BLUE = (220, 30, 30), (20, 40, 210)


def halves(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def opened(tmp_path: Path, image: Image.Image, name: str = "x.jpg", **options: object) -> np.ndarray:
    image.save(tmp_path / name, **options)
    return open_picture(Source(Role.IMAGE, str(tmp_path / name), "image/jpeg"))


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_a_huge_photograph_is_made_smaller(tmp_path: Path, mode: str) -> None:
    """Its shape and colours stay."""
    picture = opened(tmp_path, halves(LARGEST * 2, 400, mode))
    assert picture.shape == (200, LARGEST, 3)
    assert np.abs(picture[100, 10].astype(int) - RED).max() < 40
    assert np.abs(picture[100, -10].astype(int) - BLUE).max() < 40


@pytest.mark.parametrize("width", [40, LARGEST + 100])
def test_a_turned_photograph_stands_upright(tmp_path: Path, width: int) -> None:
    """What a camera notes of its position is followed, made smaller or not: orientation 6 is a quarter turn clockwise."""
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = opened(tmp_path, halves(width, 40), exif=exif)
    assert picture.shape[:2] == (min(width, LARGEST), 40 if width <= LARGEST else round(40 * LARGEST / width))
    assert picture[2, 5, 0] > 150
    assert picture[-3, 5, 2] > 150


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16"])
def test_every_mode_becomes_colour(tmp_path: Path, mode: str) -> None:
    """Whatever was saved."""
    image = Image.new("I;16", (30, 20), 40_000) if mode == "I;16" else halves(30, 20, mode)
    picture = opened(tmp_path, image, "x.png")
    assert (picture.shape, picture.dtype) == ((20, 30, 3), np.uint8)


def test_what_is_clear_lies_on_white(tmp_path: Path) -> None:
    """A logo without a ground."""
    picture = opened(tmp_path, Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "x.png")
    assert picture.min() == 255


def test_a_file_that_is_no_picture(tmp_path: Path) -> None:
    """It is the caller's to mend."""
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    with pytest.raises(CannotRender, match="could not be read"):
        open_picture(Source(Role.IMAGE, str(tmp_path / "x.jpg"), "image/jpeg"))
