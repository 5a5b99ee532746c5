"""Earphone case: the sitter printed and embossed on the soft sleeve of an earbud case, with its strap and the two earbuds."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.earbuds import buds, fittings, pattern, sleeve, sticker, strap
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.sweep(grounds.pastel(0.0, lightness=0.89, saturation=0.26), 0.64),
    grounds.light_pool(0.25, 0.12, 1.0, strength=0.4),
    grounds.window_light(0.1),
    sleeve,
    pattern,
    fittings,
    sticker,
    strap,
    buds,
    grounds.vignette(0.13),
)
