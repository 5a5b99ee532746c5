"""Clients that behave like the real ones, written from what the wire file tells of them: the command line and the web front end.

The command line speaks over a real socket with `requests`; the front end has a cookie or a token, and types that it believes in.
"""

from __future__ import annotations

import asyncio
import io
import socket
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import httpx
import msgspec
import pytest
import requests
import uvicorn
from apps import Caller, House, make, serving, small_clip, small_picture
from fakes.mail import mail_server
from msgspec import UNSET, Struct, UnsetType

from mediakiln.errors import MICRO
from mediakiln.providers.base import Rejected, RejectReason

APP = "https://platform.example.com"
"""Where the front end's pages come from."""
SITE = "https://kiln.test"
GPT = "gpt-image-2"


class Refused(Exception):
    """An answer that was no success, with all the client knows of it."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"HTTP {status}: {body}")
        self.status = status
        self.body = body


class CommandLine:
    """One process per command: no connection is kept, the key goes as X-API-Key, `data` is taken where there is one. Paths that
    an answer names are put behind the host."""

    def __init__(self, host: str, key: str) -> None:
        self._host = host
        self._key = key

    def call(self, method: str, path: str, **more: Any) -> Any:
        """A call's `data`, or its bytes. Raises Refused with the whole JSON body."""
        headers = {"X-API-Key": self._key, "Connection": "close"}
        answer = requests.request(method, f"{self._host}/api/v1{path}", headers=headers, timeout=60, **more)
        if not answer.ok:
            raise Refused(answer.status_code, answer.json())
        if "application/json" not in answer.headers.get("content-type", ""):
            return answer.content
        body = answer.json()
        assert body["code"] == 200
        return body["data"] if isinstance(body, dict) and "data" in body else body

    def upload(self, file: Path) -> str:
        """An upload's id."""
        with file.open("rb") as opened:
            sent = self.call("POST", "/storage/upload", files={"file": (file.name, opened)}, data={"file_type": "image"})
        assert sent["size"] == file.stat().st_size
        return str(sent["upload_id"])

    def generate(self, prompt: str, *, session: str = "", model: str = GPT, **more: Any) -> dict[str, Any]:
        """Submit and wait: `completed` and `failed` are the only ends this client knows."""
        session = session or self.call("POST", "/drawing/sessions", json={"title": f"CLI {prompt}"})["session_id"]
        payload = {
            "prompt": prompt,
            "model": model,
            "provider": "gemini" if model.startswith("gemini-") else "tengda",
            "resolution": "1K",
            "aspect_ratio": "1:1",
            "negative_prompt": "",
            "num_images": 1,
            "optimize_prompt": True,
            "strength": 0.7,
        }
        submitted = self.call("POST", f"/drawing/sessions/{session}/generate", json=payload | more)
        assert submitted["estimated_cost"] > 0
        until = time.monotonic() + 20
        while time.monotonic() < until:
            message: dict[str, Any] = self.call("GET", f"/drawing/messages/{submitted['message_id']}")
            if message["status"] in ("completed", "failed"):
                return message
            time.sleep(0.03)
        raise TimeoutError(submitted["message_id"])

    def absolute(self, path: str) -> str:
        """A link to what an answer named."""
        return path if path.startswith("http") else self._host + path

    def download(self, url: str, **name: str) -> bytes:
        """Through the API, by the absolute link."""
        data = self.call("GET", "/drawing/download", params={"url": self.absolute(url)} | name)
        assert isinstance(data, bytes)
        return data


