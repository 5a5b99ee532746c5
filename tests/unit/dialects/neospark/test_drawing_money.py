"""Whatever an account does, its billing history is a chain that leads from the first grant to the wallet."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from apps import Caller, House, make, serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediakiln.database.engine import reading
from mediakiln.errors import MICRO
from mediakiln.ledger.audit import audit
from mediakiln.providers.base import Rejected, RejectReason

T = TypeVar("T")
DRAWING, VIDEOS = "/api/v1/drawing", "/api/v1/video/generations"
ENDS = {"all": make(), "one": make(1), "none": Rejected(RejectReason.INVALID, "no")}
PRICES = {("gpt-image-2", "512"): 4, ("gpt-image-2", "4K"): 15, ("gemini-3-pro-image-preview", "1K"): 13}
EFFECT = {"grant": (1, 0), "reserve": (-1, 1), "consume": (0, -1), "release": (1, -1)}
"""What a point of each kind does to (spendable, frozen)."""
OLD = {"grant": "recharge", "reserve": "deduct", "consume": "deduct", "release": "refund"}
_numbers = itertools.count()


@dataclass
class Kiln:
    """The application, and the loop it lives in: tests here are not coroutines, since Hypothesis takes none."""

    loop: asyncio.AbstractEventLoop
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    house: House = field(init=False)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns or raises."""
        return self.loop.run_until_complete(work)


@pytest.fixture(scope="module")
def kiln(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiln]:
    """One application for all examples."""
    running = Kiln(asyncio.new_event_loop())
    running.house = running.run(running.stack.enter_async_context(serving(tmp_path_factory.mktemp("money"))))
    try:
        yield running
    finally:
        running.run(running.stack.aclose())
        running.loop.close()


pictures = st.tuples(
    st.just("generate"), st.sampled_from(sorted(PRICES)), st.integers(1, 4), st.sampled_from(sorted(ENDS)), st.booleans()
)
videos = st.tuples(st.just("video"), st.sampled_from([4, 5]), st.sampled_from(sorted(ENDS)), st.booleans())
wishes = st.lists(st.one_of(pictures, videos), max_size=6)


@settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(wishes=wishes, balance=st.integers(0, 300))
def test_the_history_is_a_chain(kiln: Kiln, wishes: list[Any], balance: int) -> None:
    """Pictures and videos that are delivered whole, in part or not at all, waited for or deleted at once, with credits enough or
    not: every entry begins where the one before it ended, under the newer names and the older ones, and the last one ends at the
    wallet; what was paid is what the tasks say they cost."""
    kiln.run(_lived(kiln.house, wishes, balance))


async def _lived(house: House, wishes: list[Any], balance: int) -> None:
    ann = await house.caller(balance=balance)
    session = (await ann.post(f"{DRAWING}/sessions")).json()["data"]["session_id"]
    paid, left = 0, balance
    for wish in wishes:
        prompt = f"wish {next(_numbers)}"
        house.upstream.cues[prompt] = ENDS[wish[-2]]
        if wish[0] == "generate":
            (model, resolution), count = wish[1], wish[2]
            price, unit = PRICES[model, resolution] * count, PRICES[model, resolution]
            body = {"prompt": prompt, "model": model, "resolution": resolution, "aspect_ratio": "1:1", "num_images": count}
            answer = await ann.post(f"{DRAWING}/sessions/{session}/generate", json=body)
        else:
            price = unit = 21 * wish[1]
            answer = await ann.post(VIDEOS, json={"prompt": prompt, "model": "AiVideoMin", "duration": wish[1]})
        if price > left:
            assert answer.status_code == 402
            assert answer.json()["message"] == f"Insufficient credits. Available: {left}, Required: {price}"
            continue
        assert answer.status_code == 200, answer.text
        cost = await _ended(ann, answer.json()["data"], at_once=wish[-1] and wish[0] == "video")
        delivered = {"all": price, "one": unit, "none": 0}[wish[-2]]
        assert cost in ((0, delivered) if wish[-1] else (delivered,))
        paid, left = paid + cost, left - cost
    await _check(house, ann, balance, paid)


async def _ended(ann: Caller, made: dict[str, Any], *, at_once: bool) -> int:
    """What a task costs in the end; one that is deleted at once is asked no more."""
    path = f"{VIDEOS}/{made['task_id']}" if "task_id" in made else f"{DRAWING}/messages/{made['message_id']}"
    if at_once:
        assert (await ann.request("DELETE", path)).status_code == 200
        history = (await ann.get(f"{DRAWING}/billing/history?type=consume&limit=100")).json()["data"]["transactions"]
        return sum(entry["points"] for entry in history if entry["biz_id"] == made["task_id"])
    end = time.monotonic() + 20
    while (found := (await ann.get(path)).json()["data"])["status"] in ("pending", "generating", "processing"):
        assert time.monotonic() < end, found
        await asyncio.sleep(0.02)
    cost: int = found["actual_cost"]
    return cost


async def _check(house: House, ann: Caller, balance: int, paid: int) -> None:
    page: dict[str, Any] = (await ann.get(f"{DRAWING}/billing/history?limit=100")).json()["data"]
    entries = page["transactions"][::-1]
    assert page["total"] == len(entries)
    available = frozen = 0
    for entry in entries:
        spendable, held = (effect * entry["points"] for effect in EFFECT[entry["type_name"]])
        assert entry["balance_before"] == available
        available, frozen = available + spendable, frozen + held
        assert entry["balance_after"] == available
        assert (entry["total_points_after"], entry["frozen_points_after"]) == (available + frozen, frozen)
        assert (entry["type"], entry["amount"]) == (OLD[entry["type_name"]], entry["points"])
        assert entry["amount_sign"] == ("+" if spendable > 0 else "-" if spendable < 0 else "")
    assert (available, frozen) == (balance - paid, 0)
    assert (await ann.books())[:2] == ((balance - paid) * MICRO, 0)
    keys = [entry["idempotency_key"] for entry in entries]
    assert len(set(keys)) == len(keys)
    consumed = sum(entry["points"] for entry in entries if entry["type_name"] == "consume")
    assert consumed == paid
    async with reading(house.engine) as connection:
        assert await audit(connection) == []
