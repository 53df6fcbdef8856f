"""The tables of the embedded log, and their one way to come into being.

Not Alembic: four tables without models, in a database no service owns, created by the command that
creates the databases. Steps are only ever appended to `STEPS`.
"""

import asyncpg

from services.chassis.session import dsn

STEPS = (
    """
    CREATE TABLE log (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        id uuid NOT NULL DEFAULT gen_random_uuid()
    );
    INSERT INTO log DEFAULT VALUES;

    CREATE TABLE topics (
        topic integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        name text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE heads (
        topic integer REFERENCES topics ON DELETE CASCADE,
        partition smallint,
        start_offset bigint NOT NULL DEFAULT 0,
        next_offset bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (topic, partition)
    ) WITH (fillfactor = 20);

    -- no foreign key: checking it for every record would cost a third of the rate
    CREATE TABLE records (
        topic integer,
        partition smallint,
        "offset" bigint,
        key bytea NOT NULL,
        headers bytea NOT NULL,
        value bytea,
        appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (topic, partition, "offset")
    );
    """,
)


async def migrate(url: str) -> int:
    """Bring the database to the newest version; returns how many steps that took. Any number may run at once."""
    connection = await asyncpg.connect(dsn(url))
    try:
        async with connection.transaction():
            return await _upgrade(connection)
    finally:
        await connection.close()


async def _upgrade(connection: asyncpg.Connection) -> int:
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('event log schema'))")
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_version ("
        "version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    done: int = await connection.fetchval("SELECT coalesce(max(version), 0) FROM schema_version")
    for version, step in enumerate(STEPS[done:], start=done + 1):
        await connection.execute(step)
        await connection.execute("INSERT INTO schema_version VALUES ($1)", version)
    return len(STEPS) - done