@asynccontextmanager
async def listening(house: House) -> AsyncIterator[str]:
    """The application on a loopback port."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(house.app, lifespan="off", log_config=None))
        running = asyncio.create_task(server.serve([door]))
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


@asynccontextmanager
async def command_line(data: Path) -> AsyncIterator[tuple[House, Caller, CommandLine]]:
    """A house, an account with 60 credits, and its command line, which blocks its thread."""
    async with serving(data) as house, listening(house) as host:
        caller = await house.caller(balance=60, prefix="np")
        assert caller.key.startswith("np_")
        yield house, caller, CommandLine(host, caller.key)


async def test_the_command_line_from_key_to_file(tmp_path: Path) -> None:
    """models, generate, download: the picture lies on disk and the account paid what it was told."""
    async with command_line(tmp_path / "data") as (_, caller, cli):

        def walk() -> None:
            config = cli.call("GET", "/drawing/models/config")
            price = {each["value"]: each["price"] for each in config[GPT]["supported_resolutions"]}["1K"]
            for model in config.values():
                assert model["quality_options"]
                assert isinstance(model["supports_image_to_image"], bool)
            done = cli.generate("a lighthouse", num_images=2)
            assert (done["status"], done["actual_cost"]) == ("completed", 2 * price)
            assert done["generation_time"] >= 0
            files = [cli.download(image["url"]) for image in done["images"]]
            assert files == [small_picture(0), small_picture(1)]
            # What stands behind a link needs no key.
            assert requests.get(cli.absolute(done["images"][0]["url"]), timeout=10).content == files[0]
            zipped = cli.call(
                "POST",
                "/drawing/download-zip",
                json={"urls": [cli.absolute(image["url"]) for image in done["images"]], "filename": "neospark_images"},
            )
            with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
                assert [archive.read(name) for name in archive.namelist()] == files

        await asyncio.to_thread(walk)
        assert (await caller.books())[:2] == ((60 - 8) * MICRO, 0)


async def test_the_command_line_with_references(tmp_path: Path) -> None:
    """Local files are uploaded first; earlier results are named by absolute links of this very host."""
    for n in range(2):
        (tmp_path / f"{n}.png").write_bytes(small_picture(n + 3))
    async with command_line(tmp_path / "data") as (house, _, cli):
        seen: list[list[bytes]] = []

        async def look(job: Any) -> Any:
            seen.append([item.path.read_bytes() for item in job.inputs])
            return await make()(job)  # type: ignore[operator]

        for prompt in ("from files", "from a link"):
            house.upstream.cues[prompt] = look

        def walk() -> None:
            ids = [cli.upload(tmp_path / f"{n}.png") for n in range(2)]
            first = cli.generate("from files", ref_upload_ids=ids, optimize_prompt=False)
            links = [cli.absolute(image["url"]) for image in first["images"]]
            second = cli.generate("from a link", ref_image_paths=links, optimize_prompt=False, model="gemini-2.5-flash-image")
            assert (first["status"], second["status"], second["actual_cost"]) == ("completed", "completed", 6)
            images = cli.call("GET", "/storage/user-images", params={"limit": 20, "offset": 0, "source": "upload"})
            assert {image["id"] for image in images["images"]} == set(ids)
            for upload_id in ids:
                cli.call("DELETE", f"/storage/upload/{upload_id}", params={"permanent": True})
            assert cli.call("GET", "/storage/user-images", params={"limit": 20, "offset": 0, "source": "upload"})["total"] == 0

        await asyncio.to_thread(walk)
        assert seen == [[small_picture(3), small_picture(4)], [small_picture(0)]]


async def test_the_command_line_and_its_sessions(tmp_path: Path) -> None:
    """list, show, rename and delete, with Python's own spelling of truth values; then the bills."""
    async with command_line(tmp_path / "data") as (_, _, cli):

        def walk() -> None:
            done = cli.generate("a harbour")
            [session] = cli.call("GET", "/drawing/sessions", params={"limit": 20, "offset": 0, "status": "active"})
            assert (session["title"], session["total_generations"], session["total_cost"]) == ("CLI a harbour", 1, 4)
            cli.generate("again", session=session["session_id"], quality="high")
            cli.call("PUT", f"/drawing/sessions/{session['session_id']}/title", json={"title": "Harbours"})
            shown = cli.call("GET", f"/drawing/sessions/{session['session_id']}")
            assert (shown["title"], [each["sequence"] for each in shown["messages"]]) == ("Harbours", [1, 2, 3, 4])
            assert [each["content"] for each in shown["messages"] if each["role"] == "user"] == ["a harbour", "again"]
            assert shown["messages"][1]["images"][0]["url"] == done["images"][0]["url"]
            other = cli.call("POST", "/drawing/sessions", json={"title": "Other"})["session_id"]
            assert not cli.call("DELETE", f"/drawing/sessions/{other}", params={"permanent": False})
            assert not cli.call("DELETE", f"/drawing/sessions/{session['session_id']}", params={"permanent": True})
            assert cli.call("GET", "/drawing/sessions", params={"limit": 20, "offset": 0}) == []
            assert cli.call("GET", "/storage/user-images", params={"limit": 20, "offset": 0})["total"] == 0
            for kind, total in (("reserve", 2), ("consume", 2), ("release", 0), ("grant", 1), ("adjust", 0), ("expire", 0)):
                page = cli.call("GET", "/drawing/billing/history", params={"limit": 20, "offset": 0, "type": kind})
                assert (page["total"], {each["type_name"] for each in page["transactions"]} or {kind}) == (total, {kind})

        await asyncio.to_thread(walk)


