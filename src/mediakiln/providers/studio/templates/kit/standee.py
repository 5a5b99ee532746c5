"""A clear acrylic stand with the sitter printed on it, its slotted base, and small charms."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, argb, mix
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import grounds, sitting
from mediakiln.providers.studio.templates.kit.blister import heart, star
from mediakiln.providers.studio.templates.kit.hard import acrylic, beads, box, cleared, filled, oval, ring, shape, traced
from mediakiln.providers.studio.templates.table import Table


def _at(table: Table) -> tuple[float, float, float, float]:
    """The stand's x and foot, and the room for it."""
    wide = min(1.25 * table.u, 0.62 * table.width)
    tall = min(0.72 * table.height, 1.25 * table.u)
    return table.width * 0.5 - 0.06 * min(table.width, 1.6 * table.u), table.height / 2 + 0.47 * tall, wide, tall


def light_desk(table: Table) -> None:
    """A light desk, its far edge behind the stand."""
    _, foot, _, _ = _at(table)
    tone = grounds.pastel(0.5, lightness=0.93, saturation=0.07)
    grounds.table_top(tone, (foot - 0.18 * table.u) / table.height, wooden=False)(table)


def figure(table: Table) -> None:
    """The sitter in its sheet of acrylic, on its base, mirrored there."""
    u = table.u
    x, foot, wide, tall = _at(table)
    guest = sitting.stood(table, x, foot, wide, tall)
    guest = sitting.treated(guest, partial(sitting.graded, vivid=1.15), sitting.sticker(0.014))
    base = min(0.9 * table.width, max(0.34 * u, 0.82 * guest.width))
    deep = 0.26 * base
    _light_below(table, guest, base)
    _base(table, guest.x, guest.foot + 0.012 * u, base, deep, 0.028 * u)
    # A mirror of the print in the base, cut off where the base ends.
    table.canvas.save()
    table.canvas.clipPath(oval(guest.x, guest.foot + 0.012 * u, base, deep), doAntiAlias=True)
    below = replace(guest, pixels=guest.pixels[::-1].copy(), top=guest.foot - 2)
    sitting.lay(table, below, 0.28)
    table.canvas.restore()
    tab = box(guest.x, guest.foot + 0.004 * u, 0.3 * base, 0.05 * u, 0.012 * u)
    filled(table.canvas, tab, (0.9, 0.97, 1.0), 0.5)
    acrylic(table, guest, 0.026 * u, 0.024 * u)


def _light_below(table: Table, guest: sitting.Figure, base: float) -> None:
    """Clear plastic throws a pale, coloured shadow with bright edges."""
    r, g, b = table.sitter.tones[0]
    tint: RGB = mix((r / 255, g / 255, b / 255), (0.2, 0.25, 0.4), 0.6)
    sitting.cast(table, guest, 0.7, 0.22, 0.3, 0.012, tint)
    sitting.contact(table, guest.x + 0.05 * base, guest.foot + 0.08 * base, 1.3 * base, 0.42, 0.26)


def _base(table: Table, x: float, y: float, wide: float, deep: float, thick: float) -> None:
    """A round clear base: its far and near rims, its cut edge lit from within."""
    canvas = table.canvas
    lower = oval(x, y + thick, wide, deep)
    edge = skia.Path()
    edge.addRect(skia.Rect.MakeXYWH(x - wide / 2, y, wide, thick))
    edge = skia.Op(skia.Op(edge, lower, skia.PathOp.kUnion_PathOp), oval(x, y, wide, deep), skia.PathOp.kDifference_PathOp)
    filled(canvas, lower, (0.85, 0.94, 1.0), 0.35)
    tones = [
        argb((1, 1, 1), 0.95),
        argb((0.5, 0.72, 0.9), 0.7),
        argb((0.95, 0.99, 1.0), 0.9),
        argb((0.45, 0.66, 0.85), 0.75),
        argb((1, 1, 1), 0.9),
    ]
    ends = [skia.Point(x - wide / 2, y), skia.Point(x + wide / 2, y)]
    canvas.drawPath(edge, skia.Paint(Shader=skia.GradientShader.MakeLinear(ends, tones, [0, 0.2, 0.42, 0.8, 1]), AntiAlias=True))
    top = oval(x, y, wide, deep)
    filled(canvas, top, (0.93, 0.98, 1.0), 0.42)
    cleared(table, shape(top, 0.02 * wide), 0.03)
    traced(canvas, top, (1, 1, 1), max(1.0, 0.006 * wide), 0.9)
    traced(canvas, lower, (0.5, 0.65, 0.8), max(1.0, 0.004 * wide), 0.4)


def charms(table: Table) -> None:
    """Two small clear charms on chains lie in front of the stand, in the sitter's colours."""
    u = table.u
    x, foot, _, _ = _at(table)
    roll = table.dice("charms")
    kinds = [(star, (1.0, 0.78, 0.3)), (heart, (1.0, 0.45, 0.55))]
    roll.shuffle(kinds)
    at = min(x + 0.36 * u, table.width - 0.16 * u)
    for index, (kind, tone) in enumerate(kinds):
        cx, cy = at + 0.085 * u * index, min(foot + (0.11 - 0.1 * index) * u, table.height - 0.09 * u)
        radius = (0.062 - 0.008 * index) * u
        outer = shape(kind(cx, cy, 1.3 * radius), 0.3 * radius)
        sitting.shadow_of(
            table, outer.mask, outer.left + 0.012 * u, outer.top + 0.016 * u, 0.009 * u, 0.3, mix(tone, (0.2, 0.2, 0.3), 0.6)
        )
        filled(table.canvas, kind(cx, cy, 1.3 * radius), (0.93, 0.98, 1.0), 0.6)
        filled(table.canvas, kind(cx, cy, radius), mix(tone, (1, 1, 1), 0.1))
        cleared(table, outer, 0.12, haze=0.05)
        traced(table.canvas, kind(cx, cy, 1.3 * radius), (1, 1, 1), 0.003 * u, 0.8)
        ring(table, cx, cy - 1.32 * radius, 0.013 * u, 0.0045 * u)
        chain = [
            (cx + 0.011 * u * k * 0.9, cy - 1.32 * radius - 0.013 * u - 0.0105 * u * (k - 0.09 * k * k)) for k in range(1, 9)
        ]
        beads(table, chain, 0.0048 * u)
