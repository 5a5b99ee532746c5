"""Video to video: the caller's clips in the prompt's palette, light, style and weather, with their own movement.

Frames are decoded, turned, fitted and painted one at a time; the clips are never in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import av
import cv2
import numpy as np

from mediakiln.providers.base import RejectReason
from mediakiln.providers.studio import grade, restyle, source
from mediakiln.providers.studio.filters import style_filter
from mediakiln.providers.studio.orders import CannotRender
from mediakiln.providers.studio.overlay import Overlay
from mediakiln.providers.studio.reel import Stretch, reel
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.styling import style_for

Paint = Callable[[Picture], Picture]


class Footage:
    """The files at `paths` as one film of `width` x `height`, repainted as `scene` has it by `strength` (0..1)."""

    def __init__(self, paths: Sequence[str], scene: Scene, width: int, height: int, strength: float) -> None:
        self._paths, self._scene, self._size, self._strength = paths, scene, (width, height), min(max(strength, 0.0), 1.0)
        self._overlay = Overlay(scene, width, height)
        styled = style_filter(scene.style) is not None and self._strength > 0
        self._style = style_for(scene.style, width, height, scene.seed, True) if styled else None
        self._looks: dict[int, Paint] = {}

    def frames(self, count: int, fps: int) -> Iterator[Picture]:
        """`count` frames (uint8 RGB) at `fps`. Raises `CannotRender` for a file that is no video."""
        stretches = reel([length_of(path) for path in self._paths], count / fps)
        playing: list[tuple[Stretch, Iterator[Picture]]] = []
        for index in range(count):
            t = index / fps
            while stretches and stretches[0].start <= t + 1e-6:
                stretch = stretches.pop(0)
                playing.append((stretch, self._clip(stretch, fps)))
            while len(playing) > 1 and playing[1][0].share(t) >= 1:
                playing.pop(0)
            picture = next(playing[0][1])
            for stretch, clip in playing[1:]:
                picture = grade.mixed(picture, next(clip), stretch.share(t))
            yield self._finished(picture, t)

    def _finished(self, picture: Picture, t: float) -> Picture:
        if self._style is not None:
            picture = grade.mixed(picture, self._style.render(picture, t), min(1.0, 1.35 * self._strength))
        return self._overlay.over(picture, t, min(1.0, 1.3 * self._strength))

    def _clip(self, stretch: Stretch, fps: int) -> Iterator[Picture]:
        """The clip's frames from its beginning at `fps`, without end: after the last one that stays."""
        look = self._looks.get(stretch.clip)
        for picture in _resampled(self._paths[stretch.clip], *self._size, fps):
            if look is None:
                look = self._looks[stretch.clip] = _look(picture, self._scene, self._strength)
            yield look(picture)


def length_of(path: str) -> float:
    """Seconds of the video at `path`. Raises `CannotRender`."""
    with _opened(path) as file:
        stream = file.streams.video[0]
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return float(file.duration or 0) / 1_000_000


def _opened(path: str) -> av.container.InputContainer:
    try:
        file = av.open(path)
    except FileNotFoundError:
        raise
    except (av.FFmpegError, OSError) as failure:
        raise CannotRender("a reference video could not be read", RejectReason.INVALID) from failure
    if not file.streams.video:
        file.close()
        raise CannotRender("a reference video has no picture", RejectReason.INVALID)
    return file


def _resampled(path: str, width: int, height: int, fps: int) -> Iterator[Picture]:
    """Every frame of the file when it is on at a beat of `fps`, fitted; then the last one for ever."""
    with _opened(path) as file:
        stream = file.streams.video[0]
        stream.codec_context.thread_count = 1
        due, first = 0, None
        picture: Picture | None = None
        try:
            for frame in file.decode(stream):
                time = frame.time if frame.time is not None else due / fps
                first = time if first is None else first
                while picture is not None and (due + 1e-3) / fps < time - first:
                    yield picture
                    due += 1
                # What is on between two beats is never seen, and costs no conversion.
                if picture is None or (due + 1e-3) / fps >= time - first:
                    picture = _fitted(frame, width, height)
        except av.FFmpegError as failure:
            if picture is None:
                raise CannotRender("a reference video could not be decoded", RejectReason.INVALID) from failure
    if picture is None:
        raise CannotRender("a reference video has no frame", RejectReason.INVALID)
    while True:
        yield picture


def _fitted(frame: av.VideoFrame, width: int, height: int) -> Picture:
    """Shrunk while it is converted, so that a large frame never exists as RGB; upright; never stretched."""
    turned = frame.rotation % 180 != 0
    wide, tall = (height, width) if turned else (width, height)
    scale = max(wide / frame.width, tall / frame.height)
    size = (frame.width, frame.height)
    if scale < 1:
        size = (max(wide, round(frame.width * scale)), max(tall, round(frame.height * scale)))
    pixels = np.asarray(frame.reformat(*size, format="rgb24").to_ndarray(), np.uint8)
    return source.fit(np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90)), width, height)


def _look(picture: Picture, scene: Scene, strength: float) -> Paint:
    """The colours of `scene` for a whole clip, learned from one frame of it: a frame for itself each time would flicker.

    The restyled frame's colours as a linear map of the frame's, then a curve for each channel.
    """
    if strength <= 0:
        return lambda frame: frame
    small = cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA)
    wanted = restyle.recoloured(small, scene, strength)
    pixels = np.hstack([small.reshape(-1, 3).astype(np.float64), np.ones((160 * 90, 1))])
    goal = wanted.reshape(-1, 3).astype(np.float64)
    # A weight on "unchanged" keeps colours that the frame does not have from running wild.
    keep = 30.0 * np.eye(4)[:3] * 12
    matrix = np.linalg.lstsq(np.vstack([pixels, keep]), np.vstack([goal, keep[:, :3]]), rcond=None)[0].T.astype(np.float32)
    moved = cv2.transform(small, matrix)
    curves = np.dstack([_curve(moved[..., channel], wanted[..., channel]) for channel in range(3)])

    def paint(frame: Picture) -> Picture:
        result: Picture = cv2.LUT(cv2.transform(frame, matrix), curves)
        return result

    return paint


def _curve(values: Picture, wanted: Picture) -> Picture:
    """The rising curve (1, 256) that brings the brightnesses of `values` to those of `wanted`, by their quantiles."""
    steps = np.linspace(0.02, 0.98, 13)
    here, there = np.quantile(values, steps), np.quantile(wanted, steps)
    here = np.concatenate([[0.0], here, [255.0]])
    there = np.concatenate([[min(there[0], 6.0)], there, [max(there[-1], 249.0)]])
    table = np.interp(np.arange(256), here + np.arange(len(here)) * 1e-3, there)
    table = cv2.GaussianBlur(table.astype(np.float32)[None], (0, 0), 5)
    return np.clip(np.maximum.accumulate(table, axis=1) + 0.5, 0, 255).astype(np.uint8)
