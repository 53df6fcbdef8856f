"""Turns passed deadlines into operations. Any number may run; one works at a time.

Each clock fires once, with `occurred_at` = its due time, also after downtime: the operation rechecks the
clock under the aggregate's lock.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from services.chassis import metrics
from services.chassis.database import Database, DriverConnection, driver
from services.chassis.deadlines.calendar_table import cached_calendar
from services.chassis.decision import Receipt, Result
from services.chassis.errors import NotFound, Refusal, Unavailable
from services.chassis.identity.caller import job
from services.chassis.operation import Body, Item, Noun
from services.chassis.unit import Unit

log = structlog.get_logger()
LOCK = 0x4A44_0002
BATCH = 500

PASSED = """
    select aggregate_id, kind, noun, due_at from clock
    where due_at <= $1 and stopped_at is null and fired_at is null and held_by is null
      and noun = any($3::text[]) and aggregate_id <> all($4::uuid[])
    order by due_at, aggregate_id limit $2"""
PENDING = """
    select aggregate_id, kind, noun from clock
    where due_at is null and stopped_at is null and held_by is null and noun = any($3::text[])
      and aggregate_id > $1
    order by aggregate_id limit $2"""
STOP = """
    update clock set stopped_at = $1
    from unnest($2::text[], $3::uuid[], $4::text[], $5::timestamptz[]) as c(noun, id, kind, due_at)
    where clock.noun = c.noun and aggregate_id = c.id and clock.kind = c.kind
      and clock.due_at = c.due_at and stopped_at is null and fired_at is null
    returning aggregate_id"""


class Passed(Body):
    """The clock `kind` has run out; `occurred_at` is when."""

    kind: str


class Reschedule(Body):
    """The clock `kind` has no deadline yet: the calendar did not reach that far."""

    kind: str


class Sweeper:
    """Fires and schedules the clocks of `nouns`, each by the noun's own operation."""

    def __init__(
        self, database: Database, unit: Unit, nouns: Iterable[Noun[Any]], seconds: float
    ) -> None:
        nouns = list(nouns)
        self.overdue = {noun.name: op for noun in nouns if (op := noun.overdue)}
        self.reschedule = {noun.name: op for noun in nouns if (op := noun.reschedule)}
        self.database, self.unit, self.seconds = database, unit, seconds
        self.refused: set[UUID] = set()
        self.years: frozenset[int] = frozenset()

    async def run(self) -> None:
        """One round, and the pause after it."""
        await self.schedule(datetime.now(UTC))
        while await self.sweep(datetime.now(UTC)):
            pass
        await asyncio.sleep(self.seconds)

    async def sweep(self, now: datetime) -> bool:
        """Fire what is due at `now`; whether there may be more."""
        async with self._alone() as raw:
            rows = raw and await raw.fetch(PASSED, now, BATCH, [*self.overdue], [*self.refused])
            if not raw or not rows:
                return False
            results = await self.unit.run([self._item(row) for row in rows], job("clock"), at=now)
            pairs = list(zip(rows, results, strict=True))
            idle = [row for row, r in pairs if r is None or isinstance(r, NotFound)]
            await self._stop(raw, idle, now)
            self._remember(pairs)
        fired = [row for row, result in pairs if isinstance(result, Receipt)]
        for row in fired:
            metrics.CLOCKS_FIRED.labels(row["noun"]).inc()
        return len(rows) == BATCH and bool(fired)

    async def schedule(self, now: datetime) -> None:
        """Set the deadlines that waited for a year of the calendar, whenever it reaches further."""
        async with self.database.connection() as connection:
            calendar = await cached_calendar(connection)
        if calendar.years == self.years:
            return
        async with self._alone() as raw:
            after = UUID(int=0)
            while raw and (rows := await raw.fetch(PENDING, after, BATCH, [*self.reschedule])):
                items = [
                    Item(self.reschedule[r["noun"]], r["aggregate_id"], Reschedule(kind=r["kind"]))
                    for r in rows
                ]
                await self.unit.run(items, job("clock"), at=now)
                after = rows[-1]["aggregate_id"]
        self.years = calendar.years

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[DriverConnection | None]:
        """A connection while no other sweeper works; None while one does."""
        async with self.database.transaction() as connection:
            raw = await driver(connection)
            held = await raw.fetchval("select pg_try_advisory_xact_lock($1)", LOCK)
            yield raw if held else None

    def _item(self, row: Any) -> Item:
        body = Passed(kind=row["kind"], occurred_at=row["due_at"])
        return Item(self.overdue[row["noun"]], row["aggregate_id"], body)

    def _remember(self, pairs: Iterable[tuple[Any, Result]]) -> None:
        """Those that were refused for good must not hide the others; the next process tries them again."""
        for row, result in pairs:
            if isinstance(result, Refusal) and not isinstance(result, Unavailable | NotFound):
                self.refused.add(row["aggregate_id"])
                log.error("clock_refused", id=str(row["aggregate_id"]), code=result.code)

    async def _stop(self, raw: DriverConnection, idle: Sequence[Any], now: datetime) -> None:
        """Clocks that still run though their record owes nothing: they must not hide the others."""
        columns = [
            [row[name] for row in idle] for name in ("noun", "aggregate_id", "kind", "due_at")
        ]
        stopped = await raw.fetch(STOP, now, *columns)
        if stopped:
            log.error("clocks_without_effect", ids=[str(row["aggregate_id"]) for row in stopped])
