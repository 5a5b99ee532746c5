"""The NeoSpark API of a real server with the built-in engine: from a session to pictures and a video, through a kill -9."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image, ImageChops, ImageStat
from servers import ServerProcess, account_key, mediakiln

ENV = {"MEDIAKILN_STUDIO_PROCESSES": "2", "MEDIAKILN_LOG_LEVEL": "warning"}
CREDITS = 500


class Client:
    """Somebody with a key, who asks again while the server is away."""

    def __init__(self, server: ServerProcess, key: str) -> None:
        self._server = server
        self._headers = {"X-API-Key": key}

    def call(self, method: str, path: str, **more: Any) -> Any:
        """The `data` of a call that works."""
        answer = httpx.request(
            method, f"{self._server.url}/api/v1{path}", headers=self._headers, timeout=30, trust_env=False, **more
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def file(self, path: str) -> bytes:
        """What stands behind a link; no key is sent."""
        answer = httpx.get(self._server.url + path, timeout=30, trust_env=False)
        assert answer.status_code == 200, path
        return answer.content

    def until(self, path: str, good: Callable[[Any], bool], within: float = 40.0) -> Any:
        """Poll until the answer is good."""
        end = time.monotonic() + within
        while not good(found := self.call("GET", path)):
            assert time.monotonic() < end, found
            time.sleep(0.1)
        return found

    def generate(self, session: str, **more: Any) -> dict[str, Any]:
        """Make a picture and wait for it."""
        body = {"model": "gpt-image-2", "resolution": "512", "aspect_ratio": "1:1", "quality": "low", "seed": 7} | more
        made = self.call("POST", f"/drawing/sessions/{session}/generate", json=body)
        done: dict[str, Any] = self.until(f"/drawing/messages/{made['message_id']}", over)
        assert (done["status"], done["actual_cost"]) == ("completed", made["estimated_cost"]), done
        return done


def over(answer: Any) -> bool:
    """Whether a message or a video is finished."""
    return answer["status"] not in ("pending", "generating", "processing")


def opened(contents: bytes) -> Image.Image:
    """A picture that decodes to its end."""
    picture = Image.open(BytesIO(contents))
    picture.load()
    return picture.convert("RGB")


def far(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures of one size differ: 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.timeout(120)
def test_the_whole_walk(tmp_path: Path) -> None:
    """Session, pictures, a picture of a picture, a video of it, and a product page that outlives the server's sudden death;
    nothing is lost, nothing paid twice."""
    data = tmp_path / "data"
    key = account_key(data, credits=CREDITS, plan="")
    server = ServerProcess(data, env=ENV).start()
    try:
        client = Client(server, key)
        session = client.call("POST", "/drawing/sessions", json={"title": "My Creation"})["session_id"]

        first = client.generate(session, prompt="A red lighthouse on a cliff by the sea, sunset", optimize_prompt=True)
        given = opened(client.file(first["images"][0]["url"]))
        assert given.size == (512, 512)
        near, loose = (
            opened(client.file(client.generate(session, prompt="watercolour", strength=strength, **source)["images"][0]["url"]))
            for strength, source in (
                (0.1, {"ref_image_paths": [server.url + first["images"][0]["url"]]}),
                (0.9, {"ref_image_paths": [first["images"][0]["url"]]}),
            )
        )
        assert near.size == loose.size == given.size
        assert far(near, given) < far(loose, given), "a small strength stays near what was given"
        assert far(loose, given) > 5

        made = client.call(
            "POST", f"/drawing/messages/{first['message_id']}/generate-video", json={"duration": 4, "resolution": "480p"}
        )
        film = client.until(f"/video/generations/{made['task_id']}", over)
        assert (film["status"], film["progress"], film["actual_cost"]) == ("completed", 100, 104)
        with av.open(BytesIO(client.file(film["video_url"]))) as container:
            [track] = container.streams
            assert (track.codec_context.width, track.codec_context.height) == (864, 864)
            assert float(track.duration * track.time_base) == pytest.approx(4, abs=0.1)
        assert opened(client.file(film["preview_url"])).size == (480, 480)

        stage = client.generate(session, prompt="a blue teapot", type=1)
        product = {"file": ("teapot.png", client.file(stage["images"][0]["url"]))}
        upload = client.call("POST", "/storage/upload", files=product)["upload_id"]
        panels = {"assistant_message_id": stage["message_id"], "ref_upload_id": upload, "aspect_ratio": "1:1"}
        batch = client.call(
            "POST",
            f"/drawing/sessions/{session}/generate-batch",
            json=panels | {"model": "gpt-image-2", "resolution": "1K", "quality": "low"},
        )
        assert (len(batch["messages"]), batch["total_estimated_cost"]) == (10, 40)
        paths = [f"/drawing/messages/{each['message_id']}" for each in batch["messages"]]

        client.until(paths[0], over)
        assert not over(client.call("GET", paths[-1])), "killed too late to mean something"
        server.kill(family=True)
        mediakiln(data, "audit")
        server.start()
        for path in paths:
            done = client.until(path, over)
            assert (done["status"], done["actual_cost"], len(done["images"])) == ("completed", 4, 1)
            assert opened(client.file(done["images"][0]["url"])).size == (1024, 1024)

        shown = client.call("GET", f"/drawing/sessions/{session}")
        assert (shown["total_generations"], len(shown["messages"])) == (15, 28)
        assert shown["total_cost"] == 4 * 4 + 104 + 40
        history = client.call("GET", "/drawing/billing/history?limit=1")
        assert history["transactions"][0]["balance_after"] == CREDITS - shown["total_cost"]
        assert history["total"] == 1 + 2 * 15
        mediakiln(data, "audit")
    finally:
        server.kill(family=True)
