"""The HTTP around the endpoints: methods, slashes, content types, links; and clients that nobody here wrote."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from apps import BASE, House, serving, small_clip, small_picture

from mediakiln.providers.base import Rejected, RejectReason

pytestmark = pytest.mark.asyncio(loop_scope="module")

POSTS = ("/api/v1/images/generate", "/api/v1/videos/generate", "/api/v1/account/calculate-cost")
GETS = ("/api/v1/images/status", "/api/v1/videos/status", "/api/v1/account/credits", "/api/v1/models")
BODY = {"prompt": "a kiln", "type": "image"}


@pytest.mark.parametrize(("path", "right"), [(path, "POST") for path in POSTS] + [(path, "GET") for path in GETS])
async def test_methods(idle: House, path: str, right: str) -> None:
    """Every other method is a 405 in the envelope with Allow; OPTIONS needs no key and answers with what is allowed."""
    caller = await idle.caller()
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} - {right}:
        answer = await caller.request(method, path)
        assert answer.status_code == 405, method
        assert set(answer.headers["allow"].split(", ")) == {right, "OPTIONS"}
        assert method == "HEAD" or answer.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
    preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": right}
    options = await idle.client.options(path, headers=preflight)
    assert (options.status_code, options.content) == (204, b"")
    assert set(options.headers["allow"].split(", ")) == {right, "OPTIONS"}
    # Keys do not belong into web pages: browsers get no permission to send them from other origins.
    assert "access-control-allow-origin" not in options.headers


@pytest.mark.parametrize("path", GETS + POSTS)
async def test_every_endpoint_asks_for_a_key_before_it_reads_a_body(idle: House, path: str) -> None:
    """Without a key even a broken or endless body is a 401."""
    method = "POST" if path in POSTS else "GET"
    answer = await idle.client.request(method, path, content=b"{" if method == "POST" else None)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("path", POSTS)
async def test_a_slash_at_the_end(idle: House, path: str) -> None:
    """`…/generate/` is the same call, not a redirect that drops the body."""
    caller = await idle.caller()
    assert (await caller.post(f"{path}/", json=BODY)).status_code == 200


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", None]
)
async def test_the_body_is_json_whatever_it_is_called(idle: House, media_type: str | None) -> None:
    """Clients that forget the content type are understood."""
    caller = await idle.caller()
    headers = {"Content-Type": media_type} if media_type else {}
    answer = await caller.post(POSTS[0], content=b'{"prompt": "a kiln"}', headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"


async def test_links_carry_the_address_that_the_client_used(house: House) -> None:
    """A server behind two names gives each client its own."""
    caller = await house.caller()
    task_id = (await caller.post(POSTS[0], json=BODY)).json()["data"]["task_id"]
    await caller.finished(GETS[0], task_id)
    for host in ("media.example.com", "192.0.2.7:8080"):
        answer = await caller.get(GETS[0], params={"task_id": task_id}, headers={"Host": host})
        assert answer.json()["data"]["image_url"].startswith(f"http://{host}/uploads/")


async def test_the_operators_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    """MEDIAKILN_PUBLIC_URL stands in every link, and such a link is a good image_url; expires_at tells the retention."""
    data = tmp_path_factory.mktemp("public")
    async with serving(data, public_url="https://media.example.com/kiln/", retention_days=7) as house:
        caller = await house.caller()
        task_id = (await caller.post(POSTS[0], json=BODY)).json()["data"]["task_id"]
        done = await caller.finished(GETS[0], task_id)
        assert done["image_url"].startswith("https://media.example.com/kiln/uploads/")
        assert done["expires_at"] > done["completed_at"]
        again = await caller.post(POSTS[0], json={"prompt": "again", "image_url": done["image_url"]})
        assert (await caller.finished(GETS[0], again.json()["data"]["task_id"]))["status"] == "completed"


async def test_results_are_there_for_anyone_with_the_link(house: House) -> None:
    """The very bytes of the upstream, under their own type, without a key."""
    caller = await house.caller()
    for kind, content, media_type in (("image", small_picture(), "image/png"), ("video", small_clip(), "video/mp4")):
        answer = await caller.post(f"/api/v1/{kind}s/generate", json={"prompt": f"a public {kind}"})
        done = await caller.finished(f"/api/v1/{kind}s/status", answer.json()["data"]["task_id"])
        file = await house.client.get(done[f"{kind}_url"])
        assert (file.status_code, file.headers["content-type"]) == (200, media_type)
        assert file.content == content


class Tolerant:
    """The client that wire section 4 tells of: it tries every word and every place, and a browser-like download."""

    DONE = ("completed", "success", "succeeded", "done")
    FAILED = ("failed", "error", "cancelled")

    def __init__(self, http: httpx.AsyncClient, key: str) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def generate(self, **body: Any) -> bytes:
        """Submit without `mode`, poll, download. Raises what it would tell its user."""
        answer = await self.http.post(f"{BASE}/api/v1/images/generate", json=body, headers=self.headers)
        if answer.status_code != 200:
            messages = {401: "bad key", 402: "no credits", 429: "slow down", 451: "blocked"}
            raise RuntimeError(messages.get(answer.status_code, f"HTTP {answer.status_code}"))
        begun = self.unwrap(answer)
        for _ in range(100):
            await asyncio.sleep(0.05)
            path = f"{BASE}/api/v1/images/status?task_id={begun['task_id']}"
            task = self.unwrap(await self.http.get(path, headers=self.headers))
            if task["status"] in self.DONE:
                file = await self.http.get(self.url(task), headers={"User-Agent": "Mozilla/5.0"})
                return file.content
            if task["status"] in self.FAILED:
                error = task.get("error") or task.get("message") or "unknown"
                raise RuntimeError(error["message"] if isinstance(error, dict) else error)
        raise RuntimeError("timeout")

    def unwrap(self, answer: httpx.Response) -> dict[str, Any]:
        """Fields at the top or under `data`."""
        body = answer.json()
        assert body.get("success"), body
        return dict(body.get("data", body))

    def url(self, task: dict[str, Any]) -> str:
        """`image_url`, else the first of `images`."""
        images = task.get("images") or [{}]
        return str(task.get("image_url") or images[0].get("image_url") or images[0]["url"])


async def test_a_tolerant_third_party_client(house: House) -> None:
    """What real clients in public repositories do works: the values they use, how they poll, where they look for errors."""
    caller = await house.caller(balance=40)
    client = Tolerant(house.client, caller.key)
    wanted = {"model": "nano-banana-pro", "aspect_ratio": "4:5", "resolution": "2K", "num_images": 2, "output_format": "jpeg"}
    assert await client.generate(prompt="a tolerant client", **wanted) == small_picture()
    house.upstream.cues["an unlucky client"] = Rejected(RejectReason.CONTENT_FILTERED, "Refused upstream")
    with pytest.raises(RuntimeError, match=r"^Refused upstream$"):
        await client.generate(prompt="an unlucky client")
    with pytest.raises(RuntimeError, match=r"^blocked$"):
        await client.generate(prompt="hardcore porn")
    with pytest.raises(RuntimeError, match=r"^no credits$"):
        await client.generate(prompt="x", model="nano-banana-pro", num_images=4, resolution="4K")
    with pytest.raises(RuntimeError, match=r"^bad key$"):
        await Tolerant(house.client, "nb_sk_wrong").generate(prompt="x")


async def test_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A finished task, its link and its file, and the wallet are the same after a restart on the same data directory; a task
    that was waiting is finished by the new process."""
    data: Path = tmp_path_factory.mktemp("restart")
    async with serving(data) as house:
        caller = await house.caller(balance=10)
        key = caller.key
        done = await caller.finished(GETS[0], (await caller.post(POSTS[0], json=BODY)).json()["data"]["task_id"])
    async with serving(data, worker=False) as house:
        waiting = await house.client.post(POSTS[0], json=BODY, headers={"X-API-Key": key})
    async with serving(data) as house:
        again = type(caller)(house, caller.account_id, key)
        assert await again.finished(GETS[0], done["task_id"]) == done
        assert (await house.client.get(done["image_url"])).content == small_picture()
        late = await again.finished(GETS[0], waiting.json()["data"]["task_id"])
        assert late["status"] == "completed"
        assert (await again.get(GETS[2])).json()["data"]["credits"] == 8
        assert (await again.books())[:3] == (8_000_000, 0, 2)
