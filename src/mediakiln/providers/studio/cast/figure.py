"""A subject as a picture of its own, to be laid, turned and framed; and the actors simply as they are."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Sheet, Stage

Pixels = NDArray[np.uint8]


class Figure(Struct, frozen=True):
    """Premultiplied BGRA pixels of a subject cut to what it covers; its feet are at the lower edge."""

    pixels: Pixels

    @property
    def aspect(self) -> float:
        """Width by height."""
        return float(self.pixels.shape[1]) / float(self.pixels.shape[0])

    def draw(self, canvas: Any, x: float, low: float, height: float, alpha: float = 1.0) -> None:
        """Stand it on (x, low), `height` pixels tall."""
        half = height * self.aspect / 2
        image = skia.Image.fromarray(self.pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        sampling = skia.SamplingOptions(skia.CubicResampler.Mitchell())
        if height < 0.6 * self.pixels.shape[0]:
            image, sampling = image.withDefaultMipmaps(), skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        canvas.drawImageRect(image, skia.Rect.MakeLTRB(x - half, low - height, x + half, low), sampling, skia.Paint(Alphaf=alpha))


def figure(stage: Stage, actor: Actor, t: float, height: float, side: str = "") -> Figure:
    """The actor alone at `t`, without its shadow, about `height` pixels tall; from `side` (front, back) where it can."""
    if side:
        actor = replace(actor, subject=replace(actor.subject, traits=(*actor.subject.traits, "seen-" + side)))
    tall = max(24.0, height)
    wide = tall * max(0.6, actor.kind.width)
    sheet = Sheet(round(wide * 1.7), round(tall * 1.7))
    still = replace(actor, x=wide * 0.85, y=tall * 1.4, size=tall, speed=0.0)
    perform(stage, still, grounded=False)(sheet.canvas, t)
    rows, columns = np.flatnonzero(sheet.pixels[..., 3].max(axis=1) > 40), np.flatnonzero(sheet.pixels[..., 3].max(axis=0) > 40)
    if not len(rows) or not len(columns):
        return Figure(np.zeros((4, 4, 4), np.uint8))
    return Figure(np.ascontiguousarray(sheet.pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]))


def telling(shape: Figure, count: int) -> list[tuple[float, float]]:
    """The `count` places of a figure with most to see, as shares of its width and height from its lower left, apart from
    each other and well inside its outline."""
    height, width = shape.pixels.shape[:2]
    scale = 96 / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(shape.pixels, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small[..., :3], cv2.COLOR_BGR2GRAY)
    inside = cv2.erode((small[..., 3] > 200).astype(np.float32), np.ones((3, 3), np.uint8), borderValue=0)
    reach = max(3, min(size) // 3) | 1
    lively = cv2.blur(np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=3)) * inside, (reach, reach))
    cover = cv2.blur(inside, (reach, reach), borderType=cv2.BORDER_CONSTANT)
    worth = lively * np.clip(cover * 1.6 - 0.3, 0.02, 1)
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    # What is in the middle tells more than what is at the rim.
    worth = worth * (1.2 - np.hypot(columns / size[0] - 0.5, rows / size[1] - 0.5))
    found = []
    for _ in range(count):
        row, column = np.unravel_index(int(worth.argmax()), worth.shape)
        found.append(((column + 0.5) / size[0], 1 - (row + 0.5) / size[1]))
        worth = worth * np.clip(np.hypot(rows - row, columns - column) / (0.45 * max(size)), 0.02, 1) ** 2
    return found


def thickest(shape: Figure) -> tuple[float, float]:
    """The place of a figure that is furthest from its outline, as `telling` gives places."""
    solid = cv2.resize((shape.pixels[..., 3] > 200).astype(np.uint8), (96, 96), interpolation=cv2.INTER_AREA)
    far = cv2.distanceTransform(cv2.copyMakeBorder(solid, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
    row, column = np.unravel_index(int(far.argmax()), far.shape)
    return (int(column) - 0.5) / 96, 1 - (int(row) - 0.5) / 96


def fitted(figure_: Figure, width: float, height: float) -> float:
    """The height at which it fits into a room of `width` x `height`."""
    return min(height, width / figure_.aspect)


def shadow(canvas: Any, x: float, low: float, width: float, strength: float = 0.4) -> None:
    """A soft contact shadow under something `width` wide that stands on (x, low)."""
    shade = skia.Color4f(0.05, 0.06, 0.1, strength)
    for share, soft in ((0.5, 0.16), (0.42, 0.05)):
        ink = skia.Paint(Color4f=shade, AntiAlias=True)
        ink.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.5, width * soft * 0.4)))
        box = skia.Rect.MakeLTRB(x - width * share, low - width * 0.045, x + width * share, low + width * 0.035)
        canvas.drawOval(box, ink)


def played(stage: Stage, actors: list[Actor]) -> None:
    """The actors as they are."""
    for actor in actors:
        stage.actor(actor.depth, perform(stage, actor))
