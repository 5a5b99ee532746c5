"""Video behind the gateway: limits of what is sent, the pixel table, ratios, lengths, tiers, and what the task object tells."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from apps import House, make, small_clip
from fakes.providers import Step
from sqlalchemy import select
from unit.catalog.tables import table as read_table
from unit.dialects.vtrix.gateway import (
    DANCE,
    FAST,
    audio,
    clip,
    finished,
    image,
    inline,
    made,
    picture,
    refusal,
    request_of,
    submit,
    text,
    tone,
    video,
)

from mediakiln.database.engine import reading
from mediakiln.database.tables import job
from mediakiln.database.tables import task as table
from mediakiln.errors import MICRO
from mediakiln.generation import Mode, Role
from mediakiln.providers.base import Finished, Job, OutputFile

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIXELS = {
    (row[0], row[1]): tuple(map(int, row[2].split("×"))) for row in read_table("seed_002_pixels.md", "Resolution", "seed 002")
}
_numbers = itertools.count()


def words(what: str) -> str:
    """A prompt that no other test has."""
    return f"{what} {next(_numbers)}"


@pytest.mark.parametrize(("resolution", "ratio"), PIXELS)
async def test_pixels(idle: House, resolution: str, ratio: str) -> None:
    """Seed 002's table, to the pixel."""
    caller = await idle.caller(balance=1_000)
    task = await made(caller, DANCE, content=[text("a dancer")], resolution=resolution, ratio=ratio)
    request = await request_of(idle, task["id"])
    assert (request.width, request.height) == PIXELS[resolution, ratio]
    assert len(PIXELS) == 18


async def test_defaults(idle: House) -> None:
    """720p, five seconds, sound, the ratio from the words, no last frame, a random seed; null is absent."""
    caller = await idle.caller(balance=1_000)
    names = ["resolution", "ratio", "duration", "generate_audio", "seed", "frames", "return_last_frame", "callback_url"]
    empty = dict.fromkeys([*names, "execution_expires_after", "service_tier", "watermark", "camera_fixed"])
    seeds = set()
    for params in ({}, empty, {"ratio": "adaptive", "seed": -1, "service_tier": "default", "resolution": "", "ratio ": ""}):
        task = await made(caller, DANCE, content=[text("a dancer")], **params)
        request = await request_of(idle, task["id"])
        assert (request.resolution, request.duration, request.audio, request.last_frame) == ("720p", 5, True, False)
        assert (request.aspect_ratio, request.width, request.height) == ("16:9", 1280, 720)
        assert request.frames is None
        seeds.add(request.seed)
    assert len(seeds) == 3


