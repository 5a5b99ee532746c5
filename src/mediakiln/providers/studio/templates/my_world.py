"""Pixel world: the sitter built of cubes on a floating island of grass, trees and flowers, under a sky of square clouds."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.blocklands import island, sky
from mediakiln.providers.studio.templates.kit.grounds import vignette
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (sky(), island(), vignette(0.1))
