"""Plastic bubble figure: the sitter as a collector's figure in a blister pack, on a plain, well set card."""

from __future__ import annotations

from msgspec.structs import replace

from mediakiln.providers.studio.colour import mix, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import captions, grounds, sitting
from mediakiln.providers.studio.templates.kit.blister import (
    Pack,
    badge,
    barcode,
    card,
    dark_on,
    extras,
    figure,
    lively,
    rays,
    words,
)
from mediakiln.providers.studio.templates.kit.hard import box, filled, ramped
from mediakiln.providers.studio.templates.table import Layer, Table

_TITLES = ("TOY ICON", "MINI ME", "SHELF STAR", "POCKET HERO")


def _print(table: Table, plan: Pack) -> None:
    """One strong colour, a sunburst behind the bubble, a light band with the title, the small print of a toy."""
    canvas, tone = table.canvas, lively(table)
    x, y, wide, tall = plan.card
    u = min(wide, tall)
    deep = turned(tone, 0.02, 1.1, 0.62)
    ramped(canvas, box(x, y, wide, tall, 0), (mix(tone, (1, 1, 1), 0.12), tone, deep), (x, y - tall / 2), (x, y + tall / 2))
    rays(table, plan.bubble[0], plan.bubble[1], 0.9 * max(wide, tall), (1, 1, 1), 20, 0.26, table.dice("rays").uniform(0, 1))
    hx, hy, hw, hh = plan.head
    upright = hw > 2 * hh
    if upright:
        band = skia.Path()
        low, high, left = hy + 0.56 * hh, hy - 0.42 * hh, x - wide / 2
        band.addPoly(
            [
                skia.Point(left, high),
                skia.Point(left + wide, high),
                skia.Point(left + wide, low - 0.1 * hh),
                skia.Point(left, low),
            ],
            True,
        )
        filled(canvas, band, (0.99, 0.98, 0.95))
    ink = replace(captions.BLACK, fill=(deep if upright else (1.0, 0.99, 0.96),), spacing=0.02)
    title = table.dice("title").choice(_TITLES)
    title = title if upright else title.replace(" ", "\n")
    size = captions.fitted(title, (0.5 if upright else 0.42) * hh, (0.74 if upright else 0.86) * hw, ink)
    captions.block(canvas, title, hx, hy - 0.04 * hh, size, ink)
    small = replace(ink, fill=(mix(deep, (0, 0, 0), 0.2) if upright else (1, 1, 1),), spacing=0.16)
    under = hy + (0.37 if upright else 0.62) * hh
    words(table, "COLLECTIBLE FIGURE · LIMITED EDITION", hx, under, 0.1 * hh, 0.84 * hw, small)
    foot = y + 0.462 * tall
    fine = replace(captions.BLACK, fill=(dark_on(deep),), spacing=0.05)
    words(table, "AGES 3+   ·   No. 07", x - 0.25 * wide, foot + 0.008 * u, 0.024 * u, 0.4 * wide, fine)
    barcode(table, x + 0.36 * wide, foot, 0.16 * u, 0.045 * u)
    if upright:
        badge(table, x + 0.41 * wide, y - 0.43 * tall, 0.068 * u, "NEW", (0.95, 0.3, 0.3), replace(captions.WHITE, shadow=0.0))


LAYERS: tuple[Layer, ...] = (
    grounds.sweep(grounds.pastel(0.5, lightness=0.89, saturation=0.24), 0.9),
    grounds.light_pool(0.25, 0.1, 1.1, strength=0.3),
    card(_print),
    figure(sitting.toy(0.2, 0.4, 0.7)),
    extras(),
    grounds.vignette(0.16),
)
