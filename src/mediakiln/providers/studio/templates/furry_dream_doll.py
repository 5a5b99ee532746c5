"""Furry dream doll: the sitter as a long-haired plush doll in a bed of fluff, under a moon and hanging stars."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.fluff import doll, dreamland
from mediakiln.providers.studio.templates.kit.grounds import bokeh, gradient, pastel, vignette
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    gradient((0.6, 0.58, 0.86), (0.99, 0.82, 0.85)),
    bokeh([(1.0, 0.85, 0.95), (0.85, 0.85, 1.0), pastel()], count=22, size=0.06, bottom=0.8, glow=0.4),
    dreamland(),
    doll(),
    vignette(),
)
