"""The gateway's own tables, read as of one instant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.chassis.database import Database, DriverConnection, driver


@asynccontextmanager
async def one_snapshot(database: Database) -> AsyncIterator[DriverConnection]:
    """Whatever is read within belongs together, and nothing is written."""
    async with database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("set transaction isolation level repeatable read, read only")
        yield raw
