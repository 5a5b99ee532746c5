"""Fur: figures covered with hair.

Lengths are in pixels. Light comes from the upper left.
"""

from __future__ import annotations

import itertools
import math

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, blurred, f32, generator, resized
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit.fibre import rounding
from mediakiln.providers.studio.templates.kit.sitting import Figure, covered, grown, padded

_FIELD = 420
"""The lie and the light of hair are worked out at this longest side."""

_HAIR_LAYER, _TONE_STEP = 700, 9
"""Hairs to a layer, in which their order does not matter, and the levels between two tones of hair."""


def furry(
    figure: Figure,
    length: float,
    *,
    thick: float = 0.0,
    hairs: int = 14000,
    puff: float = 0.22,
    detail: float = 0.7,
    seed: int = 1,
    fall: float = 0.55,
    depth: float = 0.7,
) -> Figure:
    """The figure covered with hair of `length` pixels that grows outwards and, by `fall`, down, shaded by `depth` (0..1).

    Where the picture has fine detail, such as a face, the hair is shorter by up to `detail`. `hairs` is the most there are.
    """
    area = float(np.count_nonzero(figure.pixels[::4, ::4, 3])) * 16
    spacing = max(2.0, 0.14 * length, math.sqrt(area / hairs))
    coarse = max(1, round(thick or spacing * 0.55))
    if coarse == 1:
        return _haired(figure, length, spacing, puff, detail, seed, fall, depth)
    # Thick hairs are drawn one pixel thick and enlarged: soft hair may be soft, and a wide line costs three thin ones.
    size = (max(4, round(figure.width / coarse)), max(4, round(figure.height / coarse)))
    small = straight(cv2.resize(covered(figure.pixels), size, interpolation=cv2.INTER_AREA))
    done = _haired(Figure(small, 0, 0, False, figure.whole), length / coarse, spacing / coarse, puff, detail, seed, fall, depth)
    body = cv2.resize(covered(done.pixels), None, fx=coarse, fy=coarse, interpolation=cv2.INTER_LINEAR)
    left, top = figure.left + done.left * coarse, figure.top + done.top * coarse
    return replace(figure, pixels=straight(np.asarray(body, np.uint8)), left=left, top=top)


def _haired(
    figure: Figure, length: float, spacing: float, puff: float, detail: float, seed: int, fall: float, depth: float
) -> Figure:
    """`furry` with hairs one pixel thick, `spacing` pixels between their roots."""
    figure = padded(figure, math.ceil(1.2 * length) + 2)
    height, width = figure.pixels.shape[:2]
    scale = min(1.0, _FIELD / max(height, width))
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    body = covered(figure.pixels)
    small = straight(cv2.resize(body, size, interpolation=cv2.INTER_AREA))
    cover = np.ascontiguousarray(small[..., 3])
    away = cv2.distanceTransform((cover > 127).astype(np.uint8), cv2.DIST_L2, 3)
    if not away.any():
        return figure
    rng = generator(seed, "fur", width, height)
    form = rounding(cover, max(4.0, puff * min(size)), depth)
    y, x = np.mgrid[spacing / 2 : height : spacing, spacing / 2 : width : spacing].astype(np.float32)
    roots = np.stack([x.ravel(), y.ravel()], 1) + rng.uniform(-0.6, 0.6, (x.size, 2)).astype(np.float32) * f32(spacing)
    column, row = _places(roots * f32(scale), *size)
    depth = away[row, column] + rng.uniform(0, length * scale, len(row))
    order = np.argsort(depth)  # the middle lies over the rim
    order = order[away[row, column][order] > 0]
    roots, column, row = roots[order], column[order], row[order]
    out = _outwards(away, length * scale)[row, column]
    swirl = resized(rng.normal(0, 1, (9, 9)).astype(np.float32), *size)[row, column]
    angle = np.arctan2(out[:, 1] + f32(fall), out[:, 0]) + swirl * f32(0.35) + rng.normal(0, 0.28, len(row)).astype(np.float32)
    shown = _detail(np.ascontiguousarray(small[..., :3]), length * scale) * f32(detail)
    fine = shown[row, column]
    reach = length * rng.uniform(0.65, 1.15, len(row)).astype(np.float32) * (1 - fine)
    ahead = np.stack([np.cos(angle), np.sin(angle)], 1) * reach[:, None]
    sag = np.stack([np.zeros(len(row)), reach * 0.22], 1)
    knots = np.round(np.stack([roots, roots + ahead * f32(0.55), roots + ahead + sag], 1) * 16).astype(np.int32)
    soft = cv2.blur(body, (max(1, round(0.14 * length)),) * 2)
    shade = form[row, column] * rng.normal(1.0, 0.1, len(row)).clip(0.74, 1.26) + f32(0.04)
    column, row = _places(roots, width, height)
    sheen = np.abs(rng.normal(0, 13, (len(row), 1))).astype(np.float32)
    tones = np.minimum(255, _exposed(_clear(soft[row, column]), shade) + sheen)
    own, body = body, _undercoat(small, width, height, form, 0.12 * length)
    _drawn(body, knots, tones)
    if detail > 0.5:  # hair hides what a face says: there the picture itself comes through
        inner = np.clip(away / f32(1.5 * length * scale) - f32(0.4), 0, 0.8)
        keep = resized(np.asarray(blurred(shown, 2.0) * inner, np.float32), width, height, False)
        body = np.asarray(cv2.blendLinear(own, body, keep, 1 - keep), np.uint8)
    return replace(figure, pixels=straight(body))


