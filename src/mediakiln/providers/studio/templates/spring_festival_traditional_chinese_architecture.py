"""Spring Festival, red wall: the sitter by an old palace wall under glazed eaves, with lanterns, plum blossom and its shadow."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import blossom, grounds, ornaments, palace, red_paper, shapes
from mediakiln.providers.studio.templates.kit.hard import ramped, traced
from mediakiln.providers.studio.templates.kit.posing import posed
from mediakiln.providers.studio.templates.table import Layer, Table

_SHADE = rgb("#3a0508")


def _socle(table: Table) -> None:
    """The wall's grey stone foot."""
    y, u = shapes.low(table, 0.9), table.u
    stone = shapes.round_box(0, y, table.width, y + 0.06 * u)
    ramped(table.canvas, stone, (rgb("#b9b0a6"), rgb("#7f766e")), (0, y), (0, y + 0.06 * u))
    for k in range(round(table.width / (0.3 * u)) + 1):
        x = (k + 0.4) * 0.3 * u
        traced(table.canvas, shapes.polygon([(x, y), (x, y + 0.06 * u)], False), rgb("#5f5750"), 0.004 * u)


LAYERS: tuple[Layer, ...] = (
    palace.red_wall(),
    blossom.branch((0.05, 0.95), -62, 0.85, bark=_SHADE, flower=None, size=0.022, alpha=0.5, name="shadow"),
    palace.eaves(0.17, 0.22),
    _socle,
    palace.paving(0.95),
    blossom.branch((1.03, 0.66), 205, 0.4, name="plum"),
    blossom.branch((-0.03, 0.62), -14, 0.34, name="plum low"),
    red_paper.luck(0.84, 0.42, 0.17),
    posed(tall=0.68, ground=0.955, key=(1.05, 0.99, 0.92), thrown_back=0.45, rim=(1.0, 0.9, 0.7), framed=(0.56, 0.52)),
    red_paper.lanterns(((0.1, 0.33, 0.17), (0.93, 0.23, 0.13)), "", 0.45),
    ornaments.falling(ornaments.petals(rgb("#f0708a"), rgb("#f9b4c0")), 18, 0.018, middle=0.3, near=0.15),
    grounds.light_pool(0.1, 0.1, 0.9, rgb("#ffd9a0"), 0.22),
    grounds.vignette(0.18),
)
