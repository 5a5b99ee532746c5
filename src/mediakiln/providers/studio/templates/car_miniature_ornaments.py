"""Car miniature ornament: the sitter as a little spring figure on the dashboard, the road out of focus behind."""

from __future__ import annotations

from mediakiln.providers.studio.templates.kit.dashboard import board, ornament, road, sun_through, wheel, windscreen
from mediakiln.providers.studio.templates.kit.grounds import vignette
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (road(), windscreen(), board(), sun_through(), ornament(), wheel(), vignette(0.2))
