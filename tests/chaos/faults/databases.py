"""Faults of PostgreSQL, and of the embedded log in it."""

import asyncio

import asyncpg

from jinding.databases import NAMES
from jinding.embedded.programs import pg_ctl
from tests.chaos.faults.stage import Stage
from tests.chaos.system import RECORDS

BACKENDS = """
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = 'log' and pid <> pg_backend_pid()"""

HALF = """
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = any($1::text[]) and usename = datname and pid % 2 = 0"""


async def crash_database(stage: Stage) -> str:
    """The system starts it again by itself."""
    place = stage.system.server.place
    done = await asyncio.to_thread(pg_ctl, place, "stop", "--mode=immediate")
    return done.stdout.strip().splitlines()[-1]


async def fill_pool(stage: Stage) -> str:
    """Whoever writes waits, until all connections of a service do."""
    service = stage.random.choice(RECORDS)
    async with stage.system.direct(service) as connection, connection.transaction():
        await connection.execute("lock table answer in access exclusive mode")
        await asyncio.sleep(stage.seconds(3, 7))
        waiting = await connection.fetchval(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        )
    return f"{service}: {waiting} waited"


async def refuse_connections(stage: Stage) -> str:
    """The server has no room for new ones ("too many connections"), and half of the old ones are gone."""
    async with stage.system.direct("postgres") as connection:
        try:
            await _limit(connection, 0)
            ended = await connection.fetchval(HALF, list(NAMES))
            await asyncio.sleep(stage.seconds(3, 6))
        finally:
            await _limit(connection, -1)
    return f"{ended} connections ended"


async def _limit(connection: "asyncpg.Connection[asyncpg.Record]", number: int) -> None:
    for name in NAMES:
        await connection.execute(f"alter database {name} connection limit {number}")


async def cut_log(stage: Stage) -> str:
    async with stage.system.direct("log") as connection:
        return f"{await connection.fetchval(BACKENDS)} connections ended"


async def lock_log(stage: Stage) -> str:
    """Nothing is appended meanwhile; appends wait, some of them too long."""
    seconds = stage.seconds(4, 18)
    async with stage.system.direct("log") as connection, connection.transaction():
        await connection.execute("select from heads for update")
        await asyncio.sleep(seconds)
    return f"{seconds:.0f} s"
