"""The painter of one placed subject."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.cast.actor import Actor, pose_of, travel
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.pixelart import square_of
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.subjects.act import Act
from mediakiln.providers.studio.subjects.pen import Pen


def _season_traits(stage: Stage) -> tuple[str, ...]:
    """What the season does to trees and the like."""
    blossom = ("blossom",) if "sakura" in stage.scene.extras else ()
    return (*blossom, stage.scene.season, *(e for e in stage.scene.extras if e == "crescent"))


def _outline(pen: Pen, paint: Callable[[Pen], None], square: float) -> None:
    """A dark rim of about half a `square` of pixel art around what `paint` will paint; what is faint has none."""
    canvas, chance, scale = pen.canvas, pen.roll.getstate(), 2 / square
    frame = canvas.getBaseLayerSize()
    pixels = np.zeros((math.ceil(frame.height() * scale), math.ceil(frame.width() * scale), 4), np.uint8)
    surface = skia.Surface(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    pen.canvas = surface.getCanvas()
    pen.canvas.setMatrix(canvas.getTotalMatrix().postScale(scale, scale))
    paint(pen)
    pen.canvas = canvas
    pen.roll.setstate(chance)
    cover = cv2.dilate((pixels[..., 3] > 140).astype(np.uint8), np.ones((3, 3), np.uint8))
    pixels[:] = cover[..., None] * np.array([30, 18, 23, 255], np.uint8)
    canvas.save()
    canvas.resetMatrix()
    target = skia.Rect.MakeWH(pixels.shape[1] / scale, pixels.shape[0] / scale)
    canvas.drawImageRect(skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType), target)
    canvas.restore()


def perform(stage: Stage, actor: Actor, grounded: bool = True) -> Any:
    """A painter of this actor for the stage, with its shadow on what it stands on where it is `grounded`."""
    pose = pose_of(actor.subject, actor.kind)
    traits = actor.subject.traits + _season_traits(stage)
    leaping = actor.kind.home == "under" and pose == "jumping"
    line = 0.012 if stage.scene.style == "anime" else 0.0

    def paint(canvas: Any, t: float) -> None:
        moved, way = travel(actor, stage, t)
        pen = Pen(
            canvas,
            stage.light,
            dice(stage.scene.seed, actor.subject.kind, actor.index),
            line=line,
            flat=stage.scene.style == "flat",
        )
        act = Act(t, way, pose, actor.subject.colour, traits, actor.index, stage.light.lamps, stage.sitter)
        rise, turn = (-0.35 * actor.size, (-26.0 if actor.right else 26.0)) if leaping else (0.0, 0.0)
        with pen.at(actor.x + moved, actor.y + rise, actor.size, turn, flip=not actor.right and actor.kind.faces):
            lifted = pose == "flying" or (actor.subject.relation in ("over", "held") and actor.subject.kind != "bridge")
            if grounded and actor.kind.home == "table":
                pen.shadow(0, actor.kind.width * 0.5, 0.3)
            if grounded and actor.kind.home == "ground" and not lifted:
                pen.shadow(0, actor.kind.width * 0.52)
            # Lamps give their own light; in neon scenes the signs light everything a little.
            power = 0.0 if actor.subject.kind == "lantern" else 0.5 if stage.scene.style == "neon" else 0.82
            reach = actor.kind.width * 0.5 + 0.65
            sunk = actor.kind.home == "under" and stage.scene.setting in ("sea", "lake", "beach") and not leaping
            if sunk:
                canvas.saveLayerAlpha(skia.Rect.MakeLTRB(-reach * 1.4, -1.5, reach * 1.4, 0.4), 165)
            with pen.lit(power):
                if stage.scene.style == "pixel":
                    _outline(pen, lambda pen: actor.kind.paint(pen, act), square_of(stage.width, stage.height))
                actor.kind.paint(pen, act)
            if sunk:
                canvas.restore()

    return paint
