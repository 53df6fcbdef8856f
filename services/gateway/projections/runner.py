"""The projection runner: settles batches of records into archive, cards and tallies, all or nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog

from services.chassis import metrics
from services.chassis.database import Database, DriverConnection, driver
from services.chassis.eventlog.port import StoredRecord
from services.chassis.reader import Dead, behind_a_dead_letter, move, put_aside
from services.contracts.event import Event
from services.contracts.registry import read
from services.gateway.projections import store
from services.gateway.projections.fold import Fact, Fold, VersionGap
from services.gateway.projections.rebuild import rebuild
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.projections.snapshots import Services

log = structlog.get_logger()
NAME = "gateway-projection"


class Runner:
    """`settle` is called by a `LogReader` for the batches of the partitions that it owns."""

    def __init__(self, database: Database, services: Services) -> None:
        self.database, self.services = database, services
        self.epochs: dict[str, int] = {}
        self.prepared_for: tuple[int, int] | None = None

    async def settle(self, records: Sequence[StoredRecord]) -> None:
        read_records, dead = _parsed(records)
        facts = [fact for _, fact, _ in read_records if fact]
        await self._notice_epochs(facts)
        missing: dict[UUID, Fact | None] = {}
        while True:
            try:
                await self._write(records, read_records, dead, missing)
            except VersionGap as gap:
                metrics.INCIDENTS.labels("version_gap").inc()
                log.error("version_gap", detail=str(gap))
                projection, id_ = gap.fact.projection, gap.fact.id
                missing[id_] = await self.services.one(projection, id_)
            else:
                return

    async def _write(
        self,
        records: Sequence[StoredRecord],
        read_records: Sequence[tuple[StoredRecord, Fact | None, Event | None]],
        dead: Sequence[Dead],
        missing: dict[UUID, Fact | None],
    ) -> None:
        async with self.database.transaction() as connection:
            raw = await driver(connection)
            await self._prepare(raw)
            stopped = await behind_a_dead_letter(raw, NAME)
            stopped |= {(letter.record.partition.topic, letter.record.key) for letter in dead}
            letters = list(dead)
            keys = [fact.key for _, fact, _ in read_records if fact]
            fold = Fold(await store.load(raw, keys))
            for record, fact, _ in read_records:
                if fact and (record.partition.topic, record.key) in stopped:
                    letters.append(Dead(record, "waits behind an earlier dead letter"))
                elif fact and (reason := _take(fold, fact, missing)):
                    letters.append(Dead(record, reason))
                    stopped.add((record.partition.topic, record.key))
            await store.archive(raw, [(record, event) for record, _, event in read_records])
            await store.save(raw, fold)
            await put_aside(raw, NAME, letters)
            await move(raw, NAME, records)

    async def _prepare(self, raw: DriverConnection) -> None:
        today = datetime.now(UTC).date()
        if self.prepared_for != (today.year, today.month):
            await store.prepare_archive(raw, today)
            self.prepared_for = (today.year, today.month)

    async def _notice_epochs(self, facts: Sequence[Fact]) -> None:
        """The first event of a new epoch: the service was restored, so its snapshot comes first."""
        newest: dict[str, int] = {}
        for fact in facts:
            service = fact.projection.service
            newest[service] = max(newest.get(service, 0), fact.epoch)
        for service, epoch in newest.items():
            known = self.epochs.get(service) or await self._known_epoch(service)
            if known and epoch > known:
                metrics.INCIDENTS.labels("new_epoch").inc()
                log.warning("new_epoch", restored=service, epoch=epoch)
                await rebuild(self.database, self.services, service)
            self.epochs[service] = max(epoch, known or 0)

    async def _known_epoch(self, service: str) -> int | None:
        async with self.database.connection() as connection:
            raw = await driver(connection)
            found: int | None = await raw.fetchval(
                "select max(epoch) from card where noun = any($1::text[])",
                [p.noun for p in BY_TOPIC.values() if p.service == service],
            )
            return found


def _take(fold: Fold, fact: Fact, missing: dict[UUID, Fact | None]) -> str | None:
    """Fold `fact`; why it can never be folded, if so: one bad record must not stop its partition."""
    try:
        if snapshot := missing.get(fact.id):
            fold.take(snapshot)
        fold.take(fact)
    except VersionGap:
        raise
    except Exception as error:
        log.error("projection_failed", noun=fact.projection.noun, exc_info=error)
        return f"{type(error).__name__}: {error}"
    return None


def _parsed(
    records: Sequence[StoredRecord],
) -> tuple[list[tuple[StoredRecord, Fact | None, Event | None]], list[Dead]]:
    found: list[tuple[StoredRecord, Fact | None, Event | None]] = []
    dead = []
    for record in records:
        headers = dict(record.headers)
        try:
            event = read(headers, record.value)
            if event is None:
                metrics.INCIDENTS.labels("unknown_event_type").inc()
                found.append((record, None, None))
                continue
            numbers = int(headers["ce_epoch"]), int(headers["ce_aggregateversion"])
            id_ = UUID(record.key.decode())
            found.append((record, Fact(BY_TOPIC[event.topic], id_, *numbers, event), event))
        except (ValueError, KeyError) as error:
            dead.append(Dead(record, f"{type(error).__name__}: {error}"))
            found.append((record, None, None))
    return found, dead
