"""A felt charm on a ring, a chain and a strap."""

from __future__ import annotations

import math

import numpy as np

from mediakiln.providers.studio.colour import RGB, luma, mix, scaled, turned
from mediakiln.providers.studio.templates.kit import fibre, hard, sitting
from mediakiln.providers.studio.templates.kit.felting import CREAM, accent
from mediakiln.providers.studio.templates.kit.surface import Mask
from mediakiln.providers.studio.templates.table import Layer, Table


def keychain() -> Layer:
    """The sitter as a padded felt charm, stitched to a backing, hanging by an eyelet from a ring, a chain and a felt strap."""

    def layer(table: Table) -> None:
        turn = table.dice("keychain").uniform(-9, 9)
        fibre.aslant(table, turn, table.width / 2, table.height / 2, _charm)

    return layer


def _charm(table: Table) -> None:
    """The strap, the backing, the sitter and the rings, upright."""
    u, x, y = min(0.94 * table.height, 1.45 * table.width), table.width / 2, table.height / 2
    figure = sitting.hung(table, x, y - 0.155 * u, 0.82 * min(table.width, u), 0.58 * u)
    figure = sitting.soft_foot(sitting.graded(figure), 0.14)
    thread = max(0.7, max(figure.width, figure.height) / 760)
    border = 0.036 * u
    room = sitting.padded(figure, math.ceil(2 * border))
    backing = sitting.grown(room.alpha, border)
    tone = _backing(table)
    eye = (x, float(room.top) + _crest(backing, x - room.left) + 0.004 * u)
    _strap(table, eye[0], eye[1] - 0.225 * u, u, thread, tone)
    tab = hard.oval(eye[0], eye[1], 0.085 * u, 0.11 * u)
    fibre.felt_shape(table, tab, tone, thread, thick=0.016 * u, puff=8 * thread, shade=0.45)
    sitting.shadow_of(table, backing, room.left + 0.012 * u, room.top + 0.02 * u, 0.014 * u, 0.55)
    fibre.paste(table, fibre.felt(backing, tone, thread, 0.02 * u), room.left, room.top)
    seam = fibre.outline_of(backing, room.left, room.top, 0.4 * border, 0.3 * border)
    felted = fibre.felted(figure, thread, puff=0.14)
    sitting.shadow(table, felted, 0.008 * u, 0.45)
    fibre.paste(table, felted.pixels, felted.left, felted.top)
    fibre.stitches(
        table.canvas, seam, mix(tone, (1.0, 1.0, 1.0), 0.75) if luma(tone) < 0.7 else accent(table), 0.016 * u, 0.0052 * u
    )
    _rings(table, eye[0], eye[1] - 0.018 * u, u)


def _crest(mask: Mask, x: float) -> float:
    """The uppermost row of `mask` near the column `x`."""
    near = mask[:, max(0, round(x) - 6) : round(x) + 7].max(axis=1) > 127
    return float(np.argmax(near)) if near.any() else 0.0


def _backing(table: Table) -> RGB:
    tone = turned(accent(table), 0.5, 0.55, 1.0)
    return mix(tone, CREAM, max(0.35, 0.85 - luma(tone)))


def _rings(table: Table, x: float, y: float, u: float) -> None:
    """An eyelet in the felt, a jump ring through it, three links up to the large ring."""
    steel: RGB = (0.86, 0.78, 0.6)
    hard.filled(table.canvas, hard.oval(x, y, 0.022 * u, 0.022 * u), (0.16, 0.14, 0.13))
    hard.ring(table, x, y, 0.014 * u, 0.007 * u, steel)
    hard.ring(table, x, y - 0.026 * u, 0.026 * u, 0.0055 * u, steel)
    for index in range(3):
        narrow = index % 2 == 0
        wide = 0.008 * u if narrow else 0.016 * u
        hard.ring(table, x, y - (0.066 + 0.026 * index) * u, wide, 0.0055 * u, steel, 0.019 * u / wide)
    hard.ring(table, x, y - 0.185 * u, 0.062 * u, 0.0095 * u, steel)
    hard.ring(table, x + 0.003 * u, y - 0.182 * u, 0.052 * u, 0.006 * u, steel)


def _strap(table: Table, x: float, y: float, u: float, thread: float, tone: RGB) -> None:
    """A doubled felt strap that goes up out of the picture through the large ring."""
    deep = scaled(accent(table), 0.9)
    path = hard.box(x, y - 0.28 * u, 0.062 * u, 0.6 * u, 0.03 * u)
    fibre.felt_shape(table, path, deep, thread, thick=0.014 * u, puff=8 * thread, shade=0.45)
    inner = hard.box(x, y - 0.28 * u, 0.046 * u, 0.582 * u, 0.022 * u)
    fibre.stitches(table.canvas, inner, mix(tone, (1.0, 1.0, 1.0), 0.6), 0.014 * u, 0.0042 * u)
