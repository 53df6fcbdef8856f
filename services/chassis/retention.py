"""Deletes what has been kept long enough: published events, kept answers, records of the embedded log."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.chassis import metrics
from services.chassis.database import DriverConnection
from services.chassis.erasure.gauges import measure
from services.chassis.eventlog.port import RETENTION_DAYS, EventLog
from services.chassis.session import kept, session

EVERY_SECONDS = 3600.0
LOCK = 0x4A44_0003
CHUNK = 5_000
OUTBOX_DAYS = 30
INBOX_DAYS = OUTBOX_DAYS + 2 * RETENTION_DAYS
"""The answers kept for subscriptions tell what was read already. A row may be replayed until it is deleted,
and the log then holds it for its own time: they outlive both."""

# In order of id, which is about that of time: a chunk of young rows is the last.
OUTBOX = """
    with chunk as (select id, created_at from outbox where id > $1 order by id limit $3),
    deleted as (delete from outbox o using chunk c where o.id = c.id and o.created_at < $2
        and not exists (select from unpublished u where u.lane = o.lane and u.id = o.id))
    select max(id) as last, min(created_at) < $2 as old from chunk"""
ANSWERS = """
    delete from answer where ctid = any(array(
        select ctid from answer where subject {which} 'svc:%' and created_at < $1
        order by created_at limit $2))"""


class Retention:
    def __init__(self, url: str, log: EventLog, answer_days: int) -> None:
        self.url, self.log, self.answer_days = url, log, answer_days

    async def run(self) -> None:
        """One round, unless another does one, and the pause after it."""
        async with session(self.url, "retention") as connection:
            if await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
                await self.delete(connection, datetime.now(UTC))
                await measure(connection)
        await asyncio.sleep(EVERY_SECONDS)

    async def delete(self, connection: DriverConnection, now: datetime) -> None:
        await _outbox(connection, now - timedelta(days=OUTBOX_DAYS))
        await _answers(connection, "not like", now - timedelta(days=self.answer_days))
        await _answers(connection, "like", now - timedelta(days=INBOX_DAYS))
        await kept(connection, self.log.expire())
        metrics.RETENTION_DONE.set_to_current_time()


async def _outbox(connection: DriverConnection, before: datetime) -> None:
    chunk = await connection.fetchrow(OUTBOX, 0, before, CHUNK)
    while chunk and chunk["old"]:
        chunk = await connection.fetchrow(OUTBOX, chunk["last"], before, CHUNK)


async def _answers(connection: DriverConnection, which: str, before: datetime) -> None:
    statement = ANSWERS.format(which=which)
    while await connection.execute(statement, before, CHUNK) == f"DELETE {CHUNK}":
        pass
