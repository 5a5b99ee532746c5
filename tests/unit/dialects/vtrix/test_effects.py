"""Picture effects: every template, sizes, and the codes of seed 001 for parameters. Those for the ends of tasks: `test_codes`."""

from __future__ import annotations

from typing import Any

import pytest
from apps import House
from unit.catalog.tables import table
from unit.dialects.vtrix.gateway import EFFECTS, clip, finished, inline, made, picture, refusal, request_of, submit

from mediakiln.errors import MICRO
from mediakiln.generation import Mode, Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEMPLATES = [row[0] for row in table("seed_001_templates.md", "template_id", "seed 001")]
ASKED: dict[str, Any] = {"image_input1": inline(picture()), "template_id": "my_world"}


@pytest.mark.parametrize("template", TEMPLATES)
async def test_every_template(idle: House, template: str) -> None:
    """The seed's thirty ids, and the default size."""
    caller = await idle.caller(balance=100)
    task = await made(caller, EFFECTS, **ASKED | {"template_id": template})
    request = await request_of(idle, task["id"])
    assert (request.template, request.width, request.height) == (template, 1328, 1328)
    assert (request.mode, [item.role for item in request.inputs]) == (Mode.IMAGE, [Role.IMAGE])
    assert (await caller.books())[:2] == (96 * MICRO, 4 * MICRO)
    assert len(TEMPLATES) == 30


@pytest.mark.parametrize("flat", [False, True], ids=["wrapped", "flat"])
async def test_from_the_task_to_the_result(house: House, flat: bool) -> None:
    """The task object of a finished effect."""
    caller = await house.caller(balance=100)
    task = await made(caller, EFFECTS, flat=flat, **ASKED, width=512, height=2048, seed=7)
    done = await finished(caller, task["id"])
    [group] = done["output"]
    [content] = group["content"]
    assert list(content) == ["type", "url", "size", "jobId"]
    assert (content["type"], content["size"]) == ("image", len((await house.client.get(content["url"])).content))
    assert done["usage"] == {"cost": "0.04", "discount": 0}
    assert (done["metadata"]["template_id"], done["metadata"]["seed"]) == ("my_world", 7)
    [job] = [job for job in house.upstream.jobs if job.request.seed == 7 and job.request.height == 2048][-1:]
    assert (job.request.width, job.request.height, job.request.template, job.request.prompt) == (512, 2048, "my_world", "")


@pytest.mark.parametrize("flat", [False, True], ids=["wrapped", "flat"])
@pytest.mark.parametrize(
    ("params", "code", "reason"),
    [
        ({"image_input1": None}, "3009001", "image_input1: required, but missing"),
        ({"image_input1": " "}, "3009001", "image_input1: required, but missing"),
        ({"image_input1": 5}, "3009001", "image_input1: got an integer; allowed: a string"),
        ({"image_input1": "a.png"}, "3009001", 'image_input1: got "a.png"; allowed: an http(s) URL'),
        ({"image_input1": inline(clip())}, "3009001", "image_input1: got video/mp4; allowed: image/png"),
        ({"image_input1": None, "template_id": None}, "3009001", "image_input1: required, but missing"),
        ({"template_id": None}, "3009002", "template_id: required, but missing; allowed: felt_3d_polaroid, my_world"),
        ({"template_id": ""}, "3009002", "template_id: required, but missing"),
        ({"template_id": "My_World"}, "3009003", 'template_id: got "My_World"; allowed: felt_3d_polaroid, my_world'),
        ({"template_id": 5}, "3009003", "template_id: got an integer; allowed: a string"),
        ({"width": 511}, "3009004", "width: got 511; allowed: 512 to 2048"),
        ({"width": 2049}, "3009004", "width: got 2049; allowed: 512 to 2048"),
        ({"width": 0}, "3009004", "width: got 0; allowed: 512 to 2048"),
        ({"height": -1}, "3009004", "height: got -1; allowed: 512 to 2048"),
        ({"height": "1328"}, "3009004", "height: got a string; allowed: an integer"),
        ({"width": 1328.5}, "3009004", "width: got a number with a fraction; allowed: an integer"),
        ({"image_input1": "http://127.0.0.1/a.png"}, "3009097", "image_input1: could not "),
        ({"seed": -2}, "invalid_parameter", "seed: got -2; allowed: -1 to 4294967295"),
    ],
)
async def test_parameters(idle: House, params: dict[str, Any], code: str, reason: str, flat: bool) -> None:
    """Each with its code, the field, what was got and what is allowed; nothing is charged."""
    caller = await idle.caller(balance=100)
    found, message = refusal(await submit(caller, EFFECTS, flat=flat, **ASKED | params))
    assert (found, message[: len(reason)]) == (code, reason)
    assert await caller.books() == (100 * MICRO, 0, 0, 1)


@pytest.mark.parametrize(("width", "height"), [(512, 512), (2048, 2048), (512, None), (None, 2048)])
async def test_sizes(idle: House, width: int | None, height: int | None) -> None:
    """The bounds are allowed; one side alone leaves the other at its default."""
    caller = await idle.caller(balance=100)
    request = await request_of(idle, (await made(caller, EFFECTS, **ASKED, width=width, height=height))["id"])
    assert (request.width, request.height) == (width or 1328, height or 1328)
