"""What one worker process does for one order: paint, encode, write the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2

from mediakiln.generation import GenerationRequest, Kind, Mode
from mediakiln.providers.base import RejectReason
from mediakiln.providers.studio import living, restyle, source
from mediakiln.providers.studio.encode import write_video
from mediakiln.providers.studio.orders import CannotRender, Order, Product
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.sound import soundtrack
from mediakiln.providers.studio.stills import Picture, encode_still

Tick = Callable[[float], None]
"""Takes the finished fraction, 0.0-1.0."""

MAX_SIDE = 8192
MAX_PIXELS = 5504 * 3072
MAX_SECONDS = 60
MAX_FPS = 60


def render(order: Order, tick: Tick) -> tuple[Product, ...]:
    """Make the order's files. Raises `CannotRender`, and `OSError` or `MemoryError` as they come."""
    _check(order.request)
    cv2.setNumThreads(1)  # the pool has one process per core
    if order.request.kind is Kind.VIDEO:
        return (_video(order, tick),)
    return _images(order, tick)


def warm_up() -> None:
    """Pay for lazy loading (fonts, encoders) before the first job."""
    cv2.setNumThreads(1)
    picture = Painter(compose("a cat on a hill by the sea"), 64, 64).frame(0.0)
    encode_still(picture, "png")


def item_seed(seed: int, item: int) -> int:
    """The seed of the request's `item`-th picture: the request's own for the first, then unrelated ones."""
    if item == 0:
        return seed
    return int.from_bytes(hashlib.blake2b(f"{seed}/{item}".encode(), digest_size=4).digest(), "big")


def _check(request: GenerationRequest) -> None:
    width, height = request.width, request.height
    if not (16 <= width <= MAX_SIDE and 16 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise CannotRender(f"the studio renders from 16 x 16 up to {MAX_PIXELS // 10**6} megapixels, not {width} x {height}")
    if request.kind is Kind.VIDEO:
        if not 1 <= (request.duration or 0) <= MAX_SECONDS:
            raise CannotRender(f"the studio renders videos of 1 to {MAX_SECONDS} seconds")
        if not 1 <= request.fps <= MAX_FPS:
            raise CannotRender(f"the studio renders 1 to {MAX_FPS} frames per second")


def _given(order: Order) -> Picture | None:
    """The caller's picture at the wanted size; None for a job of words alone."""
    request = order.request
    picture = source.main_picture(order.sources)
    if picture is None:
        if request.mode is Mode.IMAGE and not order.sources:
            raise CannotRender("the request starts from a picture but gives none", RejectReason.INVALID)
        return None
    return source.fit(picture, request.width, request.height)


def _images(order: Order, tick: Tick) -> tuple[Product, ...]:
    request, products = order.request, []
    given = _given(order)
    for item in range(request.count):
        scene = compose(request.prompt, request.negative_prompt, item_seed(request.seed or 0, item))
        if given is None:
            picture = Painter(scene, request.width, request.height, detail=_detail(request)).frame(0.0)
        else:
            picture = restyle.restyle(given, scene, request.strength)
        data, media_type, suffix = encode_still(picture, request.output_format or "png")
        path = Path(order.folder) / f"{item}{suffix}"
        path.write_bytes(data)
        products.append(Product(str(path), media_type))
        tick((item + 1) / request.count)
    return tuple(products)


def _video(order: Order, tick: Tick) -> Product:
    request = order.request
    if (request.output_format or "mp4").lower() != "mp4":
        raise CannotRender(f"the studio writes mp4 videos, not {request.output_format}")
    count = request.length
    seconds = count / request.fps
    seed = request.seed or 0
    scene = compose(request.prompt, request.negative_prompt, seed)
    given = _given(order)
    frame_at: Callable[[float], Picture]
    if given is None:
        frame_at = Painter(scene, request.width, request.height, duration=seconds, detail=_detail(request)).frame
    else:
        last = source.last_picture(order.sources)
        goal = None if last is None else source.fit(last, request.width, request.height)
        frame_at = living.Living(given, scene, seconds, goal).frame
    sound = soundtrack(scene, seconds) if request.audio else None
    path = Path(order.folder) / "0.mp4"
    write_video(
        path,
        _frames(frame_at, count, request.fps, tick),
        width=request.width,
        height=request.height,
        fps=request.fps,
        sound=sound,
    )
    return Product(str(path), "video/mp4")


def _frames(frame_at: Callable[[float], Picture], count: int, fps: int, tick: Tick) -> Iterator[Picture]:
    for index in range(count):
        yield frame_at(index / fps)
        tick((index + 1) / count)


def _detail(request: GenerationRequest) -> int:
    return 2 if request.quality in ("hd", "high") else 1
