"""Image to image: the caller's picture in the prompt's palette, light, style and weather."""

from __future__ import annotations

import re

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.providers.studio import grade
from mediakiln.providers.studio.filters import style_filter
from mediakiln.providers.studio.overlay import Overlay
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stills import Picture

# Words that ask for something new in the picture; without them a prompt tells what is there already.
_ADDS = re.compile(r"\b(add|put|place|insert|draw|paint)\b|加上|添加|加入|放上|放一|画上|增加", re.IGNORECASE)

_MODEL_SIDE = 256
"""The scene is painted this small to take its colours from."""


def restyle(picture: Picture, scene: Scene, strength: float) -> Picture:
    """`picture` (uint8 RGB) as the scene has it; same size.

    `strength` 0 returns it untouched, up to 1 where the scene's own painting shows through; the source stays recognisable.
    """
    strength = min(max(strength, 0.0), 1.0)
    if strength == 0:
        return picture
    if scene.season == "winter" and scene.weather == "clear":
        scene = replace(scene, weather="snow")  # nothing else shows a winter in a picture that is there already
    height, width = picture.shape[:2]
    result = grade.varied(recoloured(picture, scene, strength), scene.seed, strength)
    if strength > 0.8 or _ADDS.search(scene.prompt):
        result = _with_subjects(result, scene)
    render = style_filter(scene.style)
    if render is not None:
        result = grade.mixed(result, render(result), min(1.0, 1.35 * strength))
    result = Overlay(scene, width, height).over(result, 0.8, min(1.0, 1.3 * strength))
    if strength > 0.8:
        result = _freer(result, scene, (strength - 0.8) * 2.2)
    return result


def recoloured(picture: Picture, scene: Scene, strength: float) -> Picture:
    """The palette, hour and mood alone: no brushes, nothing added."""
    result = grade.palette(picture, _model(scene), _palette_share(scene) * strength)
    return grade.light(result, scene, min(1.0, 1.2 * strength))


def _palette_share(scene: Scene) -> float:
    """How far colours follow the scene: colours that the prompt named count for more than those we chose."""
    if scene.palette:
        return 0.9
    return 0.25 if scene.setting == "abstract" else 0.45


def _model(scene: Scene) -> Picture:
    return Painter(replace(scene, subjects=(), lettering=""), _MODEL_SIDE, _MODEL_SIDE * 9 // 16).frame(0.0)


def _with_subjects(picture: Picture, scene: Scene) -> Picture:
    """The prompt's subjects painted into `picture`, where it is emptiest.

    The scene is painted twice, with and without them; where the two differ is the subject. A difference that fills the frame
    means that the whole composition changed, so nothing is taken over.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, 960 / max(height, width))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    full = Painter(scene, *size).frame(0.0)
    bare = Painter(replace(scene, subjects=()), *size).frame(0.0)
    difference = cv2.absdiff(full, bare).max(axis=2)
    mask = cv2.morphologyEx((difference > 22).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    if not 0.002 < float(mask.mean()) < 0.4:
        return picture
    x, y, wide, tall = cv2.boundingRect(mask)
    part = (slice(y, y + tall), slice(x, x + wide))
    fit = min(0.42 * height / tall, 0.42 * width / wide, 1.6 / scale)
    target = (max(1, round(wide * fit)), max(1, round(tall * fit)))
    alpha = cv2.resize(cv2.GaussianBlur(mask[part].astype(np.float32), (0, 0), 1.0), target, interpolation=cv2.INTER_LINEAR)
    cut = cv2.resize(full[part], target, interpolation=cv2.INTER_CUBIC)
    top = min(height - target[1], round((y + tall) / size[1] * height) - target[1])
    left = _emptiest(picture, *target, max(0, top))
    place = (slice(max(0, top), max(0, top) + target[1]), slice(left, left + target[0]))
    result = picture.copy()
    result[place] = grade.masked(picture[place], cut, alpha)
    return result


def _emptiest(picture: Picture, width: int, height: int, top: int) -> int:
    """The left edge of the calmest place for a box of that size at that height: left, middle or right."""
    grey = cv2.cvtColor(picture[top : top + height], cv2.COLOR_RGB2GRAY)
    busy = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 2), cv2.CV_32F)).sum(axis=0)
    room = picture.shape[1] - width
    places: list[int] = [round(room * share) for share in (0.12, 0.5, 0.88)]
    return min(places, key=lambda left: float(busy[left : left + width].sum()))


def _freer(picture: Picture, scene: Scene, share: float) -> Picture:
    """The scene's own painting under the picture's light and shade."""
    height, width = picture.shape[:2]
    painted = cv2.cvtColor(Painter(scene, width, height).frame(0.0), cv2.COLOR_RGB2LAB)
    lightness = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[..., 0]
    painted[..., 0] = cv2.addWeighted(painted[..., 0], 0.5, lightness, 0.5, 0)
    return grade.mixed(picture, cv2.cvtColor(painted, cv2.COLOR_LAB2RGB), min(share, 0.45))
