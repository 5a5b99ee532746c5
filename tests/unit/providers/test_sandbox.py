"""The sandbox: words in a prompt decide, money is real, and nothing behind it hears of them."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import pytest
from apps import Cued
from fakes.kiln import PRICE, Kiln, quote
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.providers.sandbox import WORDS, Sandbox, Script, read
from mediakiln.tasks.records import State
from mediakiln.tasks.snapshots import Snapshots

DOCUMENT = Path(__file__).parents[3] / "docs" / "sandbox.md"


@pytest.mark.parametrize(
    ("prompt", "script"),
    [
        ("a cat", Script("a cat")),
        ("a cat sandbox:fail", Script("a cat", "fail")),
        ("a cat, SANDBOX:Filtered, in a garden", Script("a cat, in a garden", "filtered")),
        ("sandbox:wait=5 sandbox:deliver=2 一只猫", Script("一只猫", wait=5, deliver=2)),
        ("sandbox:timeout", Script("abstract", "timeout")),
        ("a cat sandbox:wait=9999", Script("a cat", wait=3600)),
        ("a sandbox: fail", Script("a sandbox: fail")),
        ("a sandbox:failure", Script("a sandbox:failure")),
    ],
)
def test_words(prompt: str, script: Script) -> None:
    """Words are found anywhere and taken out; what only looks like one stays."""
    assert read(prompt) == script


@given(st.text(max_size=100))
def test_nothing_else_is_touched(text: str) -> None:
    """A prompt without the sandbox's words is left as it is, but for blanks around it."""
    if "sandbox:" not in text.lower():
        assert read(text).prompt == (text.strip() or "abstract")


def test_the_document_lists_every_word() -> None:
    """docs/sandbox.md says what the code says."""
    rows = dict(re.findall(r"^\| `(sandbox:[^`]+)` \| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE))
    assert rows == WORDS


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("sandbox:fail", (State.FAILED, "provider_rejected", 0)),
        ("sandbox:filtered", (State.FAILED, "content_filtered", 0)),
        ("sandbox:unavailable", (State.FAILED, "provider_unavailable", 0)),
        ("sandbox:deliver=2", (State.SUCCEEDED, None, 2 * PRICE)),
        ("sandbox:deliver=0", (State.FAILED, "output_unusable", 0)),
        ("", (State.SUCCEEDED, None, 4 * PRICE)),
    ],
)
async def test_outcomes_are_settled_for_real(kiln: Kiln, words: str, outcome: tuple[State, str | None, int]) -> None:
    """Each outcome goes through the runner and the ledger like any other; the provider sees the rest of the prompt."""
    ann, upstream = await kiln.account(credits=10), Cued()
    submitted = await kiln.submit(ann, quote(count=4, prompt=f"a kiln {words}", routes=["studio"]))
    await kiln.runner(Sandbox(upstream))(str((await kiln.row(submitted.public_id))["id"]))
    task = await Snapshots(kiln.engine).get(ann.account_id, "nanobanana", None, submitted.public_id)
    assert (task.state, task.error.code if task.error else None, task.charged) == outcome
    assert [job.request.prompt for job in upstream.jobs] == ([] if words and "deliver" not in words else ["a kiln"])
    assert await kiln.audit() == []


async def test_waiting_shows_progress_and_can_be_canceled(kiln: Kiln) -> None:
    """A task that is made to wait moves on, and gives up at once when it is canceled."""
    ann = await kiln.account()
    submitted = await kiln.submit(ann, quote(prompt="a kiln sandbox:wait=60", routes=["studio"]))
    stop = asyncio.Event()
    working = asyncio.create_task(kiln.worker(Sandbox(Cued())).run(stop))
    end = time.monotonic() + 20
    while not (await kiln.row(submitted.public_id))["progress"] > 0:
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    await kiln.cancel(submitted.public_id, ann)
    stop.set()
    await asyncio.wait_for(working, 10)
    assert (await kiln.row(submitted.public_id))["state"] == State.CANCELED
