"""The asset models over HTTP on both databases: their answers, every code, polling, and `asset://` in a generation."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
import pytest_asyncio
from apps import BASE, Caller, House, serving, small_picture
from databases import fresh_postgres_database
from PIL import Image
from sqlalchemy import update
from unit.dialects.vtrix.gateway import refusal, task_of

from mediakiln.accounts.keys import Scope
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import gateway_call
from mediakiln.dialects.vtrix.assets.wire import ASSET_MODELS

pytestmark = pytest.mark.asyncio(loop_scope="module")

GENERATION = "/model/v1/generation"
STILL = small_picture(1, (320, 320))
INVENTED = {"group": "group-20260404120000-aaaaa", "asset": "asset-20260404120000-aaaaa"}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application without a worker, once on each database."""
    data: Path = tmp_path_factory.mktemp("house")
    settings: dict[str, Any] = {"worker": False, "dialects": ("vtrix", "neospark")}
    if request.param == "sqlite":
        async with serving(data, **settings) as running:
            yield running
        return
    async with fresh_postgres_database(tables=False) as engine:
        url = engine.url.render_as_string(hide_password=False)
        async with serving(data, database_url=url, **settings) as running:
            yield running


def data_uri(data: bytes = STILL, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def film() -> bytes:
    """Three seconds of video."""
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=5)
        track.width = track.height = 320
        track.pix_fmt = "yuv420p"
        for n in range(15):
            container.mux(track.encode(av.VideoFrame.from_image(Image.new("RGB", (320, 320), (n, 0, 0)))))
        container.mux(track.encode())
    return buffer.getvalue()


async def call(caller: Caller, what: str, wrapped: bool = True, key: str | None = None, **params: Any) -> httpx.Response:
    """Ask an asset model, in either form of the body, perhaps with an Idempotency-Key."""
    model = f"spark_asset_{what}"
    body = {"model": model, "input": [{"params": params}]} if wrapped else {"model": model, **params}
    return await caller.post(GENERATION, json=body, headers={} if key is None else {"Idempotency-Key": key})


async def result(caller: Caller, what: str, **params: Any) -> Any:
    """The `Result` of a call that went well."""
    answer = await call(caller, what, **params)
    return json.loads(task_of(answer)["output"][0]["content"][0]["text"])["Result"]


async def refused(caller: Caller, status: int, code: str, what: str, wrapped: bool = True, **params: Any) -> str:
    """The sentence with which a call was refused."""
    found, message = refusal(await call(caller, what, wrapped, **params), status)
    assert found == code
    return message


async def new_group(caller: Caller, **more: Any) -> str:
    return str((await result(caller, "create_group", **({"Name": "Cast", "GroupType": "AIGC"} | more)))["Id"])


async def new_asset(caller: Caller, group: str, **more: Any) -> str:
    given = {"Name": "Heroine", "URL": data_uri(), "AssetType": "Image", "GroupId": group} | more
    return str((await result(caller, "create", **given))["Id"])


async def test_the_walk_of_the_seed(house: House) -> None:
    """A group, an asset, a look at it, and a film that starts from it (seed 002, "API Notes"). Nothing of it costs anything but
    the film, and the file is where its link says."""
    ann = await house.caller()
    answer = await call(ann, "create_group", Name=" Cast ", GroupType="AIGC", ProjectName="films")
    body = answer.json()
    assert set(body) == {"id", "status", "model", "created_at", "output", "usage", "metadata"}
    assert (body["status"], body["model"], body["usage"]) == (
        "completed",
        "spark_asset_create_group",
        {"cost": "0", "discount": 0},
    )
    [content] = body["output"][0]["content"]
    assert (content["type"], content["url"], set(content)) == ("text", "", {"type", "url", "text"})
    told = json.loads(content["text"])
    assert told["ResponseMetadata"] == {
        "RequestId": body["id"],
        "Action": "CreateAssetGroup",
        "Version": "2024-01-01",
        "Service": "ark",
        "Region": "local",
    }
    group = told["Result"]["Id"]
    assert re.fullmatch(r"group-\d{14}-[a-z0-9]{5}", group)

    asset = await new_asset(ann, group, ProjectName="films")
    assert re.fullmatch(r"asset-\d{14}-[a-z0-9]{5}", asset)
    found = await result(ann, "get", Id=asset, ProjectName="films")
    times = [found.pop("CreateTime"), found.pop("UpdateTime")]
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in times)
    url = found.pop("URL")
    assert found == {
        "Id": asset,
        "Name": "Heroine",
        "AssetType": "Image",
        "GroupId": group,
        "Status": "Active",
        "ProjectName": "films",
    }
    assert url.startswith(f"{BASE}/uploads/{ann.account_id}/images/")
    assert (await house.client.get(url)).content == STILL
    assert await ann.books() == (1_000_000_000, 0, 0, 1)

    content = [{"type": "text", "text": "she smiles"}, {"type": "image_url", "image_url": {"url": f"asset://{asset}"}}]
    made = await ann.post(GENERATION, json={"model": "spark_dance_v2_0", "input": [{"params": {"content": content}}]})
    assert made.status_code == 200, made.text
    assert (await ann.books())[2] == 1


