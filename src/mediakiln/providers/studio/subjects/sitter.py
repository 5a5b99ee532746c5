"""The caller's own product as a subject: its cut-out stands where a drawn thing would."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.colour import argb, rgb
from mediakiln.providers.studio.cutout import cut_out, is_whole
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box
from mediakiln.providers.studio.subjects.pen import Pen

LONGEST = 1400
"""A cut-out is kept at most this long, in pixels."""


def sitter_of(picture: Picture) -> Any:
    """The subject of `picture` (uint8 RGB) as a premultiplied skia image; the whole picture as a print where none is found."""
    cut = cut_out(picture)
    if is_whole(cut):
        # A print with a white rim.
        rim = max(2, round(0.03 * min(cut.shape[:2])))
        cut = cv2.copyMakeBorder(cut, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(252, 251, 248, 255))
    scale = LONGEST / max(cut.shape[:2])
    if scale < 1:
        size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    cover = cut[..., 3]
    body = cv2.multiply(np.ascontiguousarray(cut[..., :3]), cv2.merge([cover] * 3), scale=1 / 255)
    pixels = np.ascontiguousarray(cv2.cvtColor(body, cv2.COLOR_RGB2BGRA))
    pixels[..., 3] = cover
    return skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType).withDefaultMipmaps()


def paint(pen: Pen, act: Act) -> None:
    """The cut-out within a unit box, standing on its lower edge; a blank card where there is no picture."""
    if act.picture is None:
        pen.fill(box(-0.4, -1.0, 0.4, 0.0, 0.04), act.tone("#e9e4da"), shade=0.2)
        pen.fill(box(-0.34, -0.94, 0.34, -0.06, 0.02), rgb("#cfd6da"), shade=0.2)
        return
    wide, tall = float(act.picture.width()), float(act.picture.height())
    k = 1.0 / max(wide, tall)
    target = skia.Rect.MakeLTRB(-0.5 * wide * k, -tall * k, 0.5 * wide * k, 0.0)
    ink = skia.Paint(AntiAlias=True)
    # The scene's light tints it as it does what is drawn, but less: a product keeps its colours.
    tint = tuple(0.75 + 0.25 * min(1.0, c) for c in pen.high)
    ink.setColorFilter(skia.ColorFilters.Blend(argb((tint[0], tint[1], tint[2])), skia.BlendMode.kModulate))
    pen.canvas.drawImageRect(act.picture, target, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear), ink)


KIND = Kind(paint, size=0.5, width=1.0, home="table", faces=False)