async def test_what_the_command_line_prints_of_errors(tmp_path: Path) -> None:
    """It shows the whole body: the sentence has to be in it. A failed generation is no error, and costs nothing."""
    async with command_line(tmp_path / "data") as (house, caller, cli):
        house.upstream.cues["refused"] = Rejected(RejectReason.CONTENT_FILTERED, "Refused by the upstream")

        def walk() -> None:
            failed = cli.generate("refused", optimize_prompt=False)
            assert (failed["status"], failed["error_msg"], failed["images"]) == ("failed", "Refused by the upstream", [])
            for status, call in (
                (400, lambda: cli.generate("x", resolution="3K")),
                (402, lambda: cli.generate("x", model="gemini-3-pro-image-preview", resolution="4K", num_images=4)),
                (404, lambda: cli.call("GET", "/drawing/sessions/ds_nothing")),
                (401, lambda: CommandLine(cli.absolute(""), "np_wrong").call("GET", "/drawing/models/config")),
            ):
                with pytest.raises(Refused) as refused:
                    call()
                assert refused.value.status == status
                assert set(refused.value.body) == {"code", "message", "detail", "data"}

        await asyncio.to_thread(walk)
        assert (await caller.books())[1] == 0


# What the front end believes of the types it reads. `?` there is UNSET here: such a field may be missing, and is not null.

Number = int | float
Text = str | UnsetType
Count = Number | UnsetType
Flag = bool | UnsetType
MessageState = Literal["pending", "generating", "completed", "failed", "cancelled"]
VideoState = Literal["pending", "processing", "completed", "failed", "cancelled"]
T = TypeVar("T")


class PricedOption(Struct):
    """One of `supported_resolutions`."""

    value: str
    label: str
    price: Number


class Option(Struct):
    """One of `supported_aspect_ratios`."""

    value: str
    label: str


class ModelConfig(Struct):
    """A model of the map."""

    name: str
    provider: Literal["gemini", "openai", "tengda"]
    description: str
    supported_resolutions: list[PricedOption]
    supported_aspect_ratios: list[Option]
    image_to_image_extra: Number
    supports_image_to_image: Flag = UNSET


class CreatedSession(Struct):
    """A new session."""

    session_id: str
    title: str
    created_at: str


class SessionItem(Struct):
    """A session of the list."""

    session_id: str
    title: str
    status: str
    preview_image: str | None
    total_generations: int
    total_cost: Number
    last_message_at: str
    created_at: str


class GeneratedImage(Struct):
    """A picture."""

    url: str
    local_path: str


class VideoTaskSummary(Struct):
    """A video at a message."""

    task_id: str
    status: VideoState
    progress: int
    created_at: str
    video_url: Text = UNSET
    error_msg: Text = UNSET


