"""A painted stage as a film: sheets that slide over each other by their depth, and actors between them, frame by frame."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio import camera
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Actor, Canvas, Part, Sheet, Stage

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in frame pixels."""

Boxes = tuple[Box, ...]

_ALL: Boxes = ((-math.inf, -math.inf, math.inf, math.inf),)

_MOSTLY = 0.5
"""An actor that changes in more than this share of what it covers is painted whole for every frame."""

_PROBE = 0.25
"""The scale at which actors are watched for movement; a shift of a tenth of a pixel still changes an edge's grey."""

_GLANCE = 0.31
"""Seconds between two looks at an actor: shorter than a flash of lightning or the blink of an eye."""


class Film:
    """The layers of a video, ready to be laid over each other."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        area = stage.width * stage.height
        self._steps = [(part, None if part.sheet is None else _Layer(part.sheet, area)) for part in _gathered(stage)]
        for part, _ in self._steps:
            part.sheet = None
        self._canvas = Sheet(stage.width, stage.height)

    def shot(self, t: float, path: camera.Path) -> NDArray[np.uint8]:
        """BGRA (height, width, 4) at `t`; the next shot paints over it."""
        view = path(t)
        canvas = self._canvas.canvas
        for part, layer in self._steps:
            shift = -view.x * self._stage.width * (part.depth - self._stage.pivot)
            if layer is not None and part.swell:
                layer.heave(canvas, shift, self._stage.horizon, part.swell, t)
            elif layer is not None:
                layer.draw(canvas, shift + part.drift * (t - self._stage.duration / 2))
            elif part.actor is not None:
                canvas.save()
                canvas.translate(shift, 0)
                part.actor(canvas, t)
                canvas.restore()
        return _zoomed(self._canvas.pixels, view)


def _gathered(stage: Stage) -> Iterator[Part]:
    """The steps of the picture, with what never moves (a house, all of a castle but its flags) painted on sheets once, and
    neighbours that move as one on one sheet. Takes the stage's sheets."""
    last: Part | None = None
    for part in stage.parts:
        busy = () if part.actor is None else _busy(stage, part.actor, part.depth)
        if busy != _ALL:
            own = part.drift or part.swell or (last is not None and (last.drift or last.swell))
            if last is None or own or (part.depth != last.depth and stage.reach):
                if last is not None:
                    yield last
                last = Part(part.depth, part.sheet, drift=part.drift, swell=part.swell)
                if last.sheet is None:
                    last.sheet = Sheet(stage.width, stage.height, stage.margin(part.depth), stage.detail)
                    _paint(part, last.sheet, busy)
            elif last.sheet is not None:
                _paint(part, last.sheet, busy)
            part.sheet = None
        if busy and part.actor is not None:
            if last is not None:
                yield last
                last = None
            yield Part(part.depth, actor=part.actor if busy == _ALL else _within(part.actor, busy))
    if last is not None:
        yield last


def _paint(part: Part, sheet: Sheet, busy: Boxes) -> None:
    """Lay a sheet of the same margins, or an actor but for where it is `busy`, over `sheet`."""
    if part.sheet is not None:
        image = skia.Image.fromarray(part.sheet.pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType, copy=False)
        sheet.canvas.drawImage(image, part.sheet.left, 0)
    elif part.actor is not None:
        sheet.canvas.save()
        for box in busy:
            # Sheets move by steps of a pixel's fraction: a seam would open where the two only touch.
            sheet.canvas.clipRect(skia.Rect.MakeLTRB(*box).makeInset(1, 1), skia.ClipOp.kDifference)
        part.actor(sheet.canvas, 0.0)
        sheet.canvas.restore()


def _within(actor: Actor, boxes: Boxes) -> Actor:
    """`actor` inside `boxes` only; skia is quick with what lies outside."""
    where = skia.Path()
    for box in boxes:
        where.addRect(skia.Rect.MakeLTRB(*box))

    def paint(canvas: Canvas, t: float) -> None:
        canvas.clipPath(where)
        actor(canvas, t)

    return paint


