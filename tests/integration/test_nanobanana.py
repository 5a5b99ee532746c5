"""The Nano Banana API as a whole: its OpenAPI document against what the server does, and the built-in engine from request to
picture."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import av
import httpx
import pytest
import requests
import schemathesis
from apps import BASE, Caller, serving
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mediakiln.database.engine import reading
from mediakiln.ledger.audit import audit

T = TypeVar("T")
ROUNDS = 60
"""Generated requests per endpoint and mode."""
OPERATIONS = {
    "generate_image": ("/api/v1/images/generate", "POST"),
    "image_status": ("/api/v1/images/status", "GET"),
    "generate_video": ("/api/v1/videos/generate", "POST"),
    "video_status": ("/api/v1/videos/status", "GET"),
    "account_credits": ("/api/v1/account/credits", "GET"),
    "calculate_cost": ("/api/v1/account/calculate-cost", "POST"),
    "list_models": ("/api/v1/models", "GET"),
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


class Thread:
    """An event loop in a thread of its own, for tests that are not coroutines."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns or raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        """Stop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class Server:
    """The application in that thread, with one caller that has a plan and more credits than any test can spend."""

    def __init__(self, data: Path) -> None:
        self._thread = Thread()
        self._stack = AsyncExitStack()
        # Enough may wait: nothing here is ever finished.
        house = self._thread.run(self._stack.enter_async_context(serving(data, worker=False, max_waiting_per_account=10**6)))
        self.house = house
        self.caller: Caller = self._thread.run(house.caller(balance=10**9, plan="pro"))
        self.document: dict[str, Any] = self.send(requests.Request("GET", f"{BASE}/openapi.json").prepare()).json()

    def send(self, request: requests.PreparedRequest) -> httpx.Response:
        """What the application answers."""
        content = request.body.encode() if isinstance(request.body, str) else request.body
        headers = dict(request.headers)
        sending = self.house.client.request(str(request.method), str(request.url), headers=headers, content=content)
        return self._thread.run(sending)

    def audit(self) -> list[Any]:
        """What the audit finds."""

        async def look() -> list[Any]:
            async with reading(self.house.engine) as connection:
                return list(await audit(connection))

        return self._thread.run(look())

    def close(self) -> None:
        """Stop the application and its thread."""
        self._thread.run(self._stack.aclose())
        self._thread.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all generated requests."""
    running = Server(tmp_path_factory.mktemp("schema"))
    try:
        yield running
    finally:
        running.close()


@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_openapi_document_is_true(server: Server, operation: str, mode: schemathesis.GenerationMode) -> None:
    """Requests made from the document, good ones and broken ones: no 500, only documented statuses, and every answer has the
    form that the document gives. Broken ones are refused."""
    path, method = OPERATIONS[operation]
    strategy = schemathesis.openapi.from_dict(server.document)[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=ROUNDS,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def once(case: Any) -> None:
        kwargs = case.as_transport_kwargs(base_url=BASE, headers={"X-API-Key": server.caller.key})
        request = requests.Request(
            **{name: kwargs[name] for name in ("method", "url", "headers", "params", "json", "data", "cookies") if name in kwargs}
        ).prepare()
        case.validate_response(server.send(request), checks=CHECKS)

    once()
    assert server.audit() == []


@settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_near_misses(server: Server, data: st.DataObject) -> None:
    """Known fields with known, nearly known and absurd values: 200 or a refusal that names one of the fields sent."""
    words = st.sampled_from(
        ["", " ", "text", "image", "nano-banana", "nano-banana-pro", "veo-3.1-fast", "16:9", "1K", "4K", "hd", "png"]
    )
    values = st.one_of(
        st.none(), words, st.text(max_size=20), st.integers(), st.integers(0, 12), st.floats(allow_nan=False), st.booleans()
    )
    names = ["prompt", "mode", "model", "model_id", "aspect_ratio", "resolution", "num_images", "quality", "output_format"]
    names += ["duration", "generate_audio", "negative_prompt", "image_url", "seed", "type"]
    body = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=8))
    path = data.draw(st.sampled_from([path for path, method in OPERATIONS.values() if method == "POST"]))
    headers = {"X-API-Key": server.caller.key}
    answer = server.send(requests.Request("POST", BASE + path, json=body, headers=headers).prepare())
    if answer.status_code == 200:
        assert answer.json()["success"] is True
    else:
        assert answer.status_code in (400, 451), (body, answer.text)
        field = answer.json()["error"]["message"].partition(":")[0]
        assert field in names, (body, answer.text)


def test_the_document_tells_what_a_reader_needs(server: Server) -> None:
    """Summaries, descriptions, the seed's examples, security, errors by code, and names that a generator can use."""
    document = server.document
    assert document["security"] == [{"bearer": []}, {"apiKey": []}]
    assert set(document["components"]["securitySchemes"]) == {"bearer", "apiKey"}
    ours = {path for path, found in document["paths"].items() if any("Nano Banana" in each["tags"] for each in found.values())}
    assert ours == {path for path, _ in OPERATIONS.values()}
    for name, (path, method) in OPERATIONS.items():
        operation = document["paths"][path][method.lower()]
        assert operation["operationId"] == f"nanobanana_{name}"
        assert operation["summary"]
        assert operation["description"]
        assert {"200", "401", "403", "429", "500"} <= set(operation["responses"])
        for status, answer in operation["responses"].items():
            if status != "200":
                assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/nanobanana_wire_Failure"}
                assert answer["description"].startswith("`"), "the codes come first"
        if method == "POST":
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            [example] = schema["examples"]
            answer = server.send(
                requests.Request("POST", BASE + path, json=example, headers={"X-API-Key": server.caller.key}).prepare()
            )
            assert answer.status_code == 200, "the example works as it stands"
            [reference] = schema["allOf"]
            fields = document["components"]["schemas"][reference["$ref"].rpartition("/")[2]]["properties"]
            assert set(example) <= set(fields)
            assert all(field["description"] for field in fields.values())
    submit = document["paths"]["/api/v1/images/generate"]["post"]
    assert {"400", "402", "409", "413", "422", "451", "503"} <= set(submit["responses"])
    assert [parameter["name"] for parameter in submit["parameters"]] == ["Idempotency-Key"]