def _drawn(body: Picture, knots: NDArray[np.int32], tones: NDArray[np.float32]) -> None:
    """Draw hairs (hairs, 3, 2) in 1/16 pixels, the first lowest. Among neighbours in that order those of about one tone are drawn
    at once: most of what a thin line costs is its call."""
    steps = np.rint(tones / _TONE_STEP).astype(np.int64)
    kind = (np.arange(len(steps)) // _HAIR_LAYER << 24) + (steps[:, 0] << 16) + (steps[:, 1] << 8) + steps[:, 2]
    order = np.argsort(kind, kind="stable")
    starts = [0, *(np.flatnonzero(np.diff(kind[order])) + 1).tolist(), len(order)]
    hairs, colours = list(knots[order]), np.minimum(steps[order] * _TONE_STEP, 255).tolist()
    for start, end in itertools.pairwise(starts):
        cv2.polylines(body, hairs[start:end], False, (*colours[start], 255), 1, cv2.LINE_AA, 4)


def _exposed(colours: NDArray[np.float32], light: NDArray[np.float32]) -> NDArray[np.float32]:
    """`colours` (hairs, 3) in `light`: what is brighter than the picture runs into white slowly, shade is a little blue."""
    cool = 1 + np.clip(1 - light, 0, 1)[:, None] * f32([-0.1, -0.04, 0.14])
    value = colours * light[:, None] * cool * f32(0.97) + f32(12)
    return np.asarray(np.where(value > 200, 200 + 55 * (1 - np.exp(-(value - 200) / 75)), value), np.float32)


def _places(points: NDArray[np.float32], width: int, height: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of `points`, all within (height, width)."""
    return points[:, 0].clip(0, width - 1).astype(np.int64), points[:, 1].clip(0, height - 1).astype(np.int64)


def _clear(colours: Picture) -> NDArray[np.float32]:
    """Premultiplied colours (hairs, 4) as straight RGB."""
    value = colours.astype(np.float32)
    return np.asarray(value[:, :3] * (f32(255) / np.maximum(value[:, 3:], 1)), np.float32).clip(0, 255)


def _undercoat(small: Picture, width: int, height: int, form: Field, inset: float) -> Picture:
    """What shows between the hairs of a figure (height, width): its colours in shade, premultiplied, ending `inset` pixels before
    its edge."""
    under = cv2.multiply(small[..., :3], cv2.merge([form] * 3), scale=0.84, dtype=cv2.CV_8U)
    ground = grown(np.ascontiguousarray(small[..., 3]), -max(1.0, inset * small.shape[0] / height))
    body = cv2.merge([*cv2.split(cv2.multiply(under, cv2.merge([ground] * 3), scale=1 / 255)), ground])
    return np.asarray(cv2.resize(body, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _outwards(away: Field, length: float) -> NDArray[np.float32]:
    """The direction to the nearest edge, (height, width, 2), weaker towards the middle."""
    soft = blurred(np.asarray(away, np.float32), max(1.0, length))
    down, across = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3) / 8, cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3) / 8
    return np.dstack([-across, -down])


def _detail(colours: Picture, length: float) -> Field:
    """Where the picture has detail finer than a hair is long: 0..1."""
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = blurred(np.abs(grey - blurred(grey, max(0.6, 0.5 * length))), max(0.6, 0.5 * length))
    return np.asarray(np.clip((fine - 2) / 9, 0, 1), np.float32)


def straight(body: Picture) -> Picture:
    """Premultiplied RGBA as straight RGBA."""
    image = skia.Image.fromarray(body, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType, copy=False)
    return np.asarray(image.toarray(colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kUnpremul_AlphaType), np.uint8)
