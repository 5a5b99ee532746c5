"""PgQueuer's own tables in our PostgreSQL database: their names, how they are installed, and how they follow its releases."""

from __future__ import annotations

from functools import cache
from typing import Any

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.ports.driver import Driver
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

PREFIX = "mediakiln_"
"""Begins the name of every object that PgQueuer owns (Alembic's comparison leaves them alone by it)."""


class _Names(DBSettings):
    """PgQueuer also reads names from variables as common as CHANNEL or FUNCTION; ours come from this file only."""

    @classmethod
    def settings_customise_sources(  # type: ignore[override]
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, **_others: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The arguments alone."""
        return (init_settings,)


@cache
def names() -> DBSettings:
    """The names of PgQueuer's objects here. Its queue is logged (durable); its log and statistics are not."""
    return _Names(prefix=PREFIX, durability=Durability.balanced)


def queries(driver: Driver) -> Queries:
    """PgQueuer's operations over `driver`, with our names."""
    return Queries(driver, qbe=QueryBuilderEnvironment(settings=names()), qbq=QueryQueueBuilder(settings=names()))


def is_ours(table: str) -> bool:
    """True for a table that PgQueuer owns and our metadata therefore does not know."""
    return table.startswith(PREFIX + "pgqueuer")


CLAIM = PREFIX + "claim"
"""The function that claims tickets: (holder uuid, lanes text[], capacities bigint[], room integer) -> (id, task_id)."""

_NO_LOG = PREFIX + "no_log"


def schema_sql() -> str:
    """Everything to install, as several statements: PgQueuer's objects, and two of ours on top.

    PgQueuer writes one log row per transition and never deletes any. The task table is our history, so a trigger drops the
    rows before they are stored: no growth, no sweeping, and submits pay for no index that nobody reads.
    """
    return f"""{QueryBuilderEnvironment(settings=names()).build_install_query()}

CREATE FUNCTION {_NO_LOG}() RETURNS TRIGGER AS $$ BEGIN RETURN NULL; END; $$ LANGUAGE plpgsql;

CREATE TRIGGER {_NO_LOG} BEFORE INSERT ON {names().queue_table_log} FOR EACH ROW EXECUTE FUNCTION {_NO_LOG}();

{_claim_sql()}
"""


def _claim_sql() -> str:
    """One claim at a time, each with the whole view: what is held per lane, then the best tickets within what is left.

    The lock lives inside one statement, so a client that stops can never keep it. `slot` is any value unique in its lane
    (PgQueuer's index on it counts what a lane holds); PgQueuer would put the number of a seat there.
    """
    queue = names().queue_table
    return f"""CREATE OR REPLACE FUNCTION {CLAIM}(holder uuid, lanes text[], capacities bigint[], room integer)
RETURNS TABLE (id bigint, task_id text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM {queue} WHERE entrypoint = ANY(lanes) AND status = 'queued' AND execute_after <= now()) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock('{queue}'::regclass::oid::bigint);
    RETURN QUERY
    WITH lane AS MATERIALIZED (
        SELECT name, capacity - (
            SELECT count(*) FROM {queue} WHERE entrypoint = name AND status = 'picked' AND slot IS NOT NULL) AS free
        FROM unnest(lanes, capacities) AS given (name, capacity)
    ), best AS MATERIALIZED (
        SELECT job.id, job.priority FROM lane CROSS JOIN LATERAL (
            SELECT id, priority FROM {queue} WHERE entrypoint = lane.name AND status = 'queued' AND execute_after <= now()
            ORDER BY priority DESC, id LIMIT greatest(0, least(room, lane.free)) FOR UPDATE SKIP LOCKED) AS job
        ORDER BY job.priority DESC, job.id LIMIT room
    ), claimed AS (
        UPDATE {queue} AS job SET status = 'picked', queue_manager_id = holder, slot = job.id, updated = now(), heartbeat = now()
        FROM best WHERE job.id = best.id RETURNING job.id, job.payload, job.priority
    )
    SELECT id, convert_from(payload, 'UTF8') FROM claimed ORDER BY priority DESC, id;
END; $$;"""  # noqa: S608


def uninstall_sql() -> str:
    """The way back, as several statements. Destroys waiting tickets."""
    drop = QueryBuilderEnvironment(settings=names()).build_uninstall_query()
    return f"{drop}\nDROP FUNCTION IF EXISTS {_NO_LOG}();\nDROP FUNCTION IF EXISTS {CLAIM}(uuid, text[], bigint[], integer);"


def install(connection: Connection) -> None:
    """Run `schema_sql` in this connection's transaction: `install(op.get_bind())` in a migration, `run_sync` elsewhere."""
    run_script(connection, schema_sql())


def uninstall(connection: Connection) -> None:
    """Run `uninstall_sql` in this connection's transaction."""
    run_script(connection, uninstall_sql())


def run_script(connection: Connection, script: str) -> None:
    """Run several statements at once over asyncpg, inside this connection's transaction."""
    # SQLAlchemy begins lazily: without a statement of its own first, the script would commit by itself.
    connection.exec_driver_sql("SELECT 1")
    connection.connection.run_async(lambda raw: raw.execute(script))


async def prepare(engine: AsyncEngine) -> tuple[str, ...]:
    """Install the schema where it is missing, and bring it up to the releases in use; returns PgQueuer's upgrade statements.

    To run after the migrations, every time: PgQueuer's upgrades cannot share a transaction, so no migration can hold them.
    It takes PgQueuer's advisory lock, so that several servers may start at once.
    """
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        raw: Any = (await connection.get_raw_connection()).driver_connection
        pgqueuer = queries(AsyncpgDriver(raw))
        async with pgqueuer.schema_lock():
            if not await pgqueuer.schema_is_installed():
                await pgqueuer.driver.execute(schema_sql())  # one message: all or nothing
                return ()
            plan = await pgqueuer.apply_upgrade()
            await pgqueuer.driver.execute(_claim_sql())
    return plan.statements
