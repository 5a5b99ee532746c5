"""Prices as seed 004 prints them, and calculate-cost agreeing with generate for everything that can be asked."""

from __future__ import annotations

import asyncio
from itertools import product
from typing import Any

import pytest
from apps import House

from mediakiln.catalog import Audio, Catalog, Model
from mediakiln.errors import MICRO
from mediakiln.generation import Kind

pytestmark = pytest.mark.asyncio(loop_scope="module")

COST = "/api/v1/account/calculate-cost"
PICTURE = "https://example.com/cat.png"
BASE = {
    "nano-banana": {"text": 1, "image": 2},
    "nano-banana-pro": {"text": 6, "image": 6},
    "nano-banana-2": {"text": 4, "image": 8},
    "seedream4": {"text": 4, "image": 4},
}
SURCHARGE = {"nano-banana-pro": {"4K": 14}, "nano-banana-2": {"2K": 4, "4K": 14}}
VEO_FAST = {
    ("720p", False): (10, 15, 20),
    ("720p", True): (15, 20, 30),
    ("1080p", False): (15, 20, 25),
    ("1080p", True): (20, 25, 35),
}
"""The tables of seed 004, copied by hand: credits for 4, 6 and 8 seconds."""

CATALOG = Catalog.load(None, {"studio"})
IMAGE_MODELS = CATALOG.models("nanobanana", Kind.IMAGE)
VIDEO_MODELS = CATALOG.models("nanobanana", Kind.VIDEO)


async def compare(house: House, kind: str, bodies: list[dict[str, Any]]) -> list[int]:
    """Ask both calls for every body: the answers and the credits that are held must be one number."""
    subscriber = await house.caller(balance=1_000_000, plan="pro")
    cost_names = {"type": kind}
    prices = []
    for start in range(0, len(bodies), 20):
        some = bodies[start : start + 20]
        costs = await asyncio.gather(*(subscriber.post(COST, json=cost_names | body) for body in some))
        made = await asyncio.gather(*(subscriber.post(f"/api/v1/{kind}s/generate", json={"prompt": "x"} | body) for body in some))
        for body, cost, answer in zip(some, costs, made, strict=True):
            assert cost.status_code == answer.status_code == 200, (body, cost.text, answer.text)
            needed = cost.json()["data"]["credits_needed"]
            assert answer.json()["data"]["credits_used"] == needed, body
            assert needed > 0
            prices.append(needed)
    available, held, tasks, _ = await subscriber.books()
    assert held == sum(prices) * MICRO
    assert available == (1_000_000 - sum(prices)) * MICRO
    assert tasks == len(bodies)
    return prices


@pytest.mark.parametrize("model", IMAGE_MODELS, ids=[model.id for model in IMAGE_MODELS])
async def test_images(idle: House, model: Model) -> None:
    """(base for the mode + surcharge for the resolution + 2 for hd) x number, for every combination there is."""
    resolutions = (None, *(model.resolutions or ("1K", "8K")))  # a model without resolutions ignores what is sent
    grid = list(product(("text", "image"), resolutions, (None, "standard", "hd"), (None, 1, 2, 3, 4)))
    bodies = []
    for mode, resolution, quality, number in grid:
        body = {"model": model.id, "mode": mode, "resolution": resolution, "quality": quality, "num_images": number}
        bodies.append(body | ({"image_url": PICTURE} if mode == "image" else {}))
    prices = await compare(idle, "image", bodies)
    expected = [
        (BASE[model.id][mode] + SURCHARGE.get(model.id, {}).get(resolution or "1K", 0) + 2 * (quality == "hd")) * (number or 1)
        for mode, resolution, quality, number in grid
    ]
    assert prices == expected


async def test_an_image_without_mode(idle: House) -> None:
    """A picture that is sent along counts the same in both calls, and so does the other name for the model."""
    bodies = [
        {"image_url": PICTURE},
        {"image_url": "  "},
        {"mode": "text", "image_url": PICTURE},
        {"model_id": "nano-banana-2", "image_url": PICTURE},
    ]
    assert await compare(idle, "image", bodies) == [2, 1, 1, 8]


@pytest.mark.parametrize("model", VIDEO_MODELS, ids=[model.id for model in VIDEO_MODELS])
async def test_videos(idle: House, model: Model) -> None:
    """Every resolution, duration and sound; a flag that the model does not honour changes nothing (wire file 5, row 17)."""
    grid = list(product((None, *model.resolutions), (None, *model.durations), (None, True, False), ("model", "model_id")))
    bodies = [
        {name: model.id, "resolution": resolution, "duration": duration, "generate_audio": audio}
        for resolution, duration, audio, name in grid
    ]
    prices = dict(zip(grid, await compare(idle, "video", bodies), strict=True))
    for (resolution, duration, audio, name), price in prices.items():
        assert price == prices[resolution or "720p", duration or model.durations[0], audio, name], "a default has its own price"
        if model.audio is not Audio.OPTIONAL:
            assert price == prices[resolution, duration, None, name]
        elif audio is None:
            assert price == prices[resolution, duration, True, name]
    if model.id == "veo-3.1-fast":
        for (resolution, audio), row in VEO_FAST.items():
            assert tuple(prices[resolution, duration, audio, "model_id"] for duration in (4, 6, 8)) == row


async def test_a_picture_does_not_change_a_videos_price(idle: House) -> None:
    """The seed's video table has no mode."""
    assert await compare(idle, "video", [{"image_url": PICTURE}, {}]) == [15, 15]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image", {"model": "nope"}),
        ("image", {"num_images": 0}),
        ("image", {"num_images": 10**19}),
        ("image", {"resolution": "3K", "model": "nano-banana-pro"}),
        ("image", {"quality": "best"}),
        ("image", {"aspect_ratio": "7:5"}),
        ("image", {"mode": "video"}),
        ("video", {"duration": 7}),
        ("video", {"resolution": "4K"}),
        ("video", {"aspect_ratio": "1:1"}),
        ("video", {"generate_audio": "no"}),
        ("video", {"model_id": "nano-banana"}),
    ],
)
async def test_both_refuse_alike(idle: House, kind: str, body: dict[str, Any]) -> None:
    """What cannot be priced cannot be made: status, code and what is allowed are the same in both calls."""
    caller = await idle.caller(balance=100)
    cost = await caller.post(COST, json={"type": kind} | body)
    made = await caller.post(f"/api/v1/{kind}s/generate", json={"prompt": "x"} | body)
    assert cost.status_code == made.status_code == 400
    ours, theirs = cost.json()["error"], made.json()["error"]
    assert ours["code"] == theirs["code"]
    assert ours["message"] == theirs["message"]
    assert await caller.books() == (100 * MICRO, 0, 0, 1)
