"""Acrylic ornaments: the sitter printed on clear acrylic, standing in a slotted base on a desk, with charms beside it."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.standee import charms, figure, light_desk
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.wall(grounds.pastel(0.5, lightness=0.86, saturation=0.2), rough=0.02),
    grounds.bokeh((grounds.pastel(0.0, lightness=0.85), (1.0, 0.95, 0.85)), 16, 0.09, 0.0, 0.55, 0.28),
    light_desk,
    grounds.window_light(0.16),
    figure,
    charms,
    grounds.vignette(0.12),
)
