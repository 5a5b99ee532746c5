"""Electronic pet egg: the sitter as the creature on the dot screen of an egg-shaped toy, with its buttons and its chain."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.pocketpet import buttons, case, chain, display, maker, scatter
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.wall(grounds.pastel(0.42, lightness=0.84, saturation=0.24), rough=0.015, fall=0.16),
    scatter,
    grounds.light_pool(0.25, 0.12, 1.0, strength=0.3),
    case,
    display,
    maker,
    buttons,
    chain,
    grounds.vignette(0.12),
)
