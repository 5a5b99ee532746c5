"""Paints a `Scene`: a still straight away, a video as cached parallax layers with actors between them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio import camera, cast, shots
from mediakiln.providers.studio.backdrop import setting_of
from mediakiln.providers.studio.film import Film
from mediakiln.providers.studio.guests import Guests
from mediakiln.providers.studio.handwork import Handwork
from mediakiln.providers.studio.lettering import letter
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.shots import grid
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.styling import style_for
from mediakiln.providers.studio.weather import fall

Frame = NDArray[np.uint8]

# A hd still is painted larger and averaged down, up to this many pixels.
SUPERSAMPLED = 2_600_000


class Painter:
    """Paints frames of one scene. The same arguments give the same bytes, in any order of frames and in any process.

    `guests` are the caller's own subjects, made for this size and duration; `sitter` is the caller's own product (see
    `subjects.sitter`), which the scene's subject of that kind shows.
    """

    def __init__(
        self,
        scene: Scene,
        width: int,
        height: int,
        *,
        duration: float = 0.0,
        detail: int = 1,
        guests: Guests | None = None,
        sitter: Any = None,
    ) -> None:
        self._guests, self._sitter = guests, sitter
        self._boxes = grid.boxes(scene, width, height) if any(scene.grid) else []
        self._cells = [
            Painter(cell, *box[2:], duration=duration, detail=detail, sitter=sitter)
            for cell, box in zip(grid.cells(scene) if self._boxes else (), self._boxes, strict=True)
        ]
        self._scene, self._size, self._duration, self._detail = scene, (width, height), max(0.0, duration), detail
        chase = cast.chase(scene, width, height, self._duration)
        self._path, self._pivot = camera.path(scene, self._duration, chase), camera.pivot(scene, chase)
        # The cells of a grid have styles of their own; the sheet needs none.
        style_size = (16, 16) if self._cells else (width, height)
        self._style = style_for(scene.style, *style_size, scene.seed, self._duration > 0)
        self._film = self._filmed() if self._duration > 0 and not self._cells else None
        if self._film is not None and isinstance(self._style, Handwork):
            self._style.meet(self._plain(0.0))  # whichever frame is asked for first

    def frame(self, t: float) -> Frame:
        """The picture at `t` seconds: uint8 (height, width, 3) RGB, C-contiguous."""
        if self._cells:
            return grid.laid([cell.frame(t) for cell in self._cells], self._boxes, *self._size)
        return np.ascontiguousarray(self._style.render(self._plain(t), t))

    def _plain(self, t: float) -> Frame:
        pixels = self._still(t) if self._film is None else self._film.shot(t, self._path)
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB), np.uint8)

    def _filmed(self) -> Film:
        stage = self._stage(None)
        if self._scene.camera in ("zoom_in", "zoom_out"):
            self._path = camera.aimed(self._path, cast.focus(stage))
        return Film(stage)

    def _stage(self, now: float | None, scale: float = 1.0) -> Stage:
        width, height = round(self._size[0] * scale), round(self._size[1] * scale)
        stage = Stage(
            self._scene,
            width,
            height,
            detail=self._detail,
            duration=self._duration,
            now=now,
            sitter=self._sitter,
            reach=0.0 if now is not None else camera.reach(self._path, self._duration) * width,
            pivot=self._pivot,
        )
        setting = setting_of(self._scene)
        setting.paint(stage)
        open_front = shots.show(stage)
        for depth, paint in self._guests.actors if self._guests else ():
            stage.actor(depth, paint)
        if setting.front is not None and open_front:
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
