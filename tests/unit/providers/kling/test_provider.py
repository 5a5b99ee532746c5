"""Kling through the runner: a submit whose answer was lost is found by our own id, and paid once."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.kiln import PRICE, Kiln
from fakes.vendors.base import Plan
from fakes.vendors.kling import ACCESS, SECRET, KlingServer

from mediakiln.generation import GenerationRequest, Kind
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Job
from mediakiln.providers.kling.provider import KlingProvider
from mediakiln.tasks import exchange


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "POLL_FIRST", 0.01)


def opened(url: str) -> KlingProvider:
    account = Account(provider="kling", kind="kling", name="scripted", key=Secret(ACCESS), secret=Secret(SECRET), base_url=url)
    return KlingProvider(account, patience=(0.0, 0.01))


@pytest.mark.parametrize("plan", [Plan.CRASH, Plan.GARBAGE])
async def test_a_lost_answer(kiln: Kiln, plan: Plan) -> None:
    """Kling has the job although its answer says nothing."""
    with KlingServer() as vendor:
        vendor.plan.append(plan)
        provider = opened(vendor.url)
        task_id = await kiln.submitted(await kiln.account())
        assert await kiln.runner(provider)(task_id) is None
        row = await kiln.row(task_id)
        assert (row["state"], row["charged"]) == ("succeeded", PRICE)
        assert (vendor.posts, vendor.taken) == (1, 1)
        await provider.aclose()


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_worker_that_died_while_sending(kiln: Kiln, tmp_path: Path, arrived: bool) -> None:
    """The next one goes on with the job that was made; one that Kling does not know is given up, paid by nobody and not sent."""
    with KlingServer() as vendor:
        provider = opened(vendor.url)
        task_id = await kiln.submitted(await kiln.account())
        if arrived:
            request = GenerationRequest(kind=Kind.IMAGE, model="nano-banana", prompt="a kiln")
            await provider.start(Job(task_id, request, "scripted-model", (), tmp_path, task_id, lambda _: None))
        await kiln.claim(task_id)
        await kiln.execute("UPDATE task SET submission = 'sending' WHERE id = :id", id=task_id)
        assert await kiln.runner(provider)(task_id) is None
        row = await kiln.row(task_id)
        assert (row["state"], row["charged"]) == (("succeeded", PRICE) if arrived else ("failed", 0))
        assert vendor.posts == vendor.taken == int(arrived)
        await provider.aclose()
