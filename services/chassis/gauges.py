"""What is measured every few seconds: outbox, consumer, dead letters, clocks, calendar."""

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

import structlog

from services.chassis import metrics
from services.chassis.database import Database, driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.calendar_table import cached_calendar
from services.chassis.eventlog.port import EventLog, LogUnavailable, Partition

log = structlog.get_logger()
EVERY_SECONDS = 5.0
LOG_SECONDS = 1.0
CALENDAR_ALARM_DAYS = 60

OUTBOX_AND_CLOCKS = """
    select count(*) filter (where parked is null) as pending,
           count(*) filter (where parked is not null) as parked,
           coalesce(extract(epoch from now() - min(created_at) filter (where parked is null)), 0)
               as oldest,
           (select count(*) from clock where due_at <= now() and stopped_at is null
            and fired_at is null and held_by is null) as overdue,
           (select count(*) from dead_letter where consumer = $1 and settled_at is null) as dead
    from unpublished join outbox using (id)"""
PLACES = "select topic, partition, next_offset, stopped_at from consumer_offset where consumer = $1"


class Gauges:
    """Of one service. `consumer` reads `topics`; there are none where it subscribes to nothing."""

    def __init__(
        self,
        service: str,
        database: Database,
        log: EventLog,
        consumer: str,
        topics: Collection[str],
    ) -> None:
        self.service, self.database, self.log = service, database, log
        self.consumer, self.topics = consumer, topics
        self.caught_up, self.warned_on = monotonic(), date.min

    async def run(self) -> None:
        """One round, and the pause after it. While the log is away the lag stays as it was last seen."""
        ends: dict[Partition, int] | None = {}
        try:
            if self.topics:
                ends = await asyncio.wait_for(self.log.ends(self.topics), LOG_SECONDS)
        except (LogUnavailable, TimeoutError):
            ends = None
        async with self.database.connection() as connection:
            raw, calendar = await driver(connection), await cached_calendar(connection)
            counts = await raw.fetchrow(OUTBOX_AND_CLOCKS, self.consumer)
            rows = await raw.fetch(PLACES, self.consumer)
        self._tell_counts(counts)
        self._tell_calendar(calendar.days_until_unknown(local_day(datetime.now(UTC))))
        if self.topics:
            self._tell_lag(ends, {Partition(t, n): at for t, n, at, _ in rows})
            stopped = sum(row["stopped_at"] is not None for row in rows)
            metrics.CONSUMER_STOPPED.labels(self.consumer).set(stopped)
        await asyncio.sleep(EVERY_SECONDS)

    def _tell_counts(self, counts: Any) -> None:
        metrics.OUTBOX_PENDING.set(counts["pending"])
        metrics.OUTBOX_PARKED.set(counts["parked"])
        metrics.OUTBOX_OLDEST.set(counts["oldest"])
        metrics.CLOCKS_OVERDUE.set(counts["overdue"])
        if self.topics:
            metrics.DEAD_LETTERS_OPEN.labels(self.consumer).set(counts["dead"])

    def _tell_calendar(self, days: int) -> None:
        metrics.CALENDAR_DAYS.labels(self.service).set(days)
        today = local_day(datetime.now(UTC))
        if days <= CALENDAR_ALARM_DAYS and self.warned_on != today:
            self.warned_on = today
            remedy = "jinding calendar import"
            log.warning("calendar_ends_soon", known_days_ahead=days, remedy=remedy)

    def _tell_lag(self, ends: dict[Partition, int] | None, places: dict[Partition, int]) -> None:
        if ends is not None:
            lag = sum(max(0, end - places.get(partition, 0)) for partition, end in ends.items())
            metrics.CONSUMER_LAG.labels(self.consumer).set(lag)
            self.caught_up = self.caught_up if lag else monotonic()
        metrics.CONSUMER_AGE.labels(self.consumer).set(monotonic() - self.caught_up)
