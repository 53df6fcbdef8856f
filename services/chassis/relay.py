"""Moves events from the outbox to the log, in order per aggregate, at least once.

Reads unpublished rows in id order and strikes off only what was acknowledged. A lane is published by the one
relay that holds its session lock; any number of relays may run, anywhere. While one batch is on its way, the one
before it is struck off and the next one read.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import structlog
from pydantic_core import from_json

from services.chassis import metrics
from services.chassis.database import DriverConnection
from services.chassis.eventlog.port import EventLog, Partition, Record, RecordRefused
from services.chassis.outbox import LANES
from services.chassis.session import TAKEOVER_SECONDS, kept, session

log = structlog.get_logger()
LOCK_CLASS = 0x4A44_0001
POLL_SECONDS = 0.2
BATCH = 1000
"""Rows at a time, if all lanes have as many."""

# Parked rows are looked up one by one: joined, they were planned on counts from before they were parked.
PENDING = """
    select next.* from unnest($1::smallint[]) as held(lane), lateral (
        select u.lane, u.id, topic, partition, aggregate_id, headers, body
        from unpublished u join outbox o on o.id = u.id
        where u.lane = held.lane and u.id not in (select unnest($3::bigint[])) and parked is null
          and (select p.id from outbox p where p.parked is not null
               and p.topic = o.topic and p.aggregate_id = o.aggregate_id limit 1) is null
        order by u.id limit $2
    ) next"""


class Mark(NamedTuple):
    """A row of `unpublished`."""

    lane: int
    id: int


Marks = Sequence[Mark]


class Relay:
    """`woken` is set after each commit of this process; a poll finds the others'."""

    def __init__(self, database_url: str, event_log: EventLog, woken: asyncio.Event) -> None:
        self.url, self.event_log, self.woken = database_url, event_log, woken
        self.lanes: list[int] = []

    async def run(self) -> None:
        """One session: publish until something fails."""
        try:
            async with session(self.url, "relay") as connection:
                while True:
                    if not await self._pump(connection):
                        with suppress(TimeoutError):
                            await asyncio.wait_for(self.woken.wait(), POLL_SECONDS)
        finally:
            self.lanes = []

    async def _hold_lanes(self, connection: DriverConnection) -> None:
        if len(self.lanes) < LANES:
            free = [lane for lane in range(LANES) if lane not in self.lanes]
            rows = await connection.fetch(
                "select lane from unnest($2::int[]) lane where pg_try_advisory_lock($1, lane)",
                LOCK_CLASS,
                free,
            )
            self.lanes += [row["lane"] for row in rows]

    async def _pump(self, connection: DriverConnection) -> bool:
        """Publish what is pending; whether there may be more."""
        self.woken.clear()
        sent: Marks = []
        rows = await self._pending(connection, [])
        if not rows:
            return False
        while rows:
            marks = [Mark(row["lane"], row["id"]) for row in rows]
            records = [_record(row) for row in rows]
            del rows  # two batches in memory are enough
            sending = asyncio.create_task(self.event_log.append(records))
            try:
                await self._strike_off(connection, sent)
                rows = await self._pending(connection, marks)
                await kept(connection, sending)
            except RecordRefused as refusal:
                await self._strike_off(connection, marks[: refusal.index])
                topic = records[refusal.index].partition.topic
                await self._park(connection, marks[refusal.index].id, topic, refusal.reason)
                return True  # what was read ahead may have to wait behind it
            finally:
                sending.cancel()
                await asyncio.wait({sending}, timeout=TAKEOVER_SECONDS / 4)
            sent = marks
        await self._strike_off(connection, sent)
        return True

    async def _pending(self, connection: DriverConnection, on_their_way: Marks) -> list[Any]:
        await self._hold_lanes(connection)  # under load too: another's are free when it is gone
        share = 1 + BATCH // max(1, len(self.lanes))
        ids = [mark.id for mark in on_their_way]
        rows = await connection.fetch(PENDING, self.lanes, share, ids)
        return sorted(rows, key=itemgetter("id"))

    async def _strike_off(self, connection: DriverConnection, marks: Marks) -> None:
        if not marks:
            return
        await connection.execute(
            "delete from unpublished u using unnest($1::smallint[], $2::bigint[]) as d(lane, id) "
            "where u.lane = d.lane and u.id = d.id",
            [mark.lane for mark in marks],
            [mark.id for mark in marks],
        )
        metrics.PUBLISHED.inc(len(marks))

    async def _park(self, connection: DriverConnection, id_: int, topic: str, reason: str) -> None:
        await connection.execute("update outbox set parked = $2 where id = $1", id_, reason)
        log.error("event_parked", outbox_id=id_, topic=topic, reason=reason)


def _record(row: Any) -> Record:
    headers = from_json(row["headers"])
    return Record(
        Partition(row["topic"], row["partition"]),
        str(row["aggregate_id"]).encode(),
        tuple([(name, value.encode()) for name, value in sorted(headers.items())]),
        row["body"],
    )


async def published_through(connection: DriverConnection) -> datetime:
    """Everything committed before this instant is in the log, but for parked aggregates. Open writing
    transactions hold it back."""
    found: datetime = await connection.fetchval(
        """select least(
               now(),
               (select min(created_at) from generate_series(0, $1::int - 1) as each(lane), lateral (
                    select created_at from unpublished u join outbox o on o.id = u.id
                    where u.lane = each.lane and not exists (
                        select from outbox p where p.parked is not null
                        and p.topic = o.topic and p.aggregate_id = o.aggregate_id)
                    order by u.id limit 1) oldest),
               (select min(xact_start) from pg_stat_activity
                where datname = current_database() and backend_xid is not null))""",
        LANES,
    )
    return found