async def test_a_call_may_be_polled(house: House) -> None:
    """By its owner it is read as it was answered; for anybody else there never was such a task."""
    ann, bob = await house.caller(), await house.caller()
    answer = (await call(ann, "create_group", False, Name="x", GroupType="AIGC")).json()
    polled = await ann.get(f"{GENERATION}/task/{answer['id']}")
    assert (polled.status_code, polled.json()) == (200, answer)
    foreign, missing = [await who.get(f"{GENERATION}/task/{name}") for who, name in ((bob, answer["id"]), (ann, "c" + "a" * 24))]
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()


async def test_both_forms_and_unknown_keys(house: House) -> None:
    """Parameters may stand beside `model`; what nobody knows is passed over; null is absent."""
    ann = await house.caller()
    given = {"Name": "Cast", "GroupType": "AIGC", "Moderation": {"Strategy": "Skip"}, "ProjectName": None}
    for wrapped in (True, False):
        assert (await call(ann, "create_group", wrapped, **given)).status_code == 200
    assert (await result(ann, "list_group"))["TotalCount"] == 2


@pytest.mark.parametrize(
    ("what", "params", "code"),
    [
        ("create_group", {"GroupType": "AIGC"}, "MissingParameter.Name"),
        ("create_group", {"Name": "  ", "GroupType": "AIGC"}, "MissingParameter.Name"),
        ("create_group", {"Name": "x"}, "MissingParameter.GroupType"),
        ("create_group", {"Name": "x", "GroupType": "LivenessFace"}, "InvalidParameter.GroupType"),
        ("create_group", {"Name": "x" * 65, "GroupType": "AIGC"}, "InvalidParameter.Name"),
        ("create_group", {"Name": "a\x00b", "GroupType": "AIGC"}, "InvalidParameter.Name"),
        ("create_group", {"Name": 5, "GroupType": "AIGC"}, "InvalidParameter.Name"),
        ("create_group", {"Name": "x", "GroupType": "AIGC", "ProjectName": "x" * 65}, "InvalidParameter.ProjectName"),
        ("create_group", {"Name": "x", "GroupType": "AIGC", "Description": "x" * 301}, "InvalidParameter.Description"),
        ("create", {"URL": "https://x.example/a.png", "AssetType": "Image"}, "MissingParameter.GroupId"),
        ("create", {"AssetType": "Image", "GroupId": "g"}, "MissingParameter.URL"),
        ("create", {"URL": "https://x.example/a.png", "GroupId": "g"}, "MissingParameter.AssetType"),
        ("create", {"URL": "https://x.example/a.png", "AssetType": "image", "GroupId": "g"}, "InvalidParameter.AssetType"),
        ("get", {}, "MissingParameter.Id"),
        ("get", {"Id": ""}, "MissingParameter.Id"),
        ("get", {"Id": ["x"]}, "InvalidParameter.Id"),
        ("update", {"Id": "x"}, "MissingParameter.Name"),
        ("delete", {}, "MissingParameter.Id"),
        ("get_group", {}, "MissingParameter.Id"),
        ("update_group", {"Id": "x", "Name": ""}, "MissingParameter.Name"),
        ("delete_group", {"Id": None}, "MissingParameter.Id"),
        ("list", {"PageNumber": 0}, "InvalidParameter.PageNumber"),
        ("list", {"PageNumber": 10**18}, "InvalidParameter.PageNumber"),
        ("list", {"PageSize": 101}, "InvalidParameter.PageSize"),
        ("list", {"PageSize": "10"}, "InvalidParameter.PageSize"),
        ("list", {"SortBy": "Name"}, "InvalidParameter.SortBy"),
        ("list", {"SortOrder": "desc"}, "InvalidParameter.SortOrder"),
        ("list", {"Filter": []}, "InvalidParameter.Filter"),
        ("list", {"Filter": {"Statuses": ["Ready"]}}, "InvalidParameter.Filter.Statuses"),
        ("list", {"Filter": {"AssetType": "image"}}, "InvalidParameter.Filter.AssetType"),
        ("list_group", {"Filter": {"GroupType": "x"}}, "InvalidParameter.Filter.GroupType"),
        ("list_group", {"Filter": {"GroupIds": ["x"] * 101}}, "InvalidParameter.Filter.GroupIds"),
    ],
)
async def test_parameters(house: House, what: str, params: dict[str, Any], code: str) -> None:
    """Each has its code, in both forms of the body, and the sentence begins with its name."""
    ann = await house.caller()
    for wrapped in (True, False):
        message = await refused(ann, 400, code, what, wrapped, **params)
        assert re.match(code.partition(".")[2] + r"\b", message), message


