"""Patchwork collage: the sitter as an appliqué of cotton patches on a padded quilt."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.grounds import vignette
from mediakiln.providers.studio.templates.kit.quilting import applique, quilt
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (quilt(), applique(), vignette())
