"""Mini world doll: the sitter as a doll in a model garden on a round of earth, seen through a macro lens."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.garden import doll, foreground, ground, light_table, trees
from mediakiln.providers.studio.templates.kit.miniature import tilt_shift
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.gradient(rgb("#a9d6e8"), rgb("#cfe0a6")),
    grounds.bokeh((rgb("#fff3c9"), rgb("#d7efb4"), rgb("#bfe3e0")), 30, 0.085, 0.0, 0.62, 0.55),
    light_table,
    ground,
    trees,
    tilt_shift(0.46, 1.0, vivid=1.0),
    doll,
    foreground,
    tilt_shift(0.0, 0.88),
    grounds.light_pool(0.2, 0.08, 0.9, (1.0, 0.95, 0.8), 0.3),
    grounds.vignette(0.16),
)