async def test_what_is_not_there(house: House) -> None:
    """Foreign and missing are told alike, each with its code."""
    ann, bob = await house.caller(), await house.caller()
    group = await new_group(bob, ProjectName="theirs")
    asset = await new_asset(bob, group)
    for name in (group, INVENTED["group"], "\x00", "é"):
        await refused(ann, 404, "NotFound.GroupId", "create", URL=data_uri(), AssetType="Image", GroupId=name)
        for what in ("get_group", "delete_group", "update_group"):
            await refused(ann, 404, "NotFound.GroupId", what, Id=name)
    for name in (asset, INVENTED["asset"], "\x00"):
        for what, more in (("get", {}), ("delete", {}), ("update", {"Name": "mine"})):
            await refused(ann, 404, "NotFound.Asset", what, Id=name, **more)
    for what in ("get", "list", "list_group", "get_group"):
        said = await refused(ann, 404, "NotFound.ProjectName", what, Id=asset, ProjectName="theirs")
        assert said == 'ProjectName: got "theirs"; allowed: a project of yours'
    mine = await new_group(ann, ProjectName="films")
    await refused(ann, 404, "NotFound.GroupId", "get_group", Id=mine, ProjectName="default")
    assert (await result(bob, "get", Id=asset))["Id"] == asset


async def test_files_that_cannot_be_assets(house: House) -> None:
    """They are refused with the parameter's name, and leave no asset; private hosts are not asked."""
    ann = await house.caller()
    group = await new_group(ann)
    given = {"AssetType": "Image", "GroupId": group}
    for url, said in (
        ("http://127.0.0.1:8000/a.png", r"^URL: could not fetch .*; allowed: a public http or https address"),
        ("http://169.254.169.254/", r"^URL: could not fetch "),
        ("ftp://x/y", r"^URL: got .*allowed: an http\(s\) URL"),
        (data_uri(small_picture(1, (16, 16))), r"^URL: got 16x16 pixels; allowed: 300 to 6000 on each side"),
        (data_uri(STILL[:100]), r"^URL: got "),
        (data_uri(film(), "video/mp4"), r"^URL: got video/mp4; allowed: image/"),
        (f"{BASE}/uploads/{ann.account_id}/images/2026/01/01/{'0' * 32}_0.png", r"^URL: got .*does not exist"),
    ):
        message = await refused(ann, 400, "InvalidParameter.URL", "create", URL=url, **given)
        assert re.match(said, message), message
    assert (await result(ann, "list"))["TotalCount"] == 0


async def test_one_of_ones_own_results(house: House) -> None:
    """An asset's link makes another asset: a copy that outlives it."""
    ann = await house.caller()
    group = await new_group(ann)
    first = await new_asset(ann, group)
    url = (await result(ann, "get", Id=first))["URL"]
    second = await new_asset(ann, group, URL=url)
    await result(ann, "delete", Id=first)
    found = await result(ann, "get", Id=second)
    assert found["URL"] != url
    assert (await house.client.get(found["URL"])).content == STILL
    assert (await house.client.get(url)).status_code == 404


