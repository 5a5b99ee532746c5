"""The Vtrix command line client's whole life on real processes: it signs in, reads what there is, makes something and is called
back, although the worker is killed with -9 between the end of the task and the delivery."""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path
from typing import Any

import httpx
from fakes.cli import Device
from fakes.receiver import HANG, receiving
from fakes.vtrix_types import DeviceCode, Me, Models, Spec, Token, read
from servers import ServerProcess, mediakiln
from sqlalchemy import URL, text

from mediakiln.database.engine import SQLITE_FILE, open_engine

CLI = {"X-App-Id": "@vtrix/cli", "X-Source": "cli", "X-Plat": "cli"}
EMAIL = "ann@example.com"


async def logged_in(server: ServerProcess, cli: httpx.AsyncClient) -> str:
    """`vtrix auth login`, with the user's part in a browser; answers the API key."""
    device = Device()
    body = {"client_id": "vtrix-cli", "client_public_key": device.public_key}
    start = read(await cli.post("/api/v1/cli/device/code", json=body), DeviceCode)
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, follow_redirects=True) as browser:
        await browser.post("/device/code", data={"email": EMAIL, "user_code": start.user_code})
        secret = re.findall(r"sign-in code is (\d{6})", server.log())[-1]
        form = {"email": EMAIL, "secret": secret, "user_code": start.user_code}
        page = await browser.post("/device/sign-in", data=form)
        proof = re.findall(r'name="proof" value="(\w+)"', page.text)[0]
        await browser.post("/device/answer", data={"user_code": start.user_code, "proof": proof, "choice": "allow"})
    for _ in range(4):
        await asyncio.sleep(start.interval)
        token = read(await cli.post("/api/v1/cli/token", json=device.question(start.device_code)), Token)
        if token.status == "authorized":
            user = read(await cli.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token.access_token}"}), Me).user
            assert user is not None
            assert user.email == EMAIL
            return token.api_key
    raise AssertionError(token)


async def polled(cli: httpx.AsyncClient, endpoint: str, task_id: str) -> dict[str, Any]:
    """Poll as the client does, at the endpoint of the spec."""
    for _ in range(300):
        task: dict[str, Any] = (await cli.get(f"{endpoint}/task/{task_id}")).json()
        if task["status"] != "in_progress":
            return task
        await asyncio.sleep(0.1)
    raise AssertionError(task)


async def in_database(folder: Path, sql: str, **values: object) -> list[Any]:
    engine = open_engine(URL.create("sqlite+aiosqlite", database=str(folder / SQLITE_FILE)))
    try:
        async with engine.begin() as connection:
            found = await connection.execute(text(sql), values)
            return list(found.all()) if found.returns_rows else []
    finally:
        await engine.dispose()


async def test_from_login_to_callback(tmp_path: Path) -> None:
    """Nothing is lost when a worker dies while it delivers: the next one delivers the same message, under the same id."""
    env = {
        "MEDIAKILN_DIALECTS": "neospark,vtrix",
        "MEDIAKILN_FETCH_ALLOW": "127.0.0.1",
        "MEDIAKILN_STUDIO_PROCESSES": "1",
        "MEDIAKILN_SIGNUP_CREDITS": "10000",
        "MEDIAKILN_SECRET_KEY": secrets.token_hex(16),
    }
    server = ServerProcess(tmp_path, "--no-worker", env=env).start()
    worker = ServerProcess(tmp_path, env=env, command="worker").start()
    try:
        async with (
            receiving() as receiver,
            httpx.AsyncClient(base_url=server.url, headers=CLI, timeout=30, trust_env=False) as cli,
        ):
            cli.headers["Authorization"] = f"Bearer {await logged_in(server, cli)}"
            listed = read(await cli.get("/api/v1/skill/models", params={"type": "video"}), Models)
            assert listed.models[0].id == "spark_dance_v2_0"
            spec = read(await cli.get("/api/v1/skill/models/spark_dance_v2_0/spec"), Spec)
            assert spec.api.endpoint == f"{server.url}/model/v1/generation"
            receiver.answers = [HANG]
            content = [{"type": "text", "text": "a kiln at night"}]
            params = {"content": content, "resolution": "480p", "duration": 4, "callback_url": receiver.url}
            begun = (await cli.post(spec.api.endpoint, json={"model": spec.model_id, "input": [{"params": params}]})).json()
            await receiver.got(1, within=60)
            worker.kill(family=True)
            task = await polled(cli, spec.api.endpoint, begun["id"])
            assert task["status"] == "completed"
            [row] = await in_database(tmp_path, "SELECT id, state, tries FROM webhook")
            assert (row.state, row.tries) == ("pending", 1)
            receiver.answers = [200]
            receiver.release.set()
            await in_database(tmp_path, "UPDATE webhook SET due_at = 0")  # as if the dead worker's lease were over
            worker.start()
            deliveries = await receiver.got(2, within=60)
            secret = mediakiln(tmp_path, "keys", "webhook-secret", EMAIL, env=env).stdout.strip()
            assert [delivery.checked(secret) for delivery in deliveries] == [task, task]
            assert {delivery.headers["webhook-id"] for delivery in deliveries} == {row.id}
            file = await cli.get(task["output"][0]["content"][0]["url"])
            assert (file.status_code, file.headers["content-type"]) == (200, "video/mp4")
            for _ in range(50):
                [after] = await in_database(tmp_path, "SELECT state, tries FROM webhook")
                if after.state == "delivered":
                    break
                await asyncio.sleep(0.1)
            assert (after.state, after.tries) == ("delivered", 2)
    finally:
        worker.kill(family=True)
        server.kill(family=True)
