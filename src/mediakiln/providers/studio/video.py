"""Videos: what an order's words, pictures, clips and sounds become, frame by frame, and the file with its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
from msgspec import Struct
from msgspec.structs import replace

from mediakiln.generation import GenerationRequest, Role
from mediakiln.providers.studio import footage, source
from mediakiln.providers.studio.cast.steps import footfalls
from mediakiln.providers.studio.encode import write_video
from mediakiln.providers.studio.footage import Footage
from mediakiln.providers.studio.guests import Guests
from mediakiln.providers.studio.living import Living
from mediakiln.providers.studio.morph import Morph
from mediakiln.providers.studio.orders import CannotRender, Order, Product
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.reel import reel
from mediakiln.providers.studio.scene import Scene, compose
from mediakiln.providers.studio.sound import given, soundtrack
from mediakiln.providers.studio.sound.take import Samples
from mediakiln.providers.studio.stills import Picture

_PASSAGE = 0.9
"""Seconds from a given frame into moving pictures, and from those to a last frame; at most 40 % of the video each."""

_ENTRANCE = 0.8
"""Seconds in which reference pictures appear over a given frame or a clip."""


class _Given(Struct, frozen=True):
    """The caller's pictures at the video's size (references at their own), and the paths of the caller's clips and sounds."""

    first: Picture | None
    last: Picture | None
    references: tuple[Picture, ...]
    clips: tuple[str, ...]
    sounds: tuple[str, ...]


def render_video(order: Order, tick: Callable[[float], None]) -> Product:
    """Write the order's video; `tick` hears the share of frames that are done. Raises `CannotRender`."""
    request = order.request
    if (request.output_format or "mp4").lower() != "mp4":
        raise CannotRender(f"the studio writes mp4 videos, not {request.output_format}")
    scene = compose(request.prompt, request.negative_prompt, request.seed or 0)
    inputs = _inputs(order)
    path = Path(order.folder) / "0.mp4"
    met = {0: inputs.first} if inputs.first is not None else {}
    if inputs.last is not None:
        met[request.length - 1] = inputs.last
    write_video(
        path,
        _counted(_frames(request, scene, inputs), request.length, tick),
        width=request.width,
        height=request.height,
        fps=request.fps,
        sound=_sound(request, scene, inputs),
        met=met,
    )
    return Product(str(path), "video/mp4")


def _inputs(order: Order) -> _Given:
    width, height = order.request.width, order.request.height

    def fitted(*roles: Role) -> Picture | None:
        picture = source.first_of(order.sources, *roles)
        return None if picture is None else source.fit(picture, width, height)

    def paths(role: Role) -> tuple[str, ...]:
        return tuple(each.path for each in order.sources if each.role is role)

    return _Given(
        fitted(Role.FIRST_FRAME, Role.IMAGE),
        fitted(Role.LAST_FRAME),
        tuple(source.open_picture(each) for each in order.sources if each.role is Role.REFERENCE_IMAGE),
        paths(Role.REFERENCE_VIDEO),
        paths(Role.REFERENCE_AUDIO),
    )


def _frames(request: GenerationRequest, scene: Scene, inputs: _Given) -> Iterator[Picture]:
    """All frames: of the clips, of the first frame come alive, or of the scene; ending on the last frame where one is given."""
    count, fps, width, height = request.length, request.fps, request.width, request.height
    seconds = count / fps
    guests = Guests(inputs.references, scene, width, height, seconds) if inputs.references else None
    if inputs.clips:
        frames = Footage(inputs.clips, scene, width, height, request.strength).frames(count, fps)
        if inputs.first is not None:
            frames = _out_of(inputs.first, frames, _passage(count, fps))
    elif inputs.first is not None:
        # The goal is met by the last frame, which is on before the video's end.
        living = Living(inputs.first, scene, (count - 1) / fps if inputs.last is not None else seconds, inputs.last)
        frames = (living.frame(index / fps) for index in range(count))
    else:
        # Who comes as a picture is not painted as well.
        cast = replace(scene, subjects=scene.subjects[len(inputs.references) :])
        detail = 2 if request.quality in ("hd", "high") else 1
        painter = Painter(cast, width, height, duration=seconds, detail=detail, guests=guests)
        frames, guests = (painter.frame(index / fps) for index in range(count)), None
    if guests is not None:
        frames = _visited(frames, guests, count, fps, leave=inputs.last is not None)
    if inputs.last is not None and (inputs.clips or inputs.first is None):
        frames = _on_to(inputs.last, frames, count, _passage(count, fps))
    return frames


def _passage(count: int, fps: int) -> int:
    return max(1, min(round(_PASSAGE * fps), count * 2 // 5))


def _out_of(first: Picture, frames: Iterator[Picture], span: int) -> Iterator[Picture]:
    """`frames`, but for frame 0, which is `first`, and those up to `span`, which lead away from it."""
    morph = None
    wide = _wide(first)
    for index, picture in enumerate(frames):
        if index == 0:
            morph = Morph(wide, _wide(picture))
            yield first
        elif morph is not None and index < span:
            yield _narrow(morph.between(wide, _wide(picture), _eased(index / span)))
        else:
            morph = None
            yield picture


def _on_to(goal: Picture, frames: Iterator[Picture], count: int, span: int) -> Iterator[Picture]:
    """`frames`, `count` of them, but for the last `span`, which lead to `goal` as the last one."""
    wide = _wide(goal)
    morph = None
    begin = count - 1 - span
    for index, picture in enumerate(frames):
        if index == count - 1:
            yield goal
        elif index <= begin:
            yield picture
        else:
            morph = morph or Morph(_wide(picture), wide)
            yield _narrow(morph.between(_wide(picture), wide, _eased((index - begin) / span)))


def _visited(frames: Iterator[Picture], guests: Guests, count: int, fps: int, *, leave: bool) -> Iterator[Picture]:
    """`frames` with `guests` on them, who come after frame 0 and, where they are to `leave`, are gone by the last one."""
    for index, picture in enumerate(frames):
        amount = min(1.0, index / (_ENTRANCE * fps))
        if leave:
            amount = min(amount, (count - 1 - index) / (_ENTRANCE * fps))
        yield guests.over(picture, index / fps, _eased(amount))


def _wide(picture: Picture) -> Picture:
    result: Picture = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA)
    return result


def _narrow(picture: Picture) -> Picture:
    result: Picture = cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB)
    return result


def _eased(x: float) -> float:
    return x * x * (3 - 2 * x)


def _sound(request: GenerationRequest, scene: Scene, inputs: _Given) -> Samples | None:
    """The given sounds, before the clips' own, before the ambience of the scene. None where the video is to be silent."""
    if not request.audio:
        return None
    seconds = request.length / request.fps
    front: Samples | None = None
    if inputs.clips:
        own = [given.decoded(path, seconds) for path in inputs.clips]
        if any(len(sound) for sound in own):
            front = given.along(own, reel([footage.length_of(path) for path in inputs.clips], seconds), seconds)
    if inputs.sounds:
        track = given.laid([given.decoded(path, seconds) for path in inputs.sounds], seconds)
        front = track if front is None else given.over(track, front)
    painted = inputs.first is None and not inputs.clips and not inputs.references
    steps = footfalls(scene, request.width, request.height, seconds) if painted else None
    return soundtrack(scene, seconds, front, steps)


def _counted(frames: Iterator[Picture], count: int, tick: Callable[[float], None]) -> Iterator[Picture]:
    for index in range(count):
        yield next(frames)
        tick((index + 1) / count)
