"""Picture editing: one picture by URL or base64, the rephraser, sizes, and the codes of seed 003 for parameters."""

from __future__ import annotations

import base64
import itertools
import os
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from apps import House
from PIL import Image
from unit.dialects.vtrix.gateway import DREAMO, finished, inline, made, picture, refusal, request_of, submit

from mediakiln.errors import MICRO
from mediakiln.generation import Mode, Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

RAW = base64.b64encode(picture()).decode()
MOST = int(4.7 * 1024 * 1024)
_numbers = itertools.count()


def words(what: str) -> str:
    """A prompt that no other test has."""
    return f"{what} {next(_numbers)}"


def photograph(size: int) -> bytes:
    """A JPEG of exactly `size` bytes."""
    buffer = BytesIO()
    Image.fromarray(np.frombuffer(os.urandom(1_200 * 1_200 * 3), np.uint8).reshape(1_200, 1_200, 3)).save(
        buffer, "jpeg", quality=90
    )
    return buffer.getvalue() + bytes(size - len(buffer.getvalue()))


@pytest.mark.parametrize(
    "params",
    [
        {"image_urls": [inline(picture())]},
        {"binary_data_base64": [RAW]},
        {"binary_data_base64": [inline(picture())]},
        {"binary_data_base64": ["\n".join(RAW[at : at + 76] for at in range(0, len(RAW), 76))]},
        {"binary_data_base64": [RAW], "image_urls": []},
        {"image_urls": [inline(picture(kind="jpeg"), "image/jpeg"), ""], "binary_data_base64": None},
        {"binary_data_base64": [base64.b64encode(picture(4_096, 4_096)).decode()]},
        {"binary_data_base64": [base64.b64encode(photograph(MOST)).decode()]},
    ],
)
async def test_one_picture(house: House, params: dict[str, Any]) -> None:
    """By either field, in whatever form base64 comes; the bounds are allowed."""
    caller = await house.caller(balance=100)
    prompt = words("winter")
    task = await made(caller, DREAMO, prompt=prompt, use_rephraser=False, seed=7, **params)
    done = await finished(caller, task["id"])
    assert (done["status"], done["usage"]) == ("completed", {"cost": "0.03", "discount": 0})
    job = house.upstream.asked(prompt)
    assert (job.request.mode, [item.role for item in job.inputs]) == (Mode.IMAGE, [Role.IMAGE])
    assert (job.request.width, job.request.height, job.request.seed) == (1328, 1328, 7)
    assert "prompt" not in done["metadata"]