async def test_the_built_in_engine(tmp_path: Path) -> None:
    """Real pictures and a real video, in the shapes that were asked for, from a prompt and from one of our own results."""
    async with serving(tmp_path, built_in=True, studio_processes=2) as house:
        caller = await house.caller(balance=100)

        async def made(kind: str, **body: Any) -> tuple[bytes, dict[str, Any]]:
            answer = await caller.post(f"/api/v1/{kind}s/generate", json=body)
            assert answer.status_code == 200, answer.text
            done = await caller.finished(f"/api/v1/{kind}s/status", answer.json()["data"]["task_id"], within=60)
            assert "error" not in done, done
            return (await house.client.get(done[f"{kind}_url"])).content, done

        sunset, done = await made("image", prompt="A sunset over mountains", aspect_ratio="16:9", seed=7)
        picture = Image.open(BytesIO(sunset))
        assert picture.format == "PNG"
        assert picture.width / picture.height == pytest.approx(16 / 9, rel=0.02)
        again, _ = await made("image", prompt="A sunset over mountains", aspect_ratio="16:9", seed=7)
        assert again == sunset, "one seed, one picture"
        painted, _ = await made("image", prompt="as an oil painting", image_url=done["image_url"], output_format="jpeg")
        assert Image.open(BytesIO(painted)).format == "JPEG"
        film, _ = await made(
            "video", prompt="A cat walking in a garden", model_id="wan-2.5", resolution="480p", duration=5, generate_audio=True
        )
        with av.open(BytesIO(film)) as container:
            [track] = container.streams  # wan-2.5 is silent whatever was asked
            assert (track.codec_context.name, track.codec_context.height) == ("h264", 480)
            assert float(track.duration * track.time_base) == pytest.approx(5, abs=0.1)
        available, held, tasks, _ = await caller.books()
        cost = await caller.post(
            "/api/v1/account/calculate-cost", json={"type": "video", "model_id": "wan-2.5", "resolution": "480p", "duration": 5}
        )
        assert (available, held, tasks) == ((96 - cost.json()["data"]["credits_needed"]) * 1_000_000, 0, 4)
