"""So near that the surface itself is the picture: weave, grain or gloss over the enlarged subject."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, f32, fbm, generator
from mediakiln.providers.studio.stage import Stage

WOVEN = frozenset(
    {"shoe", "sofa", "hat", "umbrella", "flag", "bed", "tent", "basket", "teddy", "backpack", "suit", "shirt", "kite"}
)
GRAINED = frozenset({"chair", "table", "bench", "guitar", "piano", "shelf", "door", "handbag", "wallet", "suitcase", "drum"})


def show(stage: Stage, actors: list[Actor]) -> None:
    """The enlarged subject fills the frame; its texture lies over it, lit from the side."""
    lead = actors[0]
    for actor in actors:
        stage.actor(actor.depth, perform(stage, actor))
    width, height = stage.width, stage.height
    relief = _relief(stage, lead.subject.kind)
    grey = cv2.convertScaleAbs(np.clip(relief, 0, 1), alpha=255)
    pixels = np.ascontiguousarray(cv2.merge([grey, grey, grey, np.full_like(grey, 255)]))
    image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)

    def paint(canvas: Any, t: float) -> None:
        canvas.drawImageRect(
            image,
            skia.Rect.MakeWH(width, height),
            skia.SamplingOptions(skia.FilterMode.kLinear),
            skia.Paint(BlendMode=skia.BlendMode.kOverlay),
        )

    stage.actor(lead.depth + 0.001, paint)


def _relief(stage: Stage, kind: str) -> Field:
    """Brightness about 0.5 of the surface, at most 900 pixels wide."""
    scale = min(1.0, 900 / max(stage.width, stage.height))
    width, height = max(32, round(stage.width * scale)), max(32, round(stage.height * scale))
    rng = generator(stage.scene.seed, "material", kind)
    x = np.arange(width, dtype=np.float32)[None] / f32(min(width, height))
    y = np.arange(height, dtype=np.float32)[:, None] / f32(min(width, height))
    cloud = fbm(rng, width, height, 4, 3) - 0.5
    if kind in WOVEN:
        turns = 42 * np.pi
        u, v = x + y * 0.18 + cloud * 0.01, y - x * 0.18 + cloud * 0.01
        over = np.sin(u * turns) * np.sin(v * turns) > 0
        thread = np.where(over, np.abs(np.cos(u * turns)), np.abs(np.cos(v * turns)))
        field = 0.34 + 0.3 * thread + 0.06 * (rng.random((height, width), dtype=np.float32) - 0.5)
    elif kind in GRAINED:
        rings = fbm(rng, width, height, 3, 4, stretch=7.0)
        field = 0.5 + 0.16 * np.sin(rings * 60) + 0.1 * (fbm(rng, width, height, 90, 2, stretch=9.0) - 0.5)
    else:
        # Smooth and hard: a band of light, and the fine scratches that show it.
        band = np.exp(-(((x - 0.5 * y - 0.35 + 0.3 * cloud) / 0.16) ** 2))
        scratch = fbm(rng, width, height, 8, 2, stretch=60.0) - 0.5
        field = 0.44 + 0.34 * band + 0.12 * scratch + 0.05 * (rng.random((height, width), dtype=np.float32) - 0.5)
    return np.asarray(field + 0.14 * cloud, np.float32)