@pytest.mark.parametrize("flat", [False, True], ids=["wrapped", "flat"])
@pytest.mark.parametrize(
    ("params", "code", "reason"),
    [
        ({"prompt": None}, "003011001", "prompt: required, but missing"),
        ({"prompt": "  "}, "003011001", "prompt: required, but missing"),
        ({"prompt": None, "binary_data_base64": None}, "003011001", "prompt: required, but missing"),
        ({"binary_data_base64": None}, "003011002", "image_urls: required, but missing; allowed: exactly one picture"),
        ({"binary_data_base64": []}, "003011002", "image_urls: required, but missing"),
        ({"binary_data_base64": [""]}, "003011002", "image_urls: required, but missing"),
        ({"prompt": "x" * 2_001}, "003011003", "prompt: got 2001 characters; allowed: 1 to 2000 characters"),
        ({"prompt": "x\0"}, "003011004", "prompt: got a NUL character; allowed: text"),
        ({"prompt": 5}, "003011004", "prompt: got an integer; allowed: a string"),
        (
            {"image_urls": ["https://example.com/a.png"]},
            "003011004",
            "binary_data_base64: got it beside image_urls; allowed: one",
        ),
        ({"binary_data_base64": [RAW, RAW]}, "003011004", "binary_data_base64: got 2; allowed: exactly 1 picture"),
        ({"binary_data_base64": RAW}, "003011004", "binary_data_base64: got a string; allowed: an array"),
        ({"binary_data_base64": [5]}, "003011004", "binary_data_base64[0]: got an integer; allowed: a string"),
        ({"binary_data_base64": ["no base64!"]}, "003011004", "binary_data_base64[0]: got a data: URI that is not base64"),
        (
            {"binary_data_base64": [base64.b64encode(picture(kind="webp")).decode()]},
            "003011004",
            "binary_data_base64[0]: got image/webp",
        ),
        (
            {"binary_data_base64": [base64.b64encode(picture(4_097, 100)).decode()]},
            "003011004",
            "binary_data_base64[0]: got 4097x100",
        ),
        (
            {"binary_data_base64": [base64.b64encode(photograph(MOST + 1)).decode()]},
            "003011004",
            "binary_data_base64[0]: got a file of",
        ),
        (
            {"binary_data_base64": [base64.b64encode(bytes(6_000_000)).decode()]},
            "003011004",
            "binary_data_base64[0]: got a data: URI of",
        ),
        (
            {"binary_data_base64": None, "image_urls": ["ftp://example.com/a.png"]},
            "003011004",
            'image_urls[0]: got "ftp://example.com/a.png"; allowed: an http(s) URL',
        ),
        (
            {"binary_data_base64": None, "image_urls": ["http://127.0.0.1/a.png"]},
            "003011097",
            "image_urls[0]: could not ",
        ),
        ({"width": 511}, "003011004", "width: got 511; allowed: 512 to 2048"),
        ({"height": 2_049}, "003011004", "height: got 2049; allowed: 512 to 2048"),
        ({"seed": -2}, "003011004", "seed: got -2; allowed: -1 to 4294967295"),
        ({"seed": 1.5}, "003011004", "seed: got a number with a fraction; allowed: an integer"),
        ({"use_rephraser": "yes"}, "003011004", "use_rephraser: got a string; allowed: a boolean"),
    ],
)
async def test_parameters(idle: House, params: dict[str, Any], code: str, reason: str, flat: bool) -> None:
    """Each with its code, the field, what was got and what is allowed; nothing is charged."""
    caller = await idle.caller(balance=100)
    found, message = refusal(
        await submit(caller, DREAMO, flat=flat, **{"prompt": "winter", "binary_data_base64": [RAW]} | params)
    )
    assert (found, message[: len(reason)]) == (code, reason)
    assert await caller.books() == (100 * MICRO, 0, 0, 1)


async def test_the_rephraser(house: House) -> None:
    """On by default. It says more, never of light or framing, which are the picture's; what was drawn is told. A prompt that it
    would make too long stays as it is."""
    caller = await house.caller(balance=100)
    for params, prompt, drawn in (
        ({}, words("winter"), ", fine detail"),
        ({"use_rephraser": None}, words("winter"), ", fine detail"),
        ({"use_rephraser": True}, f"变成冬天{next(_numbers)}", "，细节丰富"),
        ({"use_rephraser": False}, words("winter"), ""),
        ({}, words("x" * 1_990), ""),
    ):
        task = await made(caller, DREAMO, prompt=prompt, binary_data_base64=[RAW], **params)
        assert (await request_of(house, task["id"])).prompt == prompt + drawn
        done = await finished(caller, task["id"])
        assert done["metadata"].get("prompt") == (prompt + drawn if drawn else None)


async def test_sizes_and_seeds(idle: House) -> None:
    """The recommended sizes, the bounds, and a random seed where none is named."""
    caller = await idle.caller(balance=100)
    seeds = set()
    for width, height in ((1_328, 1_328), (1_472, 1_104), (1_584, 1_056), (1_664, 936), (2_016, 864), (512, 2_048)):
        params = {"prompt": "winter", "binary_data_base64": [RAW], "width": width, "height": height, "seed": -1}
        request = await request_of(idle, (await made(caller, DREAMO, **params))["id"])
        assert (request.width, request.height, request.shapes) == (width, height, ())
        seeds.add(request.seed)
    assert len(seeds) == 6
