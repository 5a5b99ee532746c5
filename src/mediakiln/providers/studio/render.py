"""What one worker process does for one order: paint, encode, write the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2

from mediakiln.generation import GenerationRequest, Kind, Mode
from mediakiln.providers.base import RejectReason
from mediakiln.providers.studio import restyle, templates
from mediakiln.providers.studio.orders import CannotRender, Order, Product
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.shots import is_shop_shot
from mediakiln.providers.studio.stills import Picture, encode_still
from mediakiln.providers.studio.subjects.sitter import sitter_of
from mediakiln.providers.studio.video import render_video

Tick = Callable[[float], None]
"""Takes the finished fraction, 0.0-1.0."""

MAX_SIDE = 8192
MAX_PIXELS = 5504 * 3072
MAX_SECONDS = 60
MAX_FPS = 60


def render(order: Order, tick: Tick) -> tuple[Product, ...]:
    """Make the order's files. Raises `CannotRender`, and `OSError` or `MemoryError` as they come."""
    _check(order.request)
    if order.request.mode is Mode.IMAGE and not order.sources:
        raise CannotRender("the request starts from a picture but gives none", RejectReason.INVALID)
    cv2.setNumThreads(1)  # the pool has one process per core
    if order.request.kind is Kind.VIDEO:
        return (render_video(order, tick),)
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
        if not 1 <= request.fps <= MAX_FPS:
            raise CannotRender(f"the studio renders 1 to {MAX_FPS} frames per second")
        if not 1 <= request.length <= MAX_SECONDS * request.fps:
            raise CannotRender(f"the studio renders videos of 1 to {MAX_SECONDS} seconds")


def _images(order: Order, tick: Tick) -> tuple[Product, ...]:
    request, products = order.request, []
    given = restyle.referenced(order.sources)
    for item in range(request.count):
        picture = _picture(request, given, item_seed(request.seed or 0, item))
        data, media_type, suffix = encode_still(picture, request.output_format or "png")
        path = Path(order.folder) / f"{item}{suffix}"
        path.write_bytes(data)
        products.append(Product(str(path), media_type))
        tick((item + 1) / request.count)
    return tuple(products)


def _picture(request: GenerationRequest, given: Sequence[Picture], seed: int) -> Picture:
    if request.template is not None:
        return _templated(request, given, seed)
    scene = compose(request.prompt, request.negative_prompt, seed)
    if len(given) == 1 and is_shop_shot(scene):
        scene = compose(request.prompt, request.negative_prompt, seed, sitter=True)
        own = sitter_of(given[0])
        return Painter(scene, request.width, request.height, detail=_detail(request), sitter=own).frame(0.0)
    if given:
        return restyle.compose(given, scene, request.strength, request.width, request.height)
    return Painter(scene, request.width, request.height, detail=_detail(request)).frame(0.0)


def _templated(request: GenerationRequest, given: Sequence[Picture], seed: int) -> Picture:
    if request.template not in templates.TEMPLATES:
        raise CannotRender(f"the studio has no template {request.template}")
    if not given:
        raise CannotRender("a template needs a picture", RejectReason.INVALID)
    return templates.render(request.template, given[0], request.width, request.height, seed)


def _detail(request: GenerationRequest) -> int:
    return 2 if request.quality in ("hd", "high") else 1
