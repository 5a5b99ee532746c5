"""Vendors' calls: only at the address we made, only signed where they sign, and only ever a reason to poll."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest
from fakes.kiln import Kiln
from litestar import Litestar

from mediakiln.errors import Forbidden
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.kinds import KINDS, verifier
from mediakiln.tasks.records import Submission
from mediakiln.web.upstream import callback_url, upstream_router

KEY = b"k" * 32


def verify(account: Account, headers: Mapping[str, str], body: bytes, now: float) -> None:
    if headers.get("x-signature") != account.webhook_secret or body != b"done" or now < 1_700_000_000:
        raise Forbidden("no")


def client(kiln: Kiln, *, secret: str = "") -> httpx.AsyncClient:
    account = Account(provider="ark", kind="ark", name="ark/eu", webhook_secret=Secret(secret))
    router = upstream_router(kiln.engine, KEY, {account.name: account}, lambda _: verify if secret else None)
    transport = httpx.ASGITransport(Litestar([router], openapi_config=None))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def accepted(kiln: Kiln) -> str:
    """A task that an upstream has accepted."""
    from mediakiln.tasks import states

    task_id = await kiln.submitted(await kiln.account())
    held = await kiln.claim(task_id)
    async with kiln.engine.begin() as connection:
        assert await states.move_submission(connection, held, (Submission.NONE,), Submission.ACCEPTED, remote_id="r1")
    return task_id


def path_of(task_id: str, account: str = "ark/eu") -> str:
    return callback_url("https://kiln.example.com/", KEY, account, task_id).removeprefix("https://kiln.example.com")


async def test_a_call_is_noted(kiln: Kiln) -> None:
    """And nothing else changes."""
    task_id = await accepted(kiln)
    before = dict(await kiln.row(task_id))
    async with client(kiln) as http:
        assert (await http.post(path_of(task_id), content=b"{}")).status_code == 204
    after = dict(await kiln.row(task_id))
    assert after.pop("nudged_at") is not None
    del before["nudged_at"]
    assert after == before


async def test_an_address_that_is_not_ours(kiln: Kiln) -> None:
    """Another task's, another account's, another key's: all answer alike."""
    task_id, other = await accepted(kiln), await accepted(kiln)
    code = path_of(task_id).split("/")[3]
    paths = [
        path_of(other).replace(path_of(other).split("/")[3], code),
        path_of(task_id, "fal"),
        path_of(task_id).replace(code, "0" * 32),
        path_of(task_id).replace(code, "ü"),
        callback_url("", b"other", "ark/eu", task_id) or f"/upstream/{task_id}/{'1' * 32}/ark/eu",
    ]
    async with client(kiln) as http:
        assert [(await http.post(path)).status_code for path in paths] == [404] * len(paths)
    assert (await kiln.row(task_id))["nudged_at"] is None


async def test_a_vendor_that_signs_must(kiln: Kiln) -> None:
    """The check gets the raw body and lower-case headers."""
    task_id = await accepted(kiln)
    async with client(kiln, secret="s3") as http:
        assert (await http.post(path_of(task_id), content=b"done")).status_code == 401
        assert (await http.post(path_of(task_id), content=b"else", headers={"X-Signature": "s3"})).status_code == 401
        assert (await kiln.row(task_id))["nudged_at"] is None
        assert (await http.post(path_of(task_id), content=b"done", headers={"X-Signature": "s3"})).status_code == 204
    assert (await kiln.row(task_id))["nudged_at"] is not None


async def test_a_task_that_is_over(kiln: Kiln) -> None:
    """A late call is fine, and changes nothing."""
    from fakes.providers import Scripted

    task_id = await kiln.submitted(await kiln.account())
    await kiln.runner(Scripted())(task_id)
    async with client(kiln) as http:
        assert (await http.post(path_of(task_id))).status_code == 204
    assert (await kiln.row(task_id))["nudged_at"] is None


async def test_a_body_is_bounded(kiln: Kiln) -> None:
    """Nobody fills our memory here."""
    task_id = await accepted(kiln)
    async with client(kiln) as http:
        assert (await http.post(path_of(task_id), content=b"x" * (5 * 1024 * 1024))).status_code == 413


def test_without_a_public_address_nobody_calls() -> None:
    """Polling does it all."""
    assert callback_url("", KEY, "ark", "t") == ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_driver_is_asked_for_its_check(kind: str) -> None:
    """None for those who do not sign."""
    found = verifier(Account(provider=kind, kind=kind, name=kind, webhook_secret=Secret("s")))
    assert found is None or callable(found)
    unsigned = verifier(Account(provider=kind, kind=kind, name=kind))
    assert (unsigned is not None) == KINDS[kind].public_keys
