"""Drawing behind the wire: what the upstream is asked for, who wins at the same moment, and that reading changes nothing."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from typing import Any

import pytest
from apps import BASE, Caller, House, make, small_picture
from fakes.providers import Step
from sqlalchemy import select

from mediakiln.database.engine import reading
from mediakiln.database.tables import asset, conversation, ledger_entry, task, wallet
from mediakiln.dialects.neospark.drawing import translate
from mediakiln.errors import MICRO
from mediakiln.generation import Role
from mediakiln.ledger.audit import audit
from mediakiln.providers.base import Finished, Job

pytestmark = pytest.mark.asyncio(loop_scope="module")

DRAWING = "/api/v1/drawing"
SESSIONS = f"{DRAWING}/sessions"
FLASH, GPT = "gemini-3.1-flash-image-preview", "gpt-image-2"
_numbers = itertools.count()


def body(prompt: str = "a kiln", **more: Any) -> dict[str, Any]:
    """What a generate call needs, and more."""
    return {"prompt": prompt, "model": FLASH, "resolution": "1K", "aspect_ratio": "1:1"} | more


def words(what: str) -> str:
    """A prompt that no other test has."""
    return f"{what} {next(_numbers)}"


async def data(caller: Caller, method: str, path: str, **more: Any) -> Any:
    """The `data` of a call that works."""
    answer = await caller.request(method, path, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def session_of(caller: Caller, title: str = "A session") -> str:
    """The id of a new session."""
    made: str = (await data(caller, "POST", SESSIONS, json={"title": title}))["session_id"]
    return made


async def upload(caller: Caller, n: int) -> str:
    """The id of a small picture."""
    sent = await data(caller, "POST", "/api/v1/storage/upload", files={"file": (f"{n}.png", small_picture(n))})
    upload_id: str = sent["upload_id"]
    return upload_id


async def finished(caller: Caller, message_id: str, within: float = 20.0) -> dict[str, Any]:
    """Poll a message to its end."""
    end = time.monotonic() + within
    while True:
        found: dict[str, Any] = await data(caller, "GET", f"{DRAWING}/messages/{message_id}")
        if found["status"] not in ("pending", "generating"):
            return found
        assert time.monotonic() < end, found
        await asyncio.sleep(0.05)


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
    """Every parameter, and the references in their order, uploads first."""
    ann = await house.caller()
    session, prompt, seen = await session_of(ann), words("all parameters"), list[tuple[Role, bytes]]()
    house.upstream.cues[prompt] = watching(seen)
    first, second = await upload(ann, 3), await upload(ann, 4)
    before = await finished(ann, (await data(ann, "POST", f"{SESSIONS}/{session}/generate", json=body()))["message_id"])
    made = await data(
        ann,
        "POST",
        f"{SESSIONS}/{session}/generate",
        json=body(
            prompt,
            model=GPT,
            resolution="2K",
            aspect_ratio="16:9",
            num_images=3,
            negative_prompt="rain",
            ref_upload_id=first,
            ref_upload_ids=[second, first, "", " "],
            ref_image_paths=[BASE + before["images"][0]["url"]],
            strength=0.35,
            quality="medium",
            provider="tengda",
            seed=7,
        ),
    )
    done = await finished(ann, made["message_id"])
    assert (done["status"], len(done["images"]), done["actual_cost"], made["estimated_cost"]) == ("completed", 3, 24, 24)
    assert seen == [(Role.IMAGE, small_picture(3)), (Role.IMAGE, small_picture(4)), (Role.IMAGE, small_picture(0))]
    asked = house.upstream.asked(prompt).request
    assert (asked.model, asked.resolution, asked.aspect_ratio, asked.width, asked.height) == (GPT, "2K", "16:9", 2752, 1536)
    assert (asked.count, asked.negative_prompt, asked.strength, asked.quality, asked.seed) == (3, "rain", 0.35, "medium", 7)


async def test_defaults(house: House) -> None:
    """What is left out: one picture, strength 0.7, standard quality, the prompt as it is."""
    ann = await house.caller()
    prompt = words("a cat on a windowsill")
    made = await data(ann, "POST", f"{SESSIONS}/{await session_of(ann)}/generate", json=body(prompt))
    await finished(ann, made["message_id"])
    asked = house.upstream.asked(prompt).request
    assert (asked.count, asked.strength, asked.quality, asked.negative_prompt, asked.inputs) == (1, 0.7, "standard", "", ())


@pytest.mark.parametrize(("sent", "asked"), [(0, 0.0), (0.0, 0.0), (1, 1.0), (None, 0.7)])
async def test_strengths(house: House, sent: float | None, asked: float) -> None:
    """Nothing of the picture may change, or all of it: 0 is not the default."""
    ann = await house.caller()
    prompt = words("strength")
    made = await data(ann, "POST", f"{SESSIONS}/{await session_of(ann)}/generate", json=body(prompt, strength=sent))
    await finished(ann, made["message_id"])
    assert house.upstream.asked(prompt).request.strength == asked


async def test_an_optimized_prompt_is_drawn_and_the_own_one_is_shown(house: House) -> None:
    """`optimize_prompt` changes what the upstream gets, as `/prompts/optimize` said; the session keeps the words typed."""
    ann = await house.caller()
    session, prompt = await session_of(ann), words("A cat on a windowsill")
    said = (await data(ann, "POST", "/api/v1/prompts/optimize", json={"prompt": prompt}))["optimized_prompt"]
    assert said.startswith(prompt)
    assert len(said) > len(prompt)
    made = await data(ann, "POST", f"{SESSIONS}/{session}/generate", json=body(prompt, optimize_prompt=True))
    await finished(ann, made["message_id"])
    house.upstream.asked(said)
    assert (await data(ann, "GET", f"{SESSIONS}/{session}"))["messages"][0]["content"] == prompt


async def test_the_grid_and_its_panels(house: House) -> None:
    """The first stage asks for a grid, each panel for its own view of the same words and picture; the session shows the words."""
    ann = await house.caller(balance=100)
    session, product = await session_of(ann), words("a red kettle {prompt}")
    picture = await upload(ann, 5)
    stage = await data(ann, "POST", f"{SESSIONS}/{session}/generate", json=body(product, type=1))
    await finished(ann, stage["message_id"])
    house.upstream.asked(translate.panels().grid.replace("{prompt}", product))
    batch = {"assistant_message_id": stage["message_id"], "ref_upload_id": picture, "model": GPT, "resolution": "512"}
    made = await data(ann, "POST", f"{SESSIONS}/{session}/generate-batch", json=batch | {"aspect_ratio": "3:4", "strength": 0.5})
    assert [each["panel_type"] for each in made["messages"]] == [panel.type for panel in translate.panels().panels]
    for each, panel in zip(made["messages"], translate.panels().panels, strict=True):
        assert (await finished(ann, each["message_id"]))["status"] == "completed"
        asked = house.upstream.asked(panel.prompt.replace("{prompt}", product)).request
        assert (asked.aspect_ratio, asked.strength, len(asked.inputs)) == ("3:4", 0.5, 1)
    messages = (await data(ann, "GET", f"{SESSIONS}/{session}"))["messages"]
    assert [each["sequence"] for each in messages] == list(range(1, 23))
    assert {each["content"] for each in messages if each["role"] == "user"} == {product}
    assert await ann.books() == ((100 - 7 - 40) * MICRO, 0, 11, 1 + 2 * 11)


async def test_the_ten_panels_differ() -> None:
    """Ten names, ten prompts, each with the caller's words in it once."""
    panels = translate.panels()
    assert len({panel.type for panel in panels.panels}) == len({panel.prompt for panel in panels.panels}) == 10
    assert all(prompt.count("{prompt}") == 1 for prompt in [panels.grid, *(panel.prompt for panel in panels.panels)])


