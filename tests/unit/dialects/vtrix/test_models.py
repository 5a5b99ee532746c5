"""The list of models and their specs: what the client can decode, and that a spec says what a request is checked by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apps import House, serving, small_picture
from fakes.vtrix_types import CliError, Models, Parameter, Spec, read

from mediakiln.catalog import Catalog
from mediakiln.dialects.vtrix.assets.wire import ASSET_MODELS

MODELS = ("spark_img_effects", "spark_dreamo", "spark_dance_v2_0", "spark_dance_v2_0_fast")


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def spec_of(house: House, model: str) -> Spec:
    return read(await house.client.get(f"/api/v1/skill/models/{model}/spec"), Spec)


def by_name(spec: Spec) -> dict[str, Parameter]:
    return {each.name: each for each in spec.parameters}


async def listed(house: House, **query: Any) -> Models:
    return read(await house.client.get("/api/v1/skill/models", params=query), Models)


async def test_the_list_has_everything(idle: House) -> None:
    """Every model of the catalogue in its order, and the asset models; no key is asked for."""
    found = await listed(idle)
    catalogue = [model.id for model in Catalog.load(None, {"studio"}).models("vtrix")]
    assert [model.id for model in found.models] == [*catalogue, *ASSET_MODELS]
    assert set(MODELS) <= {model.id for model in found.models}
    by_id = {model.id: model for model in found.models}
    assert by_id["spark_img_effects"].input_modalities == ["Image"]
    assert by_id["spark_dreamo"].input_modalities == ["Text", "Image"]
    assert by_id["spark_dance_v2_0"].input_modalities == ["Text", "Image", "Video", "Audio"]
    assert (by_id["spark_dance_v2_0"].type, by_id["spark_dance_v2_0"].output_modalities) == ("Video", ["Video"])
    assert "not an AI model" in by_id["spark_dreamo"].description


async def test_pages(idle: House) -> None:
    """Pages cover the list once; one past the end is empty."""
    whole = await listed(idle)
    assert (whole.page, whole.page_size, whole.total_pages) == (1, 20, 1)
    seen = []
    for page in range(1, 9):
        found = await listed(idle, page=page, page_size=3)
        assert (found.total, found.page, found.page_size, found.total_pages) == (whole.total, page, 3, -(-whole.total // 3))
        seen += [model.id for model in found.models]
    assert seen == [model.id for model in whole.models]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "image"}, ["spark_img_effects", "spark_dreamo"]),
        ({"type": "Video"}, ["spark_dance_v2_0", "spark_dance_v2_0_fast"]),
        ({"type": "audio"}, []),
        ({"type": "asset", "keywords": "create"}, ["spark_asset_create_group", "spark_asset_create"]),
        ({"keywords": "dreamo"}, ["spark_dreamo"]),
        ({"keywords": "DANCE fast"}, ["spark_dance_v2_0_fast"]),
        ({"keywords": "nothing like it"}, []),
        ({"provider": "studio", "type": "image"}, ["spark_img_effects", "spark_dreamo"]),
        ({"provider": "nobody"}, []),
    ],
)
async def test_filters(idle: House, query: dict[str, str], expected: list[str]) -> None:
    """By type, words and vendor, whatever their case."""
    found = await listed(idle, **query)
    assert sorted(model.id for model in found.models) == sorted(expected)
    assert found.total == len(expected)


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"page_size": "101"}])
async def test_wrong_pages(idle: House, query: dict[str, str]) -> None:
    """Named, with what is allowed."""
    answer = await idle.client.get("/api/v1/skill/models", params=query)
    assert answer.status_code == 400
    with pytest.raises(CliError, match=rf"^{next(iter(query))}: got .*; allowed: 1 to ") as caught:
        read(answer, Models)
    assert caught.value.code == 400


async def test_every_spec_is_readable(idle: House) -> None:
    """With the client's types; the endpoint is this server's; the text for language models has every parameter."""
    for model in (await listed(idle)).models:
        spec = await spec_of(idle, model.id)
        assert (spec.model_id, spec.name, spec.type) == (model.id, model.name, model.type)
        assert (spec.api.endpoint, spec.api.method) == ("http://kiln.test/model/v1/generation", "POST")
        assert spec.api.headers["Authorization"] == "Bearer {{API_KEY}}"
        for each in every(spec.parameters):
            assert each.type in ("string", "integer", "boolean", "object", "array[string]", "array[object]"), each
            assert each.path.endswith(each.name)
            assert each.name in spec.agent_prompt
            assert each.description, each.path


async def test_unknown_models_and_paths(idle: House) -> None:
    """The client tells a missing model by the code 404; foreign dialects' models are missing too."""
    for path in ("nothing/spec", "nano-banana/spec", "x", ""):
        answer = await idle.client.get(f"/api/v1/skill/models/{path}")
        if path == "":
            continue
        assert answer.status_code == 404
        with pytest.raises(CliError) as caught:
            read(answer, Spec)
        assert caught.value.code == 404
    with pytest.raises(CliError):
        read(await idle.client.post("/api/v1/skill/models"), Models)


