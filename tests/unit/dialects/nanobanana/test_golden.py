"""Golden exchanges: `tests/golden/nanobanana/*.json` is what the API says, word by word.

A file holds `given` (balance, plan, key, what the upstream does with a prompt, whether a worker runs), the `exchanges` in
order, and the `wallet` after the last one in whole credits. `<task_id>`, `<task_id 2>`, `<time>`, `<image_url>`,
`<video_url>` and `<seconds>` stand for what differs each time; one name stands for one value within a file, except times.
An exchange with `"poll": true` is repeated until it is answered so.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from apps import BASE, HOUR, Caller, House, make
from fakes.providers import Step

from mediakiln.database.ids import now_ms
from mediakiln.errors import MICRO
from mediakiln.providers.base import Accepted, Finished, Job, Rejected, RejectReason

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(__file__).parents[3] / "golden" / "nanobanana"
FILES = sorted(FOLDER.glob("*.json"))
_FILE = r"/uploads/[0-9a-f-]{36}/%s/\d{4}/\d\d/\d\d/[0-9a-f]{32}_\d\.%s"
FORMS = {
    "<task_id": r"clx[a-z2-7]{22}",
    "<time>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "<seconds>": r"[1-9]\d?",
    "<image_url": re.escape(BASE) + _FILE % ("images", "png"),
    "<video_url": re.escape(BASE) + _FILE % ("videos", "mp4"),
}
_PLACEHOLDER = re.compile(r"<[a-z_]+( \d)?>")


async def _half_way(job: Job) -> Finished | Accepted:
    job.progress(0.42)
    await asyncio.Event().wait()
    raise AssertionError


UPSTREAM: dict[str, Step] = {
    "delivers": make(),
    "delivers 3": make(3),
    "delivers 1": make(1),
    "is half way": _half_way,
    "finds it unsafe": Rejected(RejectReason.CONTENT_FILTERED, "The prompt was refused by the upstream's safety system"),
    "refuses it": Rejected(RejectReason.UNSUPPORTED, "The upstream cannot make this"),
}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
async def test_golden(file: Path, house: House, idle: House) -> None:
    """The server answers every exchange of the file exactly so, and the wallet is as it says."""
    case = json.loads(file.read_text())
    given = case.get("given", {})
    where = house if given.get("worker", True) else idle
    for prompt, does in given.get("upstream", {}).items():
        where.upstream.cues[prompt] = UPSTREAM[does]
    caller = await where.caller(
        balance=given.get("balance", 150),
        plan=given.get("plan"),
        plan_ends_in=given.get("plan_ends_in_hours", 1) * HOUR,
        **_key(given.get("key", {})),
    )
    known: dict[str, str] = {}
    for number, exchange in enumerate(case["exchanges"]):
        await _exchange(caller, exchange, known, f"{file.stem}, exchange {number}")
    if "wallet" in case:
        available, held, _, _ = await caller.books()
        assert {"available": available / MICRO, "held": held / MICRO} == case["wallet"], f"{file.stem}: the wallet"


async def test_every_endpoint_and_code_has_a_golden_case() -> None:
    """All seven endpoints of the seed, and every code that the dialect's table knows, stand in some file."""
    text = "\n".join(file.read_text() for file in FILES)
    for endpoint in (
        "POST /api/v1/images/generate",
        "GET /api/v1/images/status?",
        "POST /api/v1/videos/generate",
        "GET /api/v1/videos/status?",
        "GET /api/v1/account/credits",
        "POST /api/v1/account/calculate-cost",
        "GET /api/v1/models",
    ):
        assert f'"{endpoint}' in text, endpoint
    for code in (
        "UNAUTHORIZED",
        "INSUFFICIENT_CREDITS",
        "FORBIDDEN",
        "RATE_LIMIT_EXCEEDED",
        "INVALID_PROMPT",
        "INVALID_MODEL",
        "TASK_NOT_FOUND",
        "CONTENT_FILTERED",
        "INVALID_PARAMETER",
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        "IDEMPOTENCY_KEY_REUSED",
    ):
        assert f'"code": "{code}"' in text, code


def _key(given: dict[str, Any]) -> dict[str, Any]:
    """A file's words about the key as arguments of `create_key`."""
    given = dict(given)
    if "expires_in_hours" in given:
        given["expires_at"] = now_ms() + given.pop("expires_in_hours") * HOUR
    return given


async def _exchange(caller: Caller, exchange: dict[str, Any], known: dict[str, str], where: str) -> None:
    request, expected = exchange["request"], exchange["response"]
    method, _, path = _filled(request["line"], known).partition(" ")
    more = {name: _filled(request[name], known) for name in ("json", "content") if name in request}
    headers = {name: value.replace("<key>", caller.key) for name, value in request.get("headers", {}).items()}
    if "Authorization" not in headers and "X-API-Key" not in headers and not request.get("no_key"):
        headers["Authorization"] = f"Bearer {caller.key}"
    end = time.monotonic() + (10 if exchange.get("poll") else 0)
    while True:
        answer = await caller.house.client.request(method, path, headers=headers, **more)
        try:
            assert answer.status_code == expected["status"], answer.text
            for name, value in expected.get("headers", {}).items():
                _compare(answer.headers.get(name), value, known, name)
            _compare(answer.json(), expected["json"], known, "body")
            return
        except AssertionError as error:
            if time.monotonic() >= end:
                raise AssertionError(f"{where}: {error}") from None
        await asyncio.sleep(0.05)


def _filled(value: Any, known: dict[str, str]) -> Any:
    """Known placeholders replaced by what they stand for."""
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace(name, text)
        return value
    if isinstance(value, dict):
        return {name: _filled(each, known) for name, each in value.items()}
    return value


def _compare(got: Any, expected: Any, known: dict[str, str], where: str) -> None:
    """Equal in every key and value; placeholders are matched by form and remembered."""
    if isinstance(expected, str) and _PLACEHOLDER.fullmatch(expected):
        form = next(form for start, form in FORMS.items() if expected.startswith(start))
        assert isinstance(got, str), f"{where}: got {got!r}"
        assert re.fullmatch(form, got), f"{where}: got {got!r}; expected {expected}"
        if expected not in ("<time>", "<seconds>"):
            assert known.setdefault(expected, got) == got, f"{where}: {expected} changed"
            assert list(known.values()).count(got) == 1, f"{where}: {got} has two names"
    elif isinstance(expected, dict):
        assert isinstance(got, dict), f"{where}: got {got!r}"
        assert list(got) == list(expected), f"{where}: got the keys {list(got)}; expected {list(expected)}"
        for name, value in expected.items():
            _compare(got[name], value, known, f"{where}.{name}")
    elif isinstance(expected, list):
        assert isinstance(got, list), f"{where}: got {got!r}"
        assert len(got) == len(expected), f"{where}: got {got!r}"
        for number, value in enumerate(expected):
            _compare(got[number], value, known, f"{where}[{number}]")
    else:
        assert got == expected, f"{where}: got {got!r}; expected {expected!r}"
        assert type(got) is type(expected), f"{where}: got {got!r}, which is no {type(expected).__name__}"
