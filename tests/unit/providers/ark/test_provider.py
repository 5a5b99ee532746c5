"""Ark through the runner: it cannot be asked what became of a submit, so a lost one is never repeated."""

from __future__ import annotations

import pytest
from fakes.kiln import PRICE, Kiln, quote
from fakes.vendors.ark import ArkServer
from fakes.vendors.base import Plan

from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.ark.provider import open_provider
from mediakiln.tasks.dispatch.base import Again


@pytest.mark.parametrize("plan", [Plan.CRASH, Plan.GARBAGE])
async def test_a_lost_answer(kiln: Kiln, plan: Plan) -> None:
    """The task fails, its credits go back, and Ark was asked once."""
    with ArkServer() as vendor:
        vendor.plan.append(plan)
        provider = open_provider(
            Account(provider="ark", kind="ark", name="scripted", key=Secret("k"), base_url=f"{vendor.url}/api/v3")
        )
        ann = await kiln.account(credits=10)
        before = await kiln.wallet(ann)
        task_id = await kiln.submitted(ann)
        assert await kiln.runner(provider)(task_id) is None
        row = await kiln.row(task_id)
        assert row["state"] == "failed"
        assert "submission_unknown" in row["error"]
        assert await kiln.wallet(ann) == before
        assert (vendor.posts, vendor.taken) == (1, 1)
        await provider.aclose()


async def test_some_pictures_are_paid(kiln: Kiln) -> None:
    """Two of three came; a refused submit before them was no submit at all."""
    with ArkServer() as vendor:
        vendor.plan.extend([Plan.BUSY, Plan.BUSY, Plan.BUSY, Plan.TAKE, Plan.FILTERED, Plan.TAKE])
        provider = open_provider(
            Account(provider="ark", kind="ark", name="scripted", key=Secret("k"), base_url=f"{vendor.url}/api/v3")
        )
        task_id = await kiln.submitted(await kiln.account(), quote(count=3))
        again = await kiln.runner(provider)(task_id)
        assert isinstance(again, Again)
        assert again.delay >= 7
        assert await kiln.runner(provider)(task_id) is None  # another worker: this one leaves Ark alone for the time
        row = await kiln.row(task_id)
        assert (row["state"], row["charged"]) == ("succeeded", 2 * PRICE)
        await provider.aclose()