async def test_the_upstream_gets_what_was_asked_for(house: House) -> None:
    """Every parameter, and each input in its role."""
    caller = await house.caller(balance=1_000)
    prompt, seen = words("all parameters"), list[tuple[Role, bytes]]()

    async def step(job: Job) -> Finished:
        seen.extend((item.role, item.path.read_bytes()) for item in job.inputs)
        path = job.workdir / "0.mp4"
        path.write_bytes(small_clip())
        return Finished((OutputFile(path, "video/mp4"),))

    house.upstream.cues[prompt] = step
    task = await made(
        caller,
        DANCE,
        content=[text(prompt), image(role="reference_image"), video(), audio()],
        generate_audio=False,
        resolution="480p",
        ratio="9:16",
        duration=4,
        seed=4_294_967_295,
        return_last_frame=True,
        service_tier="flex",
        camera_fixed=True,
        watermark=False,
        an_unknown_key={"x": 1},
    )
    done = await finished(caller, task["id"])
    assert seen == [(Role.REFERENCE_VIDEO, clip()), (Role.REFERENCE_IMAGE, picture()), (Role.REFERENCE_AUDIO, tone())]
    asked = house.upstream.asked(prompt).request
    assert (asked.mode, asked.resolution, asked.aspect_ratio) == (Mode.IMAGE, "480p", "9:16")
    assert (asked.width, asked.height, asked.duration, asked.audio) == (496, 864, 4, False)
    assert (asked.seed, asked.last_frame) == (4_294_967_295, True)
    [group] = done["output"]
    assert [content["type"] for content in group["content"]] == ["video", "image"]
    assert [content["url"].rpartition(".")[2] for content in group["content"]] == ["mp4", "png"]
    file = await house.client.get(group["content"][0]["url"])
    assert (file.content, group["content"][0]["size"]) == (small_clip(), len(small_clip()))
    assert all(content["jobId"] for content in group["content"])
    assert done["usage"] == {"cost": "0.28", "discount": 0}
    told = done["metadata"]
    assert (told["resolution"], told["ratio"], told["duration"], told["fps"]) == ("480p", "9:16", 0.5, 24), (
        "the file's own length"
    )
    assert (told["width"], told["height"], told["generate_audio"], told["seed"]) == (64, 64, False, 4_294_967_295)
    assert told["service_tier"] == "flex"
    assert task["created_at"] == told["in_queue_at"] <= told["started_at"] <= told["completed_at"]
    assert (await caller.books())[:2] == ((1_000 - 28) * MICRO, 0)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"duration": 3}, "duration: got 3; allowed: 4 to 15 seconds, or -1"),
        ({"duration": 16}, "duration: got 16; allowed: 4 to 15 seconds, or -1"),
        ({"duration": 0}, "duration: got 0; allowed: 4 to 15 seconds, or -1"),
        ({"duration": -2}, "duration: got -2; allowed: 4 to 15 seconds, or -1"),
        ({"duration": "5"}, "duration: got a string; allowed: an integer"),
        ({"duration": 5.5}, "duration: got a number with a fraction; allowed: an integer"),
        ({"resolution": "4k"}, 'resolution: got "4k"; allowed: 480p, 720p, 1080p'),
        ({"ratio": "2:1"}, 'ratio: got "2:1"; allowed: 16:9, 4:3, 1:1, 3:4, 9:16, 21:9, adaptive'),
        ({"seed": -2}, "seed: got -2; allowed: -1 to 4294967295"),
        ({"seed": 4_294_967_296}, "seed: got 4294967296; allowed: -1 to 4294967295"),
        ({"frames": 95}, "frames: got 95; allowed: 96 to 360"),
        ({"frames": 361}, "frames: got 361; allowed: 96 to 360"),
        ({"service_tier": "fast"}, 'service_tier: got "fast"; allowed: default, flex'),
        ({"execution_expires_after": 3_599}, "execution_expires_after: got 3599; allowed: 3600 to 259200 seconds"),
        ({"execution_expires_after": 259_201}, "execution_expires_after: got 259201; allowed: 3600 to 259200 seconds"),
        ({"callback_url": "ftp://example.com"}, "callback_url: got "),
        (
            {"callback_url": "http://127.0.0.1/x?key=1"},
            'callback_url: got "http://127.0.0.1/x"; allowed: an http or https URL at a public address',
        ),
        ({"generate_audio": "true"}, "generate_audio: got a string; allowed: a boolean"),
        ({"return_last_frame": 1}, "return_last_frame: got an integer; allowed: a boolean"),
        ({"content": [text("x" * 8_001)]}, 'content[0].text: got "8001 characters"; allowed: 1 to 8000 characters'),
        ({"content": [image(), text("a\0b")]}, "content[1].text: got a NUL character; allowed: text"),
    ],
)
async def test_parameters(idle: House, params: dict[str, Any], reason: str) -> None:
    """Out of range: the field, what was got, what is allowed; nothing is charged."""
    caller = await idle.caller(balance=1_000)
    code, message = refusal(await submit(caller, DANCE, **({"content": [text("a dancer")]} | params)))
    assert (code, message[: len(reason)]) == ("invalid_parameter", reason)
    assert await caller.books() == (1_000 * MICRO, 0, 0, 1)


