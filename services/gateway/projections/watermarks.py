"""How far each section may be believed: the earlier of what its service has published and what was read.

Every two seconds a service says through when everything is published, and the log where it ends now; as soon
as the reader has passed that end, the section is as of then.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import asyncpg
import structlog
from prometheus_client import Gauge

from services.chassis import metrics
from services.chassis.database import Database, driver
from services.chassis.errors import Unavailable
from services.chassis.eventlog.port import EventLog, LogUnavailable, Partition
from services.gateway.projections import store
from services.gateway.projections.rebuild import rebuild
from services.gateway.projections.records import NAME
from services.gateway.projections.registry import topics_of
from services.gateway.projections.snapshots import Services, ServiceUnreachable

AS_OF = Gauge(
    "projection_as_of_timestamp_seconds", "Through when a service's figures are complete", ["of"]
)

log = structlog.get_logger()
EVERY_SECONDS = 2.0
LOG_SECONDS = 3.0
PATIENCE_SECONDS = 5.0

STORE = """
    insert into watermark (service, as_of, reason, checked_at)
    values ($1, $2, $3, $4) on conflict (service) do update set
    as_of = greatest(watermark.as_of, excluded.as_of), reason = excluded.reason,
    checked_at = excluded.checked_at
    returning as_of"""
WAITING = """
    select (select count(*) from dead_letter
            where consumer = $1 and settled_at is null and topic = any($2::text[])) as dead,
           (select count(*) from consumer_offset
            where consumer = $1 and stopped_at is not null and topic = any($2::text[])) as stopped"""


class Watermarks:
    def __init__(self, database: Database, event_log: EventLog, services: Services) -> None:
        self.database, self.event_log, self.services = database, event_log, services

    async def run(self, service: str) -> None:
        while True:
            try:
                await self._advance(service)
            except (OSError, Unavailable, asyncpg.PostgresError) as error:
                log.warning("watermark_interrupted", of=service, reason=repr(error)[:300])
            await asyncio.sleep(EVERY_SECONDS)

    async def _advance(self, service: str) -> None:
        try:
            told = await self.services.watermark(service)
            async with asyncio.timeout(LOG_SECONDS):
                ends = await self.event_log.ends(topics_of(service))
        except ServiceUnreachable:
            await self._store(service, None, "service_unreachable")
            return
        except (LogUnavailable, TimeoutError):
            await self._store(service, None, "event_log_unreachable")
            return
        if await self._stopped(service):
            await self._store(service, None, "reading_stopped")
            return
        await self._notice_restore(service, told["epoch"])
        if await self._passed(service, ends):
            await self._store(service, datetime.fromisoformat(told["published_through"]), None)
        else:
            await self._store(service, None, "projection_behind")

    async def _notice_restore(self, service: str, epoch: int) -> None:
        """A service restored from a backup has forgotten what its cards still say, even if it stays silent."""
        async with self.database.connection() as connection:
            known = (await store.epochs(await driver(connection))).get(service)
        if known and known < epoch:
            metrics.INCIDENTS.labels("new_epoch").inc()
            log.warning("new_epoch", restored=service, epoch=epoch)
            await rebuild(self.database, self.services, service)

    async def _stopped(self, service: str) -> bool:
        """Whether a partition waits for an operator, since the log has lost what was read of it."""
        async with self.database.connection() as connection:
            return bool(
                await (await driver(connection)).fetchval(
                    "select 1 from consumer_offset where consumer = $1 and stopped_at is not null "
                    "and topic = any($2::text[]) limit 1",
                    NAME,
                    topics_of(service),
                )
            )

    async def _passed(self, service: str, ends: dict[Partition, int]) -> bool:
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            places = await self._places({partition.topic for partition in ends})
            lag = sum(max(0, end - places.get(partition, 0)) for partition, end in ends.items())
            metrics.CONSUMER_LAG.labels(f"{NAME}-{service}").set(lag)
            if lag == 0 or asyncio.get_running_loop().time() > deadline:
                return lag == 0
            await asyncio.sleep(0.1)

    async def _places(self, topics: Iterable[str]) -> dict[Partition, int]:
        async with self.database.connection() as connection:
            raw = await driver(connection)
            rows = await raw.fetch(
                "select topic, partition, next_offset from consumer_offset "
                "where consumer = $1 and topic = any($2::text[])",
                NAME,
                sorted(topics),
            )
        return {Partition(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def _store(self, service: str, as_of: datetime | None, reason: str | None) -> None:
        async with self.database.connection() as connection:
            raw = await driver(connection)
            through = await raw.fetchval(STORE, service, as_of, reason, datetime.now(UTC))
            (waiting,) = await raw.fetch(WAITING, NAME, topics_of(service))
        if through:
            AS_OF.labels(service).set(through.timestamp())
        consumer = f"{NAME}-{service}"
        metrics.DEAD_LETTERS_OPEN.labels(consumer).set(waiting["dead"])
        metrics.CONSUMER_STOPPED.labels(consumer).set(waiting["stopped"])
