"""The audit can fail: every rule fires on the damage it is there for, and names what is damaged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.kiln import Kiln, quote
from fakes.providers import Scripted, deliver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.ledger.audit import RULES, audit

SUMS = "wallet is the sum of its entries"
OPEN = "held and open_tasks are those of open tasks"
TASK = "a task consumed and released what it reserved"
OWNER = "every task movement belongs to a task"
CHAIN = "every entry carries the balance it left"
NEGATIVE = "nothing is negative"

DAMAGE = {
    "credits from nowhere": ("UPDATE wallet SET available = available + 1", SUMS),
    "held credits lost": ("UPDATE wallet SET held = held - 1 WHERE held > 0", SUMS),
    "granted told wrongly": ("UPDATE wallet SET granted = granted + 1", SUMS),
    "a grant without entry": ("DELETE FROM ledger_entry WHERE kind = 'grant'", SUMS),
    "a wallet lost": ("DELETE FROM wallet WHERE account_id = :idle", SUMS),
    "an open task miscounted": ("UPDATE wallet SET open_tasks = open_tasks + 1", OPEN),
    "an open task lost": ("DELETE FROM task WHERE state = 'running'", OPEN),
    "a reservation lost": ("DELETE FROM ledger_entry WHERE kind = 'reserve'", TASK),
    "a reservation of less": ("UPDATE ledger_entry SET amount = amount - 1 WHERE kind = 'reserve'", TASK),
    "finished without settlement": ("UPDATE task SET state = 'failed', charged = 0 WHERE state = 'running'", TASK),
    "settled but open": ("UPDATE task SET state = 'running' WHERE state = 'succeeded'", TASK),
    "charged told wrongly": ("UPDATE task SET charged = charged + 1 WHERE state = 'succeeded'", TASK),
    "charged not told": ("UPDATE task SET charged = NULL WHERE state = 'succeeded'", TASK),
    "a failure that was paid": ("UPDATE task SET state = 'failed' WHERE state = 'succeeded'", TASK),
    "a success that was free": ("UPDATE task SET state = 'succeeded' WHERE state = 'canceled'", TASK),
    "a release lost": ("DELETE FROM ledger_entry WHERE kind = 'release'", TASK),
    "consumed for another": ("UPDATE ledger_entry SET task_id = :running WHERE kind = 'consume'", TASK),
    "a movement without task": ("UPDATE ledger_entry SET task_id = NULL WHERE kind = 'consume'", OWNER),
    "a movement of no task": ("UPDATE ledger_entry SET task_id = 'nobody' WHERE kind = 'consume'", OWNER),
    "a movement in another's wallet": ("UPDATE ledger_entry SET account_id = :idle WHERE kind = 'consume'", OWNER),
    "a balance after told wrongly": ("UPDATE ledger_entry SET available_after = available_after + 1 WHERE kind = 'grant'", CHAIN),
    "a held balance told wrongly": ("UPDATE ledger_entry SET held_after = held_after + 1 WHERE kind = 'consume'", CHAIN),
    "a negative balance": ("UPDATE ledger_entry SET available_after = -1 WHERE kind = 'consume'", NEGATIVE),
    "a negative amount": ("UPDATE ledger_entry SET amount = -amount WHERE kind = 'grant'", NEGATIVE),
}


@pytest.fixture
async def kiln(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Kiln]:
    """A kiln with one task in every state, and an account without any."""
    kiln = Kiln(engine, tmp_path / "data")
    ann = await kiln.account(credits=100)
    await kiln.account(credits=50, email="idle@example.com")
    await kiln.submitted(ann)
    await kiln.claim(await kiln.submitted(ann))
    await kiln.runner(Scripted(start=[deliver(3)]))(await kiln.submitted(ann, quote(count=4)))
    await kiln.runner(Scripted(start=[deliver(0)]))(await kiln.submitted(ann))
    await kiln.cancel((await kiln.submit(ann)).public_id)
    return kiln


async def ids(kiln: Kiln, sql: str) -> str:
    async with kiln.engine.connect() as connection:
        return str(await connection.scalar(text(sql)))


@pytest.mark.parametrize("damage", DAMAGE)
async def test_damage_is_found(kiln: Kiln, damage: str) -> None:
    """A sound ledger has no finding; after the damage the rule made for it has one, with a subject and figures."""
    assert await kiln.audit() == []
    sql, rule = DAMAGE[damage]
    values = {
        "idle": await ids(kiln, "SELECT id FROM account WHERE email = 'idle@example.com'"),
        "running": await ids(kiln, "SELECT id FROM task WHERE state = 'running'"),
    }
    await kiln.execute(sql, **{name: value for name, value in values.items() if f":{name}" in sql})
    found = [finding for finding in await kiln.audit() if finding.rule == rule]
    assert found
    assert all(finding.subject and "=" in finding.detail for finding in found)


def test_every_rule_has_its_damage() -> None:
    """No rule is left unproven."""
    assert {rule for _, rule in DAMAGE.values()} == set(RULES)


async def test_findings_are_bounded(kiln: Kiln) -> None:
    """A wholly broken ledger does not flood the operator."""
    for n in range(10):
        await kiln.account(credits=1, email=f"p{n}@example.com")
    await kiln.execute("UPDATE wallet SET available = available + 1")
    async with kiln.engine.connect() as connection:
        findings = await audit(connection, limit=4)
    assert sum(finding.rule == SUMS for finding in findings) == 4


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE wallet SET available = -1",
        "UPDATE wallet SET held = -1",
        "UPDATE wallet SET open_tasks = -1",
        "UPDATE ledger_entry SET kind = 'gift'",
        "UPDATE task SET state = 'lost'",
        "UPDATE task SET submission = 'perhaps'",
        "INSERT INTO ledger_entry (account_id, kind, amount, available_after, held_after, key, description, created_at)"
        " SELECT account_id, kind, amount, available_after, held_after, key, description, created_at FROM ledger_entry",
        "UPDATE wallet SET account_id = 'nobody'",
    ],
)
async def test_the_database_itself_refuses(kiln: Kiln, sql: str) -> None:
    """What no code may do, the schema forbids: negative wallets, unknown states, a second entry with one key, no account."""
    with pytest.raises(Exception, match=r"(?i)constraint|unique"):
        await kiln.execute(sql)