async def test_one_picture_per_reference(house: House) -> None:
    """Each task gets its own reference and nothing else."""
    ann = await house.caller()
    session, prompt, seen = await session_of(ann), words("per reference"), list[tuple[Role, bytes]]()
    house.upstream.cues[prompt] = watching(seen)
    ids = [await upload(ann, n) for n in range(14)]
    made = await data(ann, "POST", f"{SESSIONS}/{session}/generate-multi-ref", json=body(prompt, ref_upload_ids=ids))
    assert (made["ref_count"], [each["ref_index"] for each in made["messages"]]) == (14, list(range(14)))
    assert made["total_estimated_cost"] == 14 * 7
    for each in made["messages"]:
        await finished(ann, each["message_id"])
    assert Counter(picture for _, picture in seen) == Counter(small_picture(n) for n in range(14))
    shown = (await data(ann, "GET", f"{SESSIONS}/{session}"))["messages"]
    assert [each["ref_index"] for each in shown if each["role"] == "assistant"] == list(range(14))


async def test_nobody_spends_what_is_not_there(either: House) -> None:
    """Of twenty requests at once as many are taken as the credits pay for; a bundle goes whole or not at all."""
    ann = await either.caller(balance=50)
    session = await session_of(ann)
    ids = [await upload(ann, 1), await upload(ann, 2)]
    calls = [("generate", body())] * 10 + [("generate-multi-ref", body(ref_upload_ids=ids))] * 10
    answers = await asyncio.gather(*(ann.post(f"{SESSIONS}/{session}/{call}", json=sent) for call, sent in calls))
    assert {answer.status_code for answer in answers} == {200, 402}
    taken = [answer.json()["data"] for answer in answers if answer.status_code == 200]
    spent = sum(each.get("estimated_cost", each.get("total_estimated_cost")) for each in taken)
    tasks = sum(len(each.get("messages", [None])) for each in taken)
    assert (spent, tasks) == (49, 7)
    assert await ann.books() == ((50 - spent) * MICRO, spent * MICRO, tasks, 1 + tasks)
    async with reading(either.engine) as connection:
        assert await audit(connection) == []


