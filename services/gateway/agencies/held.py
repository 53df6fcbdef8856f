"""One agency, for whoever changes what is on record of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.chassis.database import Database, DriverConnection, driver
from services.chassis.errors import NotFound


@asynccontextmanager
async def held(database: Database, agency: str) -> AsyncIterator[DriverConnection]:
    """A transaction in which nobody else changes the agency; `NotFound` where there is none of that id."""
    async with database.transaction() as connection:
        raw = await driver(connection)
        if not await raw.fetch("select from agency where id = $1 for update", agency):
            raise NotFound
        yield raw
