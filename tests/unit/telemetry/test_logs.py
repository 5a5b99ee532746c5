"""Logs: a key, a prompt at info level, a password or a signed URL never reaches them, however it travels."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from mediakiln.accounts.keys import create_key
from mediakiln.telemetry import logs

KEY = "nb_sk_" + "aB3-_" * 8 + "xyz"
SIGNED = "https://bucket.s3.amazonaws.com/x.png?X-Amz-Credential=AKIA&X-Amz-Signature=deadbeefcafe"
PROMPT = "a very private wish"
PASSWORD = "hunter2"
SECRETS = (KEY, KEY.removeprefix("nb_sk_"), "deadbeefcafe", "AKIA", PROMPT, PASSWORD, "tok3n")

Said = Callable[[], str]


@pytest.fixture(params=["json", "text"])
def said(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    """Logging as a server configures it, in either form; call it for what reached stderr."""
    stderr = io.StringIO()
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.configure("info", request.param)
    yield stderr.getvalue
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**config)


def logger() -> Any:
    return structlog.get_logger(f"test{id(object())}")


class Talkative:
    """An object whose representation tells too much."""

    def __repr__(self) -> str:
        return f"<Client key={KEY} url={SIGNED}>"


@pytest.mark.parametrize(
    "fields",
    [
        {"key": KEY},
        {"header": f"Authorization: Bearer {KEY}"},
        {"header": "authorization: ApiKey tok3n"},
        {"url": SIGNED},
        {"path": "/uploads/x.png?signature=deadbeefcafe&X-Amz-Credential=AKIA"},
        {"prompt": PROMPT},
        {"negative_prompt": PROMPT},
        {"Prompt": PROMPT},
        {"authorization": "tok3n"},
        {"x-api-key": "tok3n"},
        {"upstream_api_key": "tok3n"},
        {"database": f"postgresql://user:{PASSWORD}@host/db"},
        {"password": PASSWORD},
        {"request": {"prompt": PROMPT, "image_url": SIGNED}},
        {"request": {"headers": [["x", KEY], {"Authorization": "tok3n", "deep": {"cookie": "tok3n"}}]}},
        {"many": (KEY, SIGNED)},
        {"some": {KEY, "other"}},
        {"raw": KEY.encode()},
        {"raw": f'{{"prompt": "{PROMPT}"}}'.encode()},
        {"body": json.dumps({"model": "x", "prompt": PROMPT})},
        {"body": f"{{'model': 'x', 'prompt': '{PROMPT}'}}"},
        {"body": f"GenerationRequest(kind='image', prompt='{PROMPT}', count=1)"},
        {"client": Talkative()},
        {"error": ValueError(f"bad key {KEY} at {SIGNED}")},
        {"where": Path("/tmp") / KEY},
        {KEY: "as a name"},
    ],
)
def test_fields_are_clean(said: Said, fields: dict[str, Any]) -> None:
    """As a text, in a structure, as an object or an exception, as bytes, or as a name."""
    logger().info("something", harmless="stays", **fields)
    assert "something" in said()
    assert "stays" in said()
    assert [secret for secret in SECRETS if secret in said()] == []


@pytest.mark.parametrize("how", ["structlog", "stdlib", "bound", "instance"])
def test_tracebacks_are_clean(said: Said, how: str) -> None:
    """An exception's message and its causes are formatted before the redaction, not after it."""
    try:
        try:
            raise KeyError(f"Bearer {KEY} {SIGNED}")
        except KeyError as cause:
            raise RuntimeError(f"connect postgresql://user:{PASSWORD}@host/db with {KEY}") from cause
    except RuntimeError as error:
        if how == "structlog":
            logger().exception("it broke")
        elif how == "stdlib":
            logging.getLogger("some.library").exception("it broke with %s", KEY)
        elif how == "bound":
            logger().bind(task=KEY).error("it broke", exc_info=True)
        else:
            logger().error("it broke", exc_info=error)
    assert "Traceback" in said()
    assert "RuntimeError" in said()
    assert "KeyError" in said()
    assert [secret for secret in SECRETS if secret in said()] == []


def test_a_refused_row_is_not_told(said: Said) -> None:
    """PostgreSQL quotes the whole row in its errors, the prompt among it."""
    detail = f"""null value in column "x" violates not-null constraint
DETAIL:  Failing row contains (1, {{"kind":"image","prompt":"{PROMPT}"}}, 2)."""
    logger().error("write failed", error=detail)
    assert [secret for secret in SECRETS if secret in said()] == []


def test_the_standard_library_is_clean(said: Said) -> None:
    """Libraries that log by themselves go through the same door, arguments and stack included."""
    logging.getLogger("some.library").warning("GET %s with %s", SIGNED, {"Authorization": f"Bearer {KEY}"}, stack_info=True)
    assert "some.library" in said()
    assert [secret for secret in SECRETS if secret in said()] == []


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_addresses_that_are_called_are_not_told(said: Said, library: str) -> None:
    """The vendors' clients tell every call at info level: an operator's log has no use for it."""
    logging.getLogger(library).info('HTTP Request: POST https://api.example.com/v1/images "HTTP/1.1 200 OK"')
    assert said() == ""


def test_prompts_only_at_debug(said: Said) -> None:
    """A prompt is shown when an operator asks for debug logs, and a key not even then."""
    logging.getLogger().setLevel(logging.DEBUG)
    logger().debug("task", prompt=PROMPT, key=KEY)
    assert PROMPT in said()
    assert KEY not in said()


def test_context_is_clean(said: Said) -> None:
    """What is bound for a whole request is redacted too."""
    with structlog.contextvars.bound_contextvars(caller=KEY, request={"prompt": PROMPT}):
        logger().info("something")
    assert [secret for secret in SECRETS if secret in said()] == []


async def test_real_keys_are_recognised(said: Said, tmp_path: Path) -> None:
    """Every key that we make, with any prefix, anywhere in a text."""
    made = []

    class Sink:
        async def execute(self, *_args: object) -> None:
            return None

        async def scalar(self, *_args: object) -> int:
            return 0

    for prefix in ("mk", "np", "nb_sk", "a", "abcdefghijklmno"):
        made += [(await create_key(Sink(), "a", prefix=prefix))[1] for _ in range(40)]  # type: ignore[arg-type]
    for secret in made:
        logger().info(f"got {secret}, /x/{secret}/y?k={secret}", repr=repr({"k": secret}), json=json.dumps([secret]))
    assert [secret for secret in made if secret[-43:] in said() or secret[-30:] in said()] == []


def test_what_is_not_secret_stays(said: Said) -> None:
    """Ids, numbers, times and plain URLs can be read: a log that hides everything helps nobody."""
    logger().info("task.finished", task="01a1fc6b-a0ae-7e2c-9d4e-2688cea7668e", ms=12, ok=True, none=None, url="https://x.org/y")
    for shown in ("01a1fc6b-a0ae-7e2c-9d4e-2688cea7668e", "12", "https://x.org/y", "task.finished"):
        assert shown in said()