class SessionMessage(Struct):
    """A message of a session."""

    message_id: str
    role: Literal["user", "assistant"]
    sequence: int
    content: str
    created_at: str
    model: Text = UNSET
    width: Count = UNSET
    height: Count = UNSET
    num_images: Count = UNSET
    status: MessageState | UnsetType = UNSET
    images: list[GeneratedImage] | UnsetType = UNSET
    actual_cost: Count = UNSET
    video_tasks: list[VideoTaskSummary] | UnsetType = UNSET


class SessionDetail(Struct):
    """A session with its messages."""

    session_id: str
    title: str
    status: str
    total_generations: int
    total_cost: Number
    messages: list[SessionMessage]
    created_at: str
    updated_at: str


class GenerateResponse(Struct):
    """A generation that was taken in."""

    message_id: str
    status: MessageState
    estimated_cost: Number
    created_at: str


class BatchItem(Struct):
    """One of several generations."""

    message_id: str
    status: MessageState
    panel_type: Text = UNSET
    ref_index: int | UnsetType = UNSET


class BatchResponse(Struct):
    """Several generations."""

    messages: list[BatchItem]
    total_estimated_cost: Count = UNSET
    batch_request_id: Text = UNSET
    ref_count: int | UnsetType = UNSET


class MessageStatusResponse(Struct):
    """A generation as it is polled."""

    message_id: str
    status: MessageState
    sequence: int
    images: list[GeneratedImage]
    created_at: str
    actual_cost: Count = UNSET
    generation_time: Count = UNSET
    error_msg: Text = UNSET
    completed_at: Text = UNSET
    video_tasks: list[VideoTaskSummary] | UnsetType = UNSET


class BillingTransaction(Struct):
    """An entry of the history, as the newer and as the older front end read it."""

    id: int
    type_name: Literal["grant", "reserve", "consume", "release", "adjust", "expire"]
    points: Number
    total_points_after: Number
    frozen_points_after: Number
    biz_type: str
    biz_id: str
    idempotency_key: str
    description: str
    created_at: str
    type: Literal["deduct", "refund", "recharge"]
    amount: Number
    amount_sign: str
    balance_before: Number
    balance_after: Number
    reference_id: str


class BillingHistory(Struct):
    """A page of the history."""

    total: int
    offset: int
    limit: int
    transactions: list[BillingTransaction]


class Pricing(Struct):
    """What a video will cost."""

    estimated_cost: Number
    currency: Text = UNSET


class CreateVideoResponse(Struct):
    """A video that was taken in."""

    task_id: str
    status: VideoState
    progress: int
    model: str
    duration: int
    ratio: str
    created_at: str
    external_task_id: Text = UNSET
    resolution: Text = UNSET
    pricing: Pricing | UnsetType = UNSET
    available_points_after: Count = UNSET
    source_message_id: Text = UNSET


class VideoTaskDetail(Struct):
    """A video as it is polled."""

    task_id: str
    status: VideoState
    progress: int
    created_at: str
    external_task_id: Text = UNSET
    prompt: Text = UNSET
    model: Text = UNSET
    duration: int | UnsetType = UNSET
    ratio: Text = UNSET
    resolution: Text = UNSET
    generate_audio: Flag = UNSET
    watermark: Flag = UNSET
    video_url: Text = UNSET
    estimated_cost: Count = UNSET
    actual_cost: Count = UNSET
    error_msg: Text = UNSET
    completed_at: Text = UNSET
    source_message_id: Text = UNSET


class VideoTaskListItem(Struct):
    """A video of the list."""

    task_id: str
    status: VideoState
    progress: int
    created_at: str
    prompt: Text = UNSET
    model: Text = UNSET
    preview_url: Text = UNSET
    estimated_cost: Count = UNSET


class VideoTaskListData(Struct):
    """A page of videos."""

    items: list[VideoTaskListItem]
    total: int
    page: int
    page_size: int


class VideoModel(Struct):
    """A video model."""

    id: str
    name: str
    price_per_second: Number
    description: Text = UNSET


class Durations(Struct):
    """Lengths in seconds."""

    min: int
    max: int
    default: int


