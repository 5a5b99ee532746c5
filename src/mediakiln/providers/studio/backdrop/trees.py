"""Trees, bushes, grass and flowers as brush work on a sheet."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.light import Light
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.stage import Sheet

LEAVES: dict[str, str] = {
    "": "#4f8a3c",
    "spring": "#7fae52",
    "summer": "#3f7f38",
    "autumn": "#d2762a",
    "winter": "#7b8791",
    "blossom": "#f3b6cd",
    "maple": "#c8402a",
}


def fir(sheet: Sheet, x: float, y: float, size: float, colour: RGB, roll: random.Random, *, snow: bool, light: Light) -> None:
    """A conifer `size` pixels tall standing at (x, y)."""
    tiers = 5 if size < 60 else 9
    for tier in range(tiers):
        share = tier / tiers
        low, wide = y - size * (0.06 + 0.8 * share), size * (0.26 * (1 - share) + 0.035)
        high = low - size * (0.3 * (1 - share) + 0.12)
        lean = roll.uniform(-0.03, 0.03) * size
        notch = [
            (x + wide * (k / 3 - 1), low - (size * 0.035 if k % 2 else 0) + roll.uniform(-0.012, 0.012) * size) for k in range(7)
        ]
        tone = scaled(colour, 0.86 + 0.3 * share + roll.uniform(-0.05, 0.05))
        sheet.polygon(f32([*notch, (x + lean, high)]), tone)
        lit = mix(tone, light.lit(rgb("#f2f6fb") if snow else turned(colour, 0.0, 1.0, 1.6), 1.0), 0.8 if snow else 0.35)
        if size > 30 or snow:
            half = [(px, py - size * 0.012) for px, py in notch[3:6]]
            sheet.polygon(f32([*half, (x + lean, high)]), lit)


def foliage(
    sheet: Sheet,
    x: float,
    y: float,
    rx: float,
    ry: float,
    leaf: RGB,
    light: Light,
    roll: random.Random,
    *,
    count: int = 150,
    far: float = 0.0,
    side: float = 1.0,
    dab: float = 0.13,
) -> None:
    """A leafy mass filling an ellipse. Masses of one tone share a few stamps, so that a wood costs hardly more than a tree."""
    shade = (round(leaf[0] * 11), round(leaf[1] * 11), round(leaf[2] * 11), round(far * 10))
    size = 4 ** max(2, min(3, round(math.log2(max(4.0, ry)) / 2))) if ry < 90 else 128
    variant = roll.randrange(2)
    key = (*shade, size, side > 0, round(dab * 20), variant)
    stamp = sheet.stamps.get(key)
    if stamp is None:
        stamp = sheet.stamps[key] = _clump(
            size, min(count, 90), (shade[0] / 11, shade[1] / 11, shade[2] / 11), light, far, side, dab, variant
        )
    grow = 1.0 + dab * 1.6
    target = skia.Rect.MakeLTRB(x - rx * grow, y - ry * grow, x + rx * grow, y + ry * grow)
    sheet.canvas.drawImageRect(stamp, target, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kNone))


def _clump(size: int, count: int, leaf: RGB, light: Light, far: float, side: float, dab: float, variant: int) -> Any:
    """A stamp of leaves: dark dabs first, lit ones last on the sun's side, so that it reads as a volume."""
    grow = 1.0 + dab * 1.6
    half = math.ceil(size * grow)
    sheet = Sheet(half * 2, half * 2)
    roll = random.Random(variant * 977 + size)
    touches = []
    for _ in range(count):
        angle, away = roll.uniform(0, math.tau), math.sqrt(roll.random())
        dx, dy = math.cos(angle) * away, math.sin(angle) * away
        touches.append((0.42 - 0.42 * dy + 0.26 * dx * side + roll.uniform(-0.24, 0.24), dx, dy))
    touches.sort()
    ramp = [
        light.far(
            light.lit(turned(leaf, 0.035 * (s / 15 - 0.5), 1.12 - 0.2 * s / 15, 0.5 + 0.8 * s / 15), 0.12 + 0.88 * s / 15), far
        )
        for s in range(16)
    ]
    for lit, dx, dy in touches:
        share = min(1.0, max(0.0, lit))
        grain = size * dab * (1.5 - 0.75 * share) * roll.uniform(0.7, 1.3)
        sheet.dab(half + dx * size, half + dy * size, grain * 1.1, grain * 0.85, roll.uniform(-40, 40), ramp[int(share * 15)])
    return skia.Image.fromarray(sheet.pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)


def limb(
    sheet: Sheet,
    x: float,
    y: float,
    angle: float,
    length: float,
    width: float,
    colour: RGB,
    light: Light,
    roll: random.Random,
    tips: list[tuple[float, float]],
    depth: int,
) -> None:
    """A trunk or branch that forks; the ends of the last forks are added to `tips`."""
    knee = angle + roll.uniform(-0.16, 0.16)
    mx, my = x + math.cos(angle) * length * 0.5, y + math.sin(angle) * length * 0.5
    ex, ey = mx + math.cos(knee) * length * 0.5, my + math.sin(knee) * length * 0.5
    nx, ny = -math.sin(angle), math.cos(angle)
    end = width * 0.62
    body = [
        (x + nx * width, y + ny * width),
        (mx + nx * width * 0.8, my + ny * width * 0.8),
        (ex + nx * end, ey + ny * end),
        (ex - nx * end, ey - ny * end),
        (mx - nx * width * 0.8, my - ny * width * 0.8),
        (x - nx * width, y - ny * width),
    ]
    sheet.polygon(f32(body), light.lit(scaled(colour, 0.62), 0.25))
    lit = [(px + (body[5 - i][0] - px) * 0.5, py) for i, (px, py) in enumerate(body[:3])]
    sheet.polygon(f32([*body[3:], *[lit[2], lit[1], lit[0]][::-1][::-1]]), light.lit(colour, 0.7))
    if depth == 0:
        tips.append((ex, ey))
        return
    for turn in (-0.5, 0.12, 0.55) if depth > 1 else (-0.42, 0.42):
        limb(
            sheet,
            ex,
            ey,
            knee + turn + roll.uniform(-0.16, 0.16),
            length * roll.uniform(0.62, 0.8),
            end,
            colour,
            light,
            roll,
            tips,
            depth - 1,
        )


