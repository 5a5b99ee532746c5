"""Birthday photo, gorgeous: champagne gold and blush, velvet curtains, an arch of balloons, roses, a tall cake, a crown."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import captions, cloth, feast, grounds, ornaments, shapes
from mediakiln.providers.studio.templates.kit.posing import crown, posed
from mediakiln.providers.studio.templates.table import Layer, Table

_BLUSH = (rgb("#f2cdc4"), rgb("#e9b9a6"), rgb("#f8ebe0"), rgb("#d9a760"), rgb("#fff7ee"), rgb("#e3c08a"))
_ROSES = (rgb("#f7c9c0"), rgb("#ec9a94"), rgb("#fde6d8"), rgb("#e07f86"))


def _cake(table: Table) -> None:
    """At the right, in front."""
    x = table.width / 2 + min(0.34 * table.width, 0.62 * table.u)
    feast.cake(
        table.canvas,
        x,
        0.985 * table.height,
        0.26 * table.u,
        icing=rgb("#f3d7b8"),
        body=rgb("#fff6ea"),
        tiers=3,
        candles=3,
        tones=(shapes.GOLD,),
        pearls=shapes.GOLD,
    )


_INK = captions.Ink((rgb("#fff3c4"), rgb("#e2b04e"), rgb("#a8711f"), rgb("#f0cf86")), ((rgb("#7a3f3a"), 0.1),), shadow=0.4)

LAYERS: tuple[Layer, ...] = (
    grounds.wall(rgb("#e9cdb5"), (0.5, 0.35), 0.03, 0.35),
    grounds.bokeh((rgb("#fff0cf"), rgb("#ffd9a0")), 40, 0.06, 0.0, 0.8, 0.5),
    cloth.curtains(rgb("#dba28c"), 0.27, tied=0.42),
    ornaments.arch(_BLUSH, 0.07, deep=0.62),
    grounds.light_pool(0.5, 0.35, 0.7, rgb("#fff0d0"), 0.3),
    posed(tall=0.64, wide=0.66, ground=0.94, key=(1.04, 1.0, 0.95), hat=crown, rim=(1.0, 0.95, 0.8), framed=(0.5, 0.52)),
    feast.posy(((0.06, 0.93, 0.15), (0.22, 1.02, 0.12), (0.98, 0.95, 0.13)), _ROSES),
    _cake,
    captions.caption("Happy Birthday", 0.5, 0.15, 0.085, _INK, room=0.58),
    ornaments.falling(ornaments.confetti(rgb("#e9c46a"), rgb("#fff0c8"), rgb("#f2cdc4")), 34, 0.012, middle=0.2, near=0.12),
    grounds.vignette(0.16),
)