async def test_lists(house: House) -> None:
    """Items, totals and pages, newest first."""
    ann = await house.caller()
    one, two = await new_group(ann, Name="One"), await new_group(ann, Name="Two", ProjectName="films", Description="all")
    heroine = await new_asset(ann, one)
    clip = await new_asset(ann, two, Name="Clip", URL=data_uri(film(), "video/mp4"), AssetType="Video")

    async def ids(what: str = "list", **params: Any) -> list[str]:
        return sorted(item["Id"] for item in (await result(ann, what, **params))["Items"])

    whole = await result(ann, "list", PageNumber=2, PageSize=1)
    assert (whole["TotalCount"], whole["PageNumber"], whole["PageSize"], len(whole["Items"])) == (2, 2, 1, 1)
    assert whole["Items"][0] == await result(ann, "get", Id=whole["Items"][0]["Id"])
    assert await ids() == sorted([heroine, clip])
    assert await ids(Filter={"GroupIds": [two], "GroupType": "AIGC", "Statuses": ["Active", "Failed"]}) == [clip]
    assert await ids(Filter={"AssetType": "Image"}) == await ids(Filter={"Name": "hero"}) == [heroine]
    assert await ids(ProjectName="films", SortBy="UpdateTime", SortOrder="Asc") == [clip]
    assert (await result(ann, "list", Filter={"Statuses": ["Processing"]}))["TotalCount"] == 0
    assert await ids("list_group", Filter={"Name": "two"}) == await ids("list_group", ProjectName="films") == [two]
    [found] = (await result(ann, "list_group", Filter={"GroupIds": [two]}))["Items"]
    assert found == await result(ann, "get_group", Id=two, ProjectName="films")
    assert set(found) == {"Id", "Name", "Description", "GroupType", "ProjectName", "CreateTime", "UpdateTime"}
    assert (found["Name"], found["Description"], found["GroupType"]) == ("Two", "all", "AIGC")


async def test_changes_and_ends(house: House) -> None:
    """Names change, a group goes once it is empty, and a file that its owner deletes elsewhere takes its asset along."""
    ann = await house.caller()
    group = await new_group(ann)
    asset = await new_asset(ann, group)
    assert await result(ann, "update", Id=asset, Name="Villain") == {"Id": asset}
    assert (await result(ann, "get", Id=asset))["Name"] == "Villain"
    assert await result(ann, "update_group", Id=group, Description="gone") == {"Id": group}
    found = await result(ann, "get_group", Id=group)
    assert (found["Name"], found["Description"]) == ("Cast", "gone")
    assert (await refused(ann, 409, "OperationDenied", "delete_group", Id=group)).startswith("Id: got ")
    [upload] = (await ann.get("/api/v1/storage/files")).json()["data"]["files"]
    assert upload["filename"] == "Heroine.png"
    assert (await ann.request("DELETE", f"/api/v1/storage/upload/{upload['upload_id']}")).status_code == 200
    await refused(ann, 404, "NotFound.Asset", "get", Id=asset)
    assert await result(ann, "delete_group", Id=group) == {"Id": group}
    await refused(ann, 404, "NotFound.GroupId", "get_group", Id=group)


async def test_only_its_owner_may_use_it(house: House) -> None:
    """In a generation a foreign, a missing and a deleted asset are refused alike, with the field, and nothing is held."""
    ann, bob = await house.caller(), await house.caller()
    group = await new_group(ann)
    gone = await new_asset(ann, group)
    await result(ann, "delete", Id=gone)
    theirs = await new_asset(bob, await new_group(bob))
    words = set()
    for name in (theirs, gone, INVENTED["asset"]):
        content = [{"type": "image_url", "image_url": {"url": f"asset://{name}"}}]
        answer = await ann.post(GENERATION, json={"model": "spark_dance_v2_0", "content": content})
        assert answer.status_code == 400, answer.text
        words.add(answer.json()["message"].replace(name, "ID"))
    assert len(words) == 1
    assert re.match(r"content\[0\].*asset://ID.*; allowed: asset:// and the id of one of your assets", words.pop())
    assert await ann.books() == (1_000_000_000, 0, 0, 1)


async def test_a_film_is_no_picture(house: House) -> None:
    """An asset of another kind is refused where it is named."""
    ann = await house.caller()
    clip = await new_asset(ann, await new_group(ann), URL=data_uri(film(), "video/mp4"), AssetType="Video")
    content = [{"type": "image_url", "image_url": {"url": f"asset://{clip}"}, "role": "reference_image"}]
    answer = await ann.post(GENERATION, json={"model": "spark_dance_v2_0", "content": content})
    assert answer.status_code == 400
    assert re.search(r"content\[0\].*got asset://.*, which is video/mp4; allowed: image/", answer.json()["message"])


async def test_every_model_answers(house: House) -> None:
    """Without parameters the lists show everything, and the others say what they miss."""
    ann = await house.caller()
    for model in ASSET_MODELS:
        answer = await ann.post(GENERATION, json={"model": model})
        if "_list" in model:
            task_of(answer)
        else:
            assert refusal(answer)[0].startswith("MissingParameter.")


GROUP = {"Name": "Cast", "GroupType": "AIGC"}
REPLAYED = "idempotent-replayed"


