"""Mid-Autumn Festival, new Chinese style: the sitter before an immense moon, between clouds of good luck over blue ridges."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import blossom, captions, grounds, lunar, ornaments, red_paper, sitting
from mediakiln.providers.studio.templates.kit.posing import posed
from mediakiln.providers.studio.templates.table import Layer, Table

_NIGHT, _TEAL, _MIST = rgb("#0d2238"), rgb("#2b6a72"), rgb("#e8cf9c")
_FAR, _NEAR = (rgb("#2f6f78"), rgb("#174452")), (rgb("#f2dfb4"), rgb("#2e7f86"))

_INK = replace(captions.FOIL, rims=((rgb("#0b1d2e"), 0.2), (rgb("#7a4a12"), 0.05)))


def _words(table: Table) -> None:
    """A column of gold at the side that has more room, and a seal below it."""
    size = 0.1 * min(table.u, table.height * 0.8)
    x, top = table.width - 1.05 * size, 0.5 * size
    captions.write(table.canvas, captions.column("中秋", x, top, size), size, _INK)
    red_paper.seal(table.canvas, "团圆", x, top + 3.0 * size, 0.36 * size)


LAYERS: tuple[Layer, ...] = (
    grounds.gradient(_NIGHT, _TEAL),
    lunar.stars(70),
    lunar.moon(0.5, 0.42, 0.4),
    lunar.sky_lanterns(16),
    lunar.ridges((rgb("#3d7f86"), rgb("#23616d"), rgb("#143f50")), 0.68, 0.88, _MIST),
    lunar.clouds(((0.1, 0.62, 0.13), (0.92, 0.56, 0.11), (0.2, 0.2, 0.07)), _FAR),
    blossom.branch((-0.02, 0.04), 24, 0.46, flower=rgb("#f2b33d"), size=0.018, leaf=rgb("#3f7a5c"), name="osmanthus"),
    posed(
        partial(sitting.graded, middle=0.48),
        tall=0.78,
        ground=0.9,
        key=(1.02, 0.98, 0.92),
        rim=(1.0, 0.88, 0.55),
        framed=(0.42, 0.72),
        round_frame=True,
    ),
    lunar.clouds(((0.04, 0.9, 0.22), (0.97, 0.88, 0.2), (0.3, 0.99, 0.16), (0.72, 1.0, 0.17)), _NEAR),
    ornaments.falling(ornaments.petals(rgb("#f4c04e"), rgb("#ffd98a")), 22, 0.014, middle=0.4),
    _words,
    grounds.vignette(0.2),
)
