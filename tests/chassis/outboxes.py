"""Outbox rows without the operations that write them, and relays to carry them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import asyncpg

from services.chassis.background import in_background
from services.chassis.eventlog.port import EventLog, LogUnavailable, Record, partition_of
from services.chassis.outbox import lane_of
from services.chassis.relay import Relay
from services.chassis.session import dsn

INSERT = """
    with added as (
        insert into outbox (topic, partition, aggregate_id, version, lane, headers, body,
                            created_at)
        values ($1, $2, $3, $4, $5, '{"ce_type": "told.v1"}', $6, now()) returning lane, id)
    insert into unpublished select lane, id from added"""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(dsn(url))
    try:
        yield connection
    finally:
        await connection.close()


async def add(
    connection: "asyncpg.Connection[asyncpg.Record]",
    topic: str,
    id: UUID,
    *versions: int,
    body: bytes | None = None,
) -> None:
    for version in versions:
        told = f"{id}/{version}".encode() if body is None else body
        place = partition_of(str(id).encode()), id, version, lane_of(id)
        await connection.execute(INSERT, topic, *place, told)


async def unpublished(url: str) -> int:
    async with connected(url) as connection:
        return int(await connection.fetchval("select count(*) from unpublished"))


@asynccontextmanager
async def relaying(url: str, *logs: EventLog) -> AsyncIterator[list[Relay]]:
    """One relay for each log given."""
    relays = [Relay(url, log, asyncio.Event()) for log in logs]
    async with AsyncExitStack() as stack:
        in_background(stack, [relay.run for relay in relays])
        yield relays


class Valve:
    """A log that can be down or slow; what passes goes to `log`."""

    def __init__(self, log: EventLog) -> None:
        self.log, self.down, self.asked = log, False, 0
        self.open = asyncio.Event()
        self.open.set()

    def __getattr__(self, name: str) -> object:
        return getattr(self.log, name)

    async def append(self, records: Sequence[Record]) -> None:
        self.asked += 1
        await self.open.wait()
        if self.down:
            raise LogUnavailable("down for a test")
        await self.log.append(records)
