"""Spring Festival, traditional architecture: the sitter before a palace gate with painted beams, lanterns, couplets and snow."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import grounds, lunar, ornaments, palace, red_paper, shapes
from mediakiln.providers.studio.templates.kit.posing import posed
from mediakiln.providers.studio.templates.table import Layer, Table


def _couplets(table: Table) -> None:
    """One on each side of the door."""
    size = 0.05 * table.u
    for side, text in ((-1, "春回大地"), (1, "福满人间")):
        x = table.width / 2 + side * 0.84 * palace.gate_half(table)
        red_paper.couplet(table.canvas, text, x, shapes.low(table, 0.46), size)


def _wing(table: Table) -> None:
    """The wall that the gate stands in, with its own tiles."""
    palace.red_wall(top=0.52, bottom=0.87)(table)
    palace.eaves(0.53, 0.09, 0.045, beam=False)(table)


LAYERS: tuple[Layer, ...] = (
    grounds.gradient(rgb("#6f9cc4"), rgb("#f3dcc0")),
    lunar.ridges((rgb("#a9bccb"), rgb("#8aa3b4")), 0.42, 0.55, rgb("#f5e6d3")),
    _wing,
    palace.gate(),
    palace.paving(0.86),
    _couplets,
    red_paper.lanterns(((0.2, 0.42, 0.13), (0.8, 0.42, 0.13)), "", 0.6, 0.05),
    posed(tall=0.62, ground=0.95, key=(1.04, 1.0, 0.94), rim=(1.0, 0.9, 0.75), framed=(0.6, 0.46)),
    red_paper.crackers(0.035, 0.04, 0.34, 0.042),
    red_paper.crackers(0.965, 0.04, 0.34, 0.042),
    ornaments.falling((ornaments.flake,), 60, 0.012, middle=0.5, near=0.12),
    grounds.light_pool(0.15, 0.1, 0.9, rgb("#ffe2b0"), 0.25),
    grounds.vignette(0.16),
)
