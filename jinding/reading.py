"""Partitions that are not read on, since the log had lost what was read of them: an operator must say from where."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

import asyncpg
import structlog

from jinding.beside import beside
from jinding.processes import SERVICES
from jinding.settings import Settings
from services.chassis.database import DriverConnection
from services.chassis.session import dsn

log = structlog.get_logger()
STOPPED = """
    select consumer, topic, partition, next_offset, stopped_at from consumer_offset
    where stopped_at is not null order by consumer, topic, partition"""
RESUMED = """
    update consumer_offset set stopped_at = null, next_offset = $1
    where stopped_at is not null and ($2::text is null or topic = $2)
        and ($3::int is null or partition = $3)
    returning consumer, topic, partition, next_offset, now()"""


class Stopped(NamedTuple):
    """Whose reading of what stopped before which offset; or was resumed from which. And when."""

    consumer: str
    topic: str
    partition: int
    offset: int
    at: datetime


async def stopped(settings: Settings) -> list[Stopped]:
    """In all databases."""
    async with _databases(settings) as connections:
        return [Stopped(*row) for each in connections for row in await each.fetch(STOPPED)]


async def resume(
    settings: Settings, topic: str | None, partition: int | None, offset: int, by: str
) -> list[Stopped]:
    """Read on from `offset` whatever was stopped of the topic and partition, or of all. What is read again is
    known by its version or its id, and changes nothing."""
    async with _databases(settings) as connections:
        found = [
            Stopped(*row)
            for each in connections
            for row in await each.fetch(RESUMED, offset, topic, partition)
        ]
    for place in found:
        told = place._asdict() | {"at": place.at.isoformat()}
        log.info("reading_resumed", by=by, **told)
    return found


@asynccontextmanager
async def _databases(settings: Settings) -> AsyncIterator[list[DriverConnection]]:
    connections: list[DriverConnection] = []
    async with beside(settings) as databases:
        try:
            for name in SERVICES:
                connections.append(await asyncpg.connect(dsn(databases.url(name))))
            yield connections
        finally:
            for connection in connections:
                await connection.close()
