"""Soft materials: felt, woven cloth, and the stitches that hold them.

`felted` is a treatment of a `Figure`; `felt_shape` lays a piece of felt of any outline; `weave` and `wool` are textures. Lengths
are in pixels; a material is as large as its `thread` is thick. Light comes from the upper left.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from mediakiln.providers.studio.colour import RGB, argb, mix, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, blurred, f32, fbm, generator, resized, step
from mediakiln.providers.studio.stage import Canvas, Sheet
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit.grounds import tiled
from mediakiln.providers.studio.templates.kit.sitting import Figure, grown, image_of, joined, padded, shadow_of
from mediakiln.providers.studio.templates.kit.surface import Mask, shaded, swelling, times
from mediakiln.providers.studio.templates.table import Table

_TILE = 512


@lru_cache(maxsize=4)
def _wool(strands: int = 5200) -> Field:
    """A tile of matted wool, about 1.0 with a spread of 0.075, that joins at its edges: short bent strands over each other."""
    rng = generator(1, "wool", strands)
    tile = np.full((_TILE, _TILE), 118, np.uint8)
    start = rng.uniform(0, _TILE, (strands, 2))
    angle = rng.uniform(0, 2 * math.pi, strands)
    bend = rng.normal(0, 0.5, strands)
    length = rng.uniform(10, 34, strands)
    tone = rng.integers(60, 200, strands)
    ahead = np.stack([np.cos(angle), np.sin(angle)], 1)
    later = np.stack([np.cos(angle + bend), np.sin(angle + bend)], 1)
    middle = start + ahead * length[:, None] / 2
    knots = np.round(np.stack([start, middle, middle + later * length[:, None] / 2], 1) * 16).astype(np.int32)
    for line, value in zip(knots, tone.tolist(), strict=True):
        cv2.polylines(tile, [line], False, value, 1, cv2.LINE_AA, 4)
    # Strands that leave at one edge come back at the other: a seam of half a tile is blended over.
    rolled = np.roll(tile, (_TILE // 2, _TILE // 2), (0, 1))
    ramp = np.abs(np.linspace(-1, 1, _TILE, dtype=np.float32))
    inner = 1 - step(0.75, 0.95, np.maximum(ramp[:, None], ramp[None, :]))
    joined = tile * inner + rolled * (1 - inner)
    return np.asarray(1 + (joined - joined.mean()) / joined.std() * f32(0.075), np.float32)


@lru_cache(maxsize=4)
def _weave(thread: int) -> Field:
    """A tile of plain weave, about 1.0: threads of `thread` pixels over and under each other."""
    count = max(2, _TILE // (2 * thread)) * 2
    y, x = np.mgrid[0 : count * thread, 0 : count * thread].astype(np.float32) / f32(thread)
    over = ((np.floor(x) + np.floor(y)) % 2).astype(np.float32)
    along, across = np.where(over > 0, x % 1, y % 1), np.where(over > 0, y % 1, x % 1)
    height = np.sin(along * math.pi) * f32(0.6) + np.sin(across * math.pi) * f32(0.5)
    yarn = generator(2, "weave").normal(1, 0.05, (2, count)).astype(np.float32)
    tone = np.where(over > 0, yarn[0][np.floor(y).astype(int)], yarn[1][np.floor(x).astype(int)])
    return np.asarray((f32(0.8) + f32(0.28) * height) * tone, np.float32)


@lru_cache(maxsize=8)
def _wool_of(side: int) -> Field:
    """The tile of wool at another size."""
    way = cv2.INTER_AREA if side < _TILE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(_wool(), (side, side), interpolation=way), np.float32)


def wool(width: int, height: int, thread: float) -> Field:
    """Matted wool as a factor about 1.0, (height, width); one strand is `thread` pixels thick."""
    return tiled(_wool_of(32 * round(_TILE / 32 * max(0.4, 0.62 * thread))), width, height)


def weave(width: int, height: int, thread: float) -> Field:
    """Plain weave as a factor about 1.0, (height, width)."""
    return tiled(_weave(max(2, round(thread))), width, height)


def fuzzed(mask: Mask, fuzz: float) -> Mask:
    """`mask` with a ragged, soft edge that wanders by `fuzz` pixels."""
    height, width = mask.shape
    x, y = _wandering(width, height, 0.7 * fuzz, max(1.0, fuzz))
    ragged = cv2.remap(mask, x, y, cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(ragged, (0, 0), max(0.4, 0.22 * fuzz)), np.uint8)


@lru_cache(maxsize=1)
def _speckle() -> Field:
    return generator(2, "speckle").standard_normal((2, 2 * _TILE, 2 * _TILE), np.float32)


def _wandering(width: int, height: int, far: float, every: float) -> tuple[Field, Field]:
    """The place of every pixel, moved by chance about `far` pixels, another way `every` so many pixels: columns and rows."""
    rows, columns = (min(2 * _TILE, max(2, round(side / every))) for side in (height, width))
    across, down = (resized(part * f32(far), width, height, False) for part in _speckle()[:, :rows, :columns])
    across += np.arange(width, dtype=np.float32)[None, :]
    down += np.arange(height, dtype=np.float32)[:, None]
    return across, down


def mask_of(path: Any) -> tuple[Mask, int, int]:
    """A skia path in pixels as a mask of its own box, and the box's left and top, with two pixels to spare."""
    box = path.computeTightBounds()
    left, top = math.floor(box.left()) - 2, math.floor(box.top()) - 2
    width, height = max(4, math.ceil(box.right()) - left + 2), max(4, math.ceil(box.bottom()) - top + 2)
    mask = np.zeros((height, width), np.uint8)
    canvas = skia.Surface(mask, skia.kAlpha_8_ColorType, skia.kPremul_AlphaType).getCanvas()
    canvas.translate(-left, -top)
    canvas.drawPath(path, skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
    return mask, left, top


def outline_of(mask: Mask, left: float = 0.0, top: float = 0.0, inset: float = 0.0, calm: float = 3.0) -> Any:
    """The outlines of `mask` as a closed skia path at (left, top), `inset` pixels within, smoothed over `calm` pixels."""
    scale = min(1.0, 480 / max(mask.shape))
    small = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(small, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=0)
    small = cv2.GaussianBlur(small, (0, 0), max(0.8, calm * scale))
    small = grown(np.ascontiguousarray(small), -inset * scale) if inset else small
    rings, _ = cv2.findContours((small > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    path = skia.Path()
    for ring in rings:
        if len(ring) < 24:
            continue
        points = ring[:, 0].astype(np.float32)
        wrapped = np.concatenate([points[-6:], points, points[:6]])
        smooth = cv2.blur(wrapped, (1, 5), borderType=cv2.BORDER_REPLICATE)[6:-6:3]
        knots = (smooth - 3) / f32(scale) + f32([left, top])
        path.addPoly([skia.Point(float(x), float(y)) for x, y in knots], True)
    return path


def felt(mask: Mask, tone: RGB, thread: float, puff: float = 0.0) -> Picture:
    """A cut piece of felt of `tone` as straight RGBA: matted wool, a soft rim, a little mottled; `puff` pixels of padding."""
    height, width = mask.shape
    cover = fuzzed(mask, 1.6 * thread)
    light = rounding(mask, max(2.0, puff or 3.5 * thread), 0.5 if puff else 0.22)
    mottled = fbm(generator(3, width, height), max(8, width // 4), max(8, height // 4), 9, 3)
    mottled = resized(mottled * f32(0.1) + f32(0.95), width, height, False)
    light = cv2.multiply(cv2.multiply(light, mottled, dst=mottled), wool(width, height, thread), dst=mottled)
    body = [cv2.convertScaleAbs(light, alpha=255 * c) for c in tone]
    return np.asarray(cv2.merge([*body, cover]), np.uint8)


def rounding(mask: Mask, reach: float, depth: float) -> Field:
    """Light on a piece rounded at its edge over `reach` pixels: a factor about 1.0."""
    scale = min(1.0, 500 / max(mask.shape))
    small = cv2.resize(
        mask, (max(4, round(mask.shape[1] * scale)), max(4, round(mask.shape[0] * scale))), interpolation=cv2.INTER_AREA
    )
    form = blurred(swelling(small, max(1.5, reach * scale)), max(0.6, 0.2 * reach * scale))
    factor = f32(1) + f32(depth) * (np.clip(shaded(form, max(1.0, reach * scale) * 0.9), 0.2, 1.5) - 1)
    return resized(np.asarray(factor, np.float32), mask.shape[1], mask.shape[0], False)


def paste(table: Table, pixels: Picture, left: float, top: float) -> None:
    """Lay straight RGBA `pixels` with the upper left corner at (left, top)."""
    table.canvas.drawImage(image_of(pixels), round(left), round(top))


def felt_shape(
    table: Table, path: Any, tone: RGB, thread: float, *, thick: float = 0.0, puff: float = 0.0, shade: float = 0.4
) -> None:
    """A piece of felt of the outline `path` with its shadow; `thick` pixels off the ground."""
    mask, left, top = mask_of(path)
    away = thick or 3 * thread
    if shade > 0:
        shadow_of(table, mask, left + 0.5 * away, top + 0.8 * away, 0.7 * away, shade)
    paste(table, felt(mask, tone, thread, puff), left, top)


def stitches(canvas: Canvas, path: Any, tone: RGB, length: float, width: float, gap: float | None = None) -> None:
    """A running stitch along `path`: each thread dips in at its ends, is lit from above and shades the cloth."""
    on, off = max(1.0, length - width), (gap if gap is not None else 0.75 * length) + width
    dashes = skia.DashPathEffect.Make([on, off], 0)
    for move, wide, colour, alpha in (
        (0.5, 1.25, (0.06, 0.05, 0.06), 0.38),
        (0.0, 1.0, scaled(tone, 0.74), 1.0),
        (-0.12, 0.68, tone, 1.0),
        (-0.26, 0.24, mix(tone, (1.0, 1.0, 1.0), 0.55), 0.85),
    ):
        paint = skia.Paint(Color=argb(colour, alpha), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=wide * width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setPathEffect(dashes)
        canvas.save()
        canvas.translate(move * width * 0.7, move * width)
        canvas.drawPath(path, paint)
        canvas.restore()


def felted(figure: Figure, thread: float, pieces: int = 11, detail: float = 0.55, puff: float = 0.1) -> Figure:
    """The figure made of felt: a few dyed pieces laid over each other, padded by `puff` of its shorter side, with a woolly edge.
    `detail` is how much of the picture's own shading stays."""
    figure = padded(figure, math.ceil(4 * thread))
    height, width = figure.pixels.shape[:2]
    scale = min(1.0, 440 / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(figure.pixels, size, interpolation=cv2.INTER_AREA)
    colours = cv2.medianBlur(np.ascontiguousarray(small[..., :3]), 3)
    labels, tones = _dyed(colours, small[..., 3] > 60, pieces)
    ragged = _ragged(_enlarged(labels, len(tones)), width, height, 1.1 * thread)
    table = np.zeros((1, 256, 3), np.uint8)
    table[0, : len(tones)] = tones
    own = cv2.resize(cv2.GaussianBlur(colours, (0, 0), 1.0), (width, height), interpolation=cv2.INTER_LINEAR)
    flat = cv2.addWeighted(cv2.LUT(cv2.merge([ragged] * 3), table), 1 - detail, own, detail, 0)
    level = blurred(cv2.LUT(ragged, cv2.cvtColor(table, cv2.COLOR_RGB2GRAY)).astype(np.float32), 1.3 * thread)
    factor = cv2.min(cv2.max(shaded(level, 9 / 255 * thread), 0.3), 1.5)
    factor = cv2.addWeighted(factor, 0.5 * 0.97, factor, 0, 0.5 * 0.97)
    form = rounding(figure.alpha, max(3.0, puff * min(height, width)), 0.55)
    factor = cv2.multiply(cv2.multiply(factor, form, dst=factor), wool(width, height, thread), dst=factor)
    body = times(flat, factor)
    return replace(figure, pixels=joined(cv2.add(body, (8, 8, 8, 0)), fuzzed(figure.alpha, 1.7 * thread)))


def _enlarged(labels: Picture, count: int) -> Picture:
    """`labels` (below `count`) one and a half times as large, their borders smooth."""
    size = (round(1.5 * labels.shape[1]), round(1.5 * labels.shape[0]))
    result, most = np.zeros(size[::-1], np.uint8), np.zeros(size[::-1], np.uint8)
    for label in range(count):
        cover = cv2.resize(cv2.GaussianBlur(cv2.compare(labels, label, cv2.CMP_EQ), (0, 0), 1.1), size)
        np.putmask(result, cover > most, label)
        cv2.max(most, cover, dst=most)
    return result


def _dyed(colours: Picture, solid: NDArray[np.bool_], count: int) -> tuple[Picture, Picture]:
    """The piece each pixel belongs to, and the pieces' colours, a little stronger than the picture's."""
    lab = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB).astype(np.float32)
    sample = np.ascontiguousarray(lab[solid][:: max(1, int(solid.sum()) // 3000)])
    count = max(1, min(count, len(np.unique(sample, axis=0)))) if len(sample) else 1
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 14, 0.6)
    sample = sample if len(sample) else lab.reshape(-1, 3)
    _, _, centres = cv2.kmeans(sample, count, None, criteria, 2, cv2.KMEANS_PP_CENTERS)
    # The nearest centre, by the part of the squared distance that differs between centres.
    labels, least = np.zeros(lab.shape[:2], np.uint8), np.full(lab.shape[:2], np.inf, np.float32)
    for label, centre in enumerate(centres):
        away = cv2.transform(lab, np.array([[*(-2 * centre), centre @ centre]], np.float32))
        np.putmask(labels, away < least, label)
        cv2.min(least, away, dst=least)
    labels = cv2.medianBlur(labels, 3)
    centres[:, 1:] = 128 + (centres[:, 1:] - 128) * f32(1.18)
    tones = cv2.cvtColor(np.clip(centres, 0, 255).astype(np.uint8)[None], cv2.COLOR_LAB2RGB)[0]
    return np.asarray(labels, np.uint8), np.asarray(tones, np.uint8)


def _ragged(labels: NDArray[np.uint8], width: int, height: int, fuzz: float) -> NDArray[np.uint8]:
    """`labels` enlarged to (height, width), their borders wandering by `fuzz` pixels."""
    x, y = _wandering(width, height, 0.6 * fuzz, max(1.5, fuzz))
    x *= f32(labels.shape[1] / width)
    y *= f32(labels.shape[0] / height)
    return np.asarray(cv2.remap(labels, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def aslant(table: Table, degrees: float, x: float, y: float, paint: Callable[[Table], None]) -> None:
    """What `paint` lays, on a clear sheet of its own, turned clockwise about (x, y): one turn costs less than many."""
    ground, table.sheet = table.sheet, Sheet(table.width, table.height)
    paint(table)
    above, table.sheet = table.sheet, ground
    matrix = cv2.getRotationMatrix2D((x, y), -degrees, 1)
    turned = cv2.warpAffine(above.pixels, matrix, (table.width, table.height), flags=cv2.INTER_LINEAR)
    table.canvas.drawImage(skia.Image.fromarray(turned, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType, copy=False), 0, 0)