async def test_repeats(house: House) -> None:
    """The same Idempotency-Key with the same body is answered as the first time and makes nothing anew; with another body it is
    a 422, and to somebody else it is a new key. A repeat is told whatever has become of the thing."""
    ann, bob = await house.caller(), await house.caller()
    group = await new_group(ann)
    given = {"Name": "Heroine", "URL": data_uri(), "AssetType": "Image", "GroupId": group}
    for what, params in (("create_group", GROUP), ("create", given), ("list", {})):
        first = await call(ann, what, key=f"one {what}", **params)
        again = await call(ann, what, key=f"one {what}", **params)
        assert task_of(first) == task_of(again)
        assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")
        assert task_of(await ann.get(f"{GENERATION}/task/{first.json()['id']}")) == task_of(first)
        assert refusal(await call(ann, what, key=f"one {what}", **params, Description="x"), 422)[0] == "idempotency_key_reused"
    assert ((await result(ann, "list"))["TotalCount"], (await result(ann, "list_group"))["TotalCount"]) == (1, 2)
    theirs = await call(bob, "create_group", key="one create_group", **GROUP)
    assert REPLAYED not in theirs.headers
    assert (await ann.get(f"{GENERATION}/task/{theirs.json()['id']}")).status_code == 404
    [asset] = (await result(ann, "list"))["Items"]
    for _ in range(2):
        assert task_of(await call(ann, "delete", key="gone", Id=asset["Id"]))["status"] == "completed"


async def test_repeats_at_the_same_time(house: House) -> None:
    """Whichever is first makes it; the others are answered alike."""
    ann = await house.caller()
    group = await new_group(ann)
    given = {"Name": "Heroine", "URL": data_uri(), "AssetType": "Image", "GroupId": group}
    for what, params, count in (("create_group", GROUP, "list_group"), ("create", given, "list")):
        before = (await result(ann, count))["TotalCount"]
        answers = await asyncio.gather(*(call(ann, what, key=what, **params) for _ in range(6)))
        assert len({answer.content for answer in answers}) == 1
        task_of(answers[0])
        assert (await result(ann, count))["TotalCount"] == before + 1


async def test_a_key_whose_answer_is_over(house: House) -> None:
    """After a day it is a new one, whether or not the old answer was swept; so is one whose call was refused."""
    ann = await house.caller()
    await refused(ann, 400, "MissingParameter.Name", "create_group", key="day", GroupType="AIGC")
    first = task_of(await call(ann, "create_group", key="day", **GROUP))
    async with house.engine.begin() as connection:
        old = update(gateway_call).where(gateway_call.c.id == first["id"])
        await connection.execute(old.values(created_at=now_ms() - 86_400_001))
    again = await call(ann, "create_group", key="day", **GROUP)
    assert REPLAYED not in again.headers
    assert task_of(again)["output"] != first["output"]
    assert (await result(ann, "list_group"))["TotalCount"] == 2


async def test_a_wrong_key(house: House) -> None:
    """It is a header, and no parameter."""
    ann = await house.caller()
    for key in ("", "x" * 256):
        assert (await refused(ann, 400, "invalid_parameter", "create_group", key=key, **GROUP)).startswith("Idempotency-Key: got")


async def test_a_key_needs_the_scope(house: House) -> None:
    """Files are for keys that may touch files, whether the model is asked or its answer polled."""
    ann = await house.caller()
    made = (await call(ann, "create_group", Name="x", GroupType="AIGC")).json()
    other = await house.caller(scopes=[Scope.VIDEOS])
    for model in ASSET_MODELS:
        assert (await other.post(GENERATION, json={"model": model})).status_code == 403
    narrow = Caller(house, ann.account_id, other.key)
    assert (await narrow.get(f"{GENERATION}/task/{made['id']}")).status_code == 404


async def test_unexpected_bodies(house: House) -> None:
    """No shape of the body is a fault of ours."""
    ann = await house.caller()
    for body in (
        {"model": "spark_asset_get", "input": [{"params": []}]},
        {"model": "spark_asset_get", "input": [{"params": None}]},
        {"model": "spark_asset_get", "input": [{}]},
        {"model": "spark_asset_get", "input": "x"},
        {"model": "spark_asset_list", "Filter": {"GroupIds": [None]}},
        {"model": "spark_asset_list", "Filter": {"GroupIds": "x"}},
        {"model": "spark_asset_create", "URL": 5, "AssetType": {}, "GroupId": []},
    ):
        answer = await ann.post(GENERATION, json=body)
        assert answer.status_code == 400, answer.text
