"""The stage: frame geometry, and the sheets (bitmaps) that a setting paints on, one per depth.

A still has one sheet that everything is painted on straight away. A video has one sheet per parallax layer, painted once, and
actors that repaint themselves for every frame.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from mediakiln.providers.studio.colour import RGB, bgra
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.light import Light, light_of
from mediakiln.providers.studio.noise import Field, dice, f32, generator
from mediakiln.providers.studio.scene import Scene

Canvas = Any
Actor = Callable[[Canvas, float], None]

# Noise and shading are worked out on at most this many pixels and stretched; outlines and strokes stay at full resolution.
FIELD_PIXELS = 760_000


class Sheet:
    """A premultiplied BGRA bitmap that skia and OpenCV paint on alike; x runs from `left` to `right` in frame pixels.
    `stamps` are pictures that several sheets of one stage reuse."""

    def __init__(
        self, width: int, height: int, margin: int = 0, quality: int = 1, stamps: dict[tuple[object, ...], Any] | None = None
    ) -> None:
        self.pixels: NDArray[np.uint8] = np.zeros((height, width + 2 * margin, 4), np.uint8)
        self.left, self.right, self.height = -margin, width + margin, height
        self.width = width + 2 * margin
        self.surface = skia.Surface(self.pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self.canvas: Canvas = self.surface.getCanvas()
        self.canvas.translate(margin, 0)
        self.stamps: dict[tuple[object, ...], Any] = {} if stamps is None else stamps
        self.grain = max(1.0, math.sqrt(self.width * height / (FIELD_PIXELS * quality)))

    def grid(self, top: float = 0.0, bottom: float | None = None) -> tuple[Field, Field]:
        """Frame coordinates of the shading grid between two heights: x (1, columns) and y (rows, 1)."""
        low = min(self.height, self.height if bottom is None else math.ceil(bottom))
        high = max(0, math.floor(top))
        columns = max(2, round(self.width / self.grain))
        rows = max(2, round(max(1, low - high) / self.grain))
        x = (np.arange(columns, dtype=np.float32) + 0.5) * f32(self.width / columns) + f32(self.left)
        y = (np.arange(rows, dtype=np.float32) + 0.5) * f32(max(1, low - high) / rows) + f32(high)
        return x[None, :], y[:, None]

    def paste(self, colour: Field, alpha: Field | None = None, top: float = 0.0, bottom: float | None = None) -> None:
        """Lay a shading grid (rows, columns, 3) of RGB, 0 or more, over the strip between two heights.

        `alpha` (rows, columns) is 0..1, or None for an opaque strip.
        """
        low = min(self.height, self.height if bottom is None else math.ceil(bottom))
        high = max(0, math.floor(top))
        if low <= high:
            return
        rows, columns = colour.shape[:2]
        pixels = np.empty((rows, columns, 4), np.uint8)
        if alpha is None:
            cv2.cvtColor(cv2.convertScaleAbs(colour, alpha=255), cv2.COLOR_RGB2BGRA, dst=pixels)
            kind = skia.kOpaque_AlphaType
        else:
            cover = cv2.convertScaleAbs(alpha, alpha=255)
            body = cv2.multiply(cv2.convertScaleAbs(colour, alpha=255), cv2.merge([cover, cover, cover]), scale=1 / 255)
            cv2.cvtColor(body, cv2.COLOR_RGB2BGRA, dst=pixels)
            pixels[..., 3] = cover
            kind = skia.kPremul_AlphaType
        image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, kind, copy=False)
        if (columns, rows) == (self.width, low - high):
            self.canvas.drawImage(image, self.left, high)
        else:
            target = skia.Rect.MakeLTRB(self.left, high, self.right, low)
            self.canvas.drawImageRect(image, target, skia.SamplingOptions(skia.FilterMode.kLinear))

    def strokes(self, points: NDArray[np.float32], colour: RGB, width: float) -> None:
        """Many open lines of one colour: `points` is (lines, knots, 2) in frame pixels."""
        fixed = np.round((points - f32([self.left, 0])) * 16).astype(np.int32)
        cv2.polylines(self.pixels, list(fixed), False, bgra(colour), max(1, round(width)), cv2.LINE_AA, 4)

    def dab(self, x: float, y: float, rx: float, ry: float, angle: float, colour: RGB) -> None:
        """One opaque elliptical touch of the brush."""
        centre = (round((x - self.left) * 16), round(y * 16))
        axes = (max(8, round(rx * 16)), max(8, round(ry * 16)))
        cv2.ellipse(self.pixels, centre, axes, angle, 0, 360, bgra(colour), -1, cv2.LINE_AA, 4)

    def polygon(self, points: NDArray[np.float32], colour: RGB) -> None:
        """One filled opaque polygon, (knots, 2) in frame pixels."""
        fixed = np.round((points - f32([self.left, 0])) * 16).astype(np.int32)
        cv2.fillPoly(self.pixels, [fixed], bgra(colour), cv2.LINE_AA, 4)


class Part(Struct):
    """A step of the picture in painting order: a painted sheet, or an actor. `drift` is its own speed in pixels per second, and
    `swell` how far, in pixels, its waves heave below the horizon."""

    depth: float
    sheet: Sheet | None = None
    actor: Actor | None = None
    drift: float = 0.0
    swell: float = 0.0


class Stage:
    """What settings, subjects and weather paint on.

    `u` is the unit of composition in pixels, `horizon` the y of the skyline, `spots` the places a setting offers (name -> (x, y)
    in pixels), `ground` the y range that things may stand on, far to near. `reach` is how far a layer travels
    that is 1 nearer than the `pivot`, the depth that stays.
    `sitter` is the caller's own subject as a skia image, for the kind of that name.
    """

    def __init__(
        self,
        scene: Scene,
        width: int,
        height: int,
        *,
        detail: int = 1,
        duration: float = 0.0,
        reach: float = 0.0,
        pivot: float = 0.0,
        now: float | None = None,
        sitter: Any = None,
    ) -> None:
        self.scene, self.width, self.height, self.detail = scene, width, height, detail
        self.duration, self.reach, self.pivot, self.now, self.sitter = duration, reach, pivot, now, sitter
        self.u = min(height, 1.12 * width)
        self.light: Light = light_of(scene)
        self.horizon = 0.6 * height
        self.ground = (0.7 * height, 0.93 * height)
        self.spots: dict[str, tuple[float, float]] = {}
        self.parts: list[Part] = []
        self._base = Sheet(width, height, self.margin(1.0), detail)

    def margin(self, depth: float) -> int:
        """How far a sheet at `depth` goes on beyond either side of the frame, in pixels."""
        return 0 if self.now is not None else math.ceil(self.reach * abs(depth - self.pivot)) + 1 if self.reach else 0

    def layer(self, depth: float, drift: float = 0.0, swell: float = 0.0) -> Sheet:
        """A sheet to paint the next layer on; `depth` 0 is the sky, 1 what stands nearest. For the others see `Part`."""
        if self.now is not None:
            return self._base
        extra = abs(drift) * self.duration
        sheet = Sheet(
            self.width,
            self.height,
            max(self.margin(depth), math.ceil(extra) + self.margin(depth)),
            self.detail,
            self._base.stamps,
        )
        self.parts.append(Part(depth, sheet=sheet, drift=drift, swell=swell))
        return sheet

    def actor(self, depth: float, paint: Actor) -> None:
        """Something that moves: painted now on a still, on every frame of a video."""
        if self.now is not None:
            self._base.canvas.save()
            paint(self._base.canvas, self.now)
            self._base.canvas.restore()
        else:
            self.parts.append(Part(depth, actor=paint))

    def sheets(self) -> list[Sheet]:
        """Every sheet painted so far, back to front."""
        return [self._base] if self.now is not None else [part.sheet for part in self.parts if part.sheet is not None]

    def flat(self) -> NDArray[np.uint8]:
        """What is painted so far, without actors, as BGRA (height, width, 4); for reflections."""
        if self.now is not None:
            return self._base.pixels
        sheet = Sheet(self.width, self.height)
        for part in self.parts:
            if part.sheet is not None:
                image = skia.Image.fromarray(part.sheet.pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType, copy=False)
                sheet.canvas.drawImage(image, part.sheet.left, 0)
        return sheet.pixels

    def rng(self, *names: object) -> np.random.Generator:
        """NumPy chance of this scene for `names`."""
        return generator(self.scene.seed, self.scene.setting, *names)

    def dice(self, *names: object) -> random.Random:
        """Plain chance of this scene for `names`."""
        return dice(self.scene.seed, self.scene.setting, *names)

    def has(self, extra: str) -> bool:
        """Whether the scene wants `extra` (stars, aurora ...)."""
        return extra in self.scene.extras and extra not in self.scene.avoid

    @property
    def sun(self) -> tuple[float, float]:
        """The sun's or moon's centre in pixels."""
        return self.light.sun[0] * self.width, self.light.sun[1] * self.horizon
