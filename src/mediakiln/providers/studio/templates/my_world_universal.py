"""Pixel world, universal version: the whole picture as a wall of cubes, its subject standing out, in a garden of blocks."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.blocklands import mural, sky
from mediakiln.providers.studio.templates.kit.grounds import vignette
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (sky(), mural(), vignette(0.1))
