"""Image to video: the caller's picture comes alive. Frame 0 is the picture itself; it never becomes another picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio import grade, restyle
from mediakiln.providers.studio.depth import layout
from mediakiln.providers.studio.morph import Morph
from mediakiln.providers.studio.overlay import Overlay
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.warp import bent

Map = NDArray[np.float32]

_WET = ("sea", "beach", "lake", "underwater")

# By the scene's camera: zoom by the end (share of the frame), pan to the right and down (share of the frame, near things most).
_MOVES: dict[str, tuple[float, float, float]] = {
    "static": (0.012, 0.0, 0.0), "drift": (0.07, 0.018, -0.004), "handheld": (0.05, 0.012, 0.0), "zoom_in": (0.14, 0.0, -0.004),
    "zoom_out": (-0.09, 0.0, 0.0), "pan": (0.05, 0.05, 0.0), "pan_left": (0.05, -0.05, 0.0), "pan_right": (0.05, 0.05, 0.0),
    "orbit": (0.06, 0.06, 0.0), "tilt_up": (0.1, 0.0, -0.05), "tilt_down": (0.1, 0.0, 0.05),
}  # fmt: skip


class Living:
    """`picture` over `seconds`, with the motion that `scene` asks for; ends on `goal` (same size) where one is given."""

    def __init__(self, picture: Picture, scene: Scene, seconds: float, goal: Picture | None = None) -> None:
        self._picture, self._seconds, self._scene = picture, max(seconds, 1e-3), scene
        height, width = picture.shape[:2]
        self._size = (width, height)
        self._layout = layout(picture, scene.setting in _WET)
        self._overlay = Overlay(scene, width, height)
        # OpenCV samples four channels in half the time that it takes for three.
        self._wide = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA)
        relit = restyle.recoloured(picture, scene, 0.45)
        seen = float(cv2.absdiff(relit, picture).mean()) > 2.0
        self._relit: Picture | None = cv2.cvtColor(relit, cv2.COLOR_RGB2RGBA) if seen else None
        self._goal = goal
        self._morph = None if goal is None else Morph(self._wide, cv2.cvtColor(goal, cv2.COLOR_RGB2RGBA))
        self._move = _MOVES.get(scene.camera, _MOVES["drift"])
        rows, columns = self._layout.near.shape
        self._x, self._y = np.meshgrid(
            np.linspace(-0.5, 0.5, columns, dtype=np.float32), np.linspace(-0.5, 0.5, rows, dtype=np.float32)
        )
        noise = np.random.default_rng(scene.seed & 0xFFFFFFFF).uniform(0, 6.28, (rows // 8, columns // 8)).astype(np.float32)
        self._phase = cv2.resize(noise, (columns, rows), interpolation=cv2.INTER_CUBIC)

    def frame(self, t: float) -> Picture:
        """The picture at `t` seconds: uint8 (height, width, 3) RGB; at 0 the given picture, bit for bit, at the end the goal."""
        if t <= 0:
            return self._picture
        done = min(t / self._seconds, 1.0)
        if done >= 1 and self._goal is not None:
            return self._goal
        # Camera, parallax and what sways are one smooth displacement of the sampling grid.
        shift = np.asarray(self._camera(done) + self._sway(t), np.float32)
        arrived = 1.0
        if self._morph is None:
            picture = self._wide if self._relit is None else grade.mixed(self._wide, self._relit, _ease(done))
            moved = bent(picture, shift * np.array(self._size, np.float32))
        else:
            arrived = float(np.sin(np.pi * done))  # both ends stand still, so that both given pictures are met exactly
            moved = self._morph.at(_ease(done), shift * np.float32(arrived))
        narrow: Picture = cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB)
        return self._overlay.over(narrow, t, min(1.0, t / 1.2) * arrived)

    def _camera(self, done: float) -> Map:
        """Displacement (rows, columns, 2) in shares of the frame: near things move and grow more than far ones."""
        zoom, right, down = self._move
        eased, near = _glide(done), self._layout.near
        towards = -zoom * eased * (0.55 + 0.75 * near)
        pan = eased * (near - 0.35)
        # A pan would uncover the frame's edge; a zoom about as large keeps the edge outside.
        shake = 0.0
        if self._scene.camera == "handheld":
            time = done * self._seconds
            shake = min(1.0, time) * 0.0035 * float(np.sin(3.1 * time) + 0.6 * np.sin(5.3 * time + 1))
        return np.dstack([self._x * towards + right * pan + shake, self._y * towards + down * pan + 0.7 * shake])

    def _sway(self, t: float) -> Map:
        """Clouds that pull along, water that shimmers, leaves that sway, a breath in what is near; shares of the frame."""
        land, start = self._layout, min(1.0, t / 0.8)
        wind = 2.2 if self._scene.weather in ("storm", "rain") else 1.0
        across = -0.0026 * wind * t * land.sky
        depth = np.clip(self._y + 0.5, 0.05, 1)
        across = across + start * 0.0028 * land.water * np.sin(46 * self._y / depth + 2.6 * t + self._phase)
        down = start * 0.0022 * land.water * depth * np.sin(30 * self._x + 38 * self._y / depth - 3.1 * t + self._phase)
        across = across + start * 0.0019 * wind * land.leaves * np.sin(1.9 * t + self._phase)
        down = down + start * 0.0008 * wind * land.leaves * np.sin(2.7 * t + 2 * self._phase)
        down = down + start * 0.0016 * land.near * np.sin(1.6 * t) * self._y
        return np.dstack([across, down])


def _ease(x: float) -> float:
    return x * x * (3 - 2 * x)


def _glide(x: float) -> float:
    """Slow at the start, then even: a camera that sets off gently and does not brake."""
    return x * x / (0.12 + x) * 1.12
