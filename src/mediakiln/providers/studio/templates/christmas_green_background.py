"""Christmas, green background: a studio portrait before deep green velvet, framed by fir garlands, baubles and snow."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import captions, cloth, feast, greenery, grounds, ornaments
from mediakiln.providers.studio.templates.kit.posing import posed, santa
from mediakiln.providers.studio.templates.table import Layer, Table

_GREEN = rgb("#1d5a3c")
_WRAPS = ((rgb("#b9202c"), rgb("#f0d28a")), (rgb("#f3ead6"), rgb("#b9202c")), (rgb("#2f7a4f"), rgb("#f3ead6")))


def _words(table: Table) -> None:
    """On a ribbon across the lower edge."""
    size = captions.fitted("Merry Christmas", 0.085 * table.u, 0.5 * table.width)
    x, y = table.width / 2, table.height - 0.95 * size
    cloth.banner(table.canvas, x, y, captions.measured("Merry Christmas", size) + 1.2 * size, 1.45 * size, rgb("#a3151f"))
    captions.block(table.canvas, "Merry Christmas", x, y, size, captions.FOIL)


LAYERS: tuple[Layer, ...] = (
    grounds.wall(_GREEN, (0.45, 0.35), 0.05, 0.55),
    grounds.bokeh((rgb("#ffd98a"), rgb("#9fe0a8"), rgb("#ffb46a")), 30, 0.05, 0.0, 0.85, 0.32),
    grounds.light_pool(0.5, 0.4, 0.62, rgb("#a8e0b0"), 0.3),
    ornaments.falling((ornaments.flake,), 60, 0.012, middle=0.7),
    posed(tall=0.76, ground=0.9, key=(1.03, 1.0, 0.95), hat=santa, rim=(1.0, 0.93, 0.75), round_frame=True),
    feast.gifts(((0.1, 0.99, 0.2), (0.91, 1.0, 0.23), (0.2, 1.03, 0.15)), _WRAPS),
    greenery.garland((-0.03, -0.01), (0.52, -0.01), 0.12),
    greenery.garland((0.48, -0.01), (1.03, -0.01), 0.12),
    greenery.garland((-0.02, -0.05), (-0.02, 0.62), 0.0, thick=0.06),
    greenery.garland((1.02, -0.05), (1.02, 0.62), 0.0, thick=0.06),
    _words,
    ornaments.falling((ornaments.flake,), 26, 0.02, middle=0.25, near=0.3, name="near snow"),
    grounds.vignette(0.22),
)
