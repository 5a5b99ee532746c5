"""Lying in a fluffy belly: the sitter tucked up in the fur of a huge animal asleep."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.fluff import belly
from mediakiln.providers.studio.templates.kit.grounds import bokeh, light_pool, pastel, table_top, vignette, wall
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    wall(pastel(0.5, lightness=0.72, saturation=0.26)),
    bokeh([(1.0, 0.86, 0.6), (1.0, 0.94, 0.82)], count=12, size=0.06, bottom=0.5, glow=0.35),
    table_top(pastel(0.45, lightness=0.6, saturation=0.3), 0.78, wooden=False, soft=0.03),
    light_pool(0.2, 0.05, 0.9),
    belly(),
    light_pool(0.15, 0.0, 0.9, strength=0.16),
    vignette(),
)
