"""The caller's reference pictures as subjects: cut out, lit like the scene, standing and moving in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from msgspec import Struct

from mediakiln.providers.studio import grade
from mediakiln.providers.studio.cutout import cut_out, is_whole
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stage import Actor
from mediakiln.providers.studio.stills import Picture

_AFLOAT = ("space", "underwater")
_UNROOTED = ("flying", "swimming")

# By pose: steps a second, rise of a step and tilt (shares of the height, degrees), way over the whole video (frame widths).
_GAITS: dict[str, tuple[float, float, float, float]] = {
    "walking": (1.7, 0.022, 2.0, 0.12),
    "running": (2.6, 0.055, 3.5, 0.2),
    "jumping": (0.9, 0.22, 2.0, 0.08),
    "dancing": (1.8, 0.04, 6.0, 0.03),
    "flying": (0.45, 0.06, 4.0, 0.14),
    "swimming": (0.4, 0.035, 3.0, 0.1),
}
_REST = (0.3, 0.0, 1.0, 0.0)


class Guest(Struct, frozen=True):
    """One cut-out: feet at (x, y) pixels at mid-time, `height` pixels tall, at `depth` (1 is the stage's front)."""

    image: Any
    whole: bool
    x: float
    y: float
    width: float
    height: float
    depth: float
    pose: str
    beat: float


class Guests:
    """`pictures` (uint8 RGB) in the scene, over a frame of `width` x `height` and `seconds`."""

    def __init__(self, pictures: Sequence[Picture], scene: Scene, width: int, height: int, seconds: float = 0.0) -> None:
        self._size, self._seconds = (width, height), seconds
        self._sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        self._guests = [self._placed(picture, scene, index, len(pictures)) for index, picture in enumerate(pictures)]
        self._guests.sort(key=lambda guest: (guest.depth, guest.y))

    @property
    def actors(self) -> list[tuple[float, Actor]]:
        """Depth and painter of each, back to front, for a `Stage`."""
        return [(guest.depth, self._actor(guest)) for guest in self._guests]

    def over(self, picture: Picture, t: float, amount: float = 1.0) -> Picture:
        """`picture` (RGB, of the whole size) with everyone on it; `amount` 0..1 fades them in."""
        if amount <= 0 or not self._guests:
            return picture
        pixels = cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA)
        canvas = skia.Surface(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
        if amount < 1:
            canvas.saveLayerAlpha(None, round(255 * amount))
        for guest in self._guests:
            self._paint(canvas, guest, t)
        if amount < 1:
            canvas.restore()
        result: Picture = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB)
        return result

    def _placed(self, picture: Picture, scene: Scene, index: int, count: int) -> Guest:
        width, height = self._size
        cut = cut_out(picture)
        roll = dice(scene.seed, "guest", index)
        x, row = _seat(index, count)
        pose = scene.subjects[index].pose if index < len(scene.subjects) else ""
        pose = pose or (scene.motion if scene.motion in _GAITS else "")
        if not pose and scene.setting in _AFLOAT:
            pose = "flying"
        unit = min(height, 1.12 * width)
        tall = unit * (0.56, 0.5, 0.46)[min(count, 3) - 1] * (1.0 if count < 4 else 0.86) * (1 - 0.26 * row)
        wide = tall * cut.shape[1] / cut.shape[0]
        fit = min(1.0, 0.86 * width / min(count, 3 if count < 4 else (count + 1) // 2) / wide)
        tall, wide = tall * fit, wide * fit
        y = height * (0.915 - 0.12 * row) + roll.uniform(-0.012, 0.012) * height
        if pose in _UNROOTED:
            y = height * (0.72 - 0.24 * row + 0.1 * (index % 2))
        lit = grade.light(np.ascontiguousarray(cut[..., :3]), scene, 0.5)
        image = _image(lit, cut[..., 3], 2.2 * tall / cut.shape[0])
        x = min(max(x * width, 0.46 * wide), width - 0.46 * wide) if wide < width else width / 2
        return Guest(image, is_whole(cut), x, y, wide, tall, 1.0 - 0.25 * row, pose, roll.uniform(0, 1))

    def _actor(self, guest: Guest) -> Actor:
        return lambda canvas, t: self._paint(canvas, guest, t)

    def _paint(self, canvas: Any, guest: Guest, t: float) -> None:
        pace, rise, tilt, way = _GAITS.get(guest.pose, _REST)
        turn = math.tau * (pace * t + guest.beat)
        step = math.sin(turn) if guest.pose in _UNROOTED else abs(math.sin(turn / 2 if guest.pose == "jumping" else turn))
        gone = way * self._size[0] * (t / self._seconds - 0.5) if self._seconds else 0.0
        x, up = guest.x + gone, rise * guest.height * step
        breath = 1 + (0.008 * math.sin(math.tau * (0.32 * t + guest.beat)) if guest.pose == "" else 0.0)
        if guest.pose not in _UNROOTED:
            _shadow(canvas, x, guest.y, guest.width, 1 - min(0.5, up / guest.height * 2))
        canvas.save()
        canvas.translate(x, guest.y - up)
        canvas.rotate(tilt * math.sin(turn if guest.pose else turn * 0.6))
        canvas.scale(1, breath)
        box = skia.Rect.MakeLTRB(-guest.width / 2, -guest.height, guest.width / 2, 0)
        if guest.whole:
            _card(canvas, box)
        canvas.drawImageRect(guest.image, box, self._sampling, skia.Paint(AntiAlias=True))
        canvas.restore()


def _seat(index: int, count: int) -> tuple[float, int]:
    """Where the `index`-th of `count` stands: a share of the width, and the row (0 in front)."""
    if count <= 3:
        return ((0.5,), (0.31, 0.69), (0.5, 0.19, 0.81))[count - 1][index], int(count == 3 and index > 0)
    front = (count + 1) // 2
    row, place, many = (0, index, front) if index < front else (1, index - front, count - front)
    margin = 0.0 if row == 0 else 0.5 / front
    return margin + (1 - 2 * margin) * (place + 0.5) / many, row


def _image(colours: Picture, alpha: Picture, scale: float) -> Any:
    """A premultiplied skia image, no larger than it will be seen."""
    if scale < 1:
        size = (max(1, round(colours.shape[1] * scale)), max(1, round(colours.shape[0] * scale)))
        colours, alpha = (cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in (colours, alpha))
    cover = cv2.merge([alpha, alpha, alpha])
    pixels = cv2.cvtColor(cv2.multiply(colours, cover, scale=1 / 255), cv2.COLOR_RGB2BGRA)
    pixels[..., 3] = alpha
    image = skia.Image.fromarray(np.ascontiguousarray(pixels), skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    return image.withDefaultMipmaps()


def _shadow(canvas: Any, x: float, y: float, width: float, strength: float) -> None:
    shader = skia.GradientShader.MakeRadial(
        skia.Point(0, 0), 1.0, [skia.ColorSetARGB(round(120 * strength), 12, 14, 24), skia.ColorSetARGB(0, 12, 14, 24)], [0, 1]
    )
    canvas.save()
    canvas.translate(x, y - 0.012 * width)
    canvas.scale(0.52 * width, 0.085 * width)
    canvas.drawCircle(0, 0, 1, skia.Paint(Shader=shader, AntiAlias=True))
    canvas.restore()


def _card(canvas: Any, box: Any) -> None:
    """A white rim and a soft shadow for a picture that stands in the scene as a picture."""
    rim = 0.03 * max(box.width(), box.height())
    outer = box.makeOutset(rim, rim)
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, rim)
    canvas.drawRoundRect(outer.makeOffset(rim * 0.4, rim * 0.6), rim, rim, skia.Paint(Color=0x66000000, MaskFilter=blur))
    canvas.drawRoundRect(outer, rim * 0.6, rim * 0.6, skia.Paint(Color=0xFFF6F3EC, AntiAlias=True))
