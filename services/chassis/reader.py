"""Reads the event log for one consumer: owned partitions, places kept in the database, poison put aside.

What a batch of records means is the consumer's affair (`Settle`): a subscription runs operations, the
gateway folds cards. It calls `move` in the transaction of its work, so that both happen or neither.
"""

import hashlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from uuid_utils.compat import uuid7

from services.chassis import metrics
from services.chassis.database import DriverConnection, as_json
from services.chassis.errors import Unavailable
from services.chassis.eventlog.port import (
    PARTITIONS,
    EventLog,
    LogUnavailable,
    OffsetOutOfRange,
    Partition,
    Reader,
    StoredRecord,
)
from services.chassis.session import kept, session

log = structlog.get_logger()
BATCH = 250
WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class Dead:
    """A record that is put aside, and why."""

    record: StoredRecord
    reason: str


class OffsetMoved(Exception):
    """Another reader settled these records first: nothing of this transaction may stay."""


Settle = Callable[[Sequence[StoredRecord]], Coroutine[Any, Any, None]]
TRANSIENT = (LogUnavailable, OffsetMoved, Unavailable, OSError)
"""What says nothing against a record: the same batch may be settled later."""


class LogReader:
    """Partitions are owned by session locks of one connection; `next_offset` is compared and set, so that a
    reader that lost its session unknowingly cannot write."""

    def __init__(
        self,
        name: str,
        topics: Iterable[str],
        url: str,
        event_log: EventLog,
        settle: Settle,
        numbers: Iterable[int] = range(PARTITIONS),
    ) -> None:
        self.name, self.url, self.event_log, self.settle = name, url, event_log, settle
        self.wanted = [Partition(topic, number) for topic in sorted(topics) for number in numbers]
        self.positions: dict[Partition, int] = {}
        self.identities: dict[str, str] = {}

    async def run(self) -> None:
        """One session: read until something fails."""
        reader = self.event_log.reader()
        try:
            async with session(self.url, self.name) as connection:
                while True:
                    if await self._own(connection):
                        await kept(connection, reader.assign(self.positions))
                    await self._read(reader, connection)
        finally:
            self.positions = {}
            await reader.close()

    async def _own(self, connection: DriverConnection) -> bool:
        """Take free partitions; whether some were gained."""
        if len(self.positions) == len(self.wanted):
            return False
        rows = await connection.fetch(
            "select topic, partition from consumer_offset "
            "where consumer = $1 and stopped_at is not null",
            self.name,
        )
        taken = self.positions.keys() | {Partition(*row) for row in rows}
        missing = [partition for partition in self.wanted if partition not in taken]
        rows = await connection.fetch(
            "select i from unnest($1::bigint[]) with ordinality as k(key, i) "
            "where pg_try_advisory_lock(key)",
            [_lock_key(self.name, partition) for partition in missing],
        )
        gained = [missing[row["i"] - 1] for row in rows]
        for topic in sorted({partition.topic for partition in gained}):
            mine = [partition for partition in gained if partition.topic == topic]
            self.positions |= await self._places(connection, topic, mine)
        return bool(gained)

    async def _places(
        self, connection: DriverConnection, topic: str, partitions: list[Partition]
    ) -> dict[Partition, int]:
        identity = await kept(connection, self.event_log.identity(topic))
        rows = await connection.fetch(
            "select partition, log_identity, next_offset from consumer_offset "
            "where consumer = $1 and topic = $2",
            self.name,
            topic,
        )
        known = {r["partition"]: r["next_offset"] for r in rows if r["log_identity"] == identity}
        if len(known) < len(rows):
            metrics.INCIDENTS.labels("log_replaced").inc()
            log.error("log_replaced", consumer=self.name, topic=topic, identity=identity)
        await connection.executemany(
            "insert into consumer_offset values ($1, $2, $3, $4, 0) "
            "on conflict (consumer, topic, partition) do update "
            "set log_identity = excluded.log_identity, next_offset = 0, stopped_at = null "
            "where consumer_offset.log_identity <> excluded.log_identity",
            [(self.name, topic, p.number, identity) for p in partitions],
        )
        self.identities[topic] = identity
        return {p: known.get(p.number, 0) for p in partitions}

    async def _read(self, reader: Reader, connection: DriverConnection) -> None:
        await connection.execute("select 1")  # we are alive
        try:
            records = await kept(connection, reader.poll(BATCH, WAIT_SECONDS))
        except OffsetOutOfRange as gap:
            await self._resolve(connection, gap)
            await kept(connection, reader.assign(self.positions))
            return
        if records:
            await kept(connection, self.settle(records))
        for record in records:
            self.positions[record.partition] = record.offset + 1
        metrics.CONSUMED.labels(self.name).inc(len(records))

    async def _resolve(self, connection: DriverConnection, gap: OffsetOutOfRange) -> None:
        """Where retention was faster than us, go on where the log begins, and say so loudly. Where the log has
        lost what we read, stop: places never go back. In another log they mean nothing: begin a new session."""
        topic, number = gap.partition
        if await kept(connection, self.event_log.identity(topic)) != self.identities[topic]:
            raise LogUnavailable(f"{topic} is another one now") from gap
        lost = gap.wanted > gap.end
        kind = "log_truncated" if lost else "offsets_expired"
        metrics.INCIDENTS.labels(kind).inc()
        log.error(kind, consumer=self.name, detail=str(gap))
        done = await connection.execute(
            "update consumer_offset set next_offset = case when $5::bool then $4::bigint else $6 end, "
            "stopped_at = case when $5::bool then now() end "
            "where consumer = $1 and topic = $2 and partition = $3 and next_offset = $4",
            self.name,
            topic,
            number,
            gap.wanted,
            lost,
            gap.start,
        )
        if done != "UPDATE 1":
            raise OffsetMoved
        del self.positions[gap.partition]
        if not lost:
            self.positions[gap.partition] = gap.start


