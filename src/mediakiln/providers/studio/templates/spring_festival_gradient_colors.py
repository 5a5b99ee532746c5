"""Spring Festival, gradient colours: a poster of today, red that runs to orange and pink, the sitter a sticker before a 福."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.colour import argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.templates.kit import captions, grounds, lunar, ornaments, red_paper, shapes, sitting
from mediakiln.providers.studio.templates.kit.hard import ramped
from mediakiln.providers.studio.templates.kit.posing import posed
from mediakiln.providers.studio.templates.table import Layer, Table

_PATCHES = (
    ("#ff3d2e", 0.1, 0.05, 1.0),
    ("#ff8a2b", 0.95, 0.25, 0.9),
    ("#ff5f8f", 0.0, 0.75, 0.85),
    ("#ffc24a", 0.7, 0.98, 0.8),
    ("#d3123f", 0.4, 0.45, 0.6),
)


def _mesh(table: Table) -> None:
    """Colours that run into each other."""
    roll = table.dice("mesh")
    y, x = np.mgrid[0:1:96j, 0:1:96j].astype(np.float32)
    total, weights = np.zeros((96, 96, 3), np.float32), np.full((96, 96), 1e-4, np.float32)
    for code, px, py, reach in _PATCHES:
        away = np.hypot(x - f32(px + roll.uniform(-0.1, 0.1)), y - f32(py + roll.uniform(-0.1, 0.1)))
        weight = np.exp(-((away / f32(0.42 * reach)) ** 2))
        total += weight[..., None] * f32(rgb(code))
        weights += weight
    table.sheet.paste(np.asarray(total / weights[..., None], np.float32))


def _disc(table: Table) -> None:
    """Rings of paper behind the sitter, each throwing its shadow on the next, and the character in the middle."""
    x, y, r = table.width / 2, shapes.low(table, 0.43), 0.43 * table.u
    steps = ((1.0, "#ff7a3c"), (0.86, "#ff9f4a"), (0.72, "#ffc36b"), (0.58, "#ffe0a0"))
    for share, code in steps:
        ring = shapes.disc(x, y, share * r)
        away, reach = 0.014 * table.u, share * r + 0.02 * table.u
        tones = [argb((0.55, 0.05, 0.1), 0.34), argb((0.55, 0.05, 0.1), 0.0)]
        centre = skia.Point(x + away, y + 1.4 * away)
        shader = skia.GradientShader.MakeRadial(centre, reach, tones, [share * r / reach - 0.03, 1.0])
        table.canvas.drawCircle(*centre, reach, skia.Paint(Shader=shader, AntiAlias=True))
        ramped(table.canvas, ring, (mix(rgb(code), (1, 1, 1), 0.25), rgb(code)), (x - r, y - r), (x + r, y + r))
    if table.sitter.whole:
        return  # its frame would hide the character
    captions.block(
        table.canvas, "福", x, y - 0.02 * table.u, 1.62 * r, captions.Ink((rgb("#ff5a3c"), rgb("#e0183c")), shadow=0.0)
    )


def _fireworks(table: Table) -> None:
    """Gold bursts at both sides of the rings."""
    roll = table.dice("fireworks")
    for x, y, radius in ((0.1, 0.56, 0.11), (0.9, 0.62, 0.13), (0.68, 0.06, 0.09)):
        at = x * table.width, shapes.low(table, y)
        ornaments.firework(table.canvas, *at, radius * table.u * roll.uniform(0.85, 1.15), rgb("#ffe49a"), roll.randrange(9))


LAYERS: tuple[Layer, ...] = (
    _mesh,
    _fireworks,
    _disc,
    lunar.clouds(((0.08, 0.3, 0.12), (0.93, 0.42, 0.13)), (rgb("#ffd9a0"), rgb("#ff7a4a")), rgb("#fff0c8")),
    red_paper.lanterns(((0.12, 0.12, 0.11), (0.88, 0.16, 0.13), (0.26, 0.06, 0.07)), "", 0.3),
    posed(sitting.sticker(0.014), tall=0.74, wide=0.8, ground=0.93, thrown_back=0.35, framed=(0.43, 0.62), round_frame=True),
    lunar.clouds(((0.05, 0.93, 0.2), (0.95, 0.92, 0.21), (0.5, 1.03, 0.2)), (rgb("#ffe9c0"), rgb("#ff5f4a")), rgb("#fff4d6")),
    captions.caption("新春快乐", 0.5, 0.9, 0.13, captions.STICKER),
    ornaments.falling(ornaments.confetti(rgb("#ffd45a"), rgb("#fff0c0"), rgb("#ff9fb0")), 26, 0.016, middle=0.2),
    grounds.vignette(0.06),
)