async def test_deleting_a_session_while_it_is_filled(either: House) -> None:
    """Every generate is answered, taken or 404; afterwards nothing is held, nothing open, and nothing left to see."""
    ann = await either.caller(balance=500)
    session = await session_of(ann)
    submits = [ann.post(f"{SESSIONS}/{session}/generate", json=body()) for _ in range(20)]
    late = [asyncio.sleep(0.001 * n) for n in range(3)]
    removal = ann.request("DELETE", f"{SESSIONS}/{session}?permanent=True")
    answers = await asyncio.gather(*submits[:10], *late, removal, *submits[10:])
    statuses = Counter(answer.status_code for answer in answers if answer is not None)
    assert set(statuses) <= {200, 404}
    assert sum(statuses.values()) == 21
    assert await ann.books() == (500 * MICRO, 0, statuses[200] - 1, 1 + 2 * (statuses[200] - 1))
    assert (await ann.get(f"{SESSIONS}/{session}")).status_code == 404
    async with reading(either.engine) as connection:
        assert await audit(connection) == []


async def test_deleting_twice_at_once(either: House) -> None:
    """One of them deletes, the others find nothing; hiding and forgetting at the same moment leave nothing behind."""
    ann = await either.caller(balance=50)
    for query in ("", "?permanent=true"):
        session = await session_of(ann)
        answers = await asyncio.gather(*(ann.request("DELETE", f"{SESSIONS}/{session}{query}") for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404, 404]
    session = await session_of(ann)
    await data(ann, "POST", f"{SESSIONS}/{session}/generate", json=body())
    answers = await asyncio.gather(*(ann.request("DELETE", f"{SESSIONS}/{session}{query}") for query in ("", "?permanent=true")))
    assert {answer.status_code for answer in answers} <= {200, 404}
    assert answers[1].status_code == 200
    assert (await ann.books())[:2] == (50 * MICRO, 0)
    assert await data(ann, "GET", SESSIONS) == []


async def test_a_message_of_a_hidden_session_can_be_polled(idle: House) -> None:
    """Hiding a session stops nobody who waits for what it began."""
    ann = await idle.caller(balance=50)
    session = await session_of(ann)
    made = await data(ann, "POST", f"{SESSIONS}/{session}/generate", json=body())
    await data(ann, "DELETE", f"{SESSIONS}/{session}")
    assert (await data(ann, "GET", f"{DRAWING}/messages/{made['message_id']}"))["status"] == "pending"
    assert (await ann.books())[:2] == (43 * MICRO, 7 * MICRO)


async def test_long_sessions(idle: House) -> None:
    """`limit` and `offset` count generations, the newest first of all; sequences and totals are those of the whole session."""
    ann = await idle.caller(balance=1_000)
    session = await session_of(ann)
    for number in range(7):
        await data(ann, "POST", f"{SESSIONS}/{session}/generate", json=body(f"number {number}"))
    whole = await data(ann, "GET", f"{SESSIONS}/{session}")
    assert [each["sequence"] for each in whole["messages"]] == list(range(1, 15))
    assert [each["content"] for each in whole["messages"][::2]] == [f"number {number}" for number in range(7)]
    last = await data(ann, "GET", f"{SESSIONS}/{session}?limit=2")
    assert last == whole | {"messages": whole["messages"][-4:]}
    before = await data(ann, "GET", f"{SESSIONS}/{session}?limit=2&offset=2")
    assert before == whole | {"messages": whole["messages"][-8:-4]}
    for made in whole["messages"][1::2]:
        status = await data(ann, "GET", f"{DRAWING}/messages/{made['message_id']}")
        assert status["sequence"] == made["sequence"]
    assert (await ann.get(f"{SESSIONS}/{session}?limit=501")).status_code == 400


async def test_reading_writes_nothing(either: House) -> None:
    """Every GET of drawing, billing and video leaves every row as it was."""
    ann = await either.caller(balance=500)
    session = await session_of(ann)
    message = (await data(ann, "POST", f"{SESSIONS}/{session}/generate", json=body()))["message_id"]
    video = (await data(ann, "POST", "/api/v1/video/generations", json={"prompt": "a kiln"}))["task_id"]

    async def rows() -> list[Any]:
        async with reading(either.engine) as connection:
            return [
                [tuple(row) for row in await connection.execute(select(table).where(table.c.account_id == ann.account_id))]
                for table in (task, conversation, wallet, ledger_entry, asset)
            ]

    before = await rows()
    for path in (
        f"{DRAWING}/models/config",
        SESSIONS,
        f"{SESSIONS}/{session}",
        f"{DRAWING}/messages/{message}",
        f"{DRAWING}/billing/history",
        "/api/v1/video/generations",
        f"/api/v1/video/generations/{video}",
        "/api/v1/video/models",
    ):
        await data(ann, "GET", path)
    assert await rows() == before
