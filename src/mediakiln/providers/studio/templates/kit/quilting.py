"""Patchwork: printed cottons, a padded quilt of them with its seams, and the sitter sewn on as an appliqué of patches."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from mediakiln.providers.studio.colour import RGB, argb, luma, mix, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, blurred, f32, resized
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit import fibre, hard, sitting, surface
from mediakiln.providers.studio.templates.kit.sitting import Figure
from mediakiln.providers.studio.templates.table import Layer, Table

_COTTONS: tuple[RGB, ...] = (
    (0.93, 0.87, 0.76),
    (0.84, 0.56, 0.5),
    (0.53, 0.64, 0.6),
    (0.92, 0.76, 0.48),
    (0.44, 0.53, 0.67),
    (0.9, 0.72, 0.7),
    (0.68, 0.74, 0.55),
)
_CLOTH = 620
"""Patches are laid out at this longest side; the weave is as fine as the picture."""
_PRINTS = ("plain", "dots", "stripes", "gingham", "blossom", "plain", "plaid")


def _print(canvas: Canvas, kind: str, box: Any, tone: RGB, u: float, ink: RGB) -> None:
    """One cotton print in `box`; the motif's size follows the unit `u`."""
    left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
    canvas.drawRect(box, skia.Paint(Color=argb(tone)))
    paint = skia.Paint(Color=argb(ink, 0.85), AntiAlias=True)
    pitch = u * 0.03
    rows, columns = int((bottom - top) / pitch) + 2, int((right - left) / pitch) + 2
    if kind == "dots":
        points = [(left + (c + 0.5 * (r % 2)) * pitch, top + r * pitch) for r in range(rows) for c in range(columns)]
        for x, y in points:
            canvas.drawCircle(x, y, 0.19 * pitch, paint)
    elif kind == "stripes":
        for c in range(columns):
            canvas.drawRect(skia.Rect.MakeXYWH(left + c * pitch, top, 0.34 * pitch, bottom - top), paint)
    elif kind in ("gingham", "plaid"):
        paint.setAlphaf(0.42)
        wide = pitch * (0.5 if kind == "gingham" else 0.3)
        step = pitch if kind == "gingham" else 1.7 * pitch
        for c in range(columns):
            canvas.drawRect(skia.Rect.MakeXYWH(left + c * step, top, wide, bottom - top), paint)
        for r in range(rows):
            canvas.drawRect(skia.Rect.MakeXYWH(left, top + r * step, right - left, wide), paint)
    elif kind == "blossom":
        heart = skia.Paint(Color=argb(mix(tone, (1.0, 0.85, 0.4), 0.8)), AntiAlias=True)
        for r in range(rows // 2 + 1):
            for c in range(columns // 2 + 1):
                x, y = left + (2 * c + (r % 2)) * pitch, top + 2 * r * pitch
                for k in range(5):
                    angle = 1.2566 * k + r + c
                    canvas.drawCircle(x + 0.26 * pitch * math.cos(angle), y + 0.26 * pitch * math.sin(angle), 0.2 * pitch, paint)
                canvas.drawCircle(x, y, 0.16 * pitch, heart)


def quilt(share: float = 0.2) -> Layer:
    """The whole sheet as a quilt of squares and half squares about `share` of the unit wide, its colours around the sitter's."""

    def layer(table: Table) -> None:
        roll, canvas, u = table.dice("quilt"), table.canvas, table.u
        columns, rows = max(2, round(table.width / (share * u))), max(2, round(table.height / (share * u)))
        wide, tall = table.width / columns, table.height / rows
        tones = _cottons(table)
        seams = skia.Path()
        for row in range(rows):
            for column in range(columns):
                box = skia.Rect.MakeXYWH(column * wide, row * tall, wide + 1, tall + 1)
                corners = [
                    (box.left(), box.top()),
                    (box.right(), box.top()),
                    (box.right(), box.bottom()),
                    (box.left(), box.bottom()),
                ]
                _fabric(canvas, box, roll, tones, u)
                if roll.random() < 0.36:
                    start = roll.randrange(4)
                    knots = [skia.Point(*corners[(start + k) % 4]) for k in range(3)]
                    half = skia.Path()
                    half.addPoly(knots, True)
                    canvas.save()
                    canvas.clipPath(half, skia.ClipOp.kIntersect, True)
                    _fabric(canvas, box, roll, tones, u)
                    canvas.restore()
                    seams.addPoly([knots[0], knots[2]], False)
        for column in range(1, columns):
            seams.addPoly([skia.Point(column * wide, 0), skia.Point(column * wide, table.height)], False)
        for row in range(1, rows):
            seams.addPoly([skia.Point(0, row * tall), skia.Point(table.width, row * tall)], False)
        _padded(table, seams, 0.16 * share * u * 2)
        for move in (-0.014, 0.014):
            canvas.save()
            canvas.translate(move * u, move * u)
            fibre.stitches(canvas, seams, (0.97, 0.94, 0.87), 0.014 * u, 0.0042 * u)
            canvas.restore()

    return layer


def _cottons(table: Table) -> list[RGB]:
    own = [turned((r / 255, g / 255, b / 255), 0.0, 1.1, 1.05) for r, g, b in table.sitter.tones]
    return [mix(tone, (0.95, 0.9, 0.82), 0.3) for tone in own[:3]] + list(_COTTONS)


def _fabric(canvas: Canvas, box: Any, roll: Any, tones: list[RGB], u: float) -> None:
    tone = roll.choice(tones)
    ink = mix(tone, (1.0, 0.99, 0.95), 0.75) if luma(tone) < 0.62 else mix(tone, roll.choice(tones), 0.85)
    if abs(luma(ink) - luma(tone)) < 0.09:
        ink = scaled(tone, 0.74)
    _print(canvas, roll.choice(_PRINTS), box, tone, u, ink)


def _padded(table: Table, seams: Any, reach: float) -> None:
    """Batting under everything painted so far: it swells between the seams and puckers along them; the weave shows."""
    scale = min(1.0, 640 / max(table.width, table.height))
    size = (max(8, round(table.width * scale)), max(8, round(table.height * scale)))
    mask = np.zeros(size[::-1], np.uint8)
    canvas = skia.Surface(mask, skia.kAlpha_8_ColorType, skia.kPremul_AlphaType).getCanvas()
    canvas.scale(size[0] / table.width, size[1] / table.height)
    line = skia.Paint(Color=0xFFFFFFFF, Style=skia.Paint.kStroke_Style, StrokeWidth=1.6 / scale)
    canvas.drawPath(seams, line)
    away = cv2.distanceTransform(255 - np.where(mask > 90, 255, 0).astype(np.uint8), cv2.DIST_L2, 5)
    inside = np.minimum(1, away / f32(max(2.0, reach * scale)))
    form = np.sqrt(np.clip(1 - (1 - inside) ** 2, 0, 1)).astype(np.float32)
    rng = table.rng("pucker")
    grid = (max(4, round(size[1] / 4)), max(4, round(size[0] / 4)))
    pucker = resized(rng.normal(0, 1, grid).astype(np.float32), *size)
    form += pucker * f32(0.12) * np.exp(-away / f32(max(1.0, 0.35 * reach * scale)))
    light = surface.shaded(cv2.GaussianBlur(form, (0, 0), 1.0), 0.42 * reach * scale)
    factor = f32(1) + f32(0.55) * (np.clip(light, 0.2, 1.6) - 1)
    seam = 1 - f32(0.3) * np.exp(-((away / f32(1.3)) ** 2))
    whole = resized(np.asarray(factor * seam * f32(0.99), np.float32), table.width, table.height, False)
    weave = fibre.weave(table.width, table.height, max(2.0, table.u / 420))
    table.pixels[:] = surface.times(table.pixels, cv2.multiply(whole, weave, dst=whole))


def applique(wide: float = 0.8, tall: float = 0.8) -> Layer:
    """The sitter cut from patches of its own colours, sewn to the quilt with a satin stitch, over a plain patch."""

    def layer(table: Table) -> None:
        u, roll = table.u, table.dice("applique")
        reach = min(table.height, 1.25 * table.width)
        figure = sitting.centred(
            table, table.width / 2, table.height / 2, wide * min(table.width, 1.25 * table.height), tall * reach
        )
        figure = sitting.soft_foot(sitting.graded(figure, vivid=1.15), 0.1)
        u = max(figure.width, figure.height)
        ground = _plain(table, figure, u)
        patched = _patches(sitting.padded(figure, 4), table.rng("patches"), u, roll.uniform(12, 28))
        sitting.shadow_of(table, patched.alpha, patched.left + 0.005 * u, patched.top + 0.008 * u, 0.008 * u, 0.5)
        fibre.paste(table, patched.pixels, patched.left, patched.top)
        satin(table.canvas, fibre.outline_of(patched.alpha, patched.left, patched.top, 0.004 * u, 0.006 * u), ground, 0.018 * u)

    return layer


def _plain(table: Table, figure: Figure, u: float) -> RGB:
    """The cotton the sitter lies on, of its outline but wider; its colour is given back."""
    border = 0.055 * u
    room = sitting.padded(figure, math.ceil(1.5 * border))
    mask = sitting.grown(room.alpha, border)
    tone: RGB = (0.96, 0.92, 0.84) if luma(_mean(figure)) < 0.62 else (0.4, 0.47, 0.6)
    light = fibre.rounding(mask, 0.02 * u, 0.6) * fibre.weave(mask.shape[1], mask.shape[0], max(2.0, u / 380))
    sitting.shadow_of(table, mask, room.left + 0.008 * u, room.top + 0.012 * u, 0.012 * u, 0.5)
    body = cv2.merge([*(cv2.convertScaleAbs(light, alpha=255 * c) for c in tone), mask])
    fibre.paste(table, np.asarray(body, np.uint8), room.left, room.top)
    seam = fibre.outline_of(mask, room.left, room.top, 0.016 * u, 0.02 * u)
    fibre.stitches(table.canvas, seam, scaled(tone, 0.55) if luma(tone) > 0.6 else (0.97, 0.92, 0.8), 0.02 * u, 0.0055 * u)
    return scaled(tone, 0.55) if luma(tone) > 0.6 else (0.98, 0.95, 0.88)


def _mean(figure: Figure) -> RGB:
    sample = figure.pixels[::8, ::8]
    solid = sample[sample[..., 3] > 128][:, :3]
    r, g, b = (float(v) / 255 for v in solid.mean(axis=0)) if len(solid) else (0.5, 0.5, 0.5)
    return r, g, b


def _patches(figure: Figure, rng: np.random.Generator, u: float, lean: float) -> Figure:
    """The figure cut into leaning patches, each of a slightly other cotton, some printed, padded between their seams."""
    height, width = figure.pixels.shape[:2]
    smooth = sitting.painted(figure, 1.6)
    scale = min(1.0, _CLOTH / max(height, width))
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    cloth = _cloth(cv2.resize(smooth.pixels, size, interpolation=cv2.INTER_AREA), rng, u * scale, lean)
    weave = fibre.weave(width, height, max(2.0, u / 420))
    parts = []
    for colour, factor in zip(cv2.split(smooth.pixels)[:3], cv2.split(cloth), strict=True):
        wide = cv2.resize(factor, (width, height), interpolation=cv2.INTER_LINEAR)
        parts.append(cv2.multiply(colour, cv2.multiply(wide, weave, dst=wide), dtype=cv2.CV_8U))
    return replace(figure, pixels=np.asarray(cv2.merge([*parts, figure.alpha]), np.uint8))


def _cloth(small: Picture, rng: np.random.Generator, u: float, lean: float) -> Field:
    """What the patches do to the colours of `small` (straight RGBA): factors (height, width, 3)."""
    height, width = small.shape[:2]
    x, y = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]
    turn, cell = math.radians(lean), f32(0.17 * u)
    a, b = (x * f32(math.cos(turn)) + y * f32(math.sin(turn))) / cell, (y * f32(math.cos(turn)) - x * f32(math.sin(turn))) / cell
    a += f32(0.5) * (np.floor(b) % 2)
    number = (np.floor(a) * 31 + np.floor(b) * 17).astype(np.int32) % 64
    tint = rng.normal(1, 0.036, (64, 3)).clip(0.9, 1.1) * rng.normal(1, 0.06, (64, 1))
    fraction_a, fraction_b = a % 1, b % 1
    away = np.minimum(np.minimum(fraction_a, 1 - fraction_a), np.minimum(fraction_b, 1 - fraction_b)) * cell
    cover = cv2.threshold(np.ascontiguousarray(small[..., 3]), 127, 255, cv2.THRESH_BINARY)[1]
    away = np.minimum(away, cv2.distanceTransform(cover, cv2.DIST_L2, 3))
    reach = f32(0.035 * u)
    inside = np.minimum(1, away / reach)
    form = np.sqrt(np.clip(1 - (1 - inside) ** 2, 0, 1)).astype(np.float32)
    light = surface.shaded(cv2.GaussianBlur(form, (0, 0), max(0.6, 0.002 * u)), 0.45 * float(reach))
    shade = (1 + f32(0.36) * (np.clip(light, 0.2, 1.6) - 1)) * (1 - f32(0.34) * np.exp(-((away / f32(0.0022 * u + 0.6)) ** 2)))
    grey = cv2.cvtColor(np.ascontiguousarray(small[..., :3]), cv2.COLOR_RGB2GRAY)
    # No print where the picture itself has much to say, such as on a face.
    fine = np.abs(grey.astype(np.float32) - blurred(grey.astype(np.float32), 0.02 * u))
    calm = np.clip(f32(1.3) - blurred(fine, 0.03 * u) / f32(9), 0, 1)
    ink = np.where(grey < 110, f32(0.3), f32(-0.2)) * calm
    shade = _dashed(fraction_a, fraction_b, a, b, cell, u, shade * (1 + ink * _motif(x, y, u, rng.integers(0, 5, 64)[number])))
    return np.asarray(tint[number] * shade[..., None] * f32(1.02), np.float32)


def _dashed(near_a: Field, near_b: Field, a: Field, b: Field, cell: Any, u: float, factor: Field) -> Field:
    """`factor` with the light thread of a running stitch beside each seam."""
    off, wide, dash = f32(0.011 * u) / cell, f32(0.0019 * u + 0.4) / cell, f32(0.026 * u) / cell
    for across, along in ((near_a, b), (near_b, a)):
        rows, columns = np.nonzero(np.abs(across - off) < wide)
        thread = (along[rows, columns] / dash) % 1 < f32(0.58)
        factor[rows[thread], columns[thread]] = f32(1.42)
    return factor


def _motif(x: Field, y: Field, u: float, kind: NDArray[np.int64]) -> Field:
    """The print of each pixel's `kind` as a cover 0..1: two are plain, then dots, stripes, checks."""
    pitch = f32(0.026 * u)
    across, down = x / pitch, y / pitch
    result = np.zeros(kind.shape, np.float32)
    dots = ((across + np.floor(down) % 2 / 2) % 1 - f32(0.5)) ** 2 + (down % 1 - f32(0.5)) ** 2 < f32(0.05)
    result[(kind == 2) & dots] = 1
    result[(kind == 3) & ((across + down) % 1 < f32(0.32))] = 1
    checks = f32(0.5) * (across % 1 < f32(0.5)) + f32(0.5) * (down % 1 < f32(0.5))
    return np.asarray(np.where(kind == 4, checks, result), np.float32)


def satin(canvas: Canvas, path: Any, tone: RGB, width: float) -> None:
    """A zigzag of close threads along `path`, `width` pixels wide."""
    zigzag, measure = skia.Path(), skia.PathMeasure(path, True)
    while True:
        knots = []
        for index in range(int(measure.getLength() / (0.42 * width))):
            place, ahead = measure.getPosTan(0.42 * width * index)
            side = width / 2 if index % 2 else -width / 2
            knots.append(skia.Point(place.x() - side * ahead.y(), place.y() + side * ahead.x()))
        zigzag.addPoly(knots, True)
        if not measure.nextContour():
            break
    thread = 0.17 * width
    hard.traced(canvas, zigzag, (0.05, 0.04, 0.05), 1.7 * thread, 0.4, 0.35 * thread)
    hard.traced(canvas, zigzag, scaled(tone, 0.75), 1.25 * thread)
    canvas.save()
    canvas.translate(-0.12 * thread, -0.2 * thread)
    hard.traced(canvas, zigzag, mix(tone, (1.0, 1.0, 1.0), 0.2), 0.75 * thread)
    canvas.restore()
