"""`mediakiln serve` and `mediakiln worker` as processes: how they start, share, end and die."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from servers import ServerProcess, account_key, mediakiln, running_server

WAIT = 60.0


def until(what: Callable[[], Any], seconds: float = WAIT) -> Any:
    """What `what()` returns once it is true."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
    return found


def submit(url: str, key: str, prompt: str = "a kiln") -> str:
    answer = httpx.post(f"{url}/api/v1/images/generate", json={"prompt": prompt}, headers={"X-API-Key": key}, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["task_id"])


def finished(url: str, key: str, task_id: str) -> bool:
    answer = httpx.get(f"{url}/api/v1/images/status", params={"task_id": task_id}, headers={"X-API-Key": key}, timeout=30)
    status = answer.json()["data"]["status"]
    assert status != "failed", answer.text
    return bool(status == "completed")


def children(pid: int) -> dict[int, str]:
    """The living child processes of a process and their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def test_the_banner_tells_a_newcomer_what_to_do(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, "--no-worker").start()
    try:
        assert f"URL     {server.url}" in server.banner()
        assert f"docs    {server.url}/docs" in server.banner()
        assert f"data    {tmp_path}" in server.banner()
        assert f"mediakiln accounts create you@example.com --credits 100 --data {tmp_path}\n" in server.banner()
        assert f"mediakiln keys create you@example.com --data {tmp_path}\n" in server.banner()
        assert httpx.get(f"{server.url}/docs").status_code == 200
    finally:
        assert server.stop() == 0
    assert "Traceback" not in server.log()


def test_the_first_account_is_made_once_and_its_key_works(tmp_path: Path) -> None:
    arguments = ("--no-worker", "--first-account", "ann@example.com")
    server = ServerProcess(tmp_path, *arguments).start()
    secret = re.findall(r"export MEDIAKILN_API_KEY=(\S+)", server.banner())
    assert len(secret) == 1
    answer = httpx.get(f"{server.url}/api/v1/account/credits", headers={"Authorization": f"Bearer {secret[0]}"})
    assert answer.json()["data"]["credits"] == 1000
    assert secret[0] not in server.log()
    assert server.stop() == 0
    server.start()
    assert "nb_sk" not in server.banner()
    assert f"mediakiln keys create ann@example.com --data {tmp_path}\n" in server.banner()
    assert server.stop() == 0
    assert len(mediakiln(tmp_path, "accounts", "list").stdout.splitlines()) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_gracefully(tmp_path: Path, number: signal.Signals) -> None:
    server = ServerProcess(tmp_path).start()
    os.kill(server.pid, number)
    assert server.process is not None
    assert server.process.wait(30) == 0
    assert "Traceback" not in server.log()


def test_a_second_server_on_the_same_data_works(tmp_path: Path) -> None:
    key = account_key(tmp_path)
    with running_server(tmp_path) as first, running_server(tmp_path) as second:
        tasks = [submit(url, key) for url in (first, second)]
        for url in (second, first):
            for task_id in tasks:
                until(lambda url=url, task_id=task_id: finished(url, key, task_id))
    assert "The books agree" in mediakiln(tmp_path, "audit").stdout


def test_the_api_and_a_worker_may_be_apart(tmp_path: Path) -> None:
    key = account_key(tmp_path)
    with running_server(tmp_path, "--no-worker") as url:
        task_id = submit(url, key)
        worker = ServerProcess(tmp_path, command="worker").start()
        until(lambda: finished(url, key, task_id))
        assert worker.stop() == 0
    assert "Traceback" not in worker.log()


def test_several_processes_are_one_server(tmp_path: Path) -> None:
    key = account_key(tmp_path)
    server = ServerProcess(tmp_path, "--workers", "2").start()
    try:
        family = until(lambda: _whole_family(server.pid))
        worker = next(pid for pid, command in family.items() if "mediakiln worker" in command)
        task_id = submit(server.url, key)
        until(lambda: finished(server.url, key, task_id))
        metrics = httpx.get(f"{server.url}/metrics").text
        assert 'mediakiln_tasks_submitted_total{dialect="nanobanana",model="nano-banana"} 1.0' in metrics
        assert 'state="succeeded"} 1.0' in metrics

        os.kill(worker, signal.SIGKILL)
        task_id = submit(server.url, key)
        until(lambda: finished(server.url, key, task_id))
        assert "worker.died" in server.log()
        family = _whole_family(server.pid)
        assert worker not in family
    finally:
        assert server.stop() == 0
    assert "Fatal Python error" not in server.log()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 10)
    assert "The books agree" in mediakiln(tmp_path, "audit").stdout


def test_rates_are_shared_through_redis(tmp_path: Path) -> None:
    env = {"MEDIAKILN_REDIS_URL": redis_url()}
    key = account_key(tmp_path, key_args=("--rate-limit", "3"))
    first, second = (ServerProcess(tmp_path, "--no-worker", env=env).start() for _ in range(2))
    try:
        answers = [
            httpx.get(f"{server.url}/api/v1/models", headers={"X-API-Key": key}) for server in (first, second, first, second)
        ]
        assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    finally:
        first.stop()
        second.stop()


def redis_url() -> str:
    """The server for tests. Without one the test is skipped, and fails when CI=true."""
    url = os.environ.get("MEDIAKILN_TEST_REDIS_URL") or "redis://127.0.0.1:6379/0"
    try:
        redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5).ping()
    except redis.RedisError as error:
        reason = f"NO REDIS at {url} ({error}): set MEDIAKILN_TEST_REDIS_URL to test shared rate limits"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    return url


def test_the_family_ends_with_its_parent(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, "--workers", "2").start()
    family = until(lambda: _whole_family(server.pid))
    server.kill()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 30)


def _whole_family(pid: int) -> dict[int, str]:
    """Two API processes and a worker, or nothing yet."""
    found = children(pid)
    workers = [command for command in found.values() if "mediakiln worker" in command]
    return found if len(workers) == 1 and len(found) >= 3 else {}
