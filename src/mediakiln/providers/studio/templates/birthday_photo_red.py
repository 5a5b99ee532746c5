"""Birthday photo, red: red paper, red balloons and foil hearts, a red and white cake with candles, letters of gold."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import captions, feast, grounds, ornaments, shapes
from mediakiln.providers.studio.templates.kit.posing import posed
from mediakiln.providers.studio.templates.table import Layer, Table

_REDS = (rgb("#d3162a"), rgb("#e8374a"), rgb("#a80f22"), rgb("#f0596a"))


def _cake(table: Table) -> None:
    x = table.width / 2 - min(0.33 * table.width, 0.6 * table.u)
    feast.cake(
        table.canvas,
        x,
        0.985 * table.height,
        0.28 * table.u,
        icing=rgb("#d3162a"),
        body=rgb("#fff4ee"),
        tiers=2,
        candles=3,
        tones=(rgb("#ffffff"), shapes.GOLD),
    )


def _words(table: Table) -> None:
    """On an arc over the sitter's head, or straight where the frame is low."""
    u = table.u
    size = captions.fitted("HAPPY BIRTHDAY", 0.1 * u, 0.8 * table.width, captions.FOIL)
    radius = 1.5 * u
    glyphs = captions.arc("HAPPY BIRTHDAY", table.width / 2, 0.15 * table.height + radius - 0.03 * u, radius, size, captions.FOIL)
    captions.write(table.canvas, glyphs, size, captions.FOIL)


LAYERS: tuple[Layer, ...] = (
    grounds.sweep(rgb("#c4152a"), 0.8),
    grounds.light_pool(0.5, 0.35, 0.75, rgb("#ff7a6a"), 0.45),
    ornaments.cluster(
        (
            (0.07, 0.28, 0.11),
            (0.17, 0.14, 0.09),
            (0.93, 0.26, 0.11),
            (0.84, 0.13, 0.085),
            (0.03, 0.5, 0.085),
            (0.97, 0.5, 0.09),
            (0.13, 0.42, 0.075),
            (0.88, 0.42, 0.07),
        ),
        _REDS,
        shapes=("round", "heart", "round", "round", "heart"),
        string=0.5,
    ),
    _words,
    posed(tall=0.72, wide=0.7, ground=0.94, key=(1.04, 0.99, 0.98), rim=(1.0, 0.75, 0.7), thrown_back=0.25, framed=(0.5, 0.54)),
    feast.gifts(((0.9, 0.985, 0.24), (0.77, 1.01, 0.15)), ((rgb("#fff4ee"), rgb("#d3162a")), (rgb("#8f0d1c"), shapes.GOLD))),
    _cake,
    ornaments.falling(ornaments.confetti(shapes.GOLD, rgb("#fff0d0"), rgb("#ff6a7a")), 30, 0.015, middle=0.15, near=0.15),
    grounds.vignette(0.2),
)
