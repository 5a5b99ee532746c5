"""Every combination of seed 002's `content`, allowed and forbidden, and every way to write a piece of it wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from apps import House
from unit.dialects.vtrix.gateway import DANCE, audio, image, made, refusal, request_of, submit, text, video

from mediakiln.errors import MICRO
from mediakiln.generation import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, LAST, IMAGE = "first_frame", "last_frame", "reference_image"
T = text("a dancer")
ALLOWED: dict[str, tuple[Sequence[dict[str, Any]], list[str]]] = {
    "text": ([T], []),
    "first frame without a role": ([image()], [FIRST]),
    "text + first frame without a role": ([T, image()], [FIRST]),
    "first frame": ([image(role=FIRST)], [FIRST]),
    "first frame, then text": ([image(role=FIRST), T], [FIRST]),
    "first and last frame": ([image(role=FIRST), image(role=LAST)], [FIRST, LAST]),
    "text + last and first frame": ([T, image(role=LAST), image(role=FIRST)], [FIRST, LAST]),
    "one reference": ([image(role=IMAGE)], [IMAGE]),
    "text + one reference": ([T, image(role=IMAGE)], [IMAGE]),
    "nine references": ([image(role=IMAGE)] * 9, [IMAGE] * 9),
    "video": ([video()], ["reference_video"]),
    "video without a role": ([video(role=None)], ["reference_video"]),
    "text + video": ([T, video()], ["reference_video"]),
    "three videos": ([video()] * 3, ["reference_video"] * 3),
    "image + audio": ([image(role=IMAGE), audio()], [IMAGE, "reference_audio"]),
    "text + image + audio": ([T, image(role=IMAGE), audio()], [IMAGE, "reference_audio"]),
    "image + video": ([image(role=IMAGE), video()], ["reference_video", IMAGE]),
    "text + image + video": ([T, image(role=IMAGE), video()], ["reference_video", IMAGE]),
    "video + audio": ([video(), audio()], ["reference_video", "reference_audio"]),
    "text + video + audio": ([T, video(), audio(role=None)], ["reference_video", "reference_audio"]),
    "image + video + audio": ([image(role=IMAGE), video(), audio()], ["reference_video", IMAGE, "reference_audio"]),
    "text + image + video + audio": ([T, image(role=IMAGE), video(), audio()], ["reference_video", IMAGE, "reference_audio"]),
    "all that goes": (
        [T, *[image(role=IMAGE)] * 9, *[video()] * 3, *[audio()] * 3],
        ["reference_video"] * 3 + [IMAGE] * 9 + ["reference_audio"] * 3,
    ),
    "blank text + image": ([text("  "), image()], [FIRST]),
    "a text with a role, which means nothing": ([T | {"role": "user"}], []),
    "two texts": ([text("a dancer"), text("in the rain")], []),
}
BESIDE = "allowed: either frames or references. To begin with a reference image, say so in the text"
ALONE = "got audio without an image or a video; allowed: audio beside at least one of them"
ROLES = "first_frame, last_frame, reference_image"
TYPES = "text, image_url, video_url, audio_url"
PAIR = "got none; allowed: first_frame and last_frame"
LONE = "only a single image may go without"
FORBIDDEN: dict[str, tuple[Any, str]] = {
    "nothing": (
        [],
        "content: got none; allowed: text, or images, videos, or audio beside an image or a video, each with or without text",
    ),
    "blank text": ([text(" ")], "content[0].text: got no words; allowed: words, or at least one image or video"),
    "audio": ([audio()], f"content: {ALONE}"),
    "text + audio": ([T, audio()], f"content: {ALONE}"),
    "last frame": ([T, image(role=LAST)], "content[1].role: got last_frame without a first_frame; allowed: a last frame beside"),
    "two without roles": (
        [image(), image()],
        "content[0].role: got none; allowed: first_frame and last_frame for two frames, or",
    ),
    "first without a role + last": (
        [image(), image(role=LAST)],
        "content[0].role: got none; allowed: first_frame and last_frame",
    ),
    "first + last without a role": (
        [image(role=FIRST), image()],
        "content[1].role: got none; allowed: first_frame and last_frame",
    ),
    "three without roles": ([image()] * 3, f"content[0].role: got none; allowed: reference_image; {LONE}"),
    "two first frames": ([image(role=FIRST)] * 2, "content: got 2 pieces of the role first_frame; allowed: at most 1"),
    "two last frames": ([image(role=FIRST), *[image(role=LAST)] * 2], "content: got 2 pieces of the role last_frame; allowed:"),
    "ten references": ([image(role=IMAGE)] * 10, "content: got 10 pieces of the role reference_image; allowed: at most 9"),
    "four videos": ([video()] * 4, "content: got 4 pieces of the role reference_video; allowed: at most 3"),
    "four sounds": ([video(), *[audio()] * 4], "content: got 4 pieces of the role reference_audio; allowed: at most 3"),
    "first frame + reference": (
        [image(role=FIRST), image(role=IMAGE)],
        f"content[1].role: got reference_image beside first_frame; {BESIDE}",
    ),
    "first and last frame + reference": (
        [image(role=FIRST), image(role=LAST), image(role=IMAGE)],
        f"content[2].role: got reference_image beside first_frame; {BESIDE}",
    ),
    "first frame + video": ([video(), image(role=FIRST)], f"content[0].role: got reference_video beside first_frame; {BESIDE}"),
    "first frame + audio": ([image(role=FIRST), audio()], f"content[1].role: got reference_audio beside first_frame; {BESIDE}"),
    "image without a role + video": (
        [image(), video()],
        f"content[0].role: got none; allowed: reference_image, for an image beside videos or audio; {LONE}",
    ),
    "image without a role + audio": (
        [T, image(), audio()],
        f"content[1].role: got none; allowed: reference_image, for an image beside videos or audio; {LONE}",
    ),
    "unknown role": ([image(role="middle_frame")], f'content[0].role: got "middle_frame"; allowed: {ROLES}'),
    "role of another type": ([T, video(role=IMAGE)], 'content[1].role: got "reference_image"; allowed: reference_video'),
    "a sound with a video's role": ([video(), audio(role="reference_video")], "content[1].role: got"),
    "no type": ([{"text": "a"}], f"content[0].type: required, but missing; allowed: {TYPES}"),
    "unknown type": ([T, {"type": "draft_task"}], f'content[1].type: got "draft_task"; allowed: {TYPES}'),
    "text without text": ([{"type": "text"}], "content[0].text: required, but missing; allowed: the prompt"),
    "image without image": (
        [{"type": "image_url"}],
        "content[0].image_url: required, but missing; allowed: an object with a url",
    ),
    "image of another type": ([{"type": "image_url", "video_url": {"url": "x"}}], "content[0].image_url: required, but missing"),
    "no url": ([T, {"type": "video_url", "video_url": {}}], "content[1].video_url.url: required, but missing; allowed: a URL"),
    "blank url": ([image(url=" ")], "content[0].image_url.url: required, but missing"),
    "upper case": ([image(url="data:image/PNG;base64,AAAA")], "content[0].image_url.url: got "),
    "no base64": ([image(url="data:image/png,AAAA")], "content[0].image_url.url: got "),
    "text as a number": ([{"type": "text", "text": 5}], "content[0].text: got an integer; allowed: a string"),
    "url as a text": ([{"type": "image_url", "image_url": "x"}], "content[0].image_url: got a string; allowed: an object"),
    "a text alone": ("a dancer", "content: got a string; allowed: an array"),
    "a list of texts": (["a dancer"], "content[0]: got a string; allowed: an object"),
    "no address": ([image(url="a.png")], 'content[0].image_url.url: got "a.png"; allowed: an http(s) URL'),
    "no asset": ([T, image(url="asset://asset-0")], "content[1].image_url.url: got "),
}


@pytest.mark.parametrize("flat", [False, True], ids=["wrapped", "flat"])
@pytest.mark.parametrize("name", ALLOWED)
async def test_allowed(idle: House, name: str, flat: bool) -> None:
    """It makes a task whose inputs have these roles."""
    content, roles = ALLOWED[name]
    caller = await idle.caller(balance=100)
    task = await made(caller, DANCE, flat=flat, content=content)
    assert (task["status"], task["progress"]) == ("in_progress", 0.0)
    request = await request_of(idle, task["id"])
    assert [item.role for item in request.inputs] == [Role(role) for role in roles]
    assert request.prompt == "\n".join(each["text"] for each in content if each["type"] == "text" and each["text"].strip())
    assert (await caller.books())[:3] == (25 * MICRO, 75 * MICRO, 1)


@pytest.mark.parametrize("flat", [False, True], ids=["wrapped", "flat"])
@pytest.mark.parametrize("name", FORBIDDEN)
async def test_forbidden(idle: House, name: str, flat: bool) -> None:
    """It is refused with the place and the reason, and costs nothing."""
    content, reason = FORBIDDEN[name]
    caller = await idle.caller(balance=100)
    code, message = refusal(await submit(caller, DANCE, flat=flat, content=content))
    assert code == "invalid_parameter"
    assert message.startswith(reason)
    assert "allowed: " in message or name == "no asset"
    assert await caller.books() == (100 * MICRO, 0, 0, 1)


async def test_no_content(idle: House) -> None:
    """It is required."""
    caller = await idle.caller()
    for params in ({}, {"content": None}, {"prompt": "a dancer"}):
        assert refusal(await submit(caller, DANCE, **params))[1].startswith("content: got none; allowed: text, or images")
