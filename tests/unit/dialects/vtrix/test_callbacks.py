"""Callbacks of the gateway: what is posted is what polling answers, and addresses that could not be called are told at once."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from apps import House, serving
from fakes.receiver import Receiver, receiving
from unit.dialects.vtrix import gateway
from unit.dialects.vtrix.tasks import read_task

from mediakiln.accounts.secret_key import secret_key, webhook_secret
from mediakiln.providers.base import Rejected, RejectReason

DIALECTS = ("nanobanana", "neospark", "vtrix")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with serving(tmp_path, dialects=DIALECTS, fetch_allow=("127.0.0.1",)) as opened:
        yield opened


def params(prompt: str, **more: Any) -> dict[str, Any]:
    return {"content": [gateway.text(prompt)], "resolution": "480p", "duration": 4} | more


async def test_what_is_posted_is_what_is_polled(house: House, receiver: Receiver) -> None:
    """Completed and failed alike, signed with the secret that the account is told."""
    ann = await house.caller()
    house.upstream.cues["no"] = Rejected(RejectReason.CONTENT_FILTERED, "No such thing")
    told = await ann.get("/api/v1/cli/webhook-secret")
    secret = told.json()["data"]["secret"]
    assert secret == webhook_secret(secret_key(house.settings), ann.account_id)
    for n, prompt in enumerate(("a kiln", "no")):
        task = await gateway.made(ann, gateway.DANCE, **params(prompt, callback_url=receiver.url))
        deliveries = await receiver.got(n + 1)
        answer = await ann.get(f"{gateway.PATH}/task/{task['id']}")
        assert read_task(deliveries[n].body) == deliveries[n].checked(secret) == gateway.task_of(answer)
        assert answer.json()["status"] == ("completed", "failed")[n]
    url = json.loads(receiver.deliveries[0].body)["output"][0]["content"][0]["url"]
    assert url.startswith("http://kiln.test/uploads/")
    assert (await house.client.get(url)).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "http://user:password@example.com/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "https://example.com:22/",
        "https://" + "a" * 9_000,
        "nothing",
        "http://[::1]/",
    ],
)
async def test_addresses_that_are_refused(tmp_path: Path, url: str) -> None:
    """At once, by name, and before anything is charged."""
    async with serving(tmp_path, dialects=DIALECTS, worker=False) as house:
        ann = await house.caller()
        before = await ann.books()
        answer = await gateway.submit(ann, gateway.DANCE, **params("a kiln", callback_url=url))
        code, message = gateway.refusal(answer)
        assert re.match("callback_url: got .*; allowed: ", message)
        assert code == "invalid_parameter"
        assert await ann.books() == before


async def test_nothing_is_called_while_it_runs(house: House, receiver: Receiver) -> None:
    """One call, at the end; a task without a callback calls nobody."""
    ann = await house.caller()
    await gateway.finished(ann, (await gateway.made(ann, gateway.DANCE, **params("b")))["id"])
    await gateway.finished(ann, (await gateway.made(ann, gateway.DANCE, **params("c", callback_url=receiver.url)))["id"])
    await receiver.got(1)
    await asyncio.sleep(1.5)
    assert len(receiver.deliveries) == 1


async def test_a_repeat_calls_once(house: House, receiver: Receiver) -> None:
    """The same Idempotency-Key makes one task, and so one call."""
    ann = await house.caller()
    for _ in range(3):
        answer = await gateway.submit(
            ann, gateway.DANCE, headers={"Idempotency-Key": "once"}, **params("d", callback_url=receiver.url)
        )
        assert answer.status_code == 200
    await receiver.got(1)
    await asyncio.sleep(1.5)
    assert len(receiver.deliveries) == 1
