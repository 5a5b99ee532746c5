"""Felt, fur and stitches."""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import fibre, fur
from mediakiln.providers.studio.templates.kit.sitting import Figure

Picture = np.ndarray


def disc(colour: tuple[int, int, int] = (60, 120, 200), side: int = 200) -> Figure:
    """A figure: one disc of one colour."""
    pixels = np.zeros((side, side, 4), np.uint8)
    cv2.circle(pixels, (side // 2, side // 2), side * 2 // 5, (*colour, 255), -1, cv2.LINE_AA)
    return Figure(pixels, 10, 20, False, False)


def solid(figure: Figure) -> Picture:
    return figure.pixels[figure.pixels[..., 3] > 250][:, :3].astype(float)


def test_felt_keeps_colour_and_place() -> None:
    """The mean colour stays near, strands vary it, and the figure stays where it was."""
    felted = fibre.felted(disc(), 1.0)
    assert np.abs(solid(felted).mean(axis=0) - (60, 120, 200)).max() < 30
    assert solid(felted).std(axis=0).min() > 3
    assert abs(felted.x - disc().x) <= 1


def test_fur_stands_out_over_the_outline() -> None:
    """Hair covers more than the figure did, but reaches no farther than it is long; its colour is the figure's."""
    before, after = disc(), fur.furry(disc(), 16)
    area = int((before.alpha > 127).sum())
    assert area * 1.03 < int((after.alpha > 127).sum()) < area * 1.6
    away = cv2.distanceTransform(
        255 - cv2.copyMakeBorder(before.alpha, *(before.left - after.left,) * 4, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5
    )
    assert float(away[after.alpha > 100].max()) < 1.5 * 16
    assert np.abs(solid(after).mean(axis=0) - (60, 120, 200)).max() < 45


def test_fur_has_no_dark_rim_from_what_was_cut_away() -> None:
    """Clear pixels are black; the hairs of a white figure at its edge are not."""
    white = fur.furry(disc((250, 250, 250)), 14, depth=0.0)
    assert np.quantile(solid(white), 0.01) > 120


def test_an_empty_figure_stays_empty() -> None:
    """Nothing to cover: no hair, no error."""
    nothing = Figure(np.zeros((40, 60, 4), np.uint8), 0, 0, False, False)
    assert not fur.furry(nothing, 8).pixels.any()


def test_a_path_and_a_mask_are_the_same_shape() -> None:
    """A path drawn as a mask and traced again covers the same area, `inset` pixels less."""
    path = skia.Path()
    path.addCircle(150, 130, 90)
    mask, left, top = fibre.mask_of(path)
    box = fibre.outline_of(mask, left, top, inset=10).computeTightBounds()
    assert abs(box.left() - 70) < 4
    assert abs(box.bottom() - 210) < 4


def test_stitches_leave_gaps() -> None:
    """A running stitch is thread and cloth by turns."""
    pixels = np.zeros((40, 400, 4), np.uint8)
    canvas = skia.Surface(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
    path = skia.Path()
    path.moveTo(0, 20)
    path.lineTo(400, 20)
    fibre.stitches(canvas, path, (0.9, 0.2, 0.2), 20, 6)
    threads = np.diff((pixels[19, :, 2] > 150).astype(int))
    assert 7 <= int((threads == 1).sum()) <= 14


def test_textures_are_about_one() -> None:
    """Materials change the structure of a colour, not its lightness."""
    for texture in (fibre.wool(300, 200, 1.2), fibre.weave(300, 200, 4)):
        assert texture.shape == (200, 300)
        assert abs(float(texture.mean()) - 1) < 0.12
        assert 0.02 < float(texture.std()) < 0.3
