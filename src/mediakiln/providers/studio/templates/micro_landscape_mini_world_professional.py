"""Mini world, professional version: tiny workmen build and paint the sitter, larger than life, on a model-maker's board."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.miniature import tilt_shift
from mediakiln.providers.studio.templates.kit.site import (
    bench,
    brush,
    cutting_mat,
    foreground,
    hoist,
    plinth,
    scaffolding,
    statue,
)
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.wall(rgb("#8d9aa8"), (0.3, 0.2), 0.03, 0.3),
    grounds.bokeh((rgb("#ffe2b0"), rgb("#cfe4ff")), 22, 0.1, 0.0, 0.55, 0.45),
    bench,
    cutting_mat,
    hoist,
    tilt_shift(0.42, 1.0, 0.008, 1.0),
    plinth,
    statue,
    scaffolding,
    foreground,
    brush,
    tilt_shift(0.0, 0.93, 0.009),
    grounds.light_pool(0.22, 0.1, 0.9, strength=0.3),
    grounds.vignette(0.18),
)
