"""Image to image: the caller's picture in the prompt's palette, light, style and weather."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.generation import Role
from mediakiln.providers.studio import grade
from mediakiln.providers.studio.filters import style_filter
from mediakiln.providers.studio.orders import Source
from mediakiln.providers.studio.overlay import Overlay
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.source import fit, open_picture
from mediakiln.providers.studio.stills import Picture

# Words that ask for something new in the picture; without them a prompt tells what is there already.
_ADDS = re.compile(r"\b(add|put|place|insert|draw|paint)\b|加上|添加|加入|放上|放一|画上|增加", re.IGNORECASE)

# The order in which a caller's pictures are laid: what the job starts from comes first.
_STARTS = (Role.FIRST_FRAME, Role.IMAGE, Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO)
_INSET_SIDE = 1024

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
    # An exhibit that stands for a word we do not know is no answer to "put it on a wooden table".
    known = tuple(subject for subject in scene.subjects if subject.kind != "emblem")
    if known and (strength > 0.8 or _ADDS.search(scene.prompt)):
        result = _with_subjects(result, replace(scene, subjects=known))
    render = style_filter(scene.style)
    if render is not None:
        result = grade.mixed(result, render(result), min(1.0, 1.35 * strength))
    result = Overlay(scene, width, height).over(result, 0.8, min(1.0, 1.3 * strength))
    if strength > 0.8:
        result = _freer(result, scene, (strength - 0.8) * 2.2)
    return result


def referenced(sources: Sequence[Source]) -> list[Picture]:
    """The caller's pictures, the one that the job starts from first; empty for a job of words alone.

    Raises `CannotRender` for a file that is no picture. All but the first are kept small, as they will be insets.
    """
    ordered = sorted((s for s in sources if s.role in _STARTS), key=lambda s: _STARTS.index(s.role))
    return [picture if i == 0 else _small(picture) for i, picture in enumerate(map(open_picture, ordered))]


def _small(picture: Picture) -> Picture:
    scale = _INSET_SIDE / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def compose(pictures: Sequence[Picture], scene: Scene, strength: float, width: int, height: int) -> Picture:
    """One picture (height, width) of several references: the first fills the frame, each other stands in it.

    Something on a plain ground is cut out and placed with its shadow; any other picture hangs as a print. Their light is drawn
    toward the first one's, then the whole is restyled at once. All of 1 to 14 pictures are visible. Raises `ValueError` for none.
    """
    if not pictures:
        raise ValueError("at least one picture is needed")
    canvas = np.ascontiguousarray(fit(pictures[0], width, height)).copy()
    others = list(pictures[1:])
    if others:
        mean = cv2.cvtColor(canvas, cv2.COLOR_RGB2LAB).reshape(-1, 3).mean(axis=0)
        for other, box in zip(others, _places(len(others), width, height), strict=True):
            _set_in(canvas, other, box, mean)
    return restyle(canvas, scene, strength)


def _places(count: int, width: int, height: int) -> list[tuple[int, int, int, int]]:
    """(x, y, width, height) of each inset: rows along the lower edge, or the lower half where there are many; none overlap."""
    wide = width / height
    columns = min(count, max(1, round(math.sqrt(count * wide * 1.9))))
    rows = -(-count // columns)
    band = min(0.62, 0.4 if rows == 1 else 0.26 * rows) * height
    top = height * 0.97 - band
    places = []
    for index in range(count):
        row, column = divmod(index, columns)
        here = min(columns, count - row * columns)
        cell_w, cell_h = width * 0.96 / max(here, 2 if wide > 1 else 1), band / rows
        x = width / 2 + (column - here / 2) * cell_w
        if count == 1:
            x = width * 0.98 - cell_w
        places.append(
            (round(x + cell_w * 0.06), round(top + row * cell_h + cell_h * 0.04), round(cell_w * 0.88), round(cell_h * 0.92))
        )
    return places


def _set_in(canvas: Picture, picture: Picture, box: tuple[int, int, int, int], mean: np.ndarray) -> None:
    """Put `picture` into `canvas`, in place, standing in the middle of the box's lower edge."""
    x, y, wide, tall = box
    rows, columns = picture.shape[:2]
    alpha = _cut_out(picture)
    if alpha is not None:
        ys, xs = np.nonzero(alpha > 0.5)
        part = (slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1))
        picture, alpha = picture[part], alpha[part]
        rows, columns = picture.shape[:2]
    edge = 0 if alpha is not None else max(2, round(min(wide, tall) * 0.035))
    scale = min((wide - 2 * edge) / columns, (tall - 2 * edge) / rows)
    size = (max(4, round(columns * scale)), max(4, round(rows * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab += (mean - lab.reshape(-1, 3).mean(axis=0)) * np.array([0.16, 0.2, 0.2])
    small = cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)
    if alpha is None:
        small = cv2.copyMakeBorder(small, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(248, 245, 238))
        cover = np.ones(small.shape[:2], np.float32)
    else:
        cover = np.clip(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), 0, 1)
    high, broad = cover.shape
    left, top = x + (wide - broad) // 2, y + tall - high
    soft = max(2, round(min(wide, tall) * 0.03))
    shade = cv2.GaussianBlur(
        cv2.copyMakeBorder(cover, soft * 3, soft * 3, soft * 3, soft * 3, cv2.BORDER_CONSTANT, value=0), (0, 0), soft
    )
    _blend(canvas, None, shade * 0.5, left - soft * 2, top - soft * 2)
    _blend(canvas, small, cover, left, top)


def _blend(canvas: Picture, colour: Picture | None, cover: np.ndarray, left: int, top: int) -> None:
    """Lay `colour` (black for None) over the canvas by `cover`, cut to the frame."""
    height, width = canvas.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + cover.shape[1]), min(height, top + cover.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = cover[y0 - top : y1 - top, x0 - left : x1 - left, None]
    over = 0.0 if colour is None else colour[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) * part
    canvas[y0:y1, x0:x1] = np.clip(canvas[y0:y1, x0:x1] * (1 - part) + over, 0, 255).astype(np.uint8)


_PLAIN = 13.0
"""The spread of a picture's rim, in levels, up to which its ground counts as plain."""


def _cut_out(picture: Picture) -> np.ndarray | None:
    """The coverage (rows, columns) 0..1 of what stands on a plain ground; None where the ground is not plain."""
    rows, columns = picture.shape[:2]
    scale = min(1.0, 320 / max(rows, columns))
    small = cv2.resize(picture, (max(8, round(columns * scale)), max(8, round(rows * scale))), interpolation=cv2.INTER_AREA)
    rim = np.concatenate([small[:3].reshape(-1, 3), small[:, :3].reshape(-1, 3), small[:, -3:].reshape(-1, 3)]).astype(np.float32)
    ground = np.median(rim, axis=0)
    if float(np.abs(rim - ground).mean(axis=0).max()) > _PLAIN:
        return None
    away = np.abs(small.astype(np.float32) - ground).max(axis=2)
    mask = cv2.morphologyEx((away > 30).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return None
    keep = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] > 0.1 * stats[1:, cv2.CC_STAT_AREA].max()]
    mask = np.isin(labels, keep).astype(np.uint8)
    if not 0.04 < float(mask.mean()) < 0.85:
        return None
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(mask, contours, -1, 1, cv2.FILLED)
    return np.asarray(
        cv2.resize(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8), (columns, rows), interpolation=cv2.INTER_LINEAR),
        np.float32,
    )


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
