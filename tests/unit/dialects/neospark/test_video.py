"""Video behind the wire: what the upstream is asked for, the answer to a create, and deleting at a bad moment."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import pytest
from apps import BASE, Caller, House, make, small_clip, small_picture
from fakes.providers import Step

from mediakiln.database.engine import reading
from mediakiln.errors import MICRO
from mediakiln.generation import Role
from mediakiln.ledger.audit import audit
from mediakiln.providers.base import Finished, Job

pytestmark = pytest.mark.asyncio(loop_scope="module")

VIDEOS = "/api/v1/video/generations"
CHEAP = {"model": "AiVideoMin", "duration": 4}
"""84 credits."""
_numbers = itertools.count()


def words(what: str) -> str:
    """A prompt that no other test has."""
    return f"{what} {next(_numbers)}"


async def data(caller: Caller, method: str, path: str, **more: Any) -> Any:
    """The `data` of a call that works."""
    answer = await caller.request(method, path, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def upload(caller: Caller, name: str, contents: bytes) -> str:
    """The id of an upload."""
    sent = await data(caller, "POST", "/api/v1/storage/upload", files={"file": (name, contents)}, data={"file_type": "other"})
    upload_id: str = sent["upload_id"]
    return upload_id


async def finished(caller: Caller, path: str, within: float = 20.0) -> dict[str, Any]:
    """Poll a message or a video to its end."""
    end = time.monotonic() + within
    while True:
        found: dict[str, Any] = await data(caller, "GET", path)
        if found["status"] not in ("pending", "generating", "processing"):
            return found
        assert time.monotonic() < end, found
        await asyncio.sleep(0.05)


async def picture(caller: Caller, prompt: str, **more: Any) -> dict[str, Any]:
    """A finished message."""
    session = (await data(caller, "POST", "/api/v1/drawing/sessions"))["session_id"]
    body = {"prompt": prompt, "model": "gpt-image-2", "resolution": "512", "aspect_ratio": "1:1"} | more
    made = await data(caller, "POST", f"/api/v1/drawing/sessions/{session}/generate", json=body)
    return await finished(caller, f"/api/v1/drawing/messages/{made['message_id']}")


def watching(seen: list[tuple[Role, bytes]]) -> Step:
    """A cue that notes the inputs it is given, and delivers."""
    deliver = make()
    assert callable(deliver)

    async def step(job: Job) -> Finished:
        seen.extend((item.role, item.path.read_bytes()) for item in job.inputs)
        answer = await deliver(job)
        assert isinstance(answer, Finished)
        return answer

    return step


async def test_the_upstream_gets_what_was_asked_for(house: House) -> None:
    """Every parameter, and each input in its role; the older and the newer name of the sound are one."""
    ann = await house.caller(balance=1_000)
    prompt, seen = words("all parameters"), list[tuple[Role, bytes]]()
    house.upstream.cues[prompt] = watching(seen)
    still, clip = await upload(ann, "a.png", small_picture(3)), await upload(ann, "a.mp4", small_clip())
    path = (await picture(ann, words("a reference")))["images"][0]["url"]
    made = await data(
        ann,
        "POST",
        VIDEOS,
        json=CHEAP
        | {
            "prompt": prompt,
            "ratio": "9:16",
            "resolution": "480p",
            "generate_audio": True,
            "seed": 4_294_967_295,
            "reference_image_urls": [still, BASE + path, still],
            "reference_video_urls": [clip],
            "return_last_frame": True,
        },
    )
    done = await finished(ann, f"{VIDEOS}/{made['task_id']}")
    assert (done["status"], done["actual_cost"], done["last_frame_url"][-4:]) == ("completed", 84, ".png")
    assert seen == [
        (Role.REFERENCE_IMAGE, small_picture(3)),
        (Role.REFERENCE_IMAGE, small_picture(0)),
        (Role.REFERENCE_VIDEO, small_clip()),
    ]
    asked = house.upstream.asked(prompt).request
    assert (asked.width, asked.height, asked.duration, asked.audio, asked.seed) == (496, 864, 4, True, 4_294_967_295)
    assert asked.last_frame


async def test_frames(house: House) -> None:
    """A first and a last frame, by path and by this server's link; the ratio stays the wire's default."""
    ann = await house.caller()
    prompt, seen = words("two frames"), list[tuple[Role, bytes]]()
    house.upstream.cues[prompt] = watching(seen)
    path = (await picture(ann, words("a frame")))["images"][0]["url"]
    made = await data(
        ann, "POST", VIDEOS, json=CHEAP | {"prompt": prompt, "first_frame_url": path, "last_frame_url": BASE + path}
    )
    assert (await finished(ann, f"{VIDEOS}/{made['task_id']}"))["ratio"] == "16:9"
    assert seen == [(Role.FIRST_FRAME, small_picture(0)), (Role.LAST_FRAME, small_picture(0))]


async def test_a_number_of_frames(idle: House) -> None:
    """`frames` goes before `duration`, and is paid as the seconds it begins."""
    ann = await idle.caller(balance=1_000)
    for frames, seconds in ((96, 4), (97, 5), (360, 15)):
        made = await data(ann, "POST", VIDEOS, json={"prompt": "x", "model": "AiVideoMin", "frames": frames, "duration": 7})
        assert (made["duration"], made["estimated_cost"]) == (seconds, 21 * seconds)


@pytest.mark.parametrize("times", range(8))
async def test_the_answer_to_a_create_is_a_task_that_waits(house: House, times: int) -> None:
    """However quick the worker is; and the same again under its Idempotency-Key when it is long finished."""
    ann = await house.caller(balance=100)
    sent = CHEAP | {"prompt": words("quick")}
    headers = {"Idempotency-Key": "one"}
    made = await data(ann, "POST", VIDEOS, json=sent, headers=headers)
    assert (made["status"], made["progress"], made["available_points_after"]) == ("pending", 0, 16)
    assert not {"video_url", "preview_url", "actual_cost", "completed_at"} & set(made)
    assert (await finished(ann, f"{VIDEOS}/{made['task_id']}"))["status"] == "completed"
    assert await data(ann, "POST", VIDEOS, json=sent, headers=headers) == made
    assert await ann.books() == (16 * MICRO, 0, 1, 3)


async def test_a_video_of_a_message(house: House) -> None:
    """It begins with the message's first picture, has its words (cut to what the model takes) and its shape where the model has
    it, and stands at the message."""
    ann = await house.caller(balance=1_000)
    for shape, ratio in (("3:4", "3:4"), ("3:2", "16:9"), ("1:1", "1:1")):
        prompt = words(shape).ljust(2_500, "x")
        message = await picture(ann, prompt, aspect_ratio=shape, num_images=2)
        seen: list[tuple[Role, bytes]] = []
        house.upstream.cues[prompt[:2_000]] = watching(seen)
        made = await data(ann, "POST", f"/api/v1/drawing/messages/{message['message_id']}/generate-video", json=CHEAP)
        assert (made["prompt"], made["ratio"], made["source_message_id"]) == (prompt[:2_000], ratio, message["message_id"])
        await finished(ann, f"{VIDEOS}/{made['task_id']}")
        assert seen == [(Role.FIRST_FRAME, small_picture(0))]
        [video] = (await data(ann, "GET", f"/api/v1/drawing/messages/{message['message_id']}"))["video_tasks"]
        assert (video["task_id"], video["status"]) == (made["task_id"], "completed")


async def test_a_video_of_a_message_whose_picture_is_gone(house: House) -> None:
    """The message is there, its file is not: 400 that names the frame, and nothing is charged."""
    ann = await house.caller(balance=100)
    message = await picture(ann, words("gone"))
    await data(ann, "DELETE", f"/api/v1/storage/file{message['images'][0]['url']}?permanent=true")
    answer = await ann.post(f"/api/v1/drawing/messages/{message['message_id']}/generate-video", json=CHEAP)
    assert (answer.status_code, answer.json()["message"].partition(":")[0]) == (400, "first_frame_url"), answer.text
    assert (await ann.books())[:2] == (96 * MICRO, 0)


async def test_one_of_many_deletes_counts(either: House) -> None:
    """Of five at once one cancels, one deletes what is canceled, and the others find nothing; the credits come back once."""
    ann = await either.caller(balance=100)
    made = await data(ann, "POST", VIDEOS, json=CHEAP | {"prompt": "x"})
    answers = await asyncio.gather(*(ann.request("DELETE", f"{VIDEOS}/{made['task_id']}") for _ in range(5)))
    told = sorted(answer.json()["data"]["status"] if answer.status_code == 200 else "404" for answer in answers)
    assert told == ["404", "404", "404", "cancelled", "deleted"]
    assert await ann.books() == (100 * MICRO, 0, 1, 3)
    async with reading(either.engine) as connection:
        assert await audit(connection) == []


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03, 0.06, 0.1])
async def test_deleting_while_it_finishes(house: House, moment: float) -> None:
    """Canceled or deleted, never both paid and given back: what was canceled costs nothing, what was finished stays paid."""
    ann = await house.caller(balance=100)
    made = await data(ann, "POST", VIDEOS, json=CHEAP | {"prompt": words("finishing")})
    await asyncio.sleep(moment)
    told = (await data(ann, "DELETE", f"{VIDEOS}/{made['task_id']}"))["status"]
    await asyncio.sleep(0.2)
    assert (await ann.books())[:2] == ((100 if told == "cancelled" else 16) * MICRO, 0)
    async with reading(house.engine) as connection:
        assert await audit(connection) == []


async def test_lists_show_no_picture_and_no_other_dialect(either: House) -> None:
    """The list is of this dialect's videos alone."""
    ann = await either.caller(balance=1_000)
    await ann.post("/api/v1/videos/generate", json={"prompt": "x"})
    session = (await data(ann, "POST", "/api/v1/drawing/sessions"))["session_id"]
    body = {"prompt": "x", "model": "gpt-image-2", "resolution": "512", "aspect_ratio": "1:1"}
    await data(ann, "POST", f"/api/v1/drawing/sessions/{session}/generate", json=body)
    made = await data(ann, "POST", VIDEOS, json=CHEAP | {"prompt": "mine"})
    page = await data(ann, "GET", VIDEOS)
    assert ([each["task_id"] for each in page["items"]], page["total"]) == ([made["task_id"]], 1)
