"""Christmas tree: the sitter with a red cap by a lit and decorated fir, presents around, warm lights behind."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import feast, greenery, grounds, ornaments, shapes
from mediakiln.providers.studio.templates.kit.posing import posed, santa
from mediakiln.providers.studio.templates.table import Layer, Table

_BALLS = (shapes.RED, shapes.GOLD, rgb("#f4efe6"), rgb("#b9202c"))
_WRAPS = (
    (rgb("#b9202c"), rgb("#f0d28a")),
    (rgb("#f3ead6"), rgb("#2f7a4f")),
    (rgb("#2f6f4f"), rgb("#e9d9b0")),
    (rgb("#8a2a3a"), rgb("#f6efe0")),
)


def _tree(table: Table) -> None:
    """Behind the sitter, to the left in a wide frame, as tall as the frame allows."""
    tall = min(1.45, 0.9 * table.height / table.u)
    x = 0.5 - min(0.27, 0.27 * table.u / table.width * 1.2)
    greenery.fir_tree(x, 0.96, tall, min(0.62 * tall, 0.78), _BALLS)(table)


LAYERS: tuple[Layer, ...] = (
    grounds.wall(rgb("#5a2b22"), (0.3, 0.4), 0.05, 0.5),
    grounds.bokeh((rgb("#ffc56a"), rgb("#ff9a5a"), rgb("#ffe3a8")), 44, 0.055, 0.0, 0.75, 0.5),
    grounds.table_top(rgb("#7a4a2c"), 0.84),
    grounds.light_pool(0.3, 0.45, 0.8, rgb("#ffc880"), 0.35),
    _tree,
    feast.gifts(((0.1, 0.93, 0.2), (0.34, 0.92, 0.17)), _WRAPS),
    posed(tall=0.7, wide=0.6, x=0.62, ground=0.95, key=(1.06, 0.99, 0.9), hat=santa, rim=(1.0, 0.85, 0.6), framed=(0.52, 0.52)),
    feast.gifts(((0.93, 0.99, 0.22), (0.2, 1.01, 0.19)), _WRAPS[::-1]),
    ornaments.lights((-0.02, 0.02), (0.5, 0.0), 0.09, (rgb("#ffd27a"),)),
    ornaments.lights((0.5, 0.0), (1.02, 0.03), 0.1, (rgb("#ffd27a"),)),
    ornaments.falling((ornaments.flake,), 18, 0.014, middle=0.3),
    grounds.vignette(0.25),
)
