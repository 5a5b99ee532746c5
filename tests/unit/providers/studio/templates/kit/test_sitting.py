"""Placing the sitter: sizes, edges, light and shadows."""

from __future__ import annotations

import numpy as np
import pytest

from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit import sitting
from mediakiln.providers.studio.templates.table import Sitter, Table


class Cut(Sitter):
    """A sitter whose cut-out is given: a disc, a bust (a block to the lower edge), or a whole picture."""

    def __init__(self, kind: str) -> None:
        y, x = np.mgrid[0:120, 0:80].astype(np.float32)
        alpha = {
            "disc": np.hypot((x - 40) / 40, (y - 60) / 60) < 1,
            "bust": (np.abs(x - 40) < 36) & (y > 30),
            "whole": np.ones_like(x, bool),
        }[kind]
        colours = np.broadcast_to(np.array([200, 90, 40], np.uint8), (120, 80, 3))
        super().__init__(np.ascontiguousarray(colours))
        self.__dict__["cut"] = np.dstack([colours, np.where(alpha, 255, 0).astype(np.uint8)])


def table(kind: str = "disc") -> Table:
    """A grey table with such a sitter."""
    result = Table(Cut(kind), 300, 400, 5)
    result.pixels[:] = (180, 180, 180, 255)
    return result


@pytest.mark.parametrize(("wide", "tall"), [(40, 400), (400, 40), (90, 90)])
def test_the_sitter_fits_and_keeps_its_ratio(wide: float, tall: float) -> None:
    """It fills the room in one direction, is in the room in the other, and stands where it was told."""
    figure = sitting.stood(table(), 150, 300, wide, tall)
    assert figure.width <= wide + 1
    assert figure.height <= tall + 1
    assert figure.width / figure.height == pytest.approx(80 / 120, rel=0.08)
    assert figure.foot == pytest.approx(300, abs=1)
    assert figure.x == pytest.approx(150, abs=1)


def test_busts_and_prints_are_known() -> None:
    """What is cut by the lower edge is a bust and gets a round end; a whole picture is a print with round corners."""
    bust = sitting.stood(table("bust"), 150, 300, 200, 200)
    assert bust.bust
    assert not sitting.stood(table(), 150, 300, 200, 200).bust
    soft = sitting.soft_foot(bust)
    assert soft.alpha[-1].sum() < 0.6 * bust.alpha[-1].sum()
    assert soft.alpha[: bust.height // 2].sum() == bust.alpha[: bust.height // 2].sum()
    print_ = sitting.stood(table("whole"), 150, 300, 200, 200)
    assert print_.whole
    assert print_.alpha[0, 0] == 0
    assert print_.pixels[print_.height // 2, 1, :3].min() > 200  # the white rim


def test_a_border_grows_all_round() -> None:
    """A sticker's border is as wide as asked for, of its tone, and the figure stays where it is."""
    figure = sitting.stood(table(), 150, 300, 160, 240)
    bordered = sitting.outlined(figure, 10, (0.0, 0.0, 1.0))
    assert bordered.x == pytest.approx(figure.x, abs=1)
    wide = [int((part.alpha > 128).any(axis=0).sum()) for part in (figure, bordered)]
    assert wide[1] - wide[0] == pytest.approx(20, abs=3)
    row = bordered.pixels[bordered.height // 2]
    first = row[np.argmax(row[:, 3] > 200) + 3]
    assert first[2] > 200
    assert first[0] < 60


@pytest.mark.parametrize("treatment", [sitting.relief, sitting.painted, sitting.graded, sitting.rim_lit, sitting.toy()])
def test_treatments_keep_the_outline(treatment: sitting.Treatment) -> None:
    """Light and paint change colours only, and keep the sitter's hue."""
    figure = sitting.stood(table(), 150, 300, 160, 240)
    changed = treatment(figure)
    assert np.array_equal(changed.alpha, figure.alpha)
    middle: Picture = changed.pixels[90:150, 50:110, :3]
    assert middle[..., 0].mean() > middle[..., 1].mean() > middle[..., 2].mean()


def test_relief_is_lit_from_the_upper_left() -> None:
    """The upper left rim of a padded form is lighter than the lower right one."""
    figure = sitting.relief(sitting.stood(table(), 150, 300, 160, 240))
    height, width = figure.pixels.shape[:2]
    rim = (figure.alpha > 200) & (sitting.grown(figure.alpha, -10) < 50)
    upper, lower = rim.copy(), rim.copy()
    upper[height // 2 :] = upper[:, width // 2 :] = False
    lower[: height // 2] = lower[:, : width // 2] = False
    assert figure.pixels[upper][:, :3].mean() > 1.3 * figure.pixels[lower][:, :3].mean()


def test_shadows_darken_only_and_fall_to_the_right() -> None:
    """A cast shadow lies to the right of the foot, a wall's shadow to the lower right."""
    cast, wall = table(), table()
    figure = sitting.stood(cast, 120, 300, 80, 120)
    sitting.cast(cast, figure, 0.6, 0.3)
    sitting.shadow(wall, figure, 20)
    for painted in (cast, wall):
        assert painted.pixels[..., :3].max() <= 180
        assert painted.pixels[..., :3].min() < 150
    assert cast.pixels[280, 165:200].astype(int).sum() < cast.pixels[280, 40:75].astype(int).sum()
    assert wall.pixels[figure.foot + 6, 135, 0] < 175
    assert wall.pixels[figure.top - 6, 100, 0] == 180


def test_a_cropped_picture_is_not_stretched() -> None:
    """A circle stays one, whatever is asked for."""
    y, x = np.mgrid[0:200, 0:300]
    picture = np.repeat(np.where(np.hypot(x - 150, y - 100) < 40, 255, 0).astype(np.uint8)[..., None], 3, 2)
    for size in ((100, 100), (90, 160), (400, 120)):
        part = sitting.cropped(picture, *size)
        assert part.shape[:2] == size[::-1]
        on = part[..., 0] > 128
        assert on.any(axis=0).sum() == pytest.approx(on.any(axis=1).sum(), abs=3)


def test_a_picture_without_a_subject_is_a_soft_square_with_a_rim() -> None:
    """A close-up is a thing with round corners, not a print: clear at its corners, a light rim, its own colours within."""
    figure = sitting.stood(table("whole"), 150, 350, 200, 200)
    assert figure.whole
    assert figure.height < 1.4 * figure.width
    assert not figure.alpha[[0, 0, -1, -1], [0, -1, 0, -1]].any()
    assert figure.alpha[figure.height // 2].mean() > 240
    assert figure.pixels[figure.height // 2, 3, :3].min() > 200
    assert np.abs(figure.pixels[figure.height // 2, figure.width // 2, :3].astype(int) - (200, 90, 40)).max() < 4
