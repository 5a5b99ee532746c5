"""Walls, tables and light."""

from __future__ import annotations

import numpy as np
import pytest

from mediakiln.providers.studio.colour import luma
from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.table import Layer, Sitter, Table


def table(tone: tuple[int, int, int] = (200, 60, 40), width: int = 240, height: int = 180) -> Table:
    return Table(Sitter(np.full((60, 60, 3), tone, np.uint8)), width, height, 3)


@pytest.mark.parametrize(
    "layer",
    [
        grounds.gradient((0.9, 0.8, 0.7), (0.2, 0.3, 0.4)),
        grounds.wall((0.8, 0.7, 0.7)),
        grounds.sweep((0.8, 0.7, 0.7)),
        grounds.planks((0.7, 0.5, 0.3)),
        grounds.planks((0.7, 0.5, 0.3), across=False),
    ],
)
@pytest.mark.parametrize("size", [(240, 180), (64, 300), (300, 64)])
def test_a_ground_covers_the_sheet(layer: Layer, size: tuple[int, int]) -> None:
    """Every pixel is opaque, at any ratio."""
    sheet = table(width=size[0], height=size[1])
    layer(sheet)
    assert int(sheet.pixels[..., 3].min()) == 255


def test_a_gradient_runs_from_top_to_bottom() -> None:
    """Its ends have the colours given."""
    sheet = table()
    grounds.gradient((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))(sheet)
    assert sheet.picture()[0].min() > 245
    assert sheet.picture()[-1].max() < 10


def test_light_comes_from_the_upper_left() -> None:
    """A plain wall is lighter there than at the lower right."""
    sheet = table()
    grounds.wall((0.7, 0.7, 0.7), rough=0.0)(sheet)
    picture = sheet.picture().astype(int)
    assert picture[20:50, 40:80].mean() > picture[-40:, -40:].mean() + 15


def test_a_table_top_leaves_what_is_above_it() -> None:
    """Nothing far above its edge changes; everything below is the table."""
    sheet = table()
    grounds.gradient((0.2, 0.4, 0.9), (0.2, 0.4, 0.9))(sheet)
    before = sheet.picture().copy()
    grounds.table_top((0.6, 0.4, 0.2), 0.6)(sheet)
    assert np.array_equal(sheet.picture()[:80], before[:80])
    below = sheet.picture()[130:].astype(int)
    assert (below[..., 0] > below[..., 2]).all()


def test_light_only_adds_and_a_vignette_only_takes() -> None:
    """A pool of light darkens nothing; the finish brightens nothing."""
    sheet = table()
    grounds.wall((0.5, 0.5, 0.5))(sheet)
    before = sheet.picture().astype(int)
    grounds.light_pool()(sheet)
    lit = sheet.picture().astype(int)
    assert (lit >= before - 1).all()
    assert lit.mean() > before.mean() + 5
    grounds.vignette()(sheet)
    assert (sheet.picture().astype(int) <= lit + 1).all()
    assert int(sheet.pixels[..., 3].min()) == 255


@pytest.mark.parametrize("tone", [(200, 60, 40), (20, 30, 25), (250, 250, 250), (30, 60, 220)])
def test_a_pastel_is_light_whatever_the_sitter(tone: tuple[int, int, int]) -> None:
    """One lightness for every sitter, and the hue of a vivid one; its complement at half a turn."""
    sheet = table(tone)
    pastel = grounds.pastel()(sheet)
    assert luma(pastel) == pytest.approx(0.82, abs=0.1)
    if tone == (200, 60, 40):
        opposite = grounds.pastel(0.5)(sheet)
        assert pastel[0] > pastel[2] + 0.1
        assert opposite[2] > opposite[0] + 0.1