class VideoModelsData(Struct):
    """The video models."""

    models: list[VideoModel]
    ratios: list[str]
    resolutions: list[str] | dict[str, list[str]]
    durations: Durations
    capabilities: list[str] | UnsetType = UNSET


def dated(value: object) -> None:
    """Every time in an answer is one that a browser reads."""
    for name in getattr(value, "__struct_fields__", ()):
        each = getattr(value, name)
        if isinstance(each, str) and name in ("created_at", "updated_at", "completed_at", "last_message_at"):
            assert abs(datetime.fromisoformat(each).timestamp() - time.time()) < 120, (name, each)
        for one in each if isinstance(each, list) else [each]:
            dated(one)


class FrontEnd:
    """A page of another origin, signed in by cookie or token. Answers are read as `data`, or whole where there is none."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token = ""

    async def call(self, method: str, path: str, kind: type[T] | Any = Any, **more: Any) -> T:
        """A call's `data`, of the type that the page believes it has. Raises Refused with the text that it shows."""
        headers = {"Origin": APP} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        answer = await self.client.request(method, f"/api/v1{path}", headers=headers, **more)
        assert answer.headers["access-control-allow-origin"] == APP
        assert answer.headers["access-control-allow-credentials"] == "true"
        body = answer.json()
        if not answer.is_success:
            raise Refused(answer.status_code, _text_of(body))
        data = body.get("data")
        found: T = msgspec.convert(body if data is None and kind is not type(None) else data, kind, strict=True)
        dated(found)
        return found

    async def sign_in(self, post: Any, email: str) -> str:
        """By e-mail code; the cookie stays in the client. Answers the token."""
        await self.call("POST", "/auth/email/send-code", json={"email": email})
        code = post.to(email)[-1].code
        login = await self.call("POST", "/auth/email/login", dict[str, Any], json={"email": email, "code": code})
        return str(login["access_token"])

    async def watched(self, path: str, kind: type[T]) -> T:
        """Poll until it is over: 4xx ends it, 5xx is tried again."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            found: Any = await self.call("GET", path, kind)
            if found.status in ("completed", "failed", "cancelled"):
                return found  # type: ignore[no-any-return]
            await asyncio.sleep(0.03)
        raise TimeoutError(path)


def _text_of(body: Any) -> str:
    """What the page shows of an error: `detail` as text, as a list or as an object, then `message`."""
    detail = body.get("detail")
    if isinstance(detail, list):
        detail = detail[0].get("msg")
    if isinstance(detail, dict):
        detail = detail.get("msg")
    return str(detail or body.get("message") or "Something went wrong")


@asynccontextmanager
async def front_end(data: Path, *, by: str, **more: Any) -> AsyncIterator[tuple[House, FrontEnd]]:
    """A page that is signed in by `cookie` or `token`, with 1,000 credits."""
    async with mail_server() as post:
        mail = {"smtp_url": post.url, "mail_from": "Kiln <kiln@example.com>"}
        async with serving(data, signup_credits=1_000, cors_origins=(APP,), **mail, **more) as house:
            # A cookie for the pages of another origin travels encrypted only.
            transport = httpx.ASGITransport(house.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=SITE, timeout=30) as client:
                page = FrontEnd(client)
                token = await page.sign_in(post, "ann@example.com")
                if by == "token":
                    client.cookies.clear()
                    page.token = token
                yield house, page


@pytest.mark.parametrize("by", ["cookie", "token"])
async def test_the_front_end_draws(tmp_path: Path, by: str) -> None:
    """From a session without a body to the bill; every answer has the types that the page believes in."""
    async with front_end(tmp_path, by=by) as (house, page):
        config = await page.call("GET", "/drawing/models/config", dict[str, ModelConfig])
        assert len(config) == 4
        session = await page.call("POST", "/drawing/sessions", CreatedSession)
        chosen = {"model": GPT, "resolution": "1K", "aspect_ratio": "3:4", "provider": "openai", "quality": "medium"}
        path = f"/drawing/sessions/{session.session_id}"
        made = await page.call("POST", f"{path}/generate", GenerateResponse, json=chosen | {"prompt": "a harbour", "type": 1})
        waiting = await page.call("GET", f"/drawing/messages/{made.message_id}", MessageStatusResponse)
        assert waiting.sequence == 2
        done = await page.watched(f"/drawing/messages/{made.message_id}", MessageStatusResponse)
        assert (done.status, done.actual_cost, made.estimated_cost) == ("completed", 7, 7)
        assert (await house.client.get(done.images[0].url, headers={"Cookie": ""})).content == small_picture()

        reference = await page.call(
            "POST", "/storage/upload", dict[str, Any], files={"file": ("a.png", small_picture(2))}, data={"file_type": "image"}
        )
        multi = await page.call(
            "POST",
            f"{path}/generate-multi-ref",
            BatchResponse,
            json=chosen | {"prompt": "x", "ref_image_paths": [done.images[0].url, reference["path"]], "concurrency": 2},
        )
        assert (multi.ref_count, [each.ref_index for each in multi.messages]) == (2, [0, 1])
        batch = await page.call(
            "POST",
            f"{path}/generate-batch",
            BatchResponse,
            json=chosen | {"assistant_message_id": made.message_id, "ref_upload_id": reference["upload_id"], "strength": 0.7},
        )
        assert len({each.panel_type for each in batch.messages}) == 10
        for each in (*multi.messages, *batch.messages):
            await page.watched(f"/drawing/messages/{each.message_id}", MessageStatusResponse)

        [listed] = await page.call("GET", "/drawing/sessions", list[SessionItem], params={"status": "active", "limit": 20})
        detail = await page.call("GET", path, SessionDetail)
        assert listed.total_generations == detail.total_generations == 13
        assert listed.total_cost == detail.total_cost == 13 * 7
        assert listed.preview_image is not None
        assert [message.sequence for message in detail.messages] == list(range(1, 27))
        await page.call("PUT", f"{path}/title", json={"title": "Harbours"})
        for kind in (None, "deduct", "refund", "recharge"):
            history = await page.call("GET", "/drawing/billing/history", BillingHistory, params={"type": kind} if kind else {})
            assert kind is None or {each.type for each in history.transactions} <= {kind}
        await page.call("DELETE", path, params={"permanent": "true"})
        assert await page.call("GET", "/drawing/sessions", list[SessionItem]) == []


@pytest.mark.parametrize("by", ["cookie", "token"])
async def test_the_front_end_films(tmp_path: Path, by: str) -> None:
    """Models, a create with all the page's switches, the poll, a video of a picture, the list, and both meanings of delete."""
    async with front_end(tmp_path, by=by) as (house, page):
        known = await page.call("GET", "/video/models", VideoModelsData)
        assert {"AiVideoMax", "AiVideoMin", "seedance-2.0"} <= {model.id for model in known.models}
        assert (known.durations.min, known.durations.max, known.durations.default) == (4, 15, 5)
        switches = {"generate_audio": False, "watermark": False, "seed": -1, "camera_fixed": False, "draft": False, "fps": 24}
        made = await page.call(
            "POST",
            "/video/generations",
            CreateVideoResponse,
            json={"prompt": "a gull", "model": "AiVideoMin", "duration": 4, "ratio": "16:9", "resolution": "480p"}
            | switches
            | {"service_tier": "default", "tools": [{"type": "web_search"}], "reference_image_urls": []},
        )
        assert isinstance(made.pricing, Pricing)
        assert (made.pricing.estimated_cost, made.available_points_after) == (84, 916)
        done = await page.watched(f"/video/generations/{made.task_id}", VideoTaskDetail)
        assert (done.status, done.progress, done.actual_cost) == ("completed", 100, 84)
        assert (await house.client.get(str(done.video_url))).content == small_clip()

        session = await page.call("POST", "/drawing/sessions", CreatedSession)
        drawn = await page.call(
            "POST",
            f"/drawing/sessions/{session.session_id}/generate",
            GenerateResponse,
            json={"prompt": "a gull", "model": GPT, "resolution": "512", "aspect_ratio": "1:1"},
        )
        await page.watched(f"/drawing/messages/{drawn.message_id}", MessageStatusResponse)
        of_picture = await page.call("POST", f"/drawing/messages/{drawn.message_id}/generate-video", CreateVideoResponse, json={})
        assert of_picture.source_message_id == drawn.message_id
        await page.watched(f"/video/generations/{of_picture.task_id}", VideoTaskDetail)
        status = await page.call("GET", f"/drawing/messages/{drawn.message_id}", MessageStatusResponse)
        assert isinstance(status.video_tasks, list)
        assert [video.task_id for video in status.video_tasks] == [of_picture.task_id]

        listed = await page.call("GET", "/video/generations", VideoTaskListData, params={"page": 1, "page_size": 20})
        assert [item.task_id for item in listed.items] == [of_picture.task_id, made.task_id]
        await page.call("DELETE", f"/video/generations/{made.task_id}")
        with pytest.raises(Refused, match="does not exist"):
            await page.call("GET", f"/video/generations/{made.task_id}", VideoTaskDetail)


