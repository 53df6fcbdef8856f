"""Moves events from the outbox to the log, in order per aggregate, at least once.

Reads unpublished rows in id order and marks only what was acknowledged. A lane is published by the one
relay that holds its session lock; any number of relays may run, anywhere.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog

from services.chassis import metrics
from services.chassis.database import DriverConnection
from services.chassis.eventlog.port import EventLog, Partition, Record, RecordRefused
from services.chassis.outbox import LANES

log = structlog.get_logger()
LOCK_CLASS = 0x4A44_0001
POLL_SECONDS = 0.2
BATCH = 1000
TAKEOVER_SECONDS = 4

PENDING = """
    select id, topic, partition, aggregate_id, headers, body from outbox
    where published_at is null and parked is null and lane = any($1::smallint[])
      and not exists (select from outbox p where p.parked is not null
                      and p.topic = outbox.topic and p.aggregate_id = outbox.aggregate_id)
    order by id limit $2"""
PENDING_PLAIN = """
    select id, topic, partition, aggregate_id, headers, body from outbox
    where published_at is null and parked is null and lane = any($1::smallint[])
    order by id limit $2"""


class Relay:
    """Runs until cancelled. `woken` is set after each commit of this process; a poll finds the others'."""

    def __init__(self, database_url: str, event_log: EventLog, woken: asyncio.Event) -> None:
        self.url = database_url.replace("+asyncpg", "")
        self.event_log, self.woken = event_log, woken
        self.lanes: list[int] = []

    async def run(self) -> None:
        while True:
            try:
                await self._session()
            except Exception as error:  # whatever it was, nobody else would publish
                log.warning("relay_interrupted", reason=type(error).__name__, detail=str(error))
                await asyncio.sleep(0.5)

    async def _session(self) -> None:
        connection = await asyncpg.connect(
            self.url,
            timeout=10,
            command_timeout=30,
            server_settings={
                "idle_session_timeout": f"{TAKEOVER_SECONDS}s",
                "idle_in_transaction_session_timeout": f"{TAKEOVER_SECONDS}s",
                "application_name": "jinding-relay",
            },
        )
        try:
            while True:
                await self._hold_lanes(connection)
                if not await self._pump(connection):
                    await self._rest()
        finally:
            self.lanes = []
            connection.terminate()

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
        """Publish one batch; whether there may be more."""
        self.woken.clear()
        any_parked = await connection.fetchval(
            "select exists (select from outbox where published_at is null and parked is not null)"
        )
        query = PENDING if any_parked else PENDING_PLAIN
        rows = await connection.fetch(query, self.lanes, BATCH)
        if not rows:
            return False
        acknowledged, refused = len(rows), None
        try:
            await self._append(connection, [_record(row) for row in rows])
        except RecordRefused as refusal:
            acknowledged, refused = refusal.index, refusal.reason
        await self._mark(connection, rows[:acknowledged])
        if refused is not None:
            await self._park(connection, rows[acknowledged], refused)
        return True

    async def _append(self, connection: DriverConnection, records: Sequence[Record]) -> None:
        """Meanwhile the session is idle: touch it now and then, or a slow log would cost us the lanes."""
        sending = asyncio.create_task(self.event_log.append(records))
        try:
            while not (await asyncio.wait({sending}, timeout=TAKEOVER_SECONDS / 4))[0]:
                await connection.execute("select 1")
            await sending
        finally:
            sending.cancel()

    async def _mark(self, connection: DriverConnection, rows: Sequence[Any]) -> None:
        await connection.execute(
            "update outbox set published_at = $2 where id = any($1::bigint[])",
            [row["id"] for row in rows],
            datetime.now(UTC),
        )
        metrics.PUBLISHED.inc(len(rows))

    async def _park(self, connection: DriverConnection, row: Any, reason: str) -> None:
        await connection.execute("update outbox set parked = $2 where id = $1", row["id"], reason)
        log.error("event_parked", outbox_id=row["id"], topic=row["topic"], reason=reason)

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self.woken.wait(), POLL_SECONDS)
        except TimeoutError:
            return


def _record(row: Any) -> Record:
    headers = json.loads(row["headers"])
    return Record(
        Partition(row["topic"], row["partition"]),
        str(row["aggregate_id"]).encode(),
        tuple((name, value.encode()) for name, value in sorted(headers.items())),
        row["body"],
    )


async def published_through(connection: DriverConnection) -> datetime:
    """Everything committed before this instant is in the log, but for parked aggregates. Open writing
    transactions hold it back."""
    found: datetime = await connection.fetchval(
        """select least(
               now(),
               (select created_at from outbox o where published_at is null and not exists (
                    select from outbox p where p.parked is not null
                    and p.topic = o.topic and p.aggregate_id = o.aggregate_id)
                order by id limit 1),
               (select min(xact_start) from pg_stat_activity
                where datname = current_database() and backend_xid is not null))"""
    )
    return found


async def measure(connection: DriverConnection) -> None:
    """Tell Prometheus how the outbox stands."""
    row = await connection.fetchrow(
        """select count(*) filter (where parked is null) as pending,
                  count(*) filter (where parked is not null) as parked,
                  coalesce(extract(epoch from now() - min(created_at)
                           filter (where parked is null)), 0) as oldest
           from outbox where published_at is null"""
    )
    if row is None:
        return
    metrics.OUTBOX_PENDING.set(row["pending"])
    metrics.OUTBOX_PARKED.set(row["parked"])
    metrics.OUTBOX_OLDEST.set(row["oldest"])
