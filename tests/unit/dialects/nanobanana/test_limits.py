"""Rate limits, overload, concurrency and Idempotency-Key under pressure: never one credit or task too many."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from apps import Caller, House, serving
from sqlalchemy import func, select

from mediakiln.accounts.keys import create_key, list_keys, set_enabled
from mediakiln.database.engine import reading
from mediakiln.database.tables import task
from mediakiln.errors import MICRO
from mediakiln.ledger.audit import audit
from mediakiln.settings import load

GENERATE, CREDITS = "/api/v1/images/generate", "/api/v1/account/credits"
BODY = {"prompt": "a kiln"}


async def audited(house: House) -> None:
    """The books balance."""
    async with reading(house.engine) as connection:
        assert await audit(connection) == []


async def test_sixty_a_minute(tmp_path: Path) -> None:
    """The seed's default: 60 requests per minute and key; the 61st is a 429 that says when to come back."""
    async with serving(tmp_path, worker=False, rate_limit=None) as house:
        caller, other = await house.caller(), await house.caller()
        answers = [await caller.get(CREDITS) for _ in range(60)]
        assert {answer.status_code for answer in answers} == {200}
        assert [int(answer.headers["ratelimit-remaining"]) for answer in answers] == list(range(59, -1, -1))
        assert {answer.headers["ratelimit-limit"] for answer in answers} == {"60"}
        refused = await caller.post(GENERATE, json=BODY)
        assert refused.status_code == 429
        assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert refused.headers["ratelimit-remaining"] == "0"
        assert 0 < int(refused.headers["retry-after"]) == int(refused.headers["ratelimit-reset"]) <= 60
        assert (await caller.books())[2] == 0
        assert (await other.get(CREDITS)).status_code == 200, "a limit belongs to one key"


async def test_a_key_is_counted_however_it_is_sent(tmp_path: Path) -> None:
    """Both headers count as one key, and refused requests count too; unknown keys have no count."""
    async with serving(tmp_path, worker=False, rate_limit=3) as house:
        caller = await house.caller()
        assert (await house.client.get(CREDITS, headers={"X-API-Key": caller.key})).headers["ratelimit-remaining"] == "2"
        assert (await caller.post(GENERATE, json={})).headers["ratelimit-remaining"] == "1"
        assert (await caller.get("/api/v1/images/status")).headers["ratelimit-remaining"] == "0"
        assert (await caller.get(CREDITS)).status_code == 429
        unknown = await house.client.get(CREDITS, headers={"X-API-Key": "nb_sk_nobody"})
        assert unknown.status_code == 401
        assert "ratelimit-limit" not in unknown.headers


@pytest.mark.parametrize(
    ("environment", "own", "limit"),
    [({}, None, "60"), ({"MEDIAKILN_RATE_LIMIT": "7"}, None, "7"), ({"MEDIAKILN_RATE_LIMIT": "0"}, None, None),
     ({}, 5, "5"), ({"MEDIAKILN_RATE_LIMIT": "7"}, 500, "500"), ({}, 0, None),
     ({"MEDIAKILN_RATE_LIMIT": "0"}, 5, None)],
)  # fmt: skip
async def test_whose_limit(tmp_path: Path, environment: dict[str, str], own: int | None, limit: str | None) -> None:
    """The dialect's 60, over it the operator's MEDIAKILN_RATE_LIMIT, over both the key's own; the operator's 0 ends all."""
    rate_limit = load(environment).rate_limit
    async with serving(tmp_path, worker=False, rate_limit=rate_limit) as house:
        caller = await house.caller(rate_limit=own)
        answer = await caller.get(CREDITS)
        assert answer.headers.get("ratelimit-limit") == limit
        assert ("ratelimit-reset" in answer.headers) is (limit is not None)


