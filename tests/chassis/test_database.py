"""What goes back to the pool is as it came."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.chassis.database import Database, driver
from tests.chassis.outboxes import connected
from tests.support.postgres import FreshDatabases

WRITTEN = "select to_regclass('written') is not null"


async def test_a_transaction_whose_beginning_is_cancelled_swallows_no_later_one(
    fresh_database: FreshDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has begun, and nobody has heard of it: on that connection every later transaction would be
    a part of that one, which nobody ends."""
    begun, execute = asyncio.Event(), asyncpg.Connection.execute
    url = await fresh_database()
    database = Database(url, 1)
    async with database.connection() as connection:
        await driver(connection)

    async def unheard(connection: Any, query: str, *arguments: Any, **more: Any) -> Any:
        answer = await execute(connection, query, *arguments, **more)
        if query.startswith("BEGIN"):
            begun.set()
            await asyncio.Event().wait()
        return answer

    async def work() -> None:
        async with database.transaction() as connection:
            await driver(connection)

    with monkeypatch.context() as patched:
        patched.setattr(asyncpg.Connection, "execute", unheard)
        task = asyncio.create_task(work())
        await begun.wait()
        task.cancel()
        await asyncio.wait({task})
    assert task.cancelled()
    async with database.transaction() as connection:
        await (await driver(connection)).execute("create table written (n int)")
    async with connected(url) as another:
        assert await another.fetchval(WRITTEN)
    await database.close()


async def test_a_cancellation_is_heard_of_whatever_fails_while_it_cleans_up(
    fresh_database: FreshDatabases,
) -> None:
    database, asleep = Database(await fresh_database(), 1), asyncio.Event()

    async def work() -> None:
        async with database.connection() as connection:
            raw = await driver(connection)
            try:
                asleep.set()
                await asyncio.Event().wait()
            finally:
                raw.terminate()
                await raw.execute("select pg_advisory_unlock_all()")

    task = asyncio.create_task(work())
    await asleep.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    async with database.connection() as connection:
        assert not (await driver(connection)).is_closed()
    await database.close()