async def test_what_the_front_end_shows(tmp_path: Path) -> None:
    """A refusal's own sentence; a failure's reason; the end of a task that was canceled; types hold for those too."""
    async with front_end(tmp_path, by="cookie", studio_processes=8) as (house, page):
        house.upstream.cues["refused"] = Rejected(RejectReason.INVALID, "Refused by the upstream")
        house.upstream.cues["slow"] = lambda _job: asyncio.sleep(30)  # type: ignore[return-value, assignment]
        session = await page.call("POST", "/drawing/sessions", CreatedSession)
        path = f"/drawing/sessions/{session.session_id}"
        body = {"prompt": "refused", "model": GPT, "resolution": "512", "aspect_ratio": "1:1"}
        made = await page.call("POST", f"{path}/generate", GenerateResponse, json=body)
        failed = await page.watched(f"/drawing/messages/{made.message_id}", MessageStatusResponse)
        assert (failed.status, failed.error_msg, failed.actual_cost) == ("failed", "Refused by the upstream", 0)
        await page.call("GET", path, SessionDetail)
        video = await page.call("POST", "/video/generations", CreateVideoResponse, json={"prompt": "slow"})
        await page.call("DELETE", f"/video/generations/{video.task_id}")
        gone = await page.watched(f"/video/generations/{video.task_id}", VideoTaskDetail)
        assert (gone.status, gone.actual_cost) == ("cancelled", 0)
        for status, text, call in (
            (400, "num_images: got 5; allowed: 1 to 4", ("POST", f"{path}/generate", body | {"num_images": 5})),
            (400, "prompt: got a number with a fraction; allowed: a string", ("POST", "/video/generations", {"prompt": 1.5})),
            (404, "Generation task does not exist", ("GET", "/drawing/messages/dm_x", None)),
            (
                409,
                "message_id: is failed; allowed: a completed message",
                ("POST", f"/drawing/messages/{made.message_id}/generate-video", {}),
            ),
        ):
            with pytest.raises(Refused) as refused:
                await page.call(call[0], call[1], json=call[2])
            assert (refused.value.status, refused.value.body) == (status, text)
        page.client.cookies.clear()
        with pytest.raises(Refused) as refused:
            await page.call("GET", path, SessionDetail)
        assert refused.value.status == 401


async def test_the_page_of_a_stranger(tmp_path: Path) -> None:
    """A cookie alone does nothing for the page of another origin."""
    async with front_end(tmp_path, by="cookie") as (_, page):
        answer = await page.client.post("/api/v1/drawing/sessions", headers={"Origin": "https://evil.example.com"})
        assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (403, False)
        own = await page.client.post("/api/v1/drawing/sessions", headers={"Origin": SITE})
        assert own.status_code == 200