def tree(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    light: Light,
    roll: random.Random,
    *,
    leaf: str = "",
    bare: bool = False,
    far: float = 0.0,
    side: float = 1.0,
) -> None:
    """A broad-leaved tree `size` pixels tall standing at (x, y); `leaf` is a key of LEAVES or `#rrggbb`."""
    tips: list[tuple[float, float]] = []
    bark = light.far(rgb("#6b5040"), far)
    limb(sheet, x, y, -math.pi / 2 + roll.uniform(-0.08, 0.08), size * 0.34, size * 0.034, bark, light, roll, tips, 2)
    if bare:
        return
    tone = rgb(LEAVES.get(leaf, leaf if leaf.startswith("#") else LEAVES[""]))
    dabs = 34 if size < 90 else 70 if size < 260 else 130
    crown = [(tx, ty - size * 0.06, size * roll.uniform(0.15, 0.21)) for tx, ty in tips]
    crown += [(x + roll.uniform(-0.2, 0.2) * size, y - size * roll.uniform(0.62, 0.84), size * 0.18) for _ in range(3)]
    crown.sort(key=lambda c: c[1])
    for cx, cy, r in reversed(crown):
        foliage(
            sheet,
            cx,
            cy,
            r * 1.2,
            r * 0.85,
            turned(tone, roll.uniform(-0.02, 0.02), 1.0, roll.uniform(0.9, 1.08)),
            light,
            roll,
            count=dabs,
            far=far,
            side=side,
        )


def bush(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    light: Light,
    roll: random.Random,
    *,
    leaf: RGB,
    far: float = 0.0,
    side: float = 1.0,
) -> None:
    """A round shrub standing at (x, y)."""
    for dx, dy, k in ((-0.28, -0.2, 0.32), (0.3, -0.18, 0.3), (0.0, -0.3, 0.4)):
        foliage(
            sheet,
            x + dx * width,
            y + dy * width,
            k * width,
            k * width * 0.72,
            leaf,
            light,
            roll,
            count=46 if width < 120 else 80,
            far=far,
            side=side,
        )


def grass(
    sheet: Sheet,
    y_far: float,
    y_near: float,
    light: Light,
    rng: np.random.Generator,
    u: float,
    *,
    blade: RGB,
    count: int,
    tall: float = 0.05,
    far: float = 0.3,
) -> None:
    """Blades over a ground plane between two heights, short and hazy at the back, long in front; painted back to front."""
    groups = 14
    per = max(1, count // groups)
    for group in range(groups):
        near = (group + 0.5) / groups
        share = near**1.4
        y = y_far + (y_near - y_far) * (share + rng.uniform(-0.5, 0.5, per) / groups)
        x = sheet.left + rng.random(per) * sheet.width
        high = u * tall * (0.12 + 0.88 * share) * rng.uniform(0.5, 1.3, per)
        lean = rng.normal(0.12, 0.3, per) * high
        points = np.stack(
            [np.stack([x, y], -1), np.stack([x + lean * 0.35, y - high * 0.6], -1), np.stack([x + lean, y - high], -1)], 1
        )
        for tone in range(3):
            lit = (0.25, 0.6, 0.95)[tone]
            colour = light.far(light.lit(turned(blade, 0.015 * (tone - 1), 1.0, 0.75 + 0.3 * tone), lit), far * (1 - share))
            sheet.strokes(np.asarray(points[tone::3], np.float32), colour, max(1.0, u * 0.0032 * share))


def blossoms(
    sheet: Sheet,
    y_far: float,
    y_near: float,
    light: Light,
    roll: random.Random,
    u: float,
    *,
    colours: list[RGB],
    count: int,
    x_range: tuple[float, float] | None = None,
    size: float = 0.012,
) -> None:
    """Flowers scattered over the ground: four petals and a heart when near, a touch of colour when far."""
    low, high = x_range or (float(sheet.left), float(sheet.right))
    places = sorted(roll.random() ** 0.8 for _ in range(count))
    for share in places:
        x, y = low + roll.random() * (high - low), y_far + (y_near - y_far) * share
        r = u * size * (0.25 + 0.9 * share) * roll.uniform(0.7, 1.25)
        tone = light.lit(roll.choice(colours), roll.uniform(0.6, 1.0))
        if r < 2.2:
            sheet.dab(x, y, r, r * 0.8, 0, light.far(tone, 0.3 * (1 - share)))
            continue
        sheet.strokes(f32([[[x, y], [x + r * 0.3, y + r * 3.2]]]), light.lit(rgb("#3d6b2f"), 0.4), max(1, r * 0.22))
        turn = roll.uniform(0, 72)
        for petal in range(5):
            a = math.radians(turn + 72 * petal)
            shade = scaled(tone, 0.84 + 0.2 * (1 - math.sin(a)) / 2)
            sheet.dab(x + math.cos(a) * r * 0.62, y + math.sin(a) * r * 0.5, r * 0.56, r * 0.4, math.degrees(a), shade)
        sheet.dab(x, y, r * 0.3, r * 0.26, 0, light.lit(rgb("#f3c64a"), 0.9))
