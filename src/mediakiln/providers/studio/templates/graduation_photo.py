"""Graduation photo: the sitter in a square cap on the campus lawn, caps and confetti in the sky, a diploma and books at hand."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import campus, captions, feast, grounds, ornaments, shapes
from mediakiln.providers.studio.templates.kit.posing import mortarboard, posed
from mediakiln.providers.studio.templates.table import Layer, Table

_NAVY = rgb("#1f3566")


def _caps(table: Table) -> None:
    """Caps thrown into the air at both sides."""
    roll, u = table.dice("caps"), table.u
    for x, y, size in (
        (0.1, 0.3, 0.13),
        (0.24, 0.13, 0.09),
        (0.9, 0.26, 0.12),
        (0.77, 0.1, 0.085),
        (0.06, 0.52, 0.08),
        (0.95, 0.5, 0.075),
    ):
        table.canvas.save()
        table.canvas.translate(x * table.width, y * table.height)
        table.canvas.rotate(roll.uniform(-50, 50))
        mortarboard(table.canvas, size * u)
        table.canvas.restore()


def _desk(table: Table) -> None:
    """Books with a diploma on them, at the right in front."""
    x = table.width / 2 + min(0.33 * table.width, 0.62 * table.u)
    top = feast.books(table.canvas, x, 0.985 * table.height, 0.3 * table.u, (rgb("#7a2430"), _NAVY, rgb("#2f6a4a")))
    feast.diploma(table.canvas, x - 0.01 * table.u, top - 0.03 * table.u, 0.27 * table.u, -7)


LAYERS: tuple[Layer, ...] = (
    campus.sky,
    campus.campus,
    campus.lawn,
    _caps,
    posed(tall=0.7, wide=0.7, ground=0.95, key=(1.03, 1.0, 0.96), hat=mortarboard, rim=(1.0, 0.97, 0.85), framed=(0.5, 0.56)),
    _desk,
    captions.caption(
        "Congratulations!", 0.5, 0.075, 0.09, captions.Ink((rgb("#ffffff"), rgb("#fff3d0")), ((_NAVY, 0.16),), shadow=0.3)
    ),
    ornaments.falling(
        ornaments.confetti(shapes.GOLD, rgb("#ffffff"), _NAVY, rgb("#e85a5a")), 34, 0.014, bottom=0.85, middle=0.25, near=0.1
    ),
    grounds.light_pool(0.1, 0.05, 0.8, rgb("#fff0c8"), 0.25),
    grounds.vignette(0.12),
)
