"""Lofi pixel character mini card: the sitter as a pixel portrait on a player card, lying on a desk at dusk."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.grounds import bokeh, vignette
from mediakiln.providers.studio.templates.kit.pixelcard import card, desk
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    desk(),
    bokeh([(1.0, 0.72, 0.45), (0.95, 0.5, 0.75), (0.55, 0.6, 1.0)], count=14, size=0.09, bottom=1.0, glow=0.3),
    card(),
    vignette(0.25),
)
