"""Money under fire: random concurrent submits, endings, late workers and corrections, on both databases, against a model.

After every step the audit must find nothing, every wallet must be what the model says, and there must be as many tasks: a
bundle is taken whole or not at all. Two kilns with engines of their own stand for two processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from databases import empty, fresh_sqlite, shared_postgres
from fakes.kiln import Kiln, quote
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from mediakiln.accounts.principals import Principal
from mediakiln.assets.outputs import StoredOutput
from mediakiln.database.engine import open_engine, writing
from mediakiln.database.ids import now_ms
from mediakiln.errors import MICRO, IdempotencyInFlight, IdempotencyMismatch, InsufficientCredits, Overloaded
from mediakiln.ledger import entries
from mediakiln.tasks import states
from mediakiln.tasks.records import ErrorCode, Task, TaskError
from mediakiln.tasks.replays import Submitted

T = TypeVar("T")
PEOPLE = 3
MOST_OPEN = 12
ERROR = TaskError(ErrorCode.INTERNAL, "It broke")
BOUNDS = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)

pick = st.integers(0, 1_000)
"""Which task. A number, not a task: what is drawn may not depend on who won a race, or Hypothesis cannot repeat it."""
person = st.integers(0, PEOPLE - 1)
credit = st.integers(1, 9).map(lambda n: n * MICRO // 2)
wish = st.fixed_dictionaries(
    {
        "who": person,
        "unit": credit,
        "count": st.integers(1, 4),
        "size": st.just(1),
        "key": st.one_of(st.just(""), st.sampled_from(["k1", "k2", "k3"])),
        "body": st.sampled_from(["a", "a", "b"]),
        "process": st.integers(0, 1),
    }
)
bundle = st.one_of(wish, wish.flatmap(lambda one: st.integers(2, 10).map(lambda size: one | {"size": size})))
"""What is submitted together: one task, or several."""
ending = st.fixed_dictionaries(
    {"how": st.sampled_from(["succeed", "fail", "cancel", "overdue"]), "delivered": st.integers(1, 4), "late": st.booleans()}
)


class Account:
    """What the model knows of a wallet."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.available = 0
        self.held = 0
        self.open = 0
        self.keys: dict[str, tuple[str, tuple[Submitted, ...]]] = {}


class Known:
    """What the model knows of a task: every claim of it that a worker holds, the last one first in right."""

    def __init__(self, who: int, held: Task) -> None:
        self.who = who
        self.claims = [held]
        self.open = True


