"""Ornaments: cords hang between their nails, what falls keeps off the sitter, and all is painted where it was asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit import blossom, cloth, feast, greenery, lunar, ornaments, palace, red_paper, shapes
from mediakiln.providers.studio.templates.table import Layer, Sitter, Table

RED = (0.8, 0.1, 0.1)


def table(width: int = 400, height: int = 400, seed: int = 1) -> Table:
    """An empty table."""
    return Table(Sitter(np.full((16, 16, 3), 128, np.uint8)), width, height, seed)


def painted(on: Table) -> np.ndarray:
    """Where something opaque lies."""
    return np.asarray(on.pixels[..., 3] > 128)


def test_a_cord_hangs_between_its_nails() -> None:
    """Its ends are the nails, its middle is the deepest."""
    points = shapes.sag((0, 10), (100, 10), 30, 11)
    assert points[0] == (0, 10)
    assert points[-1] == (100, 10)
    assert points[5] == pytest.approx((50, 40))


def test_the_scene_of_a_tall_frame_is_below() -> None:
    """There the sitter is; in a wide frame shares are those of the height."""
    assert shapes.low(table(400, 400), 0.4) == pytest.approx(160)
    assert shapes.low(table(800, 400), 0.4) == pytest.approx(160)
    assert shapes.low(table(400, 1600), 0.4) > 1200
    assert shapes.low(table(400, 1600), 1.0) == 1600


def test_what_falls_keeps_off_the_middle() -> None:
    """And falls elsewhere the same way for the same seed only."""

    def speck(canvas: Canvas, size: float) -> None:
        canvas.drawCircle(0, 0, size, ornaments.skia.Paint(Color=0xFFFFFFFF))

    once, again, other = table(800, 400), table(800, 400), table(800, 400, 2)
    for on in (once, again, other):
        ornaments.falling((speck,), 80, 0.01, middle=0.0)(on)
    assert not painted(once)[:, 310:490].any()
    assert painted(once)[:, :250].any()
    assert np.array_equal(once.pixels, again.pixels)
    assert not np.array_equal(once.pixels, other.pixels)


@pytest.mark.parametrize(
    "draw",
    [
        lambda canvas: ornaments.balloon(canvas, 200, 200, 80, RED),
        lambda canvas: ornaments.balloon(canvas, 200, 200, 80, RED, shape="heart"),
        lambda canvas: greenery.bauble(canvas, 200, 200, 80, RED),
        lambda canvas: red_paper.lantern(canvas, 200, 200, 160, text="福"),
        lambda canvas: lunar.mooncake(canvas, 200, 200, 160, "月"),
        lambda canvas: feast.gift(canvas, 200, 260, 160, RED, (1, 1, 1)),
        lambda canvas: feast.diploma(canvas, 200, 200, 220),
    ],
)
def test_a_thing_is_about_as_large_as_asked_and_shaded(draw: Callable[[Canvas], None]) -> None:
    """Its middle is painted, the far corners are not, and it has light and dark."""
    on = table()
    draw(on.canvas)
    where = painted(on)
    assert where[200, 200]
    assert not where[:40, :40].any()
    assert not where[-40:, -40:].any()
    assert on.pixels[..., :3].max(axis=2)[where].std() > 15


def test_a_cake_stands_on_its_foot_and_grows_with_its_tiers() -> None:
    """Three tiers are higher than two."""
    tops = []
    for tiers in (1, 2, 3):
        on = table()
        tops.append(feast.cake(on.canvas, 200, 380, 150, icing=(1, 0.6, 0.7), body=(1, 1, 1), tiers=tiers))
        assert np.where(painted(on))[0].max() < 399
    assert tops[0] > tops[1] > tops[2]


@pytest.mark.parametrize(("width", "height"), [(400, 400), (1200, 300), (300, 1200)])
@pytest.mark.parametrize(
    "layer",
    [
        lunar.moon(0.5, 0.4, 0.3),
        blossom.branch((0.0, 0.5), 10, 0.4),
        lunar.clouds(((0.3, 0.5, 0.1),), (RED, (1, 1, 1))),
        palace.eaves(0.2),
        palace.gate(),
        greenery.garland((0, 0), (1, 0), 0.1),
        ornaments.arch((RED,)),
        cloth.curtains(RED, 0.3, tied=0.4),
        ornaments.bunting((0, 0.05), (1, 0.05), 0.05, (RED,)),
        greenery.fir_tree(0.5, 0.95, 0.8, 0.5, (RED,)),
    ],
)
def test_layers_take_any_frame(layer: Layer, width: int, height: int) -> None:
    """They paint something on it, and premultiplied colours stay within their cover."""
    on = table(width, height)
    layer(on)
    assert (on.pixels[..., 3] > 60).mean() > 0.004
    assert (on.pixels[..., :3].max(axis=2) <= on.pixels[..., 3]).mean() > 0.999