ASKED = "content[1].image_url.url: got "


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (picture(300, 300), ""),
        (picture(299, 300), ASKED + "299x300 pixels; allowed: 300 to 6000 on each side"),
        (picture(300, 299), ASKED + "300x299 pixels; allowed: 300 to 6000 on each side"),
        (picture(6000, 2400), ""),
        (picture(2400, 6000), ""),
        (picture(6001, 3000), ASKED + "6001x3000 pixels; allowed: 300 to 6000 on each side"),
        (picture(3000, 6001), ASKED + "3000x6001 pixels; allowed: 300 to 6000 on each side"),
        (picture(750, 300), ""),
        (picture(751, 300), ASKED + "751x300 pixels; allowed: a width of 0.4 to 2.5 times the height"),
        (picture(300, 750), ""),
        (picture(300, 751), ASKED + "300x751 pixels; allowed: a width of 0.4 to 2.5 times the height"),
        *((picture(kind=kind), "") for kind in ("jpeg", "webp", "bmp", "tiff", "gif")),
        (
            picture(kind="avif"),
            ASKED + "image/avif; allowed: image/jpeg, image/png, image/webp, image/bmp, image/tiff, image/gif",
        ),
        (clip(), ASKED + "video/mp4; allowed: image/png"),
        (b"no picture at all", ASKED + "a data: URI of unknown contents"),
        (picture()[:-30], ASKED + "image/png contents that do not decode"),
    ],
)
async def test_pictures(idle: House, contents: bytes, reason: str) -> None:
    """Limits of a picture, told by its bytes at submit: its bounds are allowed, one more is not."""
    caller = await idle.caller(balance=1_000)
    answer = await submit(caller, DANCE, content=[text("a dancer"), image(inline(contents))])
    if not reason:
        assert answer.status_code == 200, answer.text
        return
    assert refusal(answer)[1].startswith(reason)
    assert await caller.books() == (1_000 * MICRO, 0, 0, 1)


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        (video(inline(clip(kind="mov"), "video/quicktime")), ""),
        (video(inline(clip(1.0), "video/mp4")), "content[1].video_url.url: got 1.0 seconds; allowed: 2 to 15 seconds"),
        (video(inline(clip(16.0), "video/mp4")), "content[1].video_url.url: got 16.0 seconds; allowed: 2 to 15 seconds"),
        (video(inline(clip(2.0, 298), "video/mp4")), "content[1].video_url.url: got 298x320 pixels; allowed: 300 to 6000"),
        (video(inline(picture())), "content[1].video_url.url: got image/png; allowed: video/mp4"),
        (audio(inline(tone(15.0), "audio/wav")), ""),
        (audio(inline(tone(1.0), "audio/wav")), "content[1].audio_url.url: got 1.0 seconds; allowed: 2 to 15 seconds"),
        (audio(inline(tone(16.0), "audio/wav")), "content[1].audio_url.url: got 16.0 seconds; allowed: 2 to 15 seconds"),
        (audio(inline(clip(), "video/mp4")), "content[1].audio_url.url: got video/mp4; allowed: audio/mpeg"),
    ],
)
async def test_videos_and_sounds(idle: House, piece: dict[str, Any], reason: str) -> None:
    """Limits of a video and of a sound."""
    caller = await idle.caller(balance=1_000)
    answer = await submit(caller, DANCE, content=[image(role="reference_image"), piece])
    if not reason:
        assert answer.status_code == 200, answer.text
        return
    assert refusal(answer)[1].startswith(reason)
    assert await caller.books() == (1_000 * MICRO, 0, 0, 1)


async def test_own_files_keep_to_the_limits(idle: House) -> None:
    """An upload is known already; it is measured all the same. Somebody else's is no file at all."""
    caller, other = await idle.caller(balance=1_000), await idle.caller(balance=1_000)
    for contents, reason in ((picture(320, 320), ""), (picture(299, 320), "content[0].image_url.url: got 299x320 pixels")):
        sent = await caller.post("/api/v1/storage/upload", files={"file": ("a.png", contents)})
        for source in (sent.json()["data"]["path"], sent.json()["data"]["upload_id"]):
            answer = await submit(caller, DANCE, content=[image(source)])
            assert answer.status_code == (400 if reason else 200), answer.text
            assert not reason or refusal(answer)[1].startswith(reason)
            refused = refusal(await submit(other, DANCE, content=[image(source)]))
            assert refused[1].startswith("content[0].image_url.url: got ")


REFERENCE_4_3 = image(inline(picture(400, 300)), "reference_image")


@pytest.mark.parametrize(
    ("content", "ratio", "size"),
    [
        ([text("a vertical shot of a dancer")], "9:16", (720, 1280)),
        ([text("a dancer")], "16:9", (1280, 720)),
        ([image(inline(picture(750, 300)))], "21:9", (1470, 630)),
        ([image(inline(picture(320, 400)), "first_frame"), image(inline(picture(750, 300)), "last_frame")], "3:4", (834, 1112)),
        ([image(inline(picture(750, 300)), "last_frame"), image(inline(picture(320, 400)), "first_frame")], "3:4", (834, 1112)),
        ([image(inline(picture(400, 300)), "reference_image"), image(role="reference_image")], "4:3", (1112, 834)),
        ([image(inline(picture(750, 300)), "reference_image"), video()], "1:1", (960, 960)),
        ([text("in 9:16"), image(inline(picture(400, 300)))], "4:3", (1112, 834)),
        (
            [text("use image 2 as the first frame"), image(role="reference_image"), REFERENCE_4_3, video()],
            "4:3",
            (1112, 834),
        ),
        ([text("extend video 1 with image 1"), REFERENCE_4_3, video()], "1:1", (960, 960)),
        ([text("use image 9 as the first frame"), REFERENCE_4_3, video()], "1:1", (960, 960)),
    ],
)
async def test_adaptive(house: House, content: list[dict[str, Any]], ratio: str, size: tuple[int, int]) -> None:
    """Words choose where there is nothing else; else the first frame, or the reference that the words begin with or extend; else
    the first video; else the first image."""
    caller = await house.caller(balance=1_000)
    prompt = words(" ".join(each["text"] for each in content if each["type"] == "text") or "adaptive")
    sized: list[tuple[int, int]] = []

    async def step(job: Job) -> Finished:
        sized.append((job.request.width, job.request.height))
        path = job.workdir / "0.mp4"
        path.write_bytes(clip(2.0, job.request.width, job.request.height))
        return Finished((OutputFile(path, "video/mp4"),))

    house.upstream.cues[prompt] = step
    content = [each for each in content if each["type"] != "text"]
    task = await made(caller, DANCE, content=[*content, text(prompt)], ratio="adaptive")
    done = await finished(caller, task["id"])
    assert sized == [size]
    assert (done["metadata"]["ratio"], done["metadata"]["width"], done["metadata"]["height"]) == (ratio, *size)
    assert done["metadata"]["duration"] == 2


