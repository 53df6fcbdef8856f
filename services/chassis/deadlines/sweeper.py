"""Turns passed deadlines into operations. Any number may run; one works at a time.

Each clock fires once, with `occurred_at` = its due time, also after downtime: the operation rechecks the
clock under the aggregate's lock.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from services.chassis import metrics
from services.chassis.database import Database, DriverConnection, driver
from services.chassis.decision import Receipt
from services.chassis.identity.caller import job
from services.chassis.operation import Body, Item, Operation
from services.chassis.unit import Unit

log = structlog.get_logger()
LOCK = 0x4A44_0002
BATCH = 500

PASSED = """
    select aggregate_id, kind, noun, due_at from clock
    where due_at <= $1 and stopped_at is null and fired_at is null and held_by is null
      and noun = any($3::text[])
    order by due_at, aggregate_id limit $2"""
STOP = """
    update clock set stopped_at = $1
    from unnest($2::text[], $3::uuid[], $4::text[], $5::timestamptz[]) as c(noun, id, kind, due_at)
    where clock.noun = c.noun and aggregate_id = c.id and clock.kind = c.kind
      and clock.due_at = c.due_at and stopped_at is null and fired_at is null
    returning aggregate_id"""


class Passed(Body):
    """The clock `kind` has run out; `occurred_at` is when."""

    kind: str


class Sweeper:
    """`overdue` names, per noun, the operation that records a passed deadline."""

    def __init__(
        self, database: Database, unit: Unit, overdue: Mapping[str, Operation], seconds: float
    ) -> None:
        self.database, self.unit, self.overdue, self.seconds = database, unit, overdue, seconds

    async def run(self) -> None:
        while True:
            try:
                while await self.sweep(datetime.now(UTC)):
                    pass
            except Exception as error:  # whatever it was, clocks run on
                log.warning("sweep_interrupted", reason=repr(error)[:300])
            await asyncio.sleep(self.seconds)

    async def sweep(self, now: datetime) -> bool:
        """Fire what is due at `now`; whether there may be more."""
        async with self.database.transaction() as connection:
            raw = await driver(connection)
            if not await raw.fetchval("select pg_try_advisory_xact_lock($1)", LOCK):
                return False
            rows = await raw.fetch(PASSED, now, BATCH, list(self.overdue))
            metrics.CLOCKS_OVERDUE.set(len(rows))
            results = await self.unit.run([self._item(row) for row in rows], job("clock"), at=now)
            idle = [row for row, r in zip(rows, results, strict=True) if not isinstance(r, Receipt)]
            await self._stop(raw, idle, now)
        metrics.CLOCKS_FIRED.labels("all").inc(len(rows) - len(idle))
        return len(rows) == BATCH

    def _item(self, row: Any) -> Item:
        body = Passed(kind=row["kind"], occurred_at=row["due_at"])
        return Item(self.overdue[row["noun"]], row["aggregate_id"], body)

    async def _stop(self, raw: DriverConnection, idle: Sequence[Any], now: datetime) -> None:
        """Clocks that still run though their record owes nothing: they must not hide the others."""
        columns = [
            [row[name] for row in idle] for name in ("noun", "aggregate_id", "kind", "due_at")
        ]
        stopped = await raw.fetch(STOP, now, *columns)
        if stopped:
            log.error("clocks_without_effect", ids=[str(row["aggregate_id"]) for row in stopped])