def _busy(stage: Stage, actor: Actor, depth: float) -> Boxes:
    """Where `actor` changes in the course of the video: nowhere, inside boxes, or `_ALL`, which is also the answer for what
    shows at none of the looks, since it may be a flash that was missed."""
    margin = stage.margin(depth)
    size = (math.ceil((stage.width + 2 * margin) * _PROBE), math.ceil(stage.height * _PROBE))
    first: NDArray[np.uint8] | None = None
    changed = np.zeros((size[1], size[0]), bool)
    looks = max(2, math.ceil(stage.duration / _GLANCE))
    for look in (0, *range(looks, 0, -1)):
        sheet = Sheet(*size)
        sheet.canvas.scale(_PROBE, _PROBE)
        sheet.canvas.translate(margin, 0)
        actor(sheet.canvas, stage.duration * look / looks)
        if first is None:
            first = sheet.pixels
            if not first.any():
                return _ALL
            room = np.count_nonzero(first[..., 3])
        else:
            changed |= (sheet.pixels != first).any(axis=2)
            if np.count_nonzero(changed) > _MOSTLY * room:
                return _ALL
    if not changed.any():
        return ()
    # Two looks apart it may have gone a little further, so what changes grows before it is boxed.
    grown = cv2.dilate(changed.astype(np.uint8), np.ones((9, 9), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    boxes = tuple(
        (x / _PROBE - margin, y / _PROBE, (x + w) / _PROBE - margin, (y + h) / _PROBE) for x, y, w, h, _ in found[1:].tolist()
    )
    return boxes if sum(map(_area, boxes)) * _PROBE**2 <= _MOSTLY * room else _ALL


def _bounds(where: NDArray[np.bool_]) -> Box:
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


class _Layer:
    """A painted sheet cut to what it holds, with copies at fractions of a pixel so that slow pans do not stutter."""

    def __init__(self, sheet: Sheet, area: int) -> None:
        alpha = sheet.pixels[..., 3] > 0
        left, top, right, low = map(int, _bounds(alpha)) if alpha.any() else (0, 0, 1, 1)
        left = max(0, left - 1)  # a copy that is shifted by part of a pixel repeats its edge, which must be empty
        pixels = sheet.pixels[top:low, left : right + 1]
        # A cut holds the whole sheet in memory.
        self._pixels = np.ascontiguousarray(pixels) if pixels.size > 0.9 * sheet.pixels.size else pixels.copy()
        self._left, self._top = sheet.left + left, top
        self._kind = skia.kOpaque_AlphaType if int(self._pixels[..., 3].min()) == 255 else skia.kPremul_AlphaType
        self._phases: dict[int, Any] = {}
        self._rows: dict[int, NDArray[np.uint8]] = {}
        self._steps = 4 if area <= 1_000_000 else 2 if area <= 2_200_000 else 1

    def draw(self, canvas: Any, shift: float) -> None:
        """Lay the sheet over the canvas, moved by `shift` pixels."""
        whole, phase = self._phase(shift)
        image = self._phases.get(phase)
        if image is None:
            pixels = self._shifted(phase / self._steps)
            image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, self._kind, copy=pixels is not self._pixels)
            self._phases[phase] = image
        canvas.drawImage(image, self._left + whole, self._top)

    def heave(self, canvas: Any, shift: float, horizon: float, swell: float, t: float) -> None:
        """As `draw`, for water whose waves come towards us from the `horizon`, `swell` pixels high where they are near."""
        whole, phase = self._phase(shift)
        rows = self._rows.get(phase)
        if rows is None:
            rows = self._rows[phase] = self._halved(self._shifted(phase / self._steps))
        height = len(self._pixels)
        y = np.arange(height, dtype=np.float32)
        calm = min(max(horizon - self._top, 0.0), height - 1.0)
        source = (y - swell * _wave(np.maximum(y - calm, 0) / (height - calm), t)) * (len(rows) / height)
        pixels = rows[np.clip(source + 0.5, 0, len(rows) - 1).astype(np.int32)]
        image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, self._kind, copy=False)
        canvas.drawImage(image, self._left + whole, self._top)

    def _halved(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """With a row between each two, so that waves move by half pixels; a large picture's rows are fine enough."""
        if self._steps == 1:
            return pixels
        rows = np.repeat(pixels, 2, axis=0)
        cv2.addWeighted(pixels[:-1], 0.5, pixels[1:], 0.5, 0, dst=rows[1:-1:2])
        return rows

    def _phase(self, shift: float) -> tuple[int, int]:
        """Whole pixels of `shift`, and which copy has the rest."""
        whole = math.floor(shift)
        return whole, int((shift - whole) * self._steps)

    def _shifted(self, part: float) -> NDArray[np.uint8]:
        if not part:
            return self._pixels
        matrix = np.array([[1, 0, part], [0, 1, 0]], np.float32)
        size = (self._pixels.shape[1], self._pixels.shape[0])
        border = cv2.BORDER_REPLICATE
        return np.asarray(cv2.warpAffine(self._pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border), np.uint8)


def _wave(near: NDArray[np.float32], t: float) -> NDArray[np.float32]:
    """Heights, about -1..1, at `near` (0 on the horizon, 1 on the lower edge, which stays): crests crowd in the distance."""
    far = 1 / (near + np.float32(0.16))
    height = near * (1 - near**4) * (np.sin(4.6 * far + 1.5 * t) + 0.5 * np.sin(7.9 * far + 2.3 * t + 1))
    return np.asarray(height, np.float32)


def _zoomed(pixels: NDArray[np.uint8], view: camera.View) -> NDArray[np.uint8]:
    """The frame seen through the camera's zoom and tilt."""
    if view.zoom == 1.0 and view.turn == 0.0:
        return pixels
    height, width = pixels.shape[:2]
    centre = (width * view.focus[0], height * view.focus[1])
    matrix = cv2.getRotationMatrix2D(centre, view.turn, view.zoom)
    matrix[1, 2] += view.rise * height
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.uint8
    )
