"""Paints a `Scene`: a still straight away, a video as cached parallax layers with actors between them."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio import camera, cast
from mediakiln.providers.studio.backdrop import SETTINGS
from mediakiln.providers.studio.finish.styles import STYLES
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.guests import Guests
from mediakiln.providers.studio.lettering import letter
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stage import Sheet, Stage
from mediakiln.providers.studio.weather import fall

Frame = NDArray[np.uint8]

# A hd still is painted larger and averaged down, up to this many pixels.
SUPERSAMPLED = 2_600_000


class Painter:
    """Paints frames of one scene. The same arguments give the same bytes, in any order of frames and in any process.

    `guests` are the caller's own subjects, made for this size and duration.
    """

    def __init__(
        self, scene: Scene, width: int, height: int, *, duration: float = 0.0, detail: int = 1, guests: Guests | None = None
    ) -> None:
        self._guests = guests
        self._scene, self._size, self._duration, self._detail = scene, (width, height), max(0.0, duration), detail
        self._path = camera.path(scene, self._duration, cast.chase(scene, width, height, self._duration))
        self._style = STYLES.get(scene.style, STYLES["painterly"])(width, height, scene.seed, self._duration > 0)
        self._film = _Film(self._stage(None)) if self._duration > 0 else None

    def frame(self, t: float) -> Frame:
        """The picture at `t` seconds: uint8 (height, width, 3) RGB, C-contiguous."""
        pixels = self._still(t) if self._film is None else self._film.shot(t, self._path)
        picture = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB), np.uint8)
        return np.ascontiguousarray(self._style.render(picture, t))

    def _stage(self, now: float | None, scale: float = 1.0) -> Stage:
        width, height = round(self._size[0] * scale), round(self._size[1] * scale)
        stage = Stage(
            self._scene,
            width,
            height,
            detail=self._detail,
            duration=self._duration,
            now=now,
            reach=0.0 if now is not None else camera.reach(self._path, self._duration) * width,
        )
        setting = SETTINGS.get(self._scene.setting, SETTINGS["abstract"])
        setting.paint(stage)
        for actor in cast.plan(stage):
            stage.actor(actor.depth, cast.perform(stage, actor))
        for depth, paint in self._guests.actors if self._guests else ():
            stage.actor(depth, paint)
        if setting.front is not None:
            setting.front(stage)
        fall(stage)
        letter(stage)
        return stage

    def _still(self, t: float) -> Frame:
        width, height = self._size
        larger = 1.5 if self._detail > 1 and width * height * 2.25 <= SUPERSAMPLED else 1.0
        stage = self._stage(t, larger)
        pixels = stage.flat()
        if larger > 1:
            pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        return pixels


class _Film:
    """The layers of a video, ready to be laid over each other."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._layers = [
            (part, None if part.sheet is None else _Layer(part.sheet, stage.width * stage.height)) for part in stage.parts
        ]
        for part in stage.parts:
            part.sheet = None
        self._canvas = Sheet(stage.width, stage.height)

    def shot(self, t: float, path: camera.Path) -> Frame:
        """BGRA (height, width, 4) at `t`."""
        view = path(t)
        canvas = self._canvas.canvas
        for part, layer in self._layers:
            shift = -view.x * self._stage.width * part.depth
            if layer is not None:
                layer.draw(canvas, shift + part.drift * (t - self._stage.duration / 2))
            elif part.actor is not None:
                canvas.save()
                canvas.translate(shift, 0)
                part.actor(canvas, t)
                canvas.restore()
        return _zoomed(self._canvas.pixels, view)


class _Layer:
    """A painted sheet cut to what it holds, with copies at fractions of a pixel so that slow pans do not stutter."""

    def __init__(self, sheet: Sheet, area: int) -> None:
        alpha = sheet.pixels[..., 3]
        rows = np.flatnonzero(alpha.max(axis=1))
        self._top = int(rows[0]) if len(rows) else 0
        low = int(rows[-1]) + 1 if len(rows) else 1
        self._pixels = np.ascontiguousarray(sheet.pixels[self._top : low])
        self._left = sheet.left
        self._kind = skia.kOpaque_AlphaType if int(self._pixels[..., 3].min()) == 255 else skia.kPremul_AlphaType
        self._phases: dict[int, Any] = {}
        self._steps = 4 if area <= 1_000_000 else 2 if area <= 2_200_000 else 1

    def draw(self, canvas: Any, shift: float) -> None:
        """Lay the sheet over the canvas, moved by `shift` pixels."""
        whole = math.floor(shift)
        phase = int((shift - whole) * self._steps)
        image = self._phases.get(phase)
        if image is None:
            image = self._phases[phase] = self._shifted(phase / self._steps)
        canvas.drawImage(image, self._left + whole, self._top)

    def _shifted(self, part: float) -> Any:
        pixels = self._pixels
        if part:
            matrix = np.array([[1, 0, part], [0, 1, 0]], np.float32)
            size = (pixels.shape[1], pixels.shape[0])
            pixels = np.asarray(
                cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
            )
        return skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, self._kind)


def _zoomed(pixels: Frame, view: camera.View) -> Frame:
    """The frame seen through the camera's zoom and tilt."""
    if view.zoom == 1.0 and view.turn == 0.0:
        return pixels
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height * 0.55), view.turn, view.zoom)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.uint8
    )
