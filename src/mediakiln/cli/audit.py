"""`mediakiln audit`: do the wallets, the ledger and the tasks agree?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mediakiln.cli import show
from mediakiln.cli.base import Data, database, run, settings_for

if TYPE_CHECKING:
    from mediakiln.ledger.audit import Finding


def audit(data: Data = None) -> None:
    """Prove that wallets, ledger and tasks agree; exit 1 when they do not. Reads only, and may run beside a busy server."""
    from mediakiln.ledger.audit import RULES

    findings = run(_audit(data))
    if not findings:
        typer.echo(f"The books agree: {len(RULES)} rules hold.")
        return
    show.table(("rule", "subject", "detail"), [(each.rule, each.subject, each.detail) for each in findings], empty="")
    raise typer.Exit(1)


async def _audit(data: Path | None) -> list[Finding]:
    from mediakiln.database.engine import reading
    from mediakiln.ledger.audit import audit as check

    async with database(settings_for(data)) as engine, reading(engine) as connection:
        return await check(connection)