async def test_a_length_left_to_the_model(idle: House) -> None:
    """It follows from the prompt, and is what is paid."""
    caller = await idle.caller(balance=1_000)
    task = await made(caller, DANCE, content=[text("a dancer, eight seconds")], duration=-1)
    assert (await request_of(idle, task["id"])).duration == 8
    assert (await caller.books())[1] == 120 * MICRO
    task = await made(caller, DANCE, content=[image()], duration=-1)
    assert 4 <= ((await request_of(idle, task["id"])).duration or 0) <= 15


async def test_frames(idle: House) -> None:
    """They go before a duration, and are paid as the seconds that they begin."""
    caller = await idle.caller(balance=1_000)
    task = await made(caller, DANCE, content=[text("a dancer")], frames=121, duration=15)
    request = await request_of(idle, task["id"])
    assert (request.frames, request.duration, request.length) == (121, 6, 121)
    assert (await caller.books())[1] == 90 * MICRO


@pytest.mark.parametrize(
    ("model", "resolution", "cost"),
    [(DANCE, "480p", 7), (DANCE, "720p", 15), (DANCE, "1080p", 35), (FAST, "480p", 5), (FAST, "720p", 11)],
)
async def test_prices(idle: House, model: str, resolution: str, cost: int) -> None:
    """USD per second from the catalogue, at a cent a credit; ratio and sound change nothing."""
    for more in ({"ratio": "1:1"}, {"generate_audio": False, "ratio": "21:9"}, {"content": [image()]}):
        caller = await idle.caller(balance=1_000)
        await made(caller, model, **({"content": [text("a dancer")], "resolution": resolution, "duration": 10} | more))
        assert (await caller.books())[1] == 10 * cost * MICRO


async def test_the_fast_model(idle: House) -> None:
    """No 1080p there."""
    caller = await idle.caller(balance=1_000)
    answer = await submit(caller, FAST, content=[text("a dancer")], resolution="1080p")
    assert refusal(answer)[1] == 'resolution: got "1080p"; allowed: 480p, 720p'


async def test_a_flexible_task_waits_behind_the_others(idle: House) -> None:
    """`flex` is a lower priority at the dispatcher; the price is the same."""
    caller = await idle.caller(balance=1_000)
    tickets = {}
    for tier in ("default", "flex"):
        task = await made(caller, DANCE, content=[text("a dancer")], service_tier=tier)
        async with reading(idle.engine) as connection:
            task_id = await connection.scalar(select(table.c.id).where(table.c.public_id == task["id"]))
            tickets[tier] = await connection.scalar(select(job.c.priority).where(job.c.task_id == task_id))
    assert tickets["flex"] < tickets["default"] == 0
    assert (await caller.books())[1] == 150 * MICRO


async def test_an_expiry_and_a_callback_are_kept(idle: House) -> None:
    """They are the task's own; without, it is the server's deadline."""
    caller = await idle.caller(balance=1_000)
    rows = []
    for more in ({}, {"execution_expires_after": 3_600, "callback_url": "https://example.com/hook"}):
        task = await made(caller, DANCE, content=[text("a dancer")], **more)
        query = select(table.c.deadline - table.c.created_at, table.c.callback).where(table.c.public_id == task["id"])
        async with reading(idle.engine) as connection:
            rows.append(tuple((await connection.execute(query)).one()))
    assert rows[0] == (3_600_000, None)
    assert rows[1][0] == 3_600_000
    assert "https://example.com/hook" in rows[1][1]


@pytest.mark.parametrize(("delivers", "status", "cost"), [(make(), "completed", "0.75"), (make(0), "failed", None)])
async def test_what_is_paid(house: House, delivers: Step, status: str, cost: str | None) -> None:
    """What the ledger took is what is told; a failure has no usage."""
    caller = await house.caller(balance=100)
    prompt = words("paid")
    house.upstream.cues[prompt] = delivers
    task = await finished(caller, (await made(caller, DANCE, content=[text(prompt)]))["id"])
    assert (task["status"], task.get("usage", {}).get("cost")) == (status, cost)
    assert (await caller.books())[0] == (25 if cost else 100) * MICRO