class Money(RuleBasedStateMachine):
    """Drives the code with `loop`, which lives as long as the whole test."""

    loop: ClassVar[asyncio.Runner]
    kilns: ClassVar[list[Kiln]]

    def __init__(self) -> None:
        super().__init__()
        self.accounts: list[Account] = []
        self.tasks: list[Known] = []
        self.used: set[str] = set()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    @property
    def kiln(self) -> Kiln:
        return self.kilns[0]

    def picked(self, pick: int, *, only_open: bool = False) -> Known | None:
        """One of the tasks there are, if any."""
        tasks = [known for known in self.tasks if known.open or not only_open]
        return tasks[pick % len(tasks)] if tasks else None

    @initialize(balances=st.lists(st.integers(0, 60), min_size=PEOPLE, max_size=PEOPLE))
    def begin(self, balances: list[int]) -> None:
        async def begin() -> None:
            await empty(self.kiln.engine)
            for balance in balances:
                account = Account(await self.kiln.account(credits=balance))
                account.available = balance * MICRO
                self.accounts.append(account)

        self.do(begin())

    @rule(wishes=st.lists(bundle, min_size=1, max_size=8))
    def submit_at_once(self, wishes: list[dict[str, Any]]) -> None:
        """Single tasks and bundles of several callers, in both processes, with and without an Idempotency-Key."""
        self._submit(wishes)

    @rule(one=bundle, processes=st.lists(st.integers(0, 1), min_size=1, max_size=4))
    def repeat_at_once(self, one: dict[str, Any], processes: list[int]) -> None:
        """One request with a key, sent several times at the same moment and, by other steps, before and after."""
        self._submit([one | {"key": one["key"] or "k1", "process": process} for process in processes])

    def _submit(self, wishes: list[dict[str, Any]]) -> None:
        async def submit() -> list[Any]:
            return await asyncio.gather(
                *(
                    self.kilns[one["process"]].bundle(
                        self.accounts[one["who"]].principal,
                        [quote(unit_price=one["unit"], count=one["count"])] * one["size"],
                        key=one["key"],
                        body=body_of(one),
                    )
                    for one in wishes
                ),
                return_exceptions=True,
            )

        outcomes = self.do(submit())
        for one, outcome in zip(wishes, outcomes, strict=True):
            if isinstance(outcome, tuple) and not outcome[0].replayed:
                self._accepted(one, outcome)
        for one, outcome in zip(wishes, outcomes, strict=True):
            self._explain(one, outcome, wishes)

    def _accepted(self, one: dict[str, Any], made: tuple[Submitted, ...]) -> None:
        account, price = self.accounts[one["who"]], one["unit"] * one["count"]
        assert len(made) == one["size"], "a part of a bundle"
        assert {each.price for each in made} == {price}
        assert [made[0].available_after - each.available_after for each in made] == [n * price for n in range(len(made))]
        account.available -= price * len(made)
        account.held += price * len(made)
        account.open += len(made)
        assert account.available >= 0, "the wallet was overspent"
        assert account.open <= MOST_OPEN
        if one["key"]:
            assert one["key"] not in account.keys, "a second bundle for one Idempotency-Key"
            account.keys[one["key"]] = body_of(one), made
        for each in made:
            row = self.do(self.kiln.row(each.public_id))
            self.tasks.append(Known(one["who"], self.do(self.kiln.held(row["id"]))))

    def _explain(self, one: dict[str, Any], outcome: Any, wishes: list[dict[str, Any]]) -> None:
        """Every answer must be one that some order of the requests allows. Within a batch balances only fall, so a refusal
        must still be right at its end."""
        account, total = self.accounts[one["who"]], one["unit"] * one["count"] * one["size"]
        match outcome:
            case tuple() if outcome[0].replayed:
                body, first = account.keys[one["key"]]
                assert body == body_of(one)
                assert outcome == tuple(replace(each, replayed=True) for each in first)
            case tuple():
                pass
            case InsufficientCredits():
                assert outcome.required == total > account.available
            case Overloaded():
                assert account.open + one["size"] > MOST_OPEN
            case IdempotencyMismatch():
                assert account.keys[one["key"]][0] != body_of(one)
            case IdempotencyInFlight():
                rivals = [other for other in wishes if all(other[name] == one[name] for name in ("who", "key", "process"))]
                assert len(rivals) > 1
            case _:
                raise AssertionError(f"unexpected: {outcome!r}") from outcome

    @rule(pick=pick, times=st.integers(1, 3))
    def claim(self, pick: int, times: int) -> None:
        """Workers begin attempts at the same moment: a finished task is refused, else each gets an attempt of its own."""
        known = self.picked(pick)
        if known is None:
            return

        async def claim(kiln: Kiln) -> Task | None:
            async with writing(kiln.engine) as connection:
                return await states.claim(connection, known.claims[0].id)

        async def claims() -> list[Task | None]:
            return await asyncio.gather(*(claim(self.kilns[n % 2]) for n in range(times)))

        got = [held for held in self.do(claims()) if held is not None]
        assert len(got) == (times if known.open else 0)
        before = known.claims[0].attempt
        assert sorted(held.attempt for held in got) == list(range(before + 1, before + 1 + len(got)))
        known.claims = sorted([*got, *known.claims], key=lambda held: -held.attempt)

    @rule(pick=pick, endings=st.lists(ending, min_size=1, max_size=4))
    def end_at_once(self, pick: int, endings: list[dict[str, Any]]) -> None:
        """Several endings of one task at the same moment, some by workers that lost it: exactly one counts, if any may."""
        known = self.picked(pick)
        if known is None:
            return
        account = self.accounts[known.who]

        async def end(kiln: Kiln, one: dict[str, Any]) -> bool:
            held = known.claims[-1 if one["late"] else 0]
            async with writing(kiln.engine) as connection:
                match one["how"]:
                    case "succeed":
                        return await states.succeed(connection, held, files(held, one["delivered"]), None)
                    case "fail":
                        return await states.fail(connection, held, ERROR, attempt=held.attempt)
                    case "overdue":
                        return await states.fail(connection, held, ERROR, attempt=None)
                    case _:
                        return await states.cancel(connection, held)

        async def ends() -> list[bool]:
            return await asyncio.gather(*(end(self.kilns[n % 2], one) for n, one in enumerate(endings)))

        won = [one for one, done in zip(endings, self.do(ends()), strict=True) if done]
        newest, oldest = known.claims[0], known.claims[-1]
        able = [
            one
            for one in endings
            if one["how"] in ("cancel", "overdue")
            or ((not one["late"] or newest.attempt == oldest.attempt) and (newest.attempt > 0 or one["how"] == "fail"))
        ]
        assert len(won) == (1 if known.open and able else 0)
        if won:
            assert won[0] in able
            consumed = min(newest.price, newest.unit_price * won[0]["delivered"]) if won[0]["how"] == "succeed" else 0
            known.open = False
            account.held -= newest.price
            account.available += newest.price - consumed
            account.open -= 1

    @rule(pick=pick, delivered=st.integers(1, 4))
    def deliver(self, pick: int, delivered: int) -> None:
        """A worker in good order: it takes a task and delivers all of it, or a part."""
        known = self.picked(pick, only_open=True)
        if known is None:
            return

        async def work() -> None:
            known.claims.insert(0, await self.kiln.claim(known.claims[0].id))
            async with writing(self.kiln.engine) as connection:
                assert await states.succeed(connection, known.claims[0], files(known.claims[0], delivered), None)

        self.do(work())
        account, task = self.accounts[known.who], known.claims[0]
        known.open = False
        account.held -= task.price
        account.available += task.price - min(task.price, task.unit_price * delivered)
        account.open -= 1

    @rule(pick=pick)
    def deadline_passes(self, pick: int) -> None:
        """The janitors of both processes sweep at once."""
        known = self.picked(pick, only_open=True)
        if known is None:
            return

        async def sweep() -> list[int]:
            await self.kiln.execute(
                "UPDATE task SET deadline = :past WHERE id = :id", past=now_ms() - 60_000, id=known.claims[0].id
            )
            return await asyncio.gather(*(kiln.janitor.fail_overdue() for kiln in self.kilns))

        assert sum(self.do(sweep())) == 1
        account = self.accounts[known.who]
        known.open = False
        account.held -= known.claims[0].price
        account.available += known.claims[0].price
        account.open -= 1

    @rule(who=person, amount=credit, key=st.sampled_from(["g1", "g2", "g3"]), times=st.integers(1, 4))
    def grant(self, who: int, amount: int, key: str, times: int) -> None:
        """The same grant, repeated at the same moment and later, counts once."""
        key = f"grant:{who}:{key}"

        async def grant(kiln: Kiln) -> bool:
            async with writing(kiln.engine) as connection:
                account_id = self.accounts[who].principal.account_id
                return await entries.grant(connection, account_id, amount, key=key, description="bought")

        async def grants() -> list[bool]:
            return await asyncio.gather(*(grant(self.kilns[n % 2]) for n in range(times)))

        done = self.do(grants())
        assert done.count(True) == (0 if key in self.used else 1)
        if key not in self.used:
            self.accounts[who].available += amount
        self.used.add(key)

    @rule(who=person, amount=st.integers(-20, 20).filter(bool), expiring=st.booleans(), key=st.sampled_from(["c1", "c2", "c3"]))
    def correct(self, who: int, amount: int, expiring: bool, key: str) -> None:
        """A correction by hand or an expiry never takes more than there is, and counts once."""
        key, micro = f"correct:{who}:{key}", amount * MICRO
        movement, moved = (entries.expire, -abs(micro)) if expiring else (entries.adjust, micro)

        async def correct() -> bool | InsufficientCredits:
            try:
                async with writing(self.kiln.engine) as connection:
                    account_id = self.accounts[who].principal.account_id
                    given = abs(micro) if expiring else micro
                    return await movement(connection, account_id, given, key=key, description="by hand")
            except InsufficientCredits as error:
                return error

        done, account = self.do(correct()), self.accounts[who]
        if key in self.used:
            assert done is False
        elif account.available + moved < 0:
            assert isinstance(done, InsufficientCredits)
        else:
            assert done is True
            self.used.add(key)
            account.available += moved

    @invariant()
    def money_is_exact(self) -> None:
        async def look() -> None:
            assert await self.kiln.tasks() == len(self.tasks)
            for account in self.accounts:
                assert await self.kiln.wallet(account.principal) == (account.available, account.held, account.open)
            assert await self.kiln.audit() == []

        self.do(look())