async def test_the_endpoint_follows_the_public_url(tmp_path: Path) -> None:
    """Where the operator has named one."""
    async with serving(tmp_path, dialects=("vtrix",), worker=False, public_url="https://media.example.com/") as house:
        assert (await spec_of(house, "spark_dreamo")).api.endpoint == "https://media.example.com/model/v1/generation"


def every(known: list[Parameter]) -> Iterator[Parameter]:
    for each in known:
        yield each
        yield from every(each.children)


GOOD: dict[str, dict[str, Any]] = {
    "spark_img_effects": {"image_input1": "PICTURE", "template_id": "my_world"},
    "spark_dreamo": {"prompt": "winter", "image_urls": ["PICTURE"]},
    "spark_dance_v2_0": {"content": [{"type": "text", "text": "a kiln"}], "resolution": "480p", "duration": 4},
}


def values_of(each: Parameter) -> Iterator[tuple[Any, bool]]:
    """Values at and beyond the edges that a spec names, with whether they should be taken."""
    rule = each.constraints
    if rule is None:
        return
    turn = int if each.type == "integer" else str
    for word in rule.enum:
        yield turn(word), True
    if rule.enum:
        yield (10_000 if each.type == "integer" else "surely-not"), False
    if rule.min is not None and rule.max is not None:
        yield from ((int(rule.min), True), (int(rule.max), True), (int(rule.min) - 1, False), (int(rule.max) + 1, False))
    if rule.default is not None:
        yield rule.default, True


@pytest.mark.parametrize("model", GOOD)
async def test_a_spec_says_what_is_checked(idle: House, model: str) -> None:
    """Each value that it allows is taken, and each one beyond is refused with the parameter's name."""
    ann = await idle.caller(balance=1_000_000)
    uploaded = await ann.post("/api/v1/storage/upload", files={"file": ("a.png", small_picture(size=(400, 400)), "image/png")})
    url = "http://kiln.test" + str(uploaded.json()["data"]["url"]).removeprefix("http://kiln.test")
    good = {name: url if value == "PICTURE" else value for name, value in GOOD[model].items()}
    if "image_urls" in good:
        good["image_urls"] = [url]
    spec = await spec_of(idle, model)
    tried = 0
    for each in spec.parameters:
        for value, taken in values_of(each):
            params = good | {each.name: value}
            if each.name == "frames":
                params.pop("duration", None)
            answer = await ann.post("/model/v1/generation", json={"model": model, "input": [{"params": params}]})
            assert (answer.status_code == 200) == taken, f"{each.name}={value!r}: {answer.text}"
            if not taken:
                assert answer.json()["message"].startswith(each.name), answer.text
            tried += 1
    assert tried > 8
    assert by_name(spec).keys() >= good.keys()


@pytest.mark.parametrize("model", GOOD)
async def test_required_means_required(idle: House, model: str) -> None:
    """What a spec calls required is asked for, and nothing else is."""
    ann = await idle.caller()
    spec = await spec_of(idle, model)
    answer = await ann.post("/model/v1/generation", json={"model": model, "input": [{"params": {}}]})
    first = answer.json()["message"].partition(":")[0]
    assert answer.status_code == 400
    assert first in [each.name for each in spec.parameters if each.required]
    if model == "spark_img_effects":
        assert [each.name for each in spec.parameters if each.required] == ["image_input1", "template_id"]


async def test_the_lengths_of_a_video(idle: House) -> None:
    """-1 beside a range: a list of words, or the client would refuse it. Prompts have no length, or it would count bytes."""
    known = by_name(await spec_of(idle, "spark_dance_v2_0"))
    assert known["duration"].constraints is not None
    assert known["duration"].constraints.enum == ["-1", *(str(n) for n in range(4, 16))]
    assert known["duration"].constraints.default == 5
    assert all(each.constraints is None or each.constraints.max_length is None for each in known.values())
    children = {each.name: each for each in known["content"].children}
    assert children["type"].constraints is not None
    assert children["type"].constraints.enum == ["text", "image_url", "video_url", "audio_url"]
    assert [each.name for each in children["image_url"].children] == ["url"]
    assert children["image_url"].children[0].path == "input[0].params.content[].image_url.url"


async def test_an_operators_model(tmp_path: Path) -> None:
    """Data alone makes a model that is listed, with the rules of its own file and without what it does not take."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "mine.toml").write_text(
        'dialect = "vtrix"\nid = "spark_dance_v2_0"\naspect_ratios = ["16:9", "9:16"]\ndurations = [4, 5]\n'
        "auto_duration = false\n[roles]\nreference_audio = 0\nreference_video = 0\n"
    )
    async with serving(tmp_path / "data", dialects=("vtrix",), worker=False, catalog=folder) as house:
        known = by_name(await spec_of(house, "spark_dance_v2_0"))
    assert known["duration"].constraints is not None
    assert known["duration"].constraints.enum == ["4", "5"]
    assert known["ratio"].constraints is not None
    assert known["ratio"].constraints.enum == ["16:9", "9:16", "adaptive"]
    children = {each.name: each for each in known["content"].children}
    assert children.keys() == {"type", "text", "image_url", "role"}
    assert children["role"].constraints is not None
    assert children["role"].constraints.enum == ["first_frame", "last_frame", "reference_image"]
