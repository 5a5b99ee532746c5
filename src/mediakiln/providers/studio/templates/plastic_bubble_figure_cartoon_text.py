"""Plastic bubble figure, cartoon text version: the blister pack as a comic, with a shouted title and words that burst out."""

from __future__ import annotations

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, mix, rgb, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import captions, grounds, sitting
from mediakiln.providers.studio.templates.kit.blister import Pack, card, extras, figure, halftone, lively, pack, rays, star
from mediakiln.providers.studio.templates.kit.hard import box, filled, traced
from mediakiln.providers.studio.templates.table import Layer, Table

_TITLES = ("SUPER STAR!", "HELLO HERO!", "TOY POWER!", "BEST BUDDY!")
_SHOUTS = ("WOW!", "POW!", "YEAH!", "ZING!", "TA-DA!")
_YELLOW, _INK = rgb("#ffd93b"), rgb("#1d1a2b")


def _paper(table: Table) -> RGB:
    """The comic's second colour: what goes with the card's."""
    return turned(lively(table), 0.46, 0.9, 1.15)


def _print(table: Table, plan: Pack) -> None:
    """A burst of two colours, dots, a black frame, and the title on a jagged cloud."""
    canvas, tone = table.canvas, lively(table)
    x, y, wide, tall = plan.card
    u = min(wide, tall)
    filled(canvas, box(x, y, wide, tall, 0), mix(tone, (1, 1, 1), 0.08))
    rays(table, plan.bubble[0], plan.bubble[1], 1.1 * max(wide, tall), _YELLOW, 16, 1.0, table.dice("rays").uniform(0, 1), 0.25)
    halftone(table, (x, y + 0.26 * tall, wide, 0.5 * tall), mix(tone, _INK, 0.35), 0.026 * u, 0.5)
    traced(canvas, box(x, y, wide - 0.03 * u, tall - 0.03 * u, 0.03 * u), _INK, 0.011 * u)
    hx, hy, hw, hh = plan.head
    canvas.save()
    canvas.translate(hx, hy)
    canvas.scale(hw / 2, 0.72 * hh if hw > 2 * hh else 0.62 * hh)
    burst = star(0, 0, 1.0, 22, 0.8, table.dice("burst").uniform(0, 1))
    canvas.restore()
    matrix = skia.Matrix().setScale(hw / 2, 0.72 * hh if hw > 2 * hh else 0.62 * hh)
    matrix.postTranslate(hx, hy)
    burst.transform(matrix)
    lower = skia.Path(burst)
    lower.offset(0.012 * u, 0.016 * u)
    filled(canvas, lower, _INK)
    filled(canvas, burst, (1, 1, 1))
    traced(canvas, burst, _INK, 0.009 * u)
    title = table.dice("title").choice(_TITLES)
    words = title if hw > 2 * hh else title.replace(" ", "\n")
    ink = replace(
        captions.STICKER,
        fill=(rgb("#ff6a55"), rgb("#e3264b")),
        rims=((_INK, 0.2), ((1, 1, 1), 0.07)),
        side=_INK,
        slant=0.12,
        depth=0.07,
    )
    size = captions.fitted(words, 0.52 * hh if hw > 2 * hh else 0.36 * hh, 0.72 * hw, ink)
    canvas.save()
    canvas.rotate(-3, hx, hy)
    captions.block(canvas, words, hx, hy, size, ink)
    canvas.restore()


def _cel(figure: sitting.Figure) -> sitting.Figure:
    """Strong, few steps of light, and an ink line around."""
    figure = sitting.treated(figure, sitting.toy(0.18, 0.45, 1.6))
    hsv = cv2.cvtColor(np.ascontiguousarray(figure.pixels[..., :3]), cv2.COLOR_RGB2HSV)
    levels = np.arange(256, dtype=np.float32) / 255 * 5
    steps = (np.floor(levels) + 1 / (1 + np.exp(-9 * (levels - np.floor(levels) - 0.5)))) / 5 * 255
    hsv[..., 2] = cv2.LUT(hsv[..., 2], np.clip(0.55 * steps + 0.45 * np.arange(256) + 8, 0, 255).astype(np.uint8))
    hsv[..., 1] = cv2.LUT(hsv[..., 1], np.clip(np.arange(256) * 1.25, 0, 255).astype(np.uint8))
    figure = replace(figure, pixels=sitting.joined(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), figure.alpha))
    side = max(figure.pixels.shape)
    return sitting.outlined(sitting.outlined(figure, 0.007 * side, _INK), 0.014 * side)


def _shout(table: Table) -> None:
    """A word bursting over the bubble's corner, and a few loose stars."""
    plan = pack(table)
    bx, by, bw, bh = plan.bubble
    roll = table.dice("shout")
    u = min(bw, bh)
    x, y, radius = bx - 0.3 * bw, by + 0.4 * bh, 0.21 * u
    burst = star(x, y, radius, 13, 0.66, roll.uniform(0, 1))
    shade = skia.Path(burst)
    shade.offset(0.03 * u, 0.04 * u)
    filled(table.canvas, shade, (0, 0, 0), 0.35, 0.02 * u)
    filled(table.canvas, burst, _paper(table))
    traced(table.canvas, burst, _INK, 0.016 * u)
    word = roll.choice(_SHOUTS)
    ink = replace(captions.STICKER, fill=((1, 1, 1), _YELLOW), rims=((_INK, 0.2),), side=_INK, depth=0.05, slant=0.08)
    size = captions.fitted(word, 0.6 * radius, 1.25 * radius, ink)
    table.canvas.save()
    table.canvas.rotate(-12, x, y)
    captions.block(table.canvas, word, x, y, size, ink)
    table.canvas.restore()
    for index in range(3):
        sx, sy = bx + (0.4 - 0.1 * index) * bw, by - (0.41 - 0.035 * (index % 2)) * bh
        mark = star(sx, sy, (0.06 - 0.012 * index) * u, turn=roll.uniform(-0.3, -0.2))
        filled(table.canvas, mark, (1, 1, 1))
        traced(table.canvas, mark, _INK, 0.009 * u)


LAYERS: tuple[Layer, ...] = (
    grounds.sweep(grounds.pastel(0.0, lightness=0.84, saturation=0.22), 0.9),
    grounds.light_pool(0.25, 0.1, 1.1, strength=0.3),
    card(_print),
    figure(_cel),
    extras(),
    _shout,
    grounds.vignette(0.14),
)