def body_of(one: dict[str, Any]) -> str:
    """What was sent: another number of tasks is another body."""
    return f"{one['body']} {one['size']}"


def files(held: Task, count: int) -> tuple[StoredOutput, ...]:
    return tuple(StoredOutput(f"/uploads/{held.id}_{n}.png", "image/png", 100, 16, 16) for n in range(count))


@asynccontextmanager
async def two_kilns(engines: Any, folder: Path) -> AsyncIterator[list[Kiln]]:
    async with engines as engine:
        second = open_engine(engine.url)
        try:
            yield [Kiln(one, folder, max_waiting_per_account=MOST_OPEN) for one in (engine, second)]
        finally:
            await second.dispose()


@asynccontextmanager
async def postgres() -> AsyncIterator[Any]:
    engine = open_engine(await shared_postgres())
    try:
        yield engine
    finally:
        await engine.dispose()


def drive(engines: Any, folder: Path) -> None:
    with asyncio.Runner() as loop:
        context = two_kilns(engines, folder)
        kilns = loop.run(context.__aenter__())
        try:
            machine = type("Money", (Money,), {"loop": loop, "kilns": kilns})
            run_state_machine_as_test(machine, settings=BOUNDS)
        finally:
            loop.run(context.__aexit__(None, None, None))


def test_money_on_sqlite(tmp_path: Path) -> None:
    """The machine on SQLite."""
    drive(fresh_sqlite(tmp_path / "money.sqlite3"), tmp_path / "data")


def test_money_on_postgresql(tmp_path: Path) -> None:
    """The machine on PostgreSQL."""
    drive(postgres(), tmp_path / "data")
