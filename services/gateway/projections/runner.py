"""The projection runner: settles batches of records into archive, cards and tallies, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import structlog

from services.chassis import metrics
from services.chassis.database import Database, driver
from services.chassis.errors import reason_of
from services.chassis.eventlog.port import PARTITIONS, EventLog, StoredRecord
from services.chassis.reader import (
    Dead,
    LogReader,
    Settle,
    behind_a_dead_letter,
    move,
    put_aside,
)
from services.gateway.projections import archive, store
from services.gateway.projections.fold import Fact, Fold, Key, VersionGap
from services.gateway.projections.rebuild import rebuild
from services.gateway.projections.records import NAME, UNFIT, Read, read_record
from services.gateway.projections.registry import BY_TOPIC, SERVICES, topics_of
from services.gateway.projections.snapshots import Services

log = structlog.get_logger()


class Gaps(Exception):
    """The snapshots of these must be fetched, or the batch cannot be folded."""

    def __init__(self, facts: Mapping[Key, Fact]) -> None:
        super().__init__(f"{len(facts)} aggregates")
        self.facts = facts


class Runner:
    """`settle` is called by a `LogReader` for the batches of the partitions that it owns."""

    def __init__(self, database: Database, services: Services) -> None:
        self.database, self.services = database, services
        self.epochs: dict[str, int] = {}
        self.prepared_for: date | None = None

    async def settle(self, records: Sequence[StoredRecord]) -> None:
        """All of them as one. Where one cannot be written, halves of halves, until it stands alone and is
        put aside."""
        await self._prepare()
        read = [read_record(record) for record in records]
        unknown = sum(not (item.fact or item.fault) for item in read)
        metrics.INCIDENTS.labels("unknown_event_type").inc(unknown)
        await self._notice_epochs([item.fact for item in read if item.fact])
        batch = [self._of_known_epoch(item) for item in read]
        try:
            await self._settle(batch)
        except UNFIT as error:
            if len(records) > 1:
                middle = len(records) // 2
                await self.settle(records[:middle])
                await self.settle(records[middle:])
            else:
                await self._settle([Read(records[0], fault=reason_of(error))])

    async def _settle(self, batch: Sequence[Read]) -> None:
        missing: dict[Key, Fact | None] = {}
        while True:
            try:
                await self._write(batch, missing)
            except Gaps as gaps:
                for key, fact in gaps.facts.items():
                    missing[key] = await self._snapshot(fact)
            else:
                return

    async def _snapshot(self, fact: Fact) -> Fact | None:
        metrics.INCIDENTS.labels("version_gap").inc()
        log.error("version_gap", noun=fact.projection.noun, id=str(fact.id), version=fact.version)
        try:
            return await self.services.one(fact.projection, fact.id)
        except ValueError as error:
            log.error("snapshot_unreadable", reason=reason_of(error))
            return None

    async def _write(self, batch: Sequence[Read], missing: Mapping[Key, Fact | None]) -> None:
        async with self.database.transaction() as connection:
            raw = await driver(connection)
            facts = [item.fact for item in batch if item.fact]
            topics = {item.record.partition.topic for item in batch}
            await store.fold_beside_others(raw, {BY_TOPIC[topic].service for topic in topics})
            cards = await store.load(raw, [fact.key for fact in facts])
            fold = Fold(cards, await store.epochs(raw))
            letters = _fold(fold, batch, await behind_a_dead_letter(raw, NAME), missing)
            await archive.keep(raw, [(r.record, r.fact.event if r.fact else None) for r in batch])
            await store.save(raw, fold)
            await put_aside(raw, NAME, letters)
            await move(raw, NAME, [item.record for item in batch])
            await store.count(raw, {store.BY_NOUN[noun].service for noun, _ in fold.changed})

    async def _prepare(self) -> None:
        month = datetime.now(UTC).date().replace(day=1)
        if self.prepared_for != month:
            await archive.prepare(self.database, month)
            self.prepared_for = month

    async def _notice_epochs(self, facts: Sequence[Fact]) -> None:
        """The first event of a new epoch: the service was restored, so its snapshots come first."""
        told: dict[str, set[int]] = {}
        for fact in facts:
            told.setdefault(fact.projection.service, set()).add(fact.epoch)
        for service, epochs in told.items():
            if max(epochs) <= self.epochs.get(service, 0):
                continue
            known = await self._known_epoch(service, min(epochs))
            if max(epochs) > known and await self.services.epoch(service) > known:
                metrics.INCIDENTS.labels("new_epoch").inc()
                log.warning("new_epoch", restored=service, epoch=max(epochs))
                await rebuild(self.database, self.services, service)
                known = await self._known_epoch(service, known)
            self.epochs[service] = known

    def _of_known_epoch(self, item: Read) -> Read:
        if item.fact and item.fact.epoch > self.epochs[item.fact.projection.service]:
            return Read(item.record, fault="its epoch is ahead of its service's")
        return item

    async def _known_epoch(self, service: str, first: int) -> int:
        """The epoch that cards are of. If none was known yet, `first`, unless its service has not come that
        far: whatever is older than what we know is dropped."""
        async with self.database.transaction() as connection:
            raw = await driver(connection)
            if known := (await store.epochs(raw)).get(service):
                return known
            if first > 1:
                first = min(first, await self.services.epoch(service))
            await store.save_epoch(raw, service, first, if_first=True)
            return (await store.epochs(raw))[service]


def readers(settle: Settle, url: str, event_log: EventLog) -> list[LogReader]:
    """Of each service by itself: while one is missed, the others are read on. Two, each of half the partitions:
    while the database works for one, we do for the other."""
    return [
        LogReader(NAME, topics_of(service), url, event_log, settle, range(half, PARTITIONS, 2))
        for service in SERVICES
        for half in (0, 1)
    ]


def _fold(
    fold: Fold,
    batch: Sequence[Read],
    stopped: set[tuple[str, bytes]],
    missing: Mapping[Key, Fact | None],
) -> list[Dead]:
    """Fold what can be folded; the records that cannot, and those that wait behind them. `stopped` are
    the aggregates that wait already."""
    letters = []
    gaps: dict[Key, Fact] = {}
    for record, fact, fault in batch:
        source, reason = (record.partition.topic, record.key), fault
        if fact and source in stopped:
            reason = "waits behind an earlier dead letter of its aggregate"
        elif fact and fact.key not in gaps:
            try:
                reason = _take(fold, fact, missing)
            except VersionGap:
                gaps[fact.key] = fact
        if reason:
            letters.append(Dead(record, reason))
            stopped.add(source)
    if gaps:
        raise Gaps(gaps)
    return letters


def _take(fold: Fold, fact: Fact, missing: Mapping[Key, Fact | None]) -> str | None:
    """Fold `fact`; why it can never be folded, if so: one bad record must not stop its partition."""
    try:
        if snapshot := missing.get(fact.key):
            fold.take(snapshot)
        fold.take(fact)
    except VersionGap:
        if fact.key not in missing:
            raise
        return "events before it are missing, and its service has no snapshot to make up for them"
    except Exception as error:
        log.error("projection_failed", noun=fact.projection.noun, error=type(error).__name__)
        return reason_of(error)
    return None
