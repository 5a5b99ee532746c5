"""Glass ball: the sitter in a crystal ball on a wooden ring, standing in snow, with the room bent around it."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.globe import crystal, dark_table, gloss, winter, wooden_ring
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.gradient(
        grounds.pastel(0.55, lightness=0.34, saturation=0.5),
        grounds.pastel(0.1, lightness=0.6, saturation=0.4),
    ),
    grounds.bokeh(((1.0, 0.82, 0.5), (1.0, 0.6, 0.45), grounds.pastel(0.0, lightness=0.8)), 34, 0.075, 0.0, 0.7, 0.6),
    dark_table,
    wooden_ring,
    crystal,
    winter,
    gloss,
    grounds.vignette(0.24),
)
