"""Reads the event log for one consumer: owned partitions, places kept in the database, poison put aside.

What a batch of records means is the consumer's affair (`Settle`): a subscription runs operations, the
gateway folds cards. It calls `move` in the transaction of its work, so that both happen or neither.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from services.chassis import metrics
from services.chassis.database import DriverConnection, as_parameter
from services.chassis.errors import Unavailable
from services.chassis.eventlog.port import (
    PARTITIONS,
    EventLog,
    LogUnavailable,
    OffsetOutOfRange,
    Partition,
    StoredRecord,
)

log = structlog.get_logger()
BATCH = 1000
WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class Dead:
    """A record that is put aside, and why."""

    record: StoredRecord
    reason: str


class OffsetMoved(Exception):
    """Another reader settled these records first: nothing of this transaction may stay."""


Settle = Callable[[Sequence[StoredRecord]], Awaitable[None]]
TRANSIENT = (LogUnavailable, OffsetMoved, Unavailable, OSError)
"""What says nothing against a record: the same batch may be settled later."""


class LogReader:
    """Runs until cancelled. Partitions are owned by session locks of one connection; `next_offset` is
    compared and set, so that a reader that lost its session unknowingly cannot write."""

    def __init__(
        self, name: str, topics: Iterable[str], url: str, event_log: EventLog, settle: Settle
    ) -> None:
        self.name, self.topics = name, sorted(topics)
        self.url, self.event_log, self.settle = url.replace("+asyncpg", ""), event_log, settle
        self.positions: dict[Partition, int] = {}
        self.identities: dict[str, str] = {}

    async def run(self) -> None:
        while True:
            try:
                await self._session()
            except Exception as error:  # whatever it was, nobody else would read on
                log.warning("reader_interrupted", consumer=self.name, reason=repr(error)[:300])
                await asyncio.sleep(0.5)

    async def _session(self) -> None:
        connection = await asyncpg.connect(
            self.url, timeout=10, server_settings={"application_name": f"jinding-{self.name}"}
        )
        reader = self.event_log.reader()
        try:
            while True:
                if await self._own(connection):
                    await reader.assign(self.positions)
                await self._read(reader, connection)
        finally:
            self.positions = {}
            connection.terminate()
            await reader.close()

    async def _own(self, connection: DriverConnection) -> bool:
        """Take free partitions; whether some were gained."""
        wanted = [Partition(t, n) for t in self.topics for n in range(PARTITIONS)]
        missing = [p for p in wanted if p not in self.positions]
        if not missing:
            return False
        keys = [_lock_key(self.name, partition) for partition in missing]
        rows = await connection.fetch(
            "select i from unnest($1::bigint[]) with ordinality as k(key, i) "
            "where pg_try_advisory_lock(key)",
            keys,
        )
        gained = [missing[row["i"] - 1] for row in rows]
        for topic in sorted({partition.topic for partition in gained}):
            mine = [partition for partition in gained if partition.topic == topic]
            self.positions |= await self._places(connection, topic, mine)
        return bool(gained)

    async def _places(
        self, connection: DriverConnection, topic: str, partitions: list[Partition]
    ) -> dict[Partition, int]:
        identity = await self.event_log.identity(topic)
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
            "set log_identity = excluded.log_identity, next_offset = 0 "
            "where consumer_offset.log_identity <> excluded.log_identity",
            [(self.name, topic, p.number, identity) for p in partitions],
        )
        self.identities[topic] = identity
        return {p: known.get(p.number, 0) for p in partitions}

    async def _read(self, reader: Any, connection: DriverConnection) -> None:
        try:
            records = await reader.poll(BATCH, WAIT_SECONDS)
        except OffsetOutOfRange as gap:
            await self._skip(connection, gap)
            await reader.assign(self.positions)
            return
        if not records:
            await connection.execute("select 1")
            return
        await self.settle(records)
        for record in records:
            self.positions[record.partition] = record.offset + 1
        metrics.CONSUMED.labels(self.name).inc(len(records))

    async def _skip(self, connection: DriverConnection, gap: OffsetOutOfRange) -> None:
        """Retention was faster than us: go on where the log begins, and say so loudly. In another log our
        places mean nothing: begin a new session, which finds that out for every partition."""
        topic = gap.partition.topic
        if await self.event_log.identity(topic) != self.identities[topic]:
            raise LogUnavailable(f"{topic} is another one now") from gap
        metrics.INCIDENTS.labels("offsets_expired").inc()
        log.error("offsets_expired", consumer=self.name, detail=str(gap))
        await connection.execute(
            "update consumer_offset set next_offset = $4 "
            "where consumer = $1 and topic = $2 and partition = $3",
            self.name,
            topic,
            gap.partition.number,
            gap.start,
        )
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
    """Keep records that cannot be settled, in the transaction that moves past them."""
    for letter in dead:
        record = letter.record
        log.error("dead_letter", consumer=name, topic=record.partition.topic, reason=letter.reason)
        await connection.execute(
            'insert into dead_letter (id, consumer, topic, partition, "offset", key, headers, value,'
            " reason, parked_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " on conflict do nothing",
            uuid7(),
            name,
            record.partition.topic,
            record.partition.number,
            record.offset,
            record.key,
            as_parameter(readable(record.headers), True),
            record.value,
            letter.reason[:2000].replace("\0", ""),
            datetime.now(UTC),
        )
    metrics.DEAD_LETTERS.labels(name).inc(len(dead))


def readable(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Headers as text that PostgreSQL takes, whatever they hold."""
    return {
        name.replace("\0", ""): value.decode("utf-8", "replace").replace("\0", "")
        for name, value in headers
        if value is not None
    }


def reason_of(error: Exception) -> str:
    """Why a record cannot be settled; without what it holds."""
    if isinstance(error, ValidationError):
        found = ["/".join(map(str, (*e["loc"], e["type"]))) for e in error.errors()]
        return f"{error.title}: {', '.join(found)}"
    return f"{type(error).__name__}: {error}"


async def behind_a_dead_letter(connection: DriverConnection, name: str) -> set[tuple[str, bytes]]:
    """Which aggregates (topic, key) have an open dead letter: their later records wait with it."""
    rows = await connection.fetch(
        "select distinct topic, key from dead_letter where consumer = $1 and settled_at is null",
        name,
    )
    return {(row["topic"], bytes(row["key"])) for row in rows}
