"""Sessions of workers that own things by advisory locks. One that hangs is ended by PostgreSQL, and what it
owned is free again, within `TAKEOVER_SECONDS`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg

from services.chassis.database import DriverConnection

T = TypeVar("T")
TAKEOVER_SECONDS = 4


def dsn(url: str) -> str:
    """The address as asyncpg reads it; SQLAlchemy's form names the driver."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


@asynccontextmanager
async def session(url: str, name: str) -> AsyncIterator[DriverConnection]:
    connection = await asyncpg.connect(
        dsn(url),
        timeout=10,
        command_timeout=30,
        server_settings={
            "idle_session_timeout": f"{TAKEOVER_SECONDS}s",
            "idle_in_transaction_session_timeout": f"{TAKEOVER_SECONDS}s",
            "application_name": f"jinding-{name}",
        },
    )
    try:
        yield connection
    finally:
        connection.terminate()


async def kept(connection: DriverConnection, work: Awaitable[T]) -> T:
    """Do `work`, which leaves the session idle: touch it now and then, or slow work would cost us the locks."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=TAKEOVER_SECONDS / 4))[0]:
            await connection.execute("select 1")
        return task.result()
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=TAKEOVER_SECONDS / 4)
