"""Proof that money and tasks agree: read-only queries, each finding nothing in a healthy database.

The invariants are those of the design: a wallet is the sum of its entries; what is held is what open tasks reserved; every
finished task has consumed and released exactly what it reserved, and consumed something exactly when it succeeded; nothing is
negative.
"""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class Finding(Struct, frozen=True):
    """One violated invariant: which, and on what."""

    rule: str
    subject: str
    detail: str


_SUMS = """
SELECT a.id AS subject, w.available, w.held, w.granted, w.open_tasks,
  COALESCE(e.available, 0) AS entries_available, COALESCE(e.held, 0) AS entries_held, COALESCE(e.granted, 0) AS entries_granted
FROM account a LEFT JOIN wallet w ON w.account_id = a.id LEFT JOIN (
  SELECT account_id,
    SUM(CASE kind WHEN 'grant' THEN amount WHEN 'adjust' THEN amount WHEN 'release' THEN amount
                  WHEN 'reserve' THEN -amount WHEN 'expire' THEN -amount ELSE 0 END) AS available,
    SUM(CASE kind WHEN 'reserve' THEN amount WHEN 'consume' THEN -amount WHEN 'release' THEN -amount ELSE 0 END) AS held,
    SUM(CASE kind WHEN 'grant' THEN amount ELSE 0 END) AS granted
  FROM ledger_entry GROUP BY account_id
) e ON e.account_id = a.id
WHERE w.account_id IS NULL OR w.available <> COALESCE(e.available, 0) OR w.held <> COALESCE(e.held, 0)
  OR w.granted <> COALESCE(e.granted, 0)
"""

_OPEN = """
SELECT w.account_id AS subject, w.held, w.open_tasks, COALESCE(t.price, 0) AS open_price, COALESCE(t.number, 0) AS open_number
FROM wallet w LEFT JOIN (
  SELECT account_id, SUM(price) AS price, COUNT(*) AS number FROM task WHERE state IN ('queued', 'running') GROUP BY account_id
) t ON t.account_id = w.account_id
WHERE w.held <> COALESCE(t.price, 0) OR w.open_tasks <> COALESCE(t.number, 0)
"""

_PER_TASK = """
SELECT t.id AS subject, t.state, t.price, t.charged, COALESCE(e.reserved, 0) AS reserved, COALESCE(e.consumed, 0) AS consumed,
  COALESCE(e.released, 0) AS released
FROM task t LEFT JOIN (
  SELECT task_id, SUM(CASE kind WHEN 'reserve' THEN amount ELSE 0 END) AS reserved,
    SUM(CASE kind WHEN 'consume' THEN amount ELSE 0 END) AS consumed,
    SUM(CASE kind WHEN 'release' THEN amount ELSE 0 END) AS released,
    SUM(CASE kind WHEN 'reserve' THEN 1 ELSE 0 END) AS reserves
  FROM ledger_entry WHERE task_id IS NOT NULL GROUP BY task_id
) e ON e.task_id = t.id
WHERE COALESCE(e.reserved, 0) <> t.price OR COALESCE(e.reserves, 0) <> 1
  OR (t.state IN ('queued', 'running') AND (COALESCE(e.consumed, 0) <> 0 OR COALESCE(e.released, 0) <> 0))
  OR (t.state NOT IN ('queued', 'running') AND (COALESCE(e.consumed, 0) + COALESCE(e.released, 0) <> t.price
      OR t.charged IS NULL OR t.charged <> COALESCE(e.consumed, 0)))
  OR (t.state IN ('failed', 'canceled') AND COALESCE(e.consumed, 0) <> 0)
  OR (t.state = 'succeeded' AND COALESCE(e.consumed, 0) = 0)
"""

_ORPHANS = """
SELECT e.key AS subject, e.kind, e.amount, e.account_id FROM ledger_entry e LEFT JOIN task t ON t.id = e.task_id
WHERE (e.task_id IS NOT NULL AND (t.id IS NULL OR t.account_id <> e.account_id))
  OR (e.task_id IS NULL AND e.kind IN ('reserve', 'consume', 'release'))
"""

_CHAIN = """
SELECT subject, available_after, available_sum, held_after, held_sum FROM (
  SELECT key AS subject, available_after, held_after,
    SUM(CASE kind WHEN 'grant' THEN amount WHEN 'adjust' THEN amount WHEN 'release' THEN amount
                  WHEN 'reserve' THEN -amount WHEN 'expire' THEN -amount ELSE 0 END)
      OVER (PARTITION BY account_id ORDER BY id) AS available_sum,
    SUM(CASE kind WHEN 'reserve' THEN amount WHEN 'consume' THEN -amount WHEN 'release' THEN -amount ELSE 0 END)
      OVER (PARTITION BY account_id ORDER BY id) AS held_sum
  FROM ledger_entry
) chain WHERE available_after <> available_sum OR held_after <> held_sum
"""

_NEGATIVE = """
SELECT account_id AS subject, available, held, open_tasks, 0 AS amount FROM wallet
WHERE available < 0 OR held < 0 OR open_tasks < 0
UNION ALL
SELECT key AS subject, available_after, held_after, 0, amount FROM ledger_entry
WHERE available_after < 0 OR held_after < 0 OR (amount < 0 AND kind <> 'adjust')
"""

RULES = {
    "wallet is the sum of its entries": _SUMS,
    "held and open_tasks are those of open tasks": _OPEN,
    "a task consumed and released what it reserved": _PER_TASK,
    "every task movement belongs to a task": _ORPHANS,
    "every entry carries the balance it left": _CHAIN,
    "nothing is negative": _NEGATIVE,
}


async def audit(connection: AsyncConnection, *, limit: int = 20) -> list[Finding]:
    """Check every rule in the caller's (read) transaction; at most `limit` findings a rule."""
    findings = []
    for rule, query in RULES.items():
        for row in (await connection.execute(text(f"{query} LIMIT {int(limit)}"))).mappings():
            detail = ", ".join(f"{name}={value}" for name, value in row.items() if name != "subject")
            findings.append(Finding(rule=rule, subject=str(row["subject"]), detail=detail))
    return findings
