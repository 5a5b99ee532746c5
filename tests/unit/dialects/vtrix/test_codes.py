"""The codes of the seeds for what goes wrong on our side or upstream: each is reached by its own cause."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from apps import Caller, make, serving
from fakes.kiln import dispatcher_for
from fakes.providers import Step, deliver, hang
from sqlalchemy import update
from unit.dialects.vtrix.conftest import DIALECTS
from unit.dialects.vtrix.gateway import DANCE, DREAMO, EFFECTS, finished, inline, made, picture, refusal, submit, text

from mediakiln import errors
from mediakiln.database.tables import task as table
from mediakiln.dialects.vtrix.errors import HTTP_CODES, TABLE
from mediakiln.dialects.vtrix.families import FAMILIES
from mediakiln.errors import MICRO
from mediakiln.providers.base import OperatorFault, OutcomeUnknown, Rejected, RejectReason
from mediakiln.tasks.cancel import cancel
from mediakiln.tasks.records import ErrorCode

IMAGE = inline(picture())
ASKED: dict[str, dict[str, Any]] = {
    EFFECTS: {"image_input1": IMAGE, "template_id": "my_world"},
    DREAMO: {"prompt": "winter", "image_urls": [IMAGE], "use_rephraser": False},
    DANCE: {"content": [text("winter")]},
}
PREFIXES = {EFFECTS: "3009", DREAMO: "003011"}
ENDS: dict[str, tuple[Step, str, ErrorCode]] = {
    "nothing is delivered": (make(0), "096", ErrorCode.OUTPUT_UNUSABLE),
    "what is delivered does not decode": (deliver(1, broken=[0]), "096", ErrorCode.OUTPUT_UNUSABLE),
    "the upstream refuses": (Rejected(RejectReason.INVALID, "It cannot"), "097", ErrorCode.PROVIDER_REJECTED),
    "the upstream cannot": (Rejected(RejectReason.UNSUPPORTED, "It cannot"), "097", ErrorCode.PROVIDER_REJECTED),
    "the upstream breaks down over it": (Rejected(RejectReason.BROKEN, "It broke"), "095", ErrorCode.INTERNAL),
    "the content is refused": (Rejected(RejectReason.CONTENT_FILTERED, "Unsafe"), "097", ErrorCode.CONTENT_FILTERED),
    "the answer is lost": (OutcomeUnknown("lost"), "098", ErrorCode.SUBMISSION_UNKNOWN),
    "the account is closed": (OperatorFault("The key is wrong"), "099", ErrorCode.PROVIDER_UNAVAILABLE),
}


def expected(model: str, ending: str, word: str) -> str:
    """The code of a model's family: numbered where its seed has numbers, else a word of ours."""
    return PREFIXES[model] + ending if model in PREFIXES else word


async def failed(caller: Caller, task: dict[str, Any], code: str) -> dict[str, Any]:
    """The task has failed with this code, and cost nothing."""
    done = await finished(caller, task["id"])
    assert (done["status"], done["error"]["code"]) == ("failed", code)
    available, held, _, _ = await caller.books()
    assert (available, held) == (1_000 * MICRO, 0)
    return done


@pytest.mark.parametrize("end", ENDS)
async def test_ends_of_tasks(tmp_path: Path, end: str) -> None:
    """What the upstream does, for each family."""
    step, ending, cause = ENDS[end]
    async with serving(tmp_path, dialects=DIALECTS) as house:
        house.upstream.repeatable = False
        house.upstream.cues |= {"": step, "winter": step}
        for model, params in ASKED.items():
            caller = await house.caller()
            await failed(caller, await made(caller, model, **params), expected(model, ending, cause))


async def test_a_deadline(tmp_path: Path) -> None:
    """098: we have asked until there was no time left."""
    async with serving(tmp_path, dialects=DIALECTS, image_deadline=1, video_deadline=1) as house:
        house.upstream.cues |= {"": hang, "winter": hang}
        for model, params in ASKED.items():
            caller = await house.caller()
            await failed(caller, await made(caller, model, **params), expected(model, "098", ErrorCode.DEADLINE_EXCEEDED))


