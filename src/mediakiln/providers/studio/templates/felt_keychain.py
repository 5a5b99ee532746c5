"""Felt keychain: the sitter as a stitched felt charm on a ring and a strap, lying on light wood in window light."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.grounds import planks, vignette, window_light
from mediakiln.providers.studio.templates.kit.keychain import keychain
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    planks((0.97, 0.85, 0.68), boards=4, across=False),
    window_light(0.2),
    keychain(),
    vignette(),
)
