"""Felt 3D polaroid: the sitter in felt comes out of a stitched polaroid, among felt flowers and stars."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.felting import felt_ground, scattered
from mediakiln.providers.studio.templates.kit.grounds import pastel, vignette
from mediakiln.providers.studio.templates.kit.polaroid import polaroid
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    felt_ground(pastel(0.5, lightness=0.7, saturation=0.34)),
    scattered(),
    polaroid(),
    vignette(),
)