async def test_an_input_that_is_gone_when_it_is_needed(tmp_path: Path) -> None:
    """097: it was there at the submit, and its file was lost since."""
    async with serving(tmp_path, dialects=DIALECTS, worker=False) as house:
        caller = await house.caller()
        tasks = {model: await made(caller, model, **params) for model, params in ASKED.items() if model in PREFIXES}
    for path in (tmp_path / "blobs").rglob("inputs/*"):
        path.unlink()
    async with serving(tmp_path, dialects=DIALECTS) as house:
        caller = Caller(house, caller.account_id, caller.key)
        for model, task in tasks.items():
            done = await finished(caller, task["id"])
            assert done["error"]["code"] == f"{PREFIXES[model]}097"
        assert (await caller.books())[:2] == (1_000 * MICRO, 0)


async def test_workers_that_die(tmp_path: Path) -> None:
    """095: a task over which so many workers have died is given up."""
    async with serving(tmp_path, dialects=DIALECTS, worker=False) as house:
        caller = await house.caller()
        tasks = {model: await made(caller, model, **params) for model, params in ASKED.items()}
        async with house.engine.begin() as connection:
            await connection.execute(update(table).values(attempt=20))
    async with serving(tmp_path, dialects=DIALECTS) as house:
        caller = Caller(house, caller.account_id, caller.key)
        for model, task in tasks.items():
            done = await finished(caller, task["id"])
            assert done["error"]["code"] == expected(model, "095", ErrorCode.INTERNAL)
        assert (await caller.books())[:2] == (1_000 * MICRO, 0)


async def test_a_canceled_task(tmp_path: Path) -> None:
    """095: the API has no such state, so it has failed, with a sentence that says it."""
    async with serving(tmp_path, dialects=DIALECTS, worker=False) as house:
        for model, params in ASKED.items():
            caller = await house.caller()
            task = await made(caller, model, **params)
            async with house.engine.begin() as connection:
                assert await cancel(connection, dispatcher_for(house.engine), task["id"])
            done = await failed(caller, task, expected(model, "095", "canceled"))
            assert done["error"]["message"] == "The generation was canceled"


class Bug:
    """A moderator with a mistake in it."""

    def __init__(self, settings: Any) -> None:
        pass

    async def check(self, request: Any) -> None:
        """Break."""
        raise RuntimeError("secret-detail")


async def test_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """095 with HTTP 500 at the submit: nothing of the cause is told, nothing is charged."""
    module = ModuleType("buggy_moderator")
    module.Bug = Bug  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "buggy_moderator", module)
    async with serving(tmp_path, dialects=DIALECTS, worker=False, moderation="buggy_moderator:Bug") as house:
        caller = await house.caller()
        for model, params in ASKED.items():
            answer = await submit(caller, model, **params)
            assert refusal(answer, 500) == (expected(model, "095", HTTP_CODES[500]), "Server error, please retry")
        assert await caller.books() == (1_000 * MICRO, 0, 0, 1)


async def test_no_room(tmp_path: Path) -> None:
    """099 with HTTP 503 and `Retry-After`: the task was not made. Of an account that has too many it is a 429."""
    async with serving(tmp_path / "full", dialects=DIALECTS, worker=False, max_waiting=0) as house:
        caller = await house.caller()
        for model, params in ASKED.items():
            answer = await submit(caller, model, **params)
            assert refusal(answer, 503)[0] == expected(model, "099", "overloaded")
            assert answer.headers["retry-after"] == "10"
    async with serving(tmp_path / "narrow", dialects=DIALECTS, worker=False, max_waiting_per_account=1) as house:
        caller = await house.caller()
        await made(caller, DANCE, **ASKED[DANCE])
        for model, params in ASKED.items():
            answer = await submit(caller, model, **params)
            assert refusal(answer, 429)[0] == "rate_limited"
            assert int(answer.headers["retry-after"]) > 0


def kinds(base: type[errors.MediakilnError]) -> set[type[errors.MediakilnError]]:
    """Every class of the tree below `base`."""
    return {each for direct in base.__subclasses__() for each in {direct} | kinds(direct)}


def test_the_table_knows_every_error_a_caller_can_meet() -> None:
    """A new class in the tree needs a row here, its own or its base's; only the operator's mistakes have none."""
    missing = {kind for kind in kinds(errors.MediakilnError) if not set(kind.__mro__) & set(TABLE)}
    assert missing == {errors.ConfigurationError}


def test_every_end_of_a_task_has_a_code() -> None:
    """In every family."""
    for family in FAMILIES:
        assert set(family.codes) == {None, *ErrorCode}
