"""Claw machine: the sitter as the prize in the claw, over a heap of soft toys, behind the glass of a lit cabinet."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import grounds
from mediakiln.providers.studio.templates.kit.arcade import body, claw, controls, ground, heap, interior, marquee, pane, within
from mediakiln.providers.studio.templates.table import Layer

LAYERS: tuple[Layer, ...] = (
    grounds.gradient(rgb("#2a1846"), rgb("#5a2a66")),
    grounds.bokeh((rgb("#ff8ac0"), rgb("#7fc8ff"), rgb("#ffd27a")), 30, 0.06, 0.0, 0.9, 0.5),
    ground,
    body,
    interior,
    within(heap(False)),
    within(claw),
    within(heap(True)),
    pane,
    marquee,
    controls,
    grounds.vignette(0.2),
)