def _lock_key(name: str, partition: Partition) -> int:
    digest = hashlib.sha256(f"{name}/{partition.topic}/{partition.number}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


async def move(connection: DriverConnection, name: str, records: Sequence[StoredRecord]) -> None:
    """Compare and set the places of `records` (a gapless stretch per partition) to just behind them."""
    spans: dict[Partition, list[int]] = {}
    for record in records:
        span = spans.setdefault(record.partition, [record.offset, record.offset])
        span[0], span[1] = min(span[0], record.offset), max(span[1], record.offset)
    ordered = sorted(spans.items())
    done = await connection.execute(
        "update consumer_offset o set next_offset = d.after from unnest($2::text[], $3::int[], "
        "$4::bigint[], $5::bigint[]) as d(topic, partition, before, after) "
        "where o.consumer = $1 and o.topic = d.topic and o.partition = d.partition "
        "and o.next_offset = d.before",
        name,
        [partition.topic for partition, _ in ordered],
        [partition.number for partition, _ in ordered],
        [first for _, (first, _) in ordered],
        [last + 1 for _, (_, last) in ordered],
    )
    if int(done.split()[-1]) != len(ordered):
        raise OffsetMoved


async def put_aside(connection: DriverConnection, name: str, dead: Sequence[Dead]) -> None:
    """Keep records that cannot be settled, in the transaction that moves past them, and so keeps each once."""
    for letter in dead:
        record = letter.record
        log.error("dead_letter", consumer=name, topic=record.partition.topic, reason=letter.reason)
        await connection.execute(
            'insert into dead_letter (id, consumer, topic, partition, "offset", key, headers, value,'
            " reason, parked_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            uuid7(),
            name,
            record.partition.topic,
            record.partition.number,
            record.offset,
            record.key,
            as_json(readable(record.headers)),
            record.value,
            letter.reason[:2000].replace("\0", ""),
            datetime.now(UTC),
        )
    metrics.DEAD_LETTERS.labels(name).inc(len(dead))


def readable(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Headers as text that PostgreSQL takes, whatever they hold."""
    told = {name: value.decode("utf-8", "replace") for name, value in headers if value is not None}
    if "\0" in "".join((*told, *told.values())):
        told = {name.replace("\0", ""): text.replace("\0", "") for name, text in told.items()}
    return told


async def behind_a_dead_letter(connection: DriverConnection, name: str) -> set[tuple[str, bytes]]:
    """Which aggregates (topic, key) have an open dead letter: their later records wait with it."""
    rows = await connection.fetch(
        "select distinct topic, key from dead_letter where consumer = $1 and settled_at is null",
        name,
    )
    return {(row["topic"], bytes(row["key"])) for row in rows}
