"""The Vtrix gateway of a real server with the built-in engine: an effect, an edit, a film with its sound, through a kill -9."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image, ImageChops, ImageStat
from servers import ServerProcess, account_key, mediakiln
from unit.dialects.vtrix.gateway import DANCE, DREAMO, EFFECTS, PATH, task_of

ENV = {
    "MEDIAKILN_STUDIO_PROCESSES": "2",
    "MEDIAKILN_LOG_LEVEL": "warning",
    "MEDIAKILN_DIALECTS": "nanobanana,neospark,vtrix",
    "MEDIAKILN_SANDBOX": "on",
}
CREDITS = 500


class Client:
    """Somebody with a key, who reads task objects as strictly as the service's own client."""

    def __init__(self, server: ServerProcess, key: str) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {key}", "X-Source": "cli"}

    def call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """The task object of a call that works."""
        answer = httpx.request(method, self._server.url + path, headers=self._headers, timeout=60, trust_env=False, **more)
        return task_of(answer)

    def begin(self, model: str, **params: Any) -> str:
        """The id of a fresh task."""
        task_id: str = self.call("POST", PATH, json={"model": model, "input": [{"params": params}]})["id"]
        return task_id

    def until(self, task_id: str, good: Callable[[dict[str, Any]], bool], within: float = 180.0) -> dict[str, Any]:
        """Poll until the task object is good."""
        end = time.monotonic() + within
        while not good(found := self.call("GET", f"{PATH}/task/{task_id}")):
            assert time.monotonic() < end, found
            time.sleep(0.1)
        return found

    def finished(self, task_id: str) -> dict[str, Any]:
        """A completed task."""
        done = self.until(task_id, lambda task: task["status"] != "in_progress")
        assert done["status"] == "completed", done
        return done

    def files(self, task: dict[str, Any]) -> list[bytes]:
        """What was delivered, by links that are whole and need no key."""
        contents = task["output"][0]["content"]
        files = [httpx.get(content["url"], timeout=30, trust_env=False).content for content in contents]
        assert [len(file) for file in files] == [content["size"] for content in contents]
        return files


def opened(contents: bytes) -> Image.Image:
    """A picture that decodes to its end."""
    picture = Image.open(BytesIO(contents))
    picture.load()
    return picture.convert("RGB")


def far(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures of one size differ: 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.timeout(600)
def test_the_whole_walk(tmp_path: Path) -> None:
    """A film with sound from words, its last frame through an effect and an edit, a film from both, all at prices that the
    ledger agrees with; and a task that outlives the server's sudden death."""
    data = tmp_path / "data"
    key = account_key(data, credits=CREDITS, plan="")
    server = ServerProcess(data, env=ENV).start()
    try:
        client = Client(server, key)
        spoken = [{"type": "text", "text": "A red fox runs through a snowy forest, four seconds, vertical"}]
        first = client.finished(
            client.begin(DANCE, content=spoken, resolution="480p", duration=-1, return_last_frame=True, seed=7)
        )
        film, still = client.files(first)
        told = first["metadata"]
        assert (told["duration"], told["ratio"], told["width"], told["height"]) == (4, "9:16", 496, 864)
        assert first["usage"]["cost"] == "0.28"
        with av.open(BytesIO(film)) as container:
            [picture], [sound] = container.streams.video, container.streams.audio
            assert (picture.codec_context.width, picture.codec_context.height, picture.frames) == (496, 864, 96)
            assert sound.codec_context.channels == 1
        assert opened(still).size == (496, 864)

        encoded = base64.b64encode(still).decode()
        effect = client.begin(
            EFFECTS, image_input1=f"data:image/png;base64,{encoded}", template_id="glass_ball", width=640, height=768
        )
        edits = [
            client.begin(
                DREAMO, prompt="watercolour", binary_data_base64=[encoded], use_rephraser=rephrased, width=640, height=768, seed=7
            )
            for rephrased in (True, False)
        ]
        done = client.finished(effect)
        [ball] = (opened(file) for file in client.files(done))
        assert (ball.size, done["usage"]["cost"]) == ((640, 768), "0.04")
        one, other = (opened(client.files(client.finished(task_id))[0]) for task_id in edits)
        assert one.size == other.size == (640, 768)
        assert far(one, other) < 20, "the rephraser leaves the picture what it is"
        assert far(one, opened(still).resize((640, 768))) > 3

        frames = [
            {"type": "image_url", "image_url": {"url": each["output"][0]["content"][number]["url"]}, "role": role}
            for each, number, role in ((done, 0, "last_frame"), (first, 1, "first_frame"))
        ]
        second = client.begin(DANCE, content=frames, resolution="480p", duration=4, generate_audio=False, service_tier="flex")
        failing = client.begin(DANCE, content=[{"type": "text", "text": "A gull sandbox:fail"}], resolution="480p", duration=4)
        between = client.finished(second)
        with av.open(BytesIO(client.files(between)[0])) as container:
            assert not container.streams.audio
            assert (container.streams.video[0].codec_context.width, container.streams.video[0].codec_context.height) == (496, 864)
        failed = client.until(failing, lambda task: task["status"] == "failed")
        assert failed["error"]["code"] == "provider_rejected"

        dying = client.begin(DANCE, content=[{"type": "text", "text": "A gull sandbox:wait=5"}], resolution="480p", duration=4)
        client.until(dying, lambda task: task["status"] == "in_progress" and task["progress"] > 0)
        server.kill(family=True)
        mediakiln(data, "audit")
        server.start()
        survivor = client.finished(dying)

        spent = sum(Decimal(each["usage"]["cost"]) for each in (first, done, between, survivor)) + 2 * Decimal("0.03")
        wallet = httpx.get(f"{server.url}/api/v1/balance", headers={"X-API-Key": key}, timeout=30, trust_env=False).json()["data"]
        assert Decimal(str(wallet["balance"])) == CREDITS - 100 * spent
        mediakiln(data, "audit")
    finally:
        server.kill(family=True)