async def test_keys_switched_off_and_several_keys(tmp_path: Path) -> None:
    """A disabled key is a 403 (wire file 5, row 22), an account's other key goes on and sees the same wallet and tasks."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller(balance=10)
        async with house.engine.begin() as connection:
            _, second = await create_key(connection, caller.account_id, prefix="np", scopes=["images", "account"])
            [first, *_] = await list_keys(connection, caller.account_id)
            await set_enabled(connection, caller.account_id, first.id, enabled=False)
        refused = await caller.post(GENERATE, json=BODY)
        assert refused.status_code == 403
        assert refused.json()["error"] == {"code": "FORBIDDEN", "message": "This API key is disabled"}
        other = Caller(house, caller.account_id, second)
        assert (await other.post(GENERATE, json=BODY)).json()["data"]["credits_remaining"] == 9


async def test_too_many_waiting_tasks_of_one_account(tmp_path: Path) -> None:
    """429 with Retry-After before money is touched; another account is not in the way."""
    async with serving(tmp_path, worker=False, max_waiting_per_account=2) as house:
        caller, other = await house.caller(balance=10), await house.caller(balance=10)
        assert [(await caller.post(GENERATE, json=BODY)).status_code for _ in range(2)] == [200, 200]
        refused = await caller.post(GENERATE, json=BODY)
        assert refused.status_code == 429
        assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert refused.json()["error"]["message"].startswith("Too many unfinished tasks: 2; allowed: 2")
        assert int(refused.headers["retry-after"]) > 0
        assert (await caller.books())[:3] == (8 * MICRO, 2 * MICRO, 2)
        assert (await other.post(GENERATE, json=BODY)).status_code == 200
        await audited(house)


async def test_too_many_waiting_tasks_in_all(tmp_path: Path) -> None:
    """503 with Retry-After; nothing is charged, and reading goes on."""
    async with serving(tmp_path, worker=False, max_waiting=0) as house:
        caller = await house.caller(balance=10)
        refused = await caller.post(GENERATE, json=BODY)
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "OVERLOADED"
        assert int(refused.headers["retry-after"]) > 0
        assert await caller.books() == (10 * MICRO, 0, 0, 1)
        assert (await caller.get(CREDITS)).status_code == 200


async def test_fifty_at_once_with_credits_for_seven(house_of_either: House) -> None:
    """Exactly 7 tasks and 43 refusals; the balances that were told are the 7 that there were."""
    house = house_of_either
    caller = await house.caller(balance=7)
    answers = await asyncio.gather(*(caller.post(GENERATE, json=BODY) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 7, 402: 43}
    told = sorted(answer.json()["data"]["credits_remaining"] for answer in answers if answer.status_code == 200)
    assert told == [0, 1, 2, 3, 4, 5, 6]
    for answer in answers:
        if answer.status_code == 402:
            assert answer.json()["error"]["message"].endswith(", Required: 1")
    assert (await caller.books())[:3] == (0, 7 * MICRO, 7)
    await audited(house)


async def test_one_key_fired_twenty_times_at_once(house_of_either: House) -> None:
    """One task and one charge. Every answer is that task's, or a 409 while the first is still being answered."""
    house = house_of_either
    caller = await house.caller(balance=100)
    headers = {"Idempotency-Key": "once"}
    answers = await asyncio.gather(*(caller.post(GENERATE, json=BODY, headers=headers) for _ in range(20)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 409}
    assert statuses[200] >= 1
    assert len({answer.text for answer in answers if answer.status_code == 200}) == 1
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409} <= {"IDEMPOTENCY_IN_FLIGHT"}
    assert [answer.headers.get("idempotent-replayed") for answer in answers if answer.status_code == 200].count(None) == 1
    assert await caller.books() == (99 * MICRO, 1 * MICRO, 1, 2)
    await audited(house)


async def test_one_key_on_two_servers_at_once(tmp_path: Path, house_of_either: House) -> None:
    """Two processes on one database do not know each other's requests under way; the database does."""
    first = house_of_either
    url = first.settings.database_url
    async with serving(tmp_path if url else first.settings.data, worker=False, database_url=url) as second:
        ann = await first.caller(balance=100)
        callers = [ann, Caller(second, ann.account_id, ann.key)]
        for round_ in range(5):
            headers = {"Idempotency-Key": f"round {round_}"}
            asked = [callers[n % 2].post(GENERATE, json=BODY, headers=headers) for n in range(8)]
            answers = await asyncio.gather(*asked)
            assert {answer.status_code for answer in answers} <= {200, 409}
            assert len({answer.text for answer in answers if answer.status_code == 200}) == 1
        assert (await ann.books())[:3] == (95 * MICRO, 5 * MICRO, 5)
        await audited(first)


async def test_in_flight(tmp_path: Path) -> None:
    """While the first request waits for the database, the second is a 409; afterwards it is a replay."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller(balance=10)
        headers = {"Idempotency-Key": "slow"}
        async with house.engine.begin():  # SQLite's write lock
            first = asyncio.create_task(caller.post(GENERATE, json=BODY, headers=headers))
            await asyncio.sleep(0.2)
            second = await caller.post(GENERATE, json=BODY, headers=headers)
            assert second.status_code == 409
            assert second.json()["error"]["code"] == "IDEMPOTENCY_IN_FLIGHT"
        answered = await first
        third = await caller.post(GENERATE, json=BODY, headers=headers)
        assert third.json() == answered.json()
        assert (await caller.books())[2] == 1


async def test_idempotency_keys_belong_to_an_account(tmp_path: Path) -> None:
    """Two accounts may use the same key; one account's two keys share it; a refused request does not use it up."""
    async with serving(tmp_path, worker=False) as house:
        ann, bob = await house.caller(balance=1), await house.caller(balance=1)
        headers = {"Idempotency-Key": "k"}
        dear = await ann.post(GENERATE, json=BODY | {"num_images": 4}, headers=headers)
        assert dear.status_code == 402
        answers = [await caller.post(GENERATE, json=BODY, headers=headers) for caller in (ann, bob)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json()["data"]["task_id"] != answers[1].json()["data"]["task_id"]
        async with house.engine.begin() as connection:
            _, second = await create_key(connection, ann.account_id)
        replayed = await Caller(house, ann.account_id, second).post(GENERATE, json=BODY, headers=headers)
        assert replayed.json() == answers[0].json()
        async with reading(house.engine) as connection:
            assert await connection.scalar(select(func.count()).select_from(task)) == 2


async def test_a_replay_says_what_the_first_answer_said(tmp_path: Path) -> None:
    """Later spending, a finished task and an empty wallet change nothing about it, and it costs nothing."""
    async with serving(tmp_path) as house:
        caller = await house.caller(balance=3)
        headers = {"Idempotency-Key": "k"}
        first = await caller.post(GENERATE, json=BODY, headers=headers)
        await caller.finished("/api/v1/images/status", first.json()["data"]["task_id"])
        await caller.post(GENERATE, json=BODY | {"num_images": 2})
        replayed = await caller.post(GENERATE, json=BODY, headers=headers)
        assert replayed.status_code == 200
        assert replayed.json() == first.json()
        assert replayed.headers["idempotent-replayed"] == "true"
        assert "idempotent-replayed" not in first.headers
