"""Angel figurine: the sitter as a glazed porcelain angel with feathered wings and a halo, on a cloud of a base, in soft light."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.angels import clouds, cushion, glazed, halo, plinth, rays, sparkles, wings
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.gradient(rgb("#a9c6ee"), rgb("#fbe3dc")),
    grounds.light_pool(0.5, 0.3, 0.9, (1.0, 0.97, 0.9), 0.7),
    rays,
    clouds,
    wings,
    plinth,
    glazed,
    cushion,
    halo,
    sparkles,
    grounds.vignette(0.1),
)
